"""What 企业微信 answers when it refuses, of its application messages and its group robots.

`DOCUMENTED` follows its list of global error codes (developer.work.weixin.qq.com/document/path/90313, as of 2024-04-08)
and the pauses of its frequency limits (…/path/90454, as of 2023-08-28: stopped by the minute for 60 seconds).
docs/howto/channels.md shows both tables to the office.
"""

from tasks.notices.provider.refusal import Refusal, down, later, never, stale

DOCUMENTED: dict[int, Refusal] = {
    -1: down("企业微信系统繁忙"),
    6000: later("数据版本冲突"),
    40001: down("应用的 Secret 不正确"),
    40003: never("没有这个成员账号"),
    40008: never("不接受这种消息类型"),
    40013: down("企业 ID 不正确"),
    40014: stale("令牌不被接受"),
    40031: never("成员账号不正确，或不在应用的可见范围内"),
    40035: never("参数不被接受"),
    40056: down("应用的 AgentId 不正确"),
    40058: never("参数不被接受"),
    40091: down("Secret 不是本企业的"),
    41001: stale("请求中没有令牌"),
    41002: down("没有企业 ID"),
    41004: down("没有 Secret"),
    41011: down("没有 AgentId"),
    42001: stale("令牌已过期"),
    44004: never("消息没有内容"),
    45002: never("消息过长"),
    45009: down("调用超过频率限制", seconds=60),
    45033: down("同时调用过多", seconds=60),
    46004: never("没有这个成员"),
    48002: down("应用没有调用这个接口的权限"),
    50002: never("成员不在应用的权限范围内"),
    50003: down("应用已被停用"),
    60011: never("应用对这个成员没有权限"),
    60020: down("本系统的出口 IP 不在应用的可信 IP 中"),
    60111: never("没有这个成员账号"),
    81013: never("成员账号不正确，或不在应用的可见范围内"),
    82001: never("没有写明发给谁"),
    93000: down("群机器人的地址不正确，或机器人已被移出群"),
    93004: down("群机器人已被停用"),
    93008: down("群机器人不在群里"),
    301002: down("Secret 与 AgentId 不是同一个应用的"),
    301007: down("企业不可用，可能已被解散或封禁"),
    701008: never("成员账号没有激活互通许可"),
    2000002: down("没有这个企业 ID"),
}
UNCONFIRMED: dict[int, Refusal] = {}
REFUSALS = DOCUMENTED | UNCONFIRMED
