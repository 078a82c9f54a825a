"""Short messages over a gateway on loopback: what it is asked in each form, and what each of its answers means."""

import datetime as dt
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from models.errors import DeliveryError
from models.settings import Settings
from tasks.notices import http_line
from tasks.notices.channels.sms import CHANNEL, code_at, shortened, units
from tasks.notices.handed import BrokenOffError, ChannelDownError, Handed
from tests.tasks.notices.http_peer import HttpPeer, http_peer
from tests.tasks.notices.parcels import parcel, tried

MOBILE = "13800000001"
FIELDS = {
    "phones": ["{mobile}"], "content": "【{sign}】{text}", "templateId": "{template}", "key": "{secret}", "type": 1,
}  # fmt: skip


@pytest.fixture
def peer(monkeypatch: pytest.MonkeyPatch) -> Iterator[HttpPeer]:
    monkeypatch.setattr(http_line, "TIMEOUT", httpx.Timeout(0.3).as_dict())
    with http_peer() as made:
        made.says = {"result": [{"code": 0}]}
        yield made


@pytest.fixture
def settings(tmp_path: Path, peer: HttpPeer) -> Settings:
    return Settings(
        home=tmp_path, sms_url=f"{peer.url}/send", sms_fields=FIELDS, sms_headers={"Authorization": "Bearer {secret}"},
        sms_secret=SecretStr("geheim"), sms_sign="某局", sms_template="T100", sms_success_path="result.0.code",
        sms_success_value="0", sms_permanent="1001, 1002", sms_down="2001,2002",
    )  # fmt: skip


def test_json_is_filled_in_wherever_it_is_nested(settings: Settings, peer: HttpPeer) -> None:
    ends = tried(CHANNEL, settings, parcel(to="+86 138-0000-0001", brief='逾期1项 {secret}\n"{mobile}"'))
    assert ends == [Handed("短信网关答复 0")]
    (asked,) = peer.asked
    assert (asked.method, asked.headers["Authorization"]) == ("POST", "Bearer geheim")
    assert asked.json == {
        "phones": [MOBILE], "content": '【某局】逾期1项 {secret} "{mobile}"', "templateId": "T100", "key": "geheim",
        "type": 1,
    }  # fmt: skip


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_form_or_an_address_carries_the_same(settings: Settings, peer: HttpPeer, method: str) -> None:
    how = {"sms_method": method, "sms_format": "form", "sms_url": f"{peer.url}/send?v=2"}
    assert tried(CHANNEL, settings.model_copy(update=how), parcel(to=MOBILE, brief="逾期&1项")) == [
        Handed("短信网关答复 0")
    ]
    (asked,) = peer.asked
    carried = asked.query if method == "GET" else {**asked.query, **asked.form}
    assert carried == {
        "v": "2", "phones": f'["{MOBILE}"]', "content": "【某局】逾期&1项", "templateId": "T100", "key": "geheim",
        "type": "1",
    }  # fmt: skip


@pytest.mark.parametrize("to", ["", "0591-12345678", "1380000000", "138000000011", "1380000000１", "lichengban"])
def test_what_is_no_mobile_number_is_refused_for_good(settings: Settings, peer: HttpPeer, to: str) -> None:
    (end,) = tried(CHANNEL, settings, parcel(to=to))
    assert isinstance(end, DeliveryError)
    assert (end.permanent, peer.asked) == (True, [])


@pytest.mark.parametrize(
    ("status", "says", "error", "permanent"),
    [
        (200, {"result": [{"code": "0"}]}, None, None),
        (200, {"result": [{"code": 1001, "msg": "号码错误"}]}, DeliveryError, True),
        (200, {"result": [{"code": "1002"}]}, DeliveryError, True),
        (200, {"result": [{"code": 9}]}, DeliveryError, False),
        (400, {"result": [{"code": 1001}]}, DeliveryError, True),
        (400, {"result": [{"code": 0}]}, DeliveryError, False),
        (200, {"result": [{"code": 2001, "msg": "余额不足"}]}, ChannelDownError, None),
        (429, {"result": [{"code": 9}]}, ChannelDownError, None),
        (503, {"result": [{"code": 9}]}, ChannelDownError, None),
        (200, {"result": []}, ChannelDownError, None),
        (200, {"result": [{"code": None}]}, ChannelDownError, None),
        (200, b"<html>OK</html>", ChannelDownError, None),
        (200, b"", ChannelDownError, None),
        pytest.param(200, b'{"result": [{"code": 0}]}' + b" " * http_line.LARGEST, ChannelDownError, None, id="large"),
        (401, b"denied", ChannelDownError, None),
        (302, b"", ChannelDownError, None),
    ],
)
def test_what_each_answer_means(
    settings: Settings, peer: HttpPeer, status: int, says: Any, error: type[Exception] | None, permanent: bool | None
) -> None:
    peer.status, peer.says = status, says
    (end,) = tried(CHANNEL, settings, parcel(to=MOBILE))
    assert type(end) is (error or Handed)
    assert getattr(end, "permanent", None) is permanent


