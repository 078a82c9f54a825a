"""Days, months and years at the ends of the calendar in an address: a page or a sentence, never a fault."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from fastapi import APIRouter
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from sqlalchemy import Engine
from sqlmodel import select

from duban.web import api, pages
from duban.web.interface import PREFIX
from models.database import unit_of_work
from models.people.person import Person
from tasks.access.hold_tokens import make_token
from tests.office import SUPERVISOR, Office
from tests.web import Web

ENDS = ("0001-01-01", "9999-12-31", "0001-01", "9999-12", "9999", "9" * 20)


@pytest.fixture
def web(engine: Engine, tmp_path: Path) -> Web:
    office = Office(engine, tmp_path / "home")
    office.assign("普法宣传", due="2026-06-30", on="2026-06-01")
    office.report("1", percent=40, on="2026-06-03")
    office.fast_forward("2026-06-04")
    return Web(office)


def routes(routers: Iterable[APIRouter]) -> Iterator[APIRoute]:
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute) and "GET" in (route.methods or ()):
                yield route


def queried(dependant: Dependant) -> Iterator[str]:
    yield from (field.alias for field in dependant.query_params)
    for part in dependant.dependencies:
        yield from queried(part)


def addressed(route: APIRoute, value: str) -> Iterator[str]:
    """The route asked with the value in each place that takes one."""
    path = route.path.replace("{code:ledger}", "case")
    places = re.findall(r"\{\w+(?::\w+)?\}", path)
    plain = re.sub(r"\{\w+(?::\w+)?\}", "1", path)
    for place in places:
        yield re.sub(r"\{\w+(?::\w+)?\}", "1", path.replace(place, value))
    for name in dict.fromkeys(queried(route.dependant)):
        yield f"{plain}?{name}={value}"


@pytest.mark.parametrize("value", ENDS, ids=lambda value: value[:20])
def test_no_end_of_the_calendar_is_a_fault(web: Web, value: str) -> None:
    visitor = web.of(SUPERVISOR)
    with unit_of_work(web.office.engine) as session:
        person = session.exec(select(Person).where(Person.name == SUPERVISOR)).one()
        by = web.office.by(session, SUPERVISOR, "2026-06-04")
        token = make_token(session, person, by=by, name="核对", scopes=["read"])[1]
    asked = [path for route in routes(pages.routers()) for path in addressed(route, value)]
    called = [PREFIX + path for route in routes(api.routers()) for path in addressed(route, value)]
    faults = [path for path in asked if visitor.get(path).status_code >= 500]
    bearer = {"Authorization": f"Bearer {token}"}
    faults += [path for path in called if visitor.client.get(path, headers=bearer).status_code >= 500]
    assert (len(asked) > 100, len(called) > 20, faults) == (True, True, [])
