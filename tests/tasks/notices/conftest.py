"""The providers on loopback, for channels and what they share."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from models.settings import Settings
from tasks.notices.channel import MessageChannel, QueuedSender
from tasks.notices.channels import dingtalk
from tasks.notices.provider import access_token
from tests.tasks.notices.providers import Providers, office_settings


@pytest.fixture
def providers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Providers]:
    """The three of them; nothing an earlier test learnt of them is known."""
    monkeypatch.setattr(dingtalk, "PAUSES", (0.0, 0.0))
    monkeypatch.setattr(dingtalk, "_REACHED", set())
    monkeypatch.setattr(access_token, "_TOKENS", {})
    playing = Providers()
    yield playing
    playing.close()


@pytest.fixture(params=["in this process", "apart"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every channel that can send by a process of its own does, however few the messages; and none does."""
    opened, many = MessageChannel.opened, request.param == "apart"

    def always(channel: MessageChannel, settings: Settings, **_how: bool) -> AbstractContextManager[QueuedSender]:
        return opened(channel, settings, many=many)

    monkeypatch.setattr(MessageChannel, "opened", always)


@pytest.fixture
def office(providers: Providers, tmp_path: Path) -> Settings:
    """An office with every channel set up."""
    return office_settings(providers.url, tmp_path)
