"""The webhook to a system of the office, and to receivers of people's own, verified by the library receivers use."""

import datetime as dt
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest
from pydantic import SecretStr
from standardwebhooks import Webhook as Verifier

from models import clock
from models.errors import BadInputError, DeliveryError, DubanError
from models.settings import Settings
from tasks.notices import http_line
from tasks.notices.channel import Enclosure
from tasks.notices.channels.webhook import CHANNEL, own_secret
from tasks.notices.handed import BrokenOffError, ChannelDownError, Handed
from tests.tasks.notices.http_peer import HttpPeer, http_peer
from tests.tasks.notices.parcels import parcel, tried

INSIDE = "10.0.0.8"
SECRET = "whsec_" + "QUJD" * 8 + "QUJDQUI="


@pytest.fixture
def peer(monkeypatch: pytest.MonkeyPatch) -> Iterator[HttpPeer]:
    """It stands at INSIDE too: no receiver of a person's own may be at the loopback it is really at."""
    dial = httpcore.SyncBackend.connect_tcp

    def connect(backend: httpcore.SyncBackend, host: str, port: int, **more: Any) -> Any:
        return dial(backend, "127.0.0.1" if host == INSIDE else host, port, **more)

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    monkeypatch.setattr(http_line, "TIMEOUT", httpx.Timeout(0.3).as_dict())
    with http_peer() as made:
        yield made


@pytest.fixture
def settings(tmp_path: Path, peer: HttpPeer) -> Settings:
    return Settings(
        home=tmp_path, message_webhook_url=f"{peer.url}/messages?key=geheim", message_webhook_secret=SecretStr(SECRET),
        message_webhook_own=True, webhook_private="10.0.0.0/24",
    )  # fmt: skip


def test_a_system_of_the_office_is_told_everything_and_can_verify_it(settings: Settings, peer: HttpPeer) -> None:
    now = clock.now()
    sheet = Enclosure("督办单.pdf", "application/pdf", b"%PDF")
    sent = parcel(to="lichengban", html="<p>一</p>", files=(sheet,), sent_at=now)

    assert tried(CHANNEL, settings, sent) == [Handed("200 OK")]
    (asked,) = peer.asked
    said = Verifier(SECRET).verify(asked.body, asked.headers)
    assert said["type"] == "message"
    assert said["data"] == {
        "to": "lichengban", "name": "李承办", "subject": "逾期", "brief": "逾期1项", "text": "一\n二\n",
        "html": "<p>一</p>", "url": "https://office.test/",
        "files": [{"name": "督办单.pdf", "type": "application/pdf", "base64": "JVBERg=="}],
    }  # fmt: skip
    assert asked.headers["webhook-id"] == "20260626.1.mail@duban.invalid"


def test_a_receiver_of_a_person_s_own_verifies_by_a_secret_of_its_own(settings: Settings, peer: HttpPeer) -> None:
    own = CHANNEL.own(settings, f"http://{INSIDE}:{peer.port}/mine")
    assert "mine" not in own
    assert tried(CHANNEL, settings, parcel(to=own, sent_at=clock.now())) == [Handed("200 OK")]
    (asked,) = peer.asked
    assert asked.path == "/mine"
    assert Verifier(own_secret(settings, own) or "").verify(asked.body, asked.headers)["type"] == "message"
    other = CHANNEL.own(settings, f"http://{INSIDE}:{peer.port}/other")
    assert own_secret(settings, own) not in (None, SECRET, own_secret(settings, other))
    assert own_secret(settings, "lichengban") is None


def mine(settings: Settings, port: int) -> str:
    """A receiver of a person's own, as it is kept."""
    return CHANNEL.own(settings, f"http://{INSIDE}:{port}/mine")


def kind(end: Handed | DubanError) -> str:
    """What becomes of the message."""
    if isinstance(end, DeliveryError):
        return "for good" if end.permanent else "passing"
    return {Handed: "sent", ChannelDownError: "down", BrokenOffError: "broken off"}[type(end)]


