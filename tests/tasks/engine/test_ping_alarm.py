"""The watch outside hears what it should, its address is nobody's to read, and nothing it does stops anything."""

import logging
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from models.settings import Settings
from tasks.engine.ping_alarm import LONGEST, Signal, ping_alarm
from tests.outside.ping_watch import CHECK, PingWatch, ping_watch


@pytest.fixture
def watch() -> Iterator[PingWatch]:
    with ping_watch() as made:
        yield made


def settings(url: str) -> Settings:
    return Settings(home=Path("nowhere"), alarm_ping_url=SecretStr(url))


def test_each_signal_goes_behind_the_address_with_its_words(watch: PingWatch) -> None:
    for signal in Signal:
        assert ping_alarm(settings(watch.url), signal, f"说明{signal}") is None

    assert watch.heard == [(CHECK + signal, f"说明{signal}") for signal in ("", "/fail", "/start", "/log")]


def test_a_query_stays_behind_and_a_long_text_is_cut(watch: PingWatch) -> None:
    ping_alarm(settings(watch.url + "/?create=1"), Signal.FAIL, "甲" * 2 * LONGEST)

    assert watch.heard == [(f"{CHECK}/fail?create=1", "甲" * LONGEST)]


def test_without_an_address_nothing_is_told() -> None:
    assert ping_alarm(Settings(home=Path("nowhere")), Signal.FAIL) is None


@pytest.mark.parametrize(
    ("status", "says", "words"),
    [
        pytest.param(200, b"OK (not found)", "对方没有这个地址（可能已删除）", id="a check that is gone"),
        pytest.param(200, b"OK (rate limited)", "对方称来得太频繁，未计入", id="so is one that was not counted"),
        pytest.param(404, b"not found", "对方答复 404", id="not found"),
        pytest.param(302, b"", "对方答复 302", id="sent elsewhere, which is not followed"),
        pytest.param(200, b"OK" + b"x" * 100_000, None, id="a long answer is not read to its end"),
    ],
)  # fmt: skip
def test_what_the_watch_did_not_take_is_told(watch: PingWatch, status: int, says: bytes, words: str | None) -> None:
    watch.status, watch.says = status, says

    assert ping_alarm(settings(watch.url), Signal.WELL) == words
    assert len(watch.heard) == 1


def test_a_watch_that_is_not_there_or_says_nothing_raises_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/ping"
        assert ping_alarm(settings(url), Signal.WELL, seconds=0.1) == "对方超时未答复"
    assert ping_alarm(settings(url), Signal.WELL) == "无法连接：ConnectError"


@pytest.mark.parametrize(
    ("url", "stands_for", "words"),
    [
        ("http://hc.example/p", ["8.8.8.8"], "公网上的地址须用 https://"),
        ("http://hc.example/p", ["10.0.0.8", "8.8.8.8"], "公网上的地址须用 https://"),
        ("https://hc.example/p", ["169.254.169.254"], "地址是链路本地、组播、保留或转换地址，不发送"),
        ("https://hc.example/p", ["::ffff:8.8.8.8"], "地址是链路本地、组播、保留或转换地址，不发送"),
        ("https://hc.example/p", [], "地址是链路本地、组播、保留或转换地址，不发送"),
    ],
)
def test_where_the_watch_may_stand(url: str, stands_for: list[str], words: str) -> None:
    assert ping_alarm(settings(url), Signal.WELL, resolve=lambda *_: stands_for) == words


def test_a_name_that_is_not_known_is_told() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror

    assert ping_alarm(settings("https://hc.example/p"), Signal.WELL, resolve=unknown) == "域名无法解析"


def test_the_address_is_in_no_log(watch: PingWatch, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    made = settings(watch.url)
    ping_alarm(made, Signal.WELL)

    assert CHECK not in caplog.text
    assert CHECK not in repr(made)


@pytest.mark.parametrize(
    "url", ["hc.example/p", "ftp://hc.example/p", "https://", "https://a:b@hc.example/p", "https://hc.example/p#x",
            "https://hc.example/a b", "https://hc.example:99999/p", "https://警报.example/p"],
)  # fmt: skip
def test_an_address_that_cannot_be_asked_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(ValidationError) as refused:
        settings(url)
    [fault] = refused.value.errors()
    assert "应为 https:// 开头的完整地址" in fault["msg"]
    assert "example" not in fault["msg"]
