import datetime as dt
import json
from typing import Any

import pytest

from models.errors import DeliveryError
from models.settings import Settings
from tasks.notices.channel import AddressKind, Rate
from tasks.notices.channels.dingtalk import CHANNEL
from tasks.notices.handed import ChannelDownError
from tests.tasks.notices.providers import ACCOUNT, RESULT, Answer, Providers, a_parcel, hand_over, result

NEVER, LATER, DOWN = (DeliveryError, True), (DeliveryError, False), (ChannelDownError, None)


def sent(providers: Providers, office: Settings, **changed: Any) -> dict[str, Any]:
    hand_over(office, "dingtalk", a_parcel("dingtalk", **changed))
    return providers.sent()[-1].body


def asked_after(providers: Providers) -> int:
    return sum(1 for one in providers.asked if RESULT in one.path)


def test_it_goes_to_the_persons_own_account_at_the_published_rate() -> None:
    assert (CHANNEL.address, CHANNEL.rate) == (AddressKind.OWN, Rate(1500, 60))


@pytest.mark.parametrize(
    ("answer", "outcome", "words"),
    [
        ({"errcode": -1, "errmsg": "系统繁忙"}, DOWN, "系统繁忙"),
        (
            {"errcode": 88, "sub_code": "60011", "sub_msg": "没有调用该接口的权限"},
            DOWN,
            "60011：应用没有调用这个接口的权限",
        ),
        ({"errcode": 88, "sub_code": "60020", "sub_msg": "访问ip不在白名单之中"}, DOWN, "出口 IP"),
        ({"errcode": 88, "sub_code": "90006"}, DOWN, "应用调用这个接口过多"),
        ({"errcode": 88, "sub_code": "isv.missing-parameter", "sub_msg": "缺少参数"}, LATER, "88：缺少参数"),
        ({"errcode": 88, "errmsg": "ding talk error"}, LATER, "88：ding talk error"),
        ({"errcode": 33012, "errmsg": "无效的USERID"}, NEVER, "没有这个员工账号"),
        ({"errcode": 34016}, NEVER, "消息过长"),
        ({"errcode": 40056}, DOWN, "AgentId"),
        ({"errcode": 50002}, NEVER, "不在应用的权限范围内"),
        ({"errcode": 50003}, DOWN, "应用已被停用"),
        ({"errcode": 60121}, NEVER, "没有这个员工"),
    ],
)
def test_a_refusal_under_http_200_is_one(
    providers: Providers,
    office: Settings,
    answer: dict[str, Any],
    outcome: tuple[type[Exception], bool | None],
    words: str,
) -> None:
    providers.says(answer)
    kind, permanent = outcome
    with pytest.raises(kind, match=words) as refused:
        hand_over(office, "dingtalk")
    assert getattr(refused.value, "permanent", None) is permanent


@pytest.mark.parametrize(
    ("became", "delivered"),
    [
        (result(unread_user_id_list=[ACCOUNT]), True),
        (result(read_user_id_list=[ACCOUNT]), True),
        (result(forbidden_list=[{"code": "143106", "count": 1, "userid": ACCOUNT}]), True),
        (result(), False),
        (result(unread_user_id_list=["li.si"], invalid_user_id_list=["wang.wu"]), False),
        ({"errcode": 0, "errmsg": "ok"}, False),
        ({"errcode": -1, "errmsg": "系统繁忙"}, False),
        (Answer(b"", 502), False),
    ],
)
def test_what_became_of_a_message_that_was_taken(
    providers: Providers, office: Settings, became: Any, delivered: bool
) -> None:
    providers.says(became, became, to=RESULT)
    (handed,) = hand_over(office, "dingtalk")

    assert (handed.answer, handed.delivered) == ("钉钉 256271667526", delivered)


