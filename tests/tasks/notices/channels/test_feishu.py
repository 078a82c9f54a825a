import datetime as dt
import json
from typing import Any

import pytest

from models.errors import DeliveryError
from models.settings import Settings
from tasks.notices.channel import AddressKind, Rate
from tasks.notices.channels.feishu import CHANNEL
from tasks.notices.handed import ChannelDownError
from tests.tasks.notices.providers import Answer, Providers, a_parcel, hand_over, wide

NEVER, LATER, DOWN = (DeliveryError, True), (DeliveryError, False), (ChannelDownError, None)


def sent(providers: Providers, office: Settings, **changed: Any) -> dict[str, Any]:
    hand_over(office, "feishu", a_parcel("feishu", **changed))
    return providers.sent()[-1].body


def test_it_goes_to_the_persons_own_account_at_the_published_rate() -> None:
    assert (CHANNEL.address, CHANNEL.rate) == (AddressKind.OWN, Rate(50, 3))


@pytest.mark.parametrize(
    ("answer", "outcome", "words"),
    [
        (Answer({"code": 230001, "msg": "Your request contains an invalid request parameter, ext=invalid receive_id."},
                400), NEVER, "多是账号不正确"),
        (Answer({"code": 230006, "msg": "Bot ability is not activated."}, 400), DOWN, "没有启用机器人能力"),
        (Answer({"code": 230013, "msg": "Bot has NO availability to this user"}, 400), NEVER, "不在应用的可用范围内"),
        (Answer({"code": 230027, "msg": "Lack of necessary permissions."}, 400), DOWN, "没有发消息的权限"),
        (Answer({"code": 230029}, 400), NEVER, "已离职"),
        (Answer({"code": 230049}, 400), LATER, "正在发送"),
        ({"code": 99991401, "msg": "ip denied"}, DOWN, "出口 IP"),
        ({"code": 99991672}, DOWN, "没有申请发消息的权限"),
        ({"code": 99992351}, NEVER, "没有这个账号"),
        (Answer({"code": 1500, "msg": "internal error"}, 500), DOWN, "internal error"),
    ],
)  # fmt: skip
def test_a_refusal_is_read_whatever_the_status(
    providers: Providers, office: Settings, answer: Any, outcome: tuple[type[Exception], bool | None], words: str
) -> None:
    providers.says(answer)
    kind, permanent = outcome
    with pytest.raises(kind, match=words) as refused:
        hand_over(office, "feishu")
    assert getattr(refused.value, "permanent", None) is permanent


@pytest.mark.parametrize(
    ("answer", "pause"),
    [
        (Answer({"code": 99991400, "msg": "request trigger frequency limit"}, 429, {"x-ogw-ratelimit-reset": "3"}), 3),
        (Answer({"code": 99991400, "msg": "request trigger frequency limit"}, 400, {"x-ogw-ratelimit-reset": "3"}), 3),
        (Answer({"code": 99991400, "msg": "request trigger frequency limit"}, 400), 60),
        (Answer({"code": 230020, "msg": "This operation triggers the frequency limit."}, 400), 1),
    ],
)
def test_a_limit_passed_stops_the_channel_for_as_long_as_it_says(
    providers: Providers, office: Settings, answer: Answer, pause: int
) -> None:
    providers.says(answer)
    with pytest.raises(ChannelDownError) as refused:
        hand_over(office, "feishu")
    assert refused.value.pause == dt.timedelta(seconds=pause)


@pytest.mark.parametrize(
    ("account", "kind"),
    [("zhang.san", "user_id"), ("ou_7d8a6e6df7621556ce0d21922b676706ccs", "open_id"), ("on_cad4", "union_id"),
     ("zhang@office.test", "email")],
)  # fmt: skip
def test_an_account_is_called_by_what_it_is(providers: Providers, office: Settings, account: str, kind: str) -> None:
    sent(providers, office, to=account)
    assert (providers.sent()[-1].query, providers.sent()[-1].body["receive_id"]) == ({"receive_id_type": kind}, account)


def test_a_message_is_a_card_of_plain_texts(providers: Providers, office: Settings) -> None:
    evil = "[点我](http://evil.test)\n<at user_id=all></at> **粗**"
    body = sent(providers, office, subject=evil, plain=f"普法宣传\n{evil}")
    card = json.loads(body.pop("content"))

    assert body == {
        "receive_id": "zhang.san", "msg_type": "interactive", "uuid": "0ae330d7c487427d6a42246d7d76f3ea"
    }  # fmt: skip
    assert {card["header"]["title"]["tag"], card["elements"][0]["text"]["tag"]} == {"plain_text"}
    assert card["header"]["title"]["content"] == wide("[点我](http://evil.test) <at user_id=all></at> **粗**")
    assert "<at" not in card["elements"][0]["text"]["content"]
    assert card["elements"][1]["actions"][0]["url"] == "http://10.0.0.8:8000/items/12"


def test_a_message_is_one_at_each_try(providers: Providers, office: Settings) -> None:
    first, again = sent(providers, office), sent(providers, office, sent_at=dt.datetime(2026, 7, 1, tzinfo=dt.UTC))

    assert first == again
    assert len(first["uuid"]) <= 50
    assert first["uuid"] != sent(providers, office, reference="<another>")["uuid"]


def test_a_long_message_stays_below_what_is_taken(providers: Providers, office: Settings) -> None:
    body = sent(providers, office, plain="普法宣传第一期，已逾期\n" * 2000, subject="督办" * 600)
    card = json.loads(body["content"])

    assert len(body["content"].encode()) < 30_000
    assert card["elements"][0]["text"]["content"].endswith("\n…全文见系统")
    assert card["header"]["title"]["content"].endswith("…全文见系统")
