"""What 飞书 answers when it refuses, of its application messages and its group robots.

`DOCUMENTED` follows its pages 自定义机器人使用指南, 如何解决 230001 错误, 常见问题 and those of the interfaces of
messages (open.feishu.cn/document; stored copies of 2023-01-12 to 2024-09-11).
`UNCONFIRMED` are codes of the same interfaces by public code and reports: the tables of 发送消息 and 服务端错误码说明
could not be read.
docs/howto/channels.md shows both tables to the office.
"""

from tasks.notices.provider.refusal import Refusal, down, later, never, stale

_BUSY = 60
"""Seconds; how long the robots' limit lasts is published as 100 messages a minute only."""

DOCUMENTED: dict[int, Refusal] = {
    9499: never("请求的格式不被接受"),
    11232: down("飞书系统压力过大而限流", seconds=_BUSY),
    19021: down("群机器人的签名不符：签名密钥不对，或服务器时间相差一小时以上"),
    19022: down("本系统的出口 IP 不在群机器人的白名单中"),
    19024: down("群机器人设了关键词而消息中没有（请设为“督办”）"),
    230001: never("参数不被接受，多是账号不正确"),
    230002: down("机器人不在群里"),
    230006: down("应用没有启用机器人能力"),
    230020: down("发给同一个人过快", seconds=1),
    230027: down("应用没有发消息的权限"),
}
UNCONFIRMED: dict[int, Refusal] = {
    10003: down("应用的 App ID 不正确"),
    10014: down("应用的 App Secret 不正确"),
    11233: down("发送过快", seconds=_BUSY),
    19001: down("群机器人的地址不正确，或机器人已被删除"),
    19002: never("请求的参数不被接受"),
    19007: down("群机器人没有启用"),
    19036: never("消息过长"),
    230013: never("对方不在应用的可用范围内"),
    230022: never("内容含有敏感信息"),
    230025: never("消息过长"),
    230028: never("内容没有通过本单位的防泄密检查"),
    230029: never("对方已离职"),
    230034: never("没有这个账号"),
    230035: never("应用不能给对方发消息"),
    230049: later("同一条消息正在发送"),
    230053: never("对方已停止接收这个机器人的消息"),
    230099: never("卡片不被接受"),
    230101: later("暂时不能给用户发消息"),
    99991400: down("调用超过频率限制", seconds=_BUSY),
    99991401: down("本系统的出口 IP 不在应用的白名单中"),
    99991661: stale("请求中没有令牌"),
    99991662: down("应用没有启用"),
    99991663: stale("令牌不被接受"),
    99991664: stale("令牌不被接受"),
    99991671: stale("令牌的格式不被接受"),
    99991672: down("应用没有申请发消息的权限"),
    99991673: down("应用不可用"),
    99991677: stale("令牌已过期"),
    99992351: never("没有这个账号（user_id）"),
    99992352: never("没有这个账号（open_id）"),
    99992353: never("没有这个账号（union_id）"),
    99992361: never("这个 open_id 是另一个应用的"),
}
REFUSALS = DOCUMENTED | UNCONFIRMED
