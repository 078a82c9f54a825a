"""The providers on loopback, for channels and what they share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.settings import Settings
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


@pytest.fixture
def office(providers: Providers, tmp_path: Path) -> Settings:
    """An office with every channel set up."""
    return office_settings(providers.url, tmp_path)
