import datetime as dt

import pytest
from pydantic import SecretStr

from models.errors import DeliveryError
from models.settings import Settings
from tasks.notices.channel import AddressKind, Rate
from tasks.notices.channels.dingtalk_robot import CHANNEL, sign
from tasks.notices.handed import ChannelDownError
from tests.tasks.notices.providers import ROBOT_KEY, SIGNING, Answer, Providers, a_parcel, hand_over, wide


def test_it_calls_by_mobile_number_at_the_published_rate() -> None:
    assert (CHANNEL.address, CHANNEL.rate) == (AddressKind.MOBILE, Rate(20, 60))


def test_the_signature_is_what_openssl_makes_of_the_documented_string() -> None:
    assert sign(SIGNING, 1599360473000) == "WjZtqvjfGwXcc53byolUsZxzK9GjvTtURpO4O494YD8="


def test_a_group_reads_one_line_and_a_link(providers: Providers, office: Settings) -> None:
    hand_over(office, "dingtalk_robot", a_parcel("dingtalk_robot", plain="不给别人看的"))
    asked = providers.sent()[-1]

    assert asked.body == {
        "msgtype": "text",
        "text": {"content": "@13800001111 督办事项：逾期1项\nhttp://10.0.0.8:8000/items/12"},
        "at": {"atMobiles": ["13800001111"], "isAtAll": False},
    }
    assert (asked.query["access_token"], asked.query["timestamp"]) == (ROBOT_KEY, "1782806400000")


def test_another_signing_key_is_a_refusal_of_the_whole_channel(providers: Providers, office: Settings) -> None:
    other = office.model_copy(update={"dingtalk_robot_secret": SecretStr("another")})
    with pytest.raises(ChannelDownError, match="加签密钥"):
        hand_over(other, "dingtalk_robot")


def test_a_robot_without_a_signing_key_is_asked_without_a_signature(providers: Providers, office: Settings) -> None:
    providers.says({"errcode": 0, "errmsg": "ok"})
    hand_over(office.model_copy(update={"dingtalk_robot_secret": SecretStr("")}), "dingtalk_robot")
    assert providers.sent()[-1].query == {"access_token": ROBOT_KEY}


@pytest.mark.parametrize(
    ("answer", "kind", "words", "pause"),
    [
        ({"status": 1111, "wait": 5, "punish": "deny", "errcode": 130101,
          "errmsg": "send too fast"}, ChannelDownError, "停 10 分钟", dt.timedelta(minutes=10)),
        (Answer({"errcode": 130101, "errmsg": "limit"}, 429, {"Retry-After": "30"}), ChannelDownError, "发送过快",
         dt.timedelta(seconds=30)),
        ({"errcode": 300005, "errmsg": "token is not exist"}, ChannelDownError, "令牌不存在", None),
        ({"errcode": 310000, "errmsg": "keywords not in content"}, ChannelDownError, "关键词", None),
        ({"errcode": 40014}, ChannelDownError, "令牌不被接受", None),
        ({"errcode": 400013}, ChannelDownError, "群已被解散", None),
        ({"errcode": 430102}, DeliveryError, "不合适的文字", None),
    ],
)  # fmt: skip
def test_a_refusal_under_http_200_is_one(
    providers: Providers,
    office: Settings,
    answer: Answer,
    kind: type[Exception],
    words: str,
    pause: dt.timedelta | None,
) -> None:
    providers.says(answer)
    with pytest.raises(kind, match=words) as refused:
        hand_over(office, "dingtalk_robot")
    assert getattr(refused.value, "pause", None) == pause


def test_a_line_calls_nobody_else(providers: Providers, office: Settings) -> None:
    hand_over(office, "dingtalk_robot", a_parcel("dingtalk_robot", brief="@all\n@13900000000 "))
    body = providers.sent()[-1].body
    assert body["text"]["content"] == f"@13800001111 {wide('@all @13900000000')}\nhttp://10.0.0.8:8000/items/12"
    assert body["at"] == {"atMobiles": ["13800001111"], "isAtAll": False}
