import pytest

from models.errors import DeliveryError
from models.settings import Settings
from tasks.notices.channel import AddressKind, Rate
from tasks.notices.channels.wecom_robot import CHANNEL
from tasks.notices.handed import ChannelDownError
from tests.tasks.notices.providers import Providers, a_parcel, hand_over, wide


def test_it_calls_by_mobile_number_at_the_published_rate() -> None:
    assert (CHANNEL.address, CHANNEL.rate) == (AddressKind.MOBILE, Rate(20, 60))


def test_a_group_reads_one_line_and_a_link(providers: Providers, office: Settings) -> None:
    hand_over(office, "wecom_robot", a_parcel("wecom_robot", to="+86 138-0000-1111", plain="不给别人看的"))

    assert providers.sent()[-1].body == {
        "msgtype": "text",
        "text": {
            "content": "督办事项：逾期1项\nhttp://10.0.0.8:8000/items/12",
            "mentioned_mobile_list": ["13800001111"],
        },
    }


@pytest.mark.parametrize(
    ("code", "kind", "words", "pause"),
    [
        (45009, ChannelDownError, "频率限制", 60),
        (93000, ChannelDownError, "地址不正确，或机器人已被移出群", None),
        (40014, ChannelDownError, "令牌不被接受", None),
        (93004, ChannelDownError, "已被停用", None),
        (45002, DeliveryError, "消息过长", None),
    ],
)
def test_a_refusal_under_http_200_is_one(
    providers: Providers, office: Settings, code: int, kind: type[Exception], words: str, pause: int | None
) -> None:
    providers.says({"errcode": code, "errmsg": "refused"})
    with pytest.raises(kind, match=words) as refused:
        hand_over(office, "wecom_robot")
    found = getattr(refused.value, "pause", None)
    assert (found and found.total_seconds()) == pause


def test_a_line_calls_nobody_else_and_is_cut(providers: Providers, office: Settings) -> None:
    hand_over(office, "wecom_robot", a_parcel("wecom_robot", brief="<@all>\n@13900000000 " + "长" * 2000))
    content = providers.sent()[-1].body["text"]["content"]

    assert content.startswith(wide("<@all> @13900000000 长"))
    assert content.endswith("…全文见系统\nhttp://10.0.0.8:8000/items/12")
    assert 2040 <= len(content.encode()) <= 2048