def test_a_limit_says_how_long_to_wait_and_no_answer_tells_the_key(settings: Settings, peer: HttpPeer) -> None:
    peer.status, peer.headers = 429, {"Retry-After": "90"}
    peer.says = {"result": [{"code": 2002}], "key": "geheim", "msg": "too many"}
    (end,) = tried(CHANNEL, settings, parcel(to=MOBILE))
    assert isinstance(end, ChannelDownError)
    assert end.pause == dt.timedelta(seconds=90)
    assert "too many" in end.message
    assert "geheim" not in end.message


def test_slow_cut_and_absent(settings: Settings, peer: HttpPeer, caplog: pytest.LogCaptureFixture) -> None:
    peer.after = 1.0
    with caplog.at_level(logging.DEBUG):
        ends = tried(CHANNEL, settings.model_copy(update={"sms_method": "GET"}), parcel(to=MOBILE))
    peer.after, peer.cuts = 0.0, True
    ends += tried(CHANNEL, settings, parcel(to=MOBILE))
    ends += tried(CHANNEL, settings.model_copy(update={"sms_url": "http://127.0.0.1:1/"}), parcel(to=MOBILE))
    assert [type(end) for end in ends] == [BrokenOffError, BrokenOffError, ChannelDownError]
    assert "geheim" not in caplog.text + "".join(map(str, ends))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200), st.integers(2, 100))
def test_a_text_fits_and_no_character_is_cut_in_two(text: str, room: int) -> None:
    cut = shortened(text, room)
    whole = " ".join(text.split())
    assert units(cut) <= room
    assert cut == whole or (cut.endswith("…") and whole.startswith(cut[:-1]) and units(cut) >= room - 1)


def test_the_signature_counts(settings: Settings, peer: HttpPeer) -> None:
    tried(CHANNEL, settings, parcel(to=MOBILE, brief="督" * 100))
    content = peer.asked[0].json["content"]
    assert (units(content), content[:5], content[-1]) == (70, "【某局】督", "…")


@pytest.mark.parametrize(
    ("says", "path", "code"),
    [
        (b'{"a": {"b": [1, {"c": "x"}]}}', "a.b.1.c", "x"), (b'{"a": true}', "a", "true"), (b'{"a": 1.5}', "a", "1.5"),
        (b'{"a": 1}', "a.b", None), (b'{"a": [1]}', "a.1", None), (b'{"a": [1]}', "a.-1", None),
        (b'{"a": {}}', "a", None), (b"1", "a", None), (b"[" * 100_000, "a", None), (b"\xff", "a", None),
    ],
)  # fmt: skip
def test_the_code_is_found_or_it_is_not(says: bytes, path: str, code: str | None) -> None:
    assert code_at(says, path) == code


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"sms_fields": {"to": "{mobile}"}}, "sms_fields"), ({"sms_success_path": ""}, "只凭 HTTP 200 不算发出"),
        ({"sms_url": "sms.office.test"}, "开头的完整地址"), ({"sms_method": "PUT"}, "sms_method"),
        ({"sms_headers": {"X": "督"}}, "只能用 ASCII 字符"), ({"sms_url": "http://a b/"}, "开头的完整地址"),
    ],
)  # fmt: skip
def test_a_gateway_half_set_up_is_refused(settings: Settings, wrong: dict[str, Any], words: str) -> None:
    assert CHANNEL.is_set(settings)
    with pytest.raises(ValidationError, match=words):
        Settings(**settings.model_dump() | wrong)