@pytest.mark.parametrize(
    ("became", "outcome", "words"),
    [
        (result(invalid_user_id_list=[ACCOUNT]), NEVER, "没有这个员工"),
        (result(failed_user_id_list=[ACCOUNT]), LATER, "没有说明原因"),
        (result(forbidden_user_id_list=[ACCOUNT]), LATER, "超过给这个人的发送限制"),
        (
            result(forbidden_list=[{"userid": "li.si"}, {"code": "143105", "userid": ACCOUNT}]),
            LATER,
            "143105：今天发给这个人",
        ),
        (result(forbidden_list=[{"code": "143103", "userid": ACCOUNT}]), DOWN, "143103：应用每分钟"),
        (result(forbidden_list=[{"code": "1430002", "userid": ACCOUNT}]), NEVER, "违禁"),
        (result(forbidden_list=[{"code": "x1", "userid": ACCOUNT}]), LATER, "x1"),
    ],
)
def test_a_message_that_was_taken_may_still_be_kept_from_the_person(
    providers: Providers,
    office: Settings,
    became: dict[str, Any],
    outcome: tuple[type[Exception], bool | None],
    words: str,
) -> None:
    providers.says(became, to=RESULT)
    kind, permanent = outcome
    with pytest.raises(kind, match=words) as refused:
        hand_over(office, "dingtalk")
    assert getattr(refused.value, "permanent", None) is permanent


def test_of_an_account_that_is_reached_it_is_not_asked_again(providers: Providers, office: Settings) -> None:
    hand_over(office, "dingtalk", a_parcel("dingtalk"), a_parcel("dingtalk", reference="<2>"))
    assert asked_after(providers) == 1

    hand_over(office, "dingtalk", a_parcel("dingtalk", to="li.si"))
    assert asked_after(providers) == 2


def test_a_message_is_a_card_with_a_button(providers: Providers, office: Settings) -> None:
    plain = "普法宣传：http://10.0.0.8:8000/items/1\n   时限：6月30日\n"
    assert sent(providers, office, plain=plain) == {
        "agent_id": 42,
        "userid_list": "zhang.san",
        "msg": {
            "msgtype": "action_card",
            "action_card": {
                "title": "【督办】逾期1项",
                "markdown": "**【督办】逾期1项**  \n普法宣传：[打开](http://10.0.0.8:8000/items/1)  \n"
                "\u3000时限：6月30日  \n编号 0ae330d7",
                "single_title": "查看与填报",
                "single_url": "http://10.0.0.8:8000/items/12",
            },
        },
    }


@pytest.mark.parametrize("line", ["普法宣传第一期，已逾期\n", '"引号" 与 \\ 反斜\n', "一整行很长没有断开"])
def test_a_long_message_stays_below_what_is_taken(providers: Providers, office: Settings, line: str) -> None:
    message = sent(providers, office, plain=line * 200, subject="督办" * 60)["msg"]
    whole = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()

    assert 1900 < len(whole) <= 2048
    assert len(message["action_card"]["title"]) in (63, 64)
    assert message["action_card"]["markdown"].endswith("…全文见系统  \n编号 0ae330d7")


def test_a_title_is_no_markup_and_calls_nobody(providers: Providers, office: Settings) -> None:
    evil = "[点我](http://evil.test)![图](http://evil.test) @13800001111\n# 大 **粗** <font color=red>"
    card = sent(providers, office, subject=evil, plain=evil)["msg"]["action_card"]
    said = card["title"] + card["markdown"].replace(f"**{card['title']}**", "", 1)

    for markup in ("[点我]", "![", "@1", "\n#", "**粗**", "<font"):
        assert markup not in said


def test_tries_of_one_message_read_the_same_and_two_of_the_same_wording_do_not(
    providers: Providers, office: Settings
) -> None:
    first, again = sent(providers, office), sent(providers, office, sent_at=dt.datetime(2026, 7, 1, tzinfo=dt.UTC))

    assert first == again
    assert first != sent(providers, office, reference="<another>")
