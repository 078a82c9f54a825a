import datetime as dt

import pytest
from pydantic import SecretStr

from models.errors import DeliveryError
from models.settings import Settings
from tasks.notices.channel import AddressKind, Rate
from tasks.notices.channels.feishu_robot import CHANNEL, sign
from tasks.notices.handed import ChannelDownError
from tests.tasks.notices.providers import SIGNING, Answer, Providers, a_parcel, hand_over, wide


def test_it_calls_by_the_account_at_the_published_rate() -> None:
    assert (CHANNEL.address, CHANNEL.rate) == (AddressKind.OWN, Rate(5, 3))


def test_the_signature_is_what_openssl_makes_of_the_documented_string() -> None:
    assert sign(SIGNING, 1599360473) == "JfWVuVjX+H3JyjU1t8xgm+lLxRmWnRU2L5ZnL7zPd1E="


def test_a_group_reads_one_line_and_a_link(providers: Providers, office: Settings) -> None:
    hand_over(office, "feishu_robot", a_parcel("feishu_robot", plain="不给别人看的"))
    body = providers.sent()[-1].body

    assert (body["timestamp"], body["msg_type"]) == ("1782806400", "post")
    assert body["content"]["post"]["zh_cn"]["content"] == [
        [
            {"tag": "at", "user_id": "zhang.san"},
            {"tag": "text", "text": " 督办事项：逾期1项 "},
            {"tag": "a", "text": "查看与填报", "href": "http://10.0.0.8:8000/items/12"},
        ]
    ]


def test_another_signing_key_is_a_refusal_of_the_whole_channel(providers: Providers, office: Settings) -> None:
    other = office.model_copy(update={"feishu_robot_secret": SecretStr("another")})
    with pytest.raises(ChannelDownError, match="签名不符"):
        hand_over(other, "feishu_robot")


def test_a_robot_without_a_signing_key_is_asked_without_a_signature(providers: Providers, office: Settings) -> None:
    providers.says({"code": 0, "msg": "success"})
    hand_over(office.model_copy(update={"feishu_robot_secret": SecretStr("")}), "feishu_robot")
    assert providers.sent()[-1].body.keys() == {"msg_type", "content"}


@pytest.mark.parametrize(
    ("answer", "kind", "words", "pause"),
    [
        ({"code": 11232, "msg": "frequency limited psm[lark.oapi.app_platform_runtime]"}, ChannelDownError, "限流", 60),
        (Answer({"code": 9499, "msg": "too many request", "data": {}}, 400), ChannelDownError, "发送过快", 60),
        (Answer({"code": 9499, "msg": "Bad Request", "data": {}}, 400), DeliveryError, "格式不被接受", None),
        ({"code": 19001, "msg": "incoming webhook access token invalid"}, ChannelDownError, "地址", None),
        ({"code": 99991663}, ChannelDownError, "令牌不被接受", None),
        ({"code": 19022, "msg": "Ip Not Allowed"}, ChannelDownError, "白名单", None),
        ({"code": 19024, "msg": "Key Words Not Found"}, ChannelDownError, "关键词", None),
    ],
)
def test_a_refusal_under_http_200_is_one(
    providers: Providers, office: Settings, answer: Answer, kind: type[Exception], words: str, pause: int | None
) -> None:
    providers.says(answer)
    with pytest.raises(kind, match=words) as refused:
        hand_over(office, "feishu_robot")
    assert getattr(refused.value, "pause", None) == (None if pause is None else dt.timedelta(seconds=pause))


def test_a_line_calls_nobody_else(providers: Providers, office: Settings) -> None:
    hand_over(office, "feishu_robot", a_parcel("feishu_robot", brief='<at user_id="all">所有人</at>\n第二行'))
    line = providers.sent()[-1].body["content"]["post"]["zh_cn"]["content"][0]
    assert line[1]["text"] == wide(' <at user_id="all">所有人</at> 第二行 ')
    assert [part["tag"] for part in line] == ["at", "text", "a"]
