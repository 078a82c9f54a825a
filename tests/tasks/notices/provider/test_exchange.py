"""What holds for every channel of the three providers, whatever each calls things."""

import datetime as dt
import logging
import socket
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from models.errors import DeliveryError, DubanError
from models.settings import Settings
from tasks.notices import http_line
from tasks.notices.find_channels import channels_set, every_channel
from tasks.notices.handed import BrokenOffError, ChannelDownError
from tasks.notices.provider import access_token
from tasks.notices.provider.access_token import Access
from tasks.notices.provider.exchange import Exchange, StaleTokenError
from tests.tasks.notices.providers import (
    CHANNELS,
    ROBOT_KEY,
    SECRET,
    SIGNING,
    Answer,
    Providers,
    a_parcel,
    hand_over,
    office_settings,
)

APPLICATIONS = ("wecom", "dingtalk", "feishu")


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_message_is_handed_over(providers: Providers, office: Settings, channel: str) -> None:
    (handed,) = hand_over(office, channel)

    assert handed.delivered is (channel == "dingtalk")
    assert len(providers.sent()) == 1


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_run_keeps_to_one_connection(providers: Providers, office: Settings, channel: str) -> None:
    hand_over(office, channel, a_parcel(channel), a_parcel(channel, reference="<2>"))

    assert len(providers.sent()) == 2
    assert len({one.port for one in providers.asked}) == 1


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize(
    ("answer", "pause"),
    [
        (Answer(b"<html>busy</html>", 502), None),
        (Answer(b"<html>sign in to the network</html>"), None),
        (Answer(b"", 302, {"Location": "http://127.0.0.1:9/elsewhere"}), None),
        (Answer(b"", 429, {"Retry-After": "7"}), 7),
        (Answer({"errcode": 987654, "code": 987654}, 429), 60),
        (Answer({"errcode": 987654, "code": 987654}, 503, {"Retry-After": "120"}), 120),
        (Answer({"errcode": 987654, "code": 987654}, 503, {"Retry-After": "9" * 30}), 86_400),
        (Answer({"errcode": 987654, "code": 987654}, 503, {"Retry-After": "tomorrow"}), None),
        (Answer({"errcode": 987654, "code": 987654}, 503, {"Retry-After": "-1"}), None),
        (Answer(b'{"errcode": 1e999, "code": 1e999}'), None),
        (Answer({"ok": True}), None),
        (Answer({"errcode": None, "code": None}), None),
        (Answer(b"[" * 60_000), None),
        (Answer(b'"ok"'), None),
        (Answer(b" " * (http_line.LARGEST + 1)), None),
    ],
)
def test_what_is_no_word_of_the_provider_stops_the_channel(
    providers: Providers, office: Settings, channel: str, answer: Answer, pause: int | None
) -> None:
    providers.says(answer)
    with pytest.raises(ChannelDownError) as refused:
        hand_over(office, channel)
    assert refused.value.pause == (None if pause is None else dt.timedelta(seconds=pause))


@pytest.mark.parametrize("channel", CHANNELS)
def test_an_unknown_code_is_tried_again_and_told_without_what_it_repeats(
    providers: Providers, office: Settings, channel: str
) -> None:
    said = f"what is this?\nkey={SECRET} " + "长" * 500
    providers.says({"errcode": 987654, "code": 987654, "errmsg": said, "msg": said})
    with pytest.raises(DeliveryError) as refused:
        hand_over(office, channel)
    assert not refused.value.permanent
    assert "987654：what is this? key=…" in refused.value.message
    assert len(refused.value.message) < 300


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_slow_or_broken_answer_counts_for_its_message_and_the_next_has_its_own_connection(
    providers: Providers, office: Settings, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_line, "TIMEOUT", httpx.Timeout(0.2).as_dict())
    providers.says(Answer(slow=0.6), Answer(cut=True), Answer(b"{", headers={"Content-Length": "20"}))
    with every_channel()[channel].open(office) as sender:
        for words in ("超时未答复", "的连接中断", "超时未答复"):
            with pytest.raises(BrokenOffError, match=words):
                sender.send(sender.pack(a_parcel(channel)))
        sender.send(sender.pack(a_parcel(channel)))
    assert len({one.port for one in providers.sent()}) == 4


