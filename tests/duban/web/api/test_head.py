"""HEAD, as monitors, link checkers and calendar programs ask: what GET answers without its body and without effect."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from duban.web.interface import PREFIX
from tests.duban.web.api.test_feed import address
from tests.duban.web.test_every_route import PAGES, busy_office
from tests.office import HANDLER, SUPERVISOR, Office
from tests.program import program_of
from tests.web import Web

PLAIN = sorted(route.path for route in PAGES if "GET" in (route.methods or ()) and "{" not in route.path)
VARYING = {"etag", "set-cookie", "content-length", "content-security-policy"}
"""Headers that hold something made for one answer alone."""


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    return busy_office(engine, tmp_path)


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def test_every_page_answers_head_as_it_answers_get(web: Web) -> None:
    client = web.of(SUPERVISOR).client
    for path in PLAIN:
        shown, head = (client.request(method, path, follow_redirects=False) for method in ("GET", "HEAD"))
        assert (path, head.status_code, head.content) == (path, shown.status_code, b"")
        assert {name: value for name, value in head.headers.items() if name not in VARYING} == {
            name: value for name, value in shown.headers.items() if name not in VARYING
        }


def test_programs_monitors_and_calendars_may_ask_so(web: Web) -> None:
    stranger = web.anonymous()
    for path in ("/healthz", "/login", address(web, HANDLER), "/static/duban.css"):
        shown, head = stranger.get(path), stranger.head(path)
        assert (path, head.status_code, head.content) == (path, shown.status_code, b"")
    assert stranger.head("/nowhere").status_code == 404
    items = program_of(web, SUPERVISOR).client.head(f"{PREFIX}/items")
    assert (items.status_code, items.content, items.headers["content-type"]) == (200, b"", "application/json")
    assert stranger.head(f"{PREFIX}/items").status_code == 401


def test_what_takes_no_get_takes_no_head(web: Web) -> None:
    assert web.of(SUPERVISOR).client.head("/audit/export").status_code == 405
