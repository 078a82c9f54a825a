"""Every address there is: nobody gets in unsigned, nothing is done without proof, an outsider learns nothing.

A new page is tested here without anybody thinking of it; what a public address is has to be said below.
"""

import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from sqlalchemy import Engine
from sqlmodel import col, func, select

from duban.web import api, pages
from duban.web.interface import PREFIX
from duban.web.posted import posted
from duban.web.visit import COOKIE, signed_in
from models.audit import AuditEntry
from models.database import unit_of_work
from tasks.files.file_store import FileStore
from tests.office import FIRST, HANDLER, OUTSIDER, SUPERVISOR, Office
from tests.web import Web, words_of

PUBLIC = {
    "/login": "the door itself",
    "/login/sso": "the way to the provider of single sign-on",
    "/login/sso/callback": "and back",
    "/login/code": "the second factor, after the password",
    "/login/enrol": "a second factor set up at the door, after the password",
    "/welcome/sso": "a one-time code used to bind single sign-on",
    "/setup": "the first administrator, by the one-time token",
    "/welcome": "a first password, by a one-time code",
    "/logo": "the office's picture, at the door too",
    "/healthz": "says nothing about the office",
    "/metrics": "numbers for the monitor, by its own token",
    "/feeds/{secret}.ics": "the secret is the key",
}
"""Addresses that answer without a session, and why."""

SECRET = "制度清理甲乙丙"
"""The title of the item that an outsider must never read."""


def found_in(routers: Iterable[APIRouter]) -> list[APIRoute]:
    return [route for router in routers for route in router.routes if isinstance(route, APIRoute)]


PAGES, INTERFACE = found_in(pages.routers()), found_in(api.routers())


def calls(dependant: Dependant) -> Iterator[Any]:
    yield dependant.call
    for part in dependant.dependencies:
        yield from calls(part)


def busy_office(engine: Engine, folder: Path) -> Office:
    """An office with a row of most kinds, each the first of its table."""
    made = Office(engine, folder / "home")
    made.store = FileStore(made.settings.evidence_store)
    made.assign(SECRET, due="2026-06-30", on="2026-06-01")
    made.report("1", percent=40, on="2026-06-03")
    made.attach("1", on="2026-06-03")
    made.instruct("1", "抓紧办理", due="2026-06-20", on="2026-06-04")
    made.extend("1", to="2026-07-15", on="2026-06-05")
    made.urge("1", on="2026-06-08")
    made.fast_forward("2026-06-10")
    return made


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    return busy_office(engine, tmp_path)


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def addressed(route: APIRoute, number: str = "1") -> str:
    """The route's address with the first row of whatever it asks for, or another."""
    path = route.path.replace("{code:ledger}", "case" if number == "1" else number)
    return re.sub(r"\{(\w+)(?::\w+)?\}", number, path)


def each(method: str, *, public: bool = False) -> list[APIRoute]:
    """The pages that answer to a method; those that need no session only where asked for."""
    return [route for route in PAGES if method in (route.methods or ()) and (public or route.path not in PUBLIC)]


def test_every_page_asks_who_is_there_unless_it_is_named_as_public() -> None:
    unasked = {route.path for route in PAGES if signed_in not in set(calls(route.dependant))}

    assert unasked == set(PUBLIC)
    assert (len(PAGES) > 100, len(INTERFACE) > 20) == (True, True)


def test_every_form_is_proved_to_come_from_its_session() -> None:
    assert {route.path for route in each("POST") if posted not in set(calls(route.dependant))} == set()
    assert {method for route in PAGES for method in route.methods or ()} == {"GET", "POST"}


def test_nobody_gets_in_unsigned(web: Web) -> None:
    client = web.anonymous()

    def led_away(method: str, route: APIRoute) -> bool:
        answer = client.request(method, addressed(route), follow_redirects=False)
        where = str(answer.headers.get("location", ""))
        return bool(answer.status_code == 303 and where.startswith("/login"))

    assert [
        (method, route.path) for method in ("GET", "POST") for route in each(method) if not led_away(method, route)
    ] == []


def test_no_program_gets_in_without_a_token(web: Web) -> None:
    client = web.of(SUPERVISOR).client
    answers = {
        (method, route.path): client.request(method, PREFIX + addressed(route)).status_code
        for route in INTERFACE
        for method in route.methods or ()
    }

    assert {answer: status for answer, status in answers.items() if status != 401} == {}


def test_a_form_without_the_proof_of_its_session_does_nothing(web: Web) -> None:
    visitor = web.of(SUPERVISOR)
    statuses = {
        route.path: visitor.post(addressed(route), {"reason": "伪造"}, csrf=False).status_code for route in each("POST")
    }

    assert {path: status for path, status in statuses.items() if status != 403} == {}


def test_a_form_sent_from_another_site_does_nothing(web: Web) -> None:
    visitor = web.of(SUPERVISOR)
    visitor.client.headers["sec-fetch-site"] = "cross-site"

    assert {route.path for route in each("POST") if visitor.post(addressed(route)).status_code != 403} == set()


def told(office: Office) -> int:
    with unit_of_work(office.engine) as session:
        entries = select(func.count(col(AuditEntry.id))).where(AuditEntry.organ_id == office.organ_id)
        return session.exec(entries).one()


@pytest.mark.parametrize("query", ["", "?organ=bureau&year=2026"])
def test_an_outsider_reads_nothing_of_ours(web: Web, query: str) -> None:
    visitor = web.of(OUTSIDER)
    leaks = {}
    for route in each("GET"):
        answer = visitor.client.get(addressed(route) + query)
        if answer.status_code >= 500 or SECRET in words_of(answer.text) or HANDLER in words_of(answer.text):
            leaks[route.path] = answer.status_code

    assert leaks == {}


