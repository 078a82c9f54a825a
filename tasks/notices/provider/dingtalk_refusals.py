"""What 钉钉 answers when it refuses, of its work notices and its group robots.

`DOCUMENTED` follows its list of global error codes (open.dingtalk.com, 全局错误码; read as copies of 2016-05-19 and
2022-02 in public repositories and pages), that of the results of work notices (获取工作通知消息的发送结果, copy of
2022-08-30) and of the limits of robots (自定义机器人接入: more than 20 messages a minute stop it for ten).
`UNCONFIRMED` are codes that its robots answer, by public reports of them; the page that lists them could not be read.
docs/howto/channels.md shows both tables to the office.
"""

from tasks.notices.provider.refusal import Refusal, down, later, never, stale

_BUSY = 60
"""Seconds; how long a stopped interface stays so is not published."""

DOCUMENTED: dict[int, Refusal] = {
    -1: down("钉钉系统繁忙"),
    404: down("接口地址不存在，请核对设置"),
    33001: down("企业 ID 不正确"),
    33012: never("没有这个员工账号"),
    34016: never("消息过长"),
    40001: stale("Secret 或令牌不被接受"),
    40003: never("没有这个员工账号"),
    40013: down("企业 ID 不正确"),
    40014: stale("令牌不被接受"),
    40031: never("员工账号不正确"),
    40035: never("参数不被接受"),
    40056: down("应用的 AgentId 不正确"),
    40089: down("应用的 AppKey 或 AppSecret 不正确"),
    41001: stale("请求中没有令牌"),
    41009: never("没有写明发给谁"),
    41011: down("没有 AgentId"),
    42001: stale("令牌已过期"),
    45009: down("调用超过频率限制", seconds=_BUSY),
    50002: never("员工不在应用的权限范围内"),
    50003: down("应用已被停用"),
    50005: down("企业已被停用"),
    52019: down("应用的 AgentId 不正确"),
    60011: down("应用没有调用这个接口的权限"),
    60020: down("本系统的出口 IP 不在应用的白名单中"),
    60120: never("员工账号已停用"),
    60121: never("没有这个员工"),
    70001: down("企业不存在或已被解散"),
    70003: down("没有 AgentId 所指的应用"),
    70004: down("企业中没有 AgentId 所指的应用"),
    90001: down("本系统的服务器被钉钉暂停调用全部接口", seconds=_BUSY),
    90002: down("本系统的服务器被钉钉暂停调用这个接口", seconds=_BUSY),
    90003: down("企业被钉钉暂停调用全部接口", seconds=_BUSY),
    90004: down("应用被钉钉暂停调用", seconds=_BUSY),
    90005: down("企业调用这个接口过多", seconds=_BUSY),
    90006: down("应用调用这个接口过多", seconds=_BUSY),
    143103: down("应用每分钟发送的人次超限", seconds=_BUSY),
    143104: down("企业每分钟发送的人次超限", seconds=_BUSY),
    143105: later("今天发给这个人的工作通知已达上限（500 条）"),
    143106: later("今天已给这个人发过内容相同的工作通知"),
    1430000: never("没有写明发给谁"),
    1430002: never("内容含有违禁词语"),
    1430003: down("触发钉钉的系统保护", seconds=_BUSY),
    1430004: never("对方开启了高管保护"),
}
UNCONFIRMED: dict[int, Refusal] = {
    40096: down("应用的 AppKey 或 AppSecret 不正确"),
    43004: down("请求的格式不被接受"),
    130101: down("群机器人一分钟内超过 20 条，停 10 分钟", seconds=600),
    300001: down("群机器人的地址不正确"),
    300005: down("群机器人的令牌不存在，地址不正确或机器人已被删除"),
    310000: down("群机器人的安全设置不符：加签密钥、服务器时间、关键词（请设为“督办”）或 IP"),
    400013: down("群已被解散"),
    400101: down("群机器人的令牌不存在"),
    400102: down("群机器人已被停用"),
    400105: never("不接受这种消息类型"),
    400106: down("群机器人不存在"),
    410100: down("群机器人发送过快", seconds=600),
    430101: never("内容含有不安全的链接"),
    430102: never("内容含有不合适的文字"),
    430103: never("内容含有不合适的图片"),
    430104: never("内容不合适"),
}
REFUSALS = DOCUMENTED | UNCONFIRMED
