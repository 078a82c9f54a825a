"""Anything else by Apprise, at one of its own generic services on loopback; and what nobody may have it do."""

import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from models.channel_settings import LOCAL_SCHEMES
from models.errors import BadInputError, DeliveryError, DubanError
from models.settings import Settings
from tasks.notices.channels.apprise import CHANNEL
from tasks.notices.handed import ChannelDownError, Handed
from tasks.notices.sealed_address import LONGEST, SEALED
from tests.tasks.notices.http_peer import HttpPeer, http_peer
from tests.tasks.notices.parcels import parcel, tried


@pytest.fixture
def peer() -> Iterator[HttpPeer]:
    with http_peer() as made:
        yield made


@pytest.fixture
def settings(tmp_path: Path, peer: HttpPeer) -> Settings:
    url = f"json://127.0.0.1:{peer.port}/geheim/{{to}}?rto=0.3&cto=0.3"
    return Settings(home=tmp_path, apprise_schemes="json, bark", apprise_url=SecretStr(url))


def own(settings: Settings, peer: HttpPeer) -> str:
    return CHANNEL.own(settings, f"json://127.0.0.1:{peer.port}/geheim/mine")


def kind(end: Handed | DubanError) -> str:
    if isinstance(end, DeliveryError):
        return "for good" if end.permanent else "passing"
    return {Handed: "sent", ChannelDownError: "down"}[type(end)]


def test_the_office_s_service_is_told_by_the_account(settings: Settings, peer: HttpPeer) -> None:
    assert tried(CHANNEL, settings, parcel(to="li.cheng@ban", plain="一\n二")) == [Handed("Apprise JSON")]
    (asked,) = peer.asked
    assert asked.path == "/geheim/li.cheng@ban"
    assert (asked.json["title"], asked.json["message"]) == ("逾期", "一\n二")


def test_a_url_of_a_person_s_own_is_kept_sealed_and_opened_to_send(settings: Settings, peer: HttpPeer) -> None:
    kept = own(settings, peer)
    assert kept.startswith(SEALED)
    assert "geheim" not in kept
    assert len(CHANNEL.own(settings, f"json://h/{'a' * (LONGEST - 9)}")) <= 500
    assert tried(CHANNEL, settings, parcel(to=kept)) == [Handed("Apprise JSON")]
    assert peer.asked[0].path == "/geheim/mine"
    elsewhere = settings.model_copy(update={"home": settings.home / "other"})
    assert [kind(end) for end in tried(CHANNEL, elsewhere, parcel(to=kept))] == ["for good"]


@pytest.mark.parametrize("to", ["", "..", "li/../ban", "li?x=1", "李", "a" * 65, "-x", "li ban"])
def test_an_account_that_could_lead_elsewhere_is_refused(settings: Settings, peer: HttpPeer, to: str) -> None:
    with pytest.raises(BadInputError):
        CHANNEL.own(settings, to)
    assert [kind(end) for end in tried(CHANNEL, settings, parcel(to=to))] == ["for good"]
    assert peer.asked == []


@pytest.mark.parametrize(
    ("status", "office", "mine"),
    [
        (400, "for good", "for good"), (401, "down", "for good"), (403, "down", "for good"),
        (404, "for good", "for good"), (429, "down", "passing"), (500, "down", "passing"), (503, "down", "passing"),
    ],
)  # fmt: skip
def test_what_each_status_means(settings: Settings, peer: HttpPeer, status: int, office: str, mine: str) -> None:
    peer.status = status
    ends = tried(CHANNEL, settings, parcel(to="li"), parcel(to=own(settings, peer)))
    assert [kind(end) for end in ends] == [office, mine]
    assert all(str(status) in str(end) and "geheim" not in str(end) for end in ends)


def test_slow_cut_and_absent(settings: Settings, peer: HttpPeer, caplog: pytest.LogCaptureFixture) -> None:
    kept = own(settings, peer)
    with caplog.at_level(logging.DEBUG):
        peer.after = 1.0
        assert [kind(end) for end in tried(CHANNEL, settings, parcel(to="li"))] == ["down"]
        peer.after, peer.cuts = 0.0, True
        ends = tried(CHANNEL, settings, parcel(to="li"), parcel(to=kept))
        assert [kind(end) for end in ends] == ["down", "passing"]
        away = settings.model_copy(update={"apprise_url": SecretStr("json://127.0.0.1:1/geheim/{to}")})
        ends += tried(CHANNEL, away, parcel(to="li"))
        assert kind(ends[-1]) == "down"
    assert "geheim" not in "".join(map(str, ends)) + caplog.text


@pytest.mark.parametrize(
    "typed",
    ["file://host/x", "dbus://", "syslog://", "xml://127.0.0.1/", "mailto://a:b@c.d", "JSON", "json://h/?template=x",
     "bark://", "bark://" + "a" * 300],
)  # fmt: skip
def test_only_what_the_office_lists_is_kept(settings: Settings, typed: str) -> None:
    alone = settings.model_copy(update={"apprise_url": SecretStr("")})
    with pytest.raises(BadInputError):
        CHANNEL.own(alone, typed)
    assert CHANNEL.own(settings, "json://host/x")
    assert not logging.getLogger("apprise").propagate  # it writes URLs it cannot read into its log


def test_a_service_no_longer_listed_is_not_used(settings: Settings, peer: HttpPeer) -> None:
    kept = own(settings, peer)
    fewer = settings.model_copy(update={"apprise_schemes": "bark"})
    assert [kind(end) for end in tried(CHANNEL, fewer, parcel(to=kept), parcel(to="li"))] == ["for good"] * 2
    assert peer.asked == []


@pytest.mark.parametrize("scheme", sorted(LOCAL_SCHEMES))
def test_what_acts_on_the_machine_cannot_be_listed(tmp_path: Path, scheme: str) -> None:
    with pytest.raises(ValidationError, match="只在本机起作用的不行"):
        Settings(home=tmp_path, apprise_schemes=f"bark,{scheme}")


def test_every_scheme_of_the_machine_s_own_is_known() -> None:
    """Those that ask for no address; a new one fails here until it is looked at."""
    code = (
        "from apprise.manager_plugins import NotificationManager as Known\n"
        "known = Known()\n"
        "bare = lambda form: '{' not in form.replace('{schema}', '')\n"
        "print(*(name for name in known.schemas() if all(map(bare, known[name].templates))))"
    )
    known = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True)
    assert "dbus" in known.stdout.split()
    assert set(known.stdout.split()) <= LOCAL_SCHEMES


def test_it_is_off_until_something_is_listed(tmp_path: Path) -> None:
    assert not CHANNEL.is_set(Settings(home=tmp_path))
    assert CHANNEL.is_set(Settings(home=tmp_path, apprise_schemes="bark"))
    for wrong in ("json://h/{to}", "bark://h/key"):
        with pytest.raises(ValidationError, match="apprise_url 应以"):
            Settings(home=tmp_path, apprise_schemes="bark", apprise_url=SecretStr(wrong))
