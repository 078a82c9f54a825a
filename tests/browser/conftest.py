"""One Chromium for the stories of a file, and the small office they are told of."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import Engine

from tests.browsing import Served, chromium, served
from tests.office import Office
from tests.web import Web


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    return Office(engine, tmp_path / "home", second_factor="optional")


@pytest.fixture
def pages(office: Office, browser: Browser) -> Iterator[Served]:
    """The office's pages, served."""
    with served(Web(office), browser) as made:
        yield made
