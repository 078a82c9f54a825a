import datetime as dt
from typing import Any

import pytest

from models.errors import DeliveryError
from models.settings import Settings
from tasks.notices.channel import AddressKind, Rate
from tasks.notices.channels.wecom import CHANNEL
from tasks.notices.handed import ChannelDownError
from tests.tasks.notices.providers import Providers, a_parcel, hand_over, wide

NEVER, LATER, DOWN = (DeliveryError, True), (DeliveryError, False), (ChannelDownError, None)


def sent(providers: Providers, office: Settings, **changed: Any) -> dict[str, Any]:
    hand_over(office, "wecom", a_parcel("wecom", **changed))
    return providers.sent()[-1].body


def test_it_goes_to_the_persons_own_account_at_the_published_rate() -> None:
    assert (CHANNEL.address, CHANNEL.rate) == (AddressKind.OWN, Rate(10_000, 60))


@pytest.mark.parametrize(
    ("code", "outcome", "words"),
    [
        (-1, DOWN, "系统繁忙"),
        (6000, LATER, "数据版本冲突"),
        (40001, DOWN, "Secret 不正确"),
        (40013, DOWN, "企业 ID 不正确"),
        (40056, DOWN, "AgentId 不正确"),
        (45002, NEVER, "消息过长"),
        (45009, DOWN, "调用超过频率限制"),
        (48002, DOWN, "没有调用这个接口的权限"),
        (50003, DOWN, "应用已被停用"),
        (60011, NEVER, "应用对这个成员没有权限"),
        (60020, DOWN, "出口 IP"),
        (60111, NEVER, "没有这个成员账号"),
        (81013, NEVER, "不在应用的可见范围内"),
        (301002, DOWN, "不是同一个应用的"),
    ],
)
def test_a_refusal_under_http_200_is_one(
    providers: Providers, office: Settings, code: int, outcome: tuple[type[Exception], bool | None], words: str
) -> None:
    providers.says({"errcode": code, "errmsg": "hint: [1700000000_1], from ip: 10.0.0.8"})
    kind, permanent = outcome
    with pytest.raises(kind, match=f"企业微信答复 {code}：.*{words}") as refused:
        hand_over(office, "wecom")
    assert getattr(refused.value, "permanent", None) is permanent


def test_a_limit_passed_lasts_as_long_as_published(providers: Providers, office: Settings) -> None:
    providers.says({"errcode": 45009, "errmsg": "api freq out of limit"})
    with pytest.raises(ChannelDownError) as refused:
        hand_over(office, "wecom")
    assert refused.value.pause == dt.timedelta(seconds=60)


@pytest.mark.parametrize(
    ("left_out", "permanent"),
    [
        ({"invaliduser": "zhang.san"}, True),
        ({"invaliduser": "li.si|zhang.san"}, True),
        ({"unlicenseduser": "zhang.san"}, True),
        ({"invaliduser": "", "unlicenseduser": "", "invalidparty": "1"}, None),
        ({"invaliduser": "zhang.san.2"}, None),
    ],
)
def test_a_person_it_left_out_was_not_reached(
    providers: Providers, office: Settings, left_out: dict[str, str], permanent: bool | None
) -> None:
    providers.says({"errcode": 0, "errmsg": "ok", "msgid": "m", **left_out})
    parcel = a_parcel("wecom", to="Zhang.San")  # it answers in small letters
    if permanent is None:
        assert [one.answer for one in hand_over(office, "wecom", parcel)] == ["企业微信 m"]
    else:
        with pytest.raises(DeliveryError, match=r"没有发给“Zhang\.San”") as refused:
            hand_over(office, "wecom", parcel)
        assert refused.value.permanent


def test_a_short_message_is_a_card(providers: Providers, office: Settings) -> None:
    body = sent(providers, office, plain="普法宣传\n已逾期 3 个工作日\n")

    assert body == {
        "touser": "zhang.san",
        "agentid": 1000002,
        "msgtype": "textcard",
        "textcard": {
            "title": "【督办】逾期1项",
            "description": '普法宣传<br>已逾期 3 个工作日<div class="gray">编号 0ae330d7</div>',
            "url": "http://10.0.0.8:8000/items/12",
            "btntxt": "查看",
        },
        "enable_duplicate_check": 1,
        "duplicate_check_interval": 14400,
    }


def test_a_long_message_is_markdown_with_its_links_and_says_where_the_rest_is(
    providers: Providers, office: Settings
) -> None:
    lines = [f"{number}. 普法宣传第{number}期：http://10.0.0.8:8000/items/{number}" for number in range(1, 60)]
    content = sent(providers, office, plain="\n".join(lines))["markdown"]["content"]

    assert content.startswith("**【督办】逾期1项**\n1. 普法宣传第1期：[打开](http://10.0.0.8:8000/items/1)\n2. ")
    assert content.endswith("…全文见系统\n\n[查看与填报](http://10.0.0.8:8000/items/12)\n编号 0ae330d7")
    assert 1900 < len(content.encode()) <= 2048
    assert content.count("[打开](") == content.count("/items/") - 1


@pytest.mark.parametrize("length", [1, 80])
def test_a_title_is_no_markup_and_calls_nobody(providers: Providers, office: Settings, length: int) -> None:
    evil = "[点我](http://evil.test)<@all> <a href=x>\n# 大 **粗** `码` http://10.0.0.8:8000/x](y"
    body = sent(providers, office, subject=evil, plain=evil * length)
    said = body.get("textcard", {}).get("title", "") + body.get("textcard", {}).get("description", "")
    said += body.get("markdown", {}).get("content", "")

    assert wide("[点我]") in said
    for markup in ("[点我]", "<@", "<a", "\n#", "**粗**", "`"):
        assert markup not in said


def test_tries_of_one_message_read_the_same_and_two_of_the_same_wording_do_not(
    providers: Providers, office: Settings
) -> None:
    first, again = sent(providers, office), sent(providers, office, sent_at=dt.datetime(2026, 7, 1, tzinfo=dt.UTC))
    other = sent(providers, office, reference="<another>")

    assert first == again
    assert first != other