@pytest.mark.parametrize(
    ("status", "office", "own"),
    [
        (204, "sent", "sent"), (301, "down", "for good"), (400, "for good", "for good"), (401, "down", "for good"),
        (404, "down", "for good"), (408, "down", "passing"), (410, "down", "for good"), (413, "for good", "for good"),
        (422, "for good", "for good"), (429, "down", "passing"), (500, "passing", "passing"), (503, "down", "passing"),
    ],
)  # fmt: skip
def test_what_each_answer_means(settings: Settings, peer: HttpPeer, status: int, office: str, own: str) -> None:
    peer.status = status
    peer.says = b"" if status == 204 else b"<h1>geheim</h1>"
    ends = tried(CHANNEL, settings, parcel(to="li"), parcel(to=mine(settings, peer.port)))
    assert [kind(end) for end in ends] == [office, own]
    assert all("geheim" not in str(end) for end in ends)
    assert all(str(status) in str(end) for end in ends)


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        ({"Retry-After": "120"}, dt.timedelta(minutes=2)),
        (
            {"Retry-After": "Fri, 26 Jun 2026 00:05:00 GMT", "Date": "Fri, 26 Jun 2026 00:00:00 GMT"},
            dt.timedelta(minutes=5),
        ),
        ({"Retry-After": "9999999"}, http_line.LONGEST_PAUSE),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-5"}, None),
        ({}, None),
    ],
)
def test_a_rate_limit_says_how_long_to_wait(
    settings: Settings, peer: HttpPeer, headers: dict[str, str], pause: dt.timedelta | None
) -> None:
    peer.status, peer.headers = 429, headers
    (end,) = tried(CHANNEL, settings, parcel(to="li"))
    assert isinstance(end, ChannelDownError)
    assert end.pause == pause


def test_slow_cut_and_absent(settings: Settings, peer: HttpPeer) -> None:
    own = mine(settings, peer.port)
    peer.after = 1.0
    assert [kind(end) for end in tried(CHANNEL, settings, parcel(to="li"), parcel(to=own))] == ["broken off", "passing"]
    peer.after, peer.cuts = 0.0, True
    assert [kind(end) for end in tried(CHANNEL, settings, parcel(to="li"), parcel(to=own))] == ["broken off", "passing"]
    away = settings.model_copy(update={"message_webhook_url": "http://127.0.0.1:1/geheim"})
    ends = tried(CHANNEL, away, parcel(to="li"), parcel(to=mine(settings, 1)))
    assert [kind(end) for end in ends] == ["down", "passing"]
    assert "geheim" not in str(ends[0])


def test_after_a_break_the_next_goes_on_a_connection_of_its_own(settings: Settings, peer: HttpPeer) -> None:
    with CHANNEL.open(settings) as sender:
        peer.cuts = True
        with pytest.raises(BrokenOffError):
            sender.send(sender.pack(parcel(to="li")))
        peer.cuts = False
        assert sender.send(sender.pack(parcel(to="li"))) == Handed("200 OK")


@pytest.mark.parametrize(
    ("to", "end"),
    [
        ("http://127.0.0.1/x", "for good"), ("http://169.254.169.254/latest", "for good"),
        ("http://192.168.0.9/x", "for good"), ("http://nowhere.invalid/x", "passing"),
        ("http://xn--a/x", "for good"),
    ],
)  # fmt: skip
def test_a_receiver_of_a_person_s_own_is_not_inside(settings: Settings, to: str, end: str) -> None:
    (found,) = tried(CHANNEL, settings, parcel(to=CHANNEL.own(settings, to)))
    assert kind(found) == end


def test_no_address_gets_into_the_log(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        tried(CHANNEL, settings, parcel(to="li"))
    assert "geheim" not in caplog.text


@pytest.mark.parametrize(
    ("more", "typed", "kept"),
    [
        ({}, " lichengban ", "lichengban"),
        ({}, "ftp://host.example.cn/x", None),
        ({}, "https://u:p@host.example.cn/x", None),
        ({"message_webhook_own": False}, "https://host.example.cn/x", None),
        ({"message_webhook_url": ""}, "lichengban", None),
    ],
)
def test_what_a_person_may_name(settings: Settings, more: dict[str, Any], typed: str, kept: str | None) -> None:
    set_up = settings.model_copy(update=more)
    if kept is not None:
        assert CHANNEL.own(set_up, typed) == kept
        return
    with pytest.raises(BadInputError):
        CHANNEL.own(set_up, typed)
    if more:
        kept_before = CHANNEL.own(settings, typed)
        assert [kind(end) for end in tried(CHANNEL, set_up, parcel(to=kept_before))] == ["for good"]


def test_it_is_set_up_by_an_address_with_a_secret_or_for_people_s_own(tmp_path: Path) -> None:
    assert not CHANNEL.is_set(Settings(home=tmp_path))
    assert CHANNEL.is_set(Settings(home=tmp_path, message_webhook_own=True))
    with pytest.raises(ValueError, match="还须设 message_webhook_secret"):
        Settings(home=tmp_path, message_webhook_url="https://oa.office.test/")
    for wrong in ({"message_webhook_secret": "geheim"}, {"message_webhook_url": "oa.office.test"}):
        with pytest.raises(ValueError, match="应为"):
            Settings(home=tmp_path, **wrong)  # type: ignore[arg-type]