@pytest.mark.parametrize("channel", CHANNELS)
def test_an_answer_that_never_ends_is_left(
    providers: Providers, office: Settings, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_line, "WHOLE_SECONDS", -1)
    providers.says(Answer({"errcode": 0, "code": 0}))
    if channel in APPLICATIONS:
        with pytest.raises(ChannelDownError, match="取不到令牌"):
            hand_over(office, channel)
    else:
        with pytest.raises(BrokenOffError):
            hand_over(office, channel)


@pytest.fixture
def nobody() -> Iterator[str]:
    """An address at which nobody answers."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("fault", ["nobody", "cut", "unreadable", "unknown", "works"])
def test_no_key_and_no_token_is_told_to_a_log_or_an_error(
    providers: Providers,
    nobody: str,
    tmp_path: Path,
    channel: str,
    fault: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    office = office_settings(nobody if fault == "nobody" else providers.url, tmp_path)
    if fault == "cut":
        providers.says(Answer(cut=True))
    elif fault == "unreadable":
        providers.says(Answer(b"<html>"))
    elif fault == "unknown":
        providers.says({"errcode": 987654, "code": 987654, "errmsg": f"{SECRET} token-1-0123456789abcdef"})

    told = ""
    try:
        hand_over(office, channel)
    except DubanError as error:
        told = "".join(traceback.format_exception(error))

    assert bool(told) is (fault != "works")
    for secret in (SECRET, ROBOT_KEY, SIGNING, "0123456789abcdef"):
        assert secret not in told + caplog.text


@pytest.mark.parametrize("channel", CHANNELS)
def test_where_nobody_answers_the_channel_is_down(nobody: str, tmp_path: Path, channel: str) -> None:
    with pytest.raises(ChannelDownError, match="连接不上") as refused:
        hand_over(office_settings(nobody, tmp_path), channel)
    assert refused.value.pause is None


@pytest.mark.parametrize("channel", ["wecom_robot", "dingtalk_robot", "feishu_robot"])
def test_an_address_that_is_none_is_not_repeated(office: Settings, channel: str) -> None:
    office = office.model_copy(update={f"{channel}_url": SecretStr(f"http://127.0.0.1/\x07{ROBOT_KEY}")})
    with pytest.raises(ChannelDownError, match=r"地址不可用，请核对设置。$"):
        hand_over(office, channel)


def test_a_token_that_another_sender_renewed_meanwhile_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access_token, "_TOKENS", {})
    given = iter(["first", "second", "third"])
    access = Access(Exchange("企业微信", "errcode", {}), ("app",), lambda: (next(given), 7200))
    seen: list[str] = []

    def ask(token: str) -> dict[str, Any]:
        seen.append(token)
        if token == "first":
            if len(seen) == 1:
                access.asking(ask)
            raise StaleTokenError
        return {}

    access.asking(ask)
    assert seen == ["first", "first", "second", "second"]


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_channel_is_there_once_it_is_set_up(office: Settings, channel: str) -> None:
    names = {"wecom": "wecom_secret", "dingtalk": "dingtalk_agent_id", "feishu": "feishu_app_id"}
    needed = names.get(channel, f"{channel}_url")
    without = office.model_copy(update={needed: type(office).model_fields[needed].default})

    assert channel in {one.name for one in channels_set(office)}
    assert channel not in {one.name for one in channels_set(without)}


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("to", ["", "@all", "all", "ALL", "a|b", "a,b", "张三", "x" * 65, "a b", "1\n2"])
def test_nothing_that_stands_for_others_or_several_is_an_address(office: Settings, channel: str, to: str) -> None:
    with pytest.raises(DeliveryError) as refused:
        hand_over(office, channel, a_parcel(channel, to=to))
    assert refused.value.permanent