def test_an_outsider_changes_nothing_of_ours(office: Office, web: Web) -> None:
    visitor = web.of(OUTSIDER)
    before = told(office)
    typed = dict.fromkeys(("reason", "content", "comment", "text", "title", "name"), "外人")
    typed |= {"percent": "50", "item": "1", "items": "1", "organ": "bureau", "seen": "0", "due_on": "2026-06-30"}
    statuses = {
        route.path: visitor.post(
            addressed(route), typed, files={"file": ("a.txt", io.BytesIO("外人".encode()))}
        ).status_code
        for route in each("POST")
        if route.path != "/logout"
    }

    assert told(office) == before
    assert {path: status for path, status in statuses.items() if status >= 500} == {}


def test_no_address_fails_whoever_asks(web: Web) -> None:
    """Each shows its page, or says in words why not."""
    failed = []
    for name in (SUPERVISOR, FIRST, HANDLER):
        visitor = web.of(name)
        failed += [
            (name, route.path)
            for route in each("GET", public=True)
            if visitor.client.get(addressed(route), follow_redirects=False).status_code >= 500
            and route.path not in ("/healthz",)
        ]

    assert failed == []


@pytest.mark.parametrize("number", ["0", "99999", "99999999999", "9" * 30])
def test_a_row_there_is_not_is_not_found_whatever_its_number(web: Web, number: str) -> None:
    visitor = web.of(SUPERVISOR)
    statuses = {
        (method, route.path): visitor.client.get(addressed(route, number), follow_redirects=False).status_code
        if method == "GET"
        else visitor.post(addressed(route, number), {"reason": "没有这一行"}).status_code
        for method in ("GET", "POST")
        for route in each(method)
        if "{" in route.path
    }

    assert {asked: status for asked, status in statuses.items() if status not in (303, 400, 403, 404)} == {}


ODD = ("", "\x00", "９９", "²", "-1", "9" * 40, "null", "%00", "0001-01-01", "9999-12-31", "１２-06", "a" * 2000)
"""What no page expects: nothing, NUL, digits of other scripts, numbers and days out of every range, too much."""
EXTRA = ("q", "from", "until", "day", "person", "action", "item", "state", "period", "before", "after", "next", "due")
"""Names that pages read off the address by themselves."""


def asked_for(dependant: Dependant) -> set[str]:
    """The names that a route reads off its address."""
    return {field.alias for field in dependant.query_params}.union(*map(asked_for, dependant.dependencies))


def test_no_odd_address_makes_a_page_fail(web: Web) -> None:
    client = web.of(SUPERVISOR).client
    asked = [
        (route, {name: odd})
        for route in each("GET", public=True)
        if route.path != "/healthz"
        for odd in ODD
        for name in sorted(asked_for(route.dependant) - {"organ", "year"})
    ] + [
        (route, dict.fromkeys(EXTRA, odd[:1000]))
        for route in each("GET", public=True)
        if route.path != "/healthz"
        for odd in ODD
    ]
    failed = {
        (route.path, *query.items())
        for route, query in asked
        if client.get(addressed(route), params=query, follow_redirects=False).status_code >= 500
    }

    assert len(asked) > 2000
    assert failed == set()


@pytest.mark.parametrize(
    "headers",
    [
        {"cookie": b"duban_session=\xff\xfe; duban_door=\xe4"},
        {"cookie": b'{session}; duban_said=%ff\xff; \xff=\xff; duban_door=\xff"\\012'},
        {"cookie": b"{session}; duban_said=" + b"%e4" * 1000},
        {
            "cookie": b"{session}", "authorization": b"Bearer \xff\xfe", "user-agent": b"\xff", "referer": b"\xff",
            "accept-language": b"\xff", "if-none-match": b"\xff", "range": b"bytes=\xff", "x-request-id": b"\xff",
        },
        {"cookie": b"{session}", "origin": b"\xff", "sec-fetch-site": b"\xff", "x-forwarded-for": b"\xff"},
    ],
)  # fmt: skip
def test_no_odd_cookie_or_header_makes_a_page_fail(web: Web, headers: dict[str, bytes]) -> None:
    visitor = web.of(SUPERVISOR)
    visitor.client.cookies.clear()
    session = f"{COOKIE}={visitor.token}".encode()
    sent = {name: value.replace(b"{session}", session) for name, value in headers.items()}
    failed = {
        (method, path)
        for method, path in [
            *(("GET", addressed(route)) for route in each("GET", public=True) if route.path != "/healthz"),
            *((method, PREFIX + addressed(route)) for route in INTERFACE for method in route.methods or ()),
            *(("POST", path) for path in ("/login", "/setup", "/welcome", "/logout")),
        ]
        if visitor.client.request(method, path, headers=sent, follow_redirects=False).status_code >= 500
    }

    assert failed == set()
    if b"{session}" in headers["cookie"]:
        assert visitor.client.get("/board", headers={"cookie": sent["cookie"]}).status_code == 200


@pytest.mark.parametrize("odd", ["\x00", "9" * 40, "0001-01-01", "９９", "去年"])
def test_no_odd_form_makes_a_page_fail(web: Web, odd: str) -> None:
    names = ("reason", "content", "text", "title", "name", "percent", "item", "items", "seen", "due_on", "on", "to",
             "person", "department", "post", "from_on", "until_on", "number", "year", "kind", "code", "points",
             "amount", "url", "events", "head", "version", "period", "unit", "fine", "people")  # fmt: skip
    visitor = web.of(SUPERVISOR)
    statuses = {
        route.path: visitor.post(addressed(route), dict.fromkeys(names, odd)).status_code
        for route in each("POST")
        if route.path != "/logout"
    }

    assert {path: status for path, status in statuses.items() if status >= 500} == {}
