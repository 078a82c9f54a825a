"""日历订阅: deadlines in a calendar program, by a secret address."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import Engine
from sqlmodel import select

from models.actor import Actor, Channel
from models.database import on_record
from models.people.person import Person
from tasks.access.hold_tokens import make_feed, revoke_feed
from tests.office import FIRST, HANDLER, LEADER, OUTSIDER, SUPERVISOR, Office
from tests.web import Web


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path / "home")
    made.assign("普法宣传", due="2026-06-30")
    return made


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def address(web: Web, name: str) -> str:
    with on_record(web.office.engine) as session:
        person = session.exec(select(Person).where(Person.name == name)).one()
        by = Actor(name, Channel.WEB, web.office.today, web.now, person.id)
        return f"/feeds/{make_feed(session, person, by=by)}.ics"


def read(content: bytes) -> list[Any]:
    return list(Calendar.from_ical(content).walk("VEVENT"))


def events(web: Web, path: str) -> list[tuple[str, dt.date, int, str]]:
    answer = web.anonymous().get(path)
    assert answer.status_code == 200, answer.text
    found: list[Any] = read(answer.content)
    return [(str(one["summary"]), one["dtstart"].dt, int(one["sequence"]), str(one["status"])) for one in found]


def test_a_person_subscribes_to_the_deadlines_of_the_own_items(office: Office, web: Web) -> None:
    office.instruct("1", "涉密的批示内容", due="2026-06-20", on="2026-06-01")
    path = address(web, HANDLER)
    answer = web.anonymous().get(path)

    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert "涉密" not in Calendar.from_ical(answer.content).to_ical().decode()
    assert events(web, path) == [
        ("1 普法宣传（批示）", dt.date(2026, 6, 20), 0, "CONFIRMED"),
        ("1 普法宣传（完成时限）", dt.date(2026, 6, 30), 0, "CONFIRMED"),
    ]
    (first, second) = read(answer.content)
    assert (first["uid"], second["uid"]) == ("deadline-2@duban.invalid", "deadline-1@duban.invalid")
    assert second["dtend"].dt == dt.date(2026, 7, 1)
    assert second["url"] == "http://127.0.0.1:8000/items/1"


def test_a_day_that_moves_keeps_its_place_and_counts_the_move(office: Office, web: Web) -> None:
    path = address(web, HANDLER)
    before = web.anonymous().get(path)
    office.extend("1", to="2026-07-10", on="2026-06-02")
    office.approve("1", on="2026-06-03")
    after = web.anonymous().get(path, headers={"If-None-Match": before.headers["etag"]})

    assert (after.status_code, events(web, path)) == (
        200,
        [("1 普法宣传（完成时限）", dt.date(2026, 7, 10), 1, "CONFIRMED")],
    )
    old, new = (read(answer.content)[0] for answer in (before, after))
    assert old["uid"] == new["uid"]
    assert old["dtstamp"].dt < new["dtstamp"].dt


def test_what_waits_is_tentative_and_what_is_done_is_gone(office: Office, web: Web) -> None:
    path = address(web, HANDLER)
    office.suspend("1", on="2026-06-02")
    assert [event[3] for event in events(web, path)] == ["TENTATIVE"]
    office.resume("1", on="2026-06-03")
    office.ask_closure("1", on="2026-06-03")
    assert [event[3] for event in events(web, path)] == ["TENTATIVE"]
    office.accept("1", on="2026-06-04", waive="现场核实")
    assert events(web, path) == []


def test_those_who_decide_see_what_they_decide_on_and_outsiders_nothing(web: Web) -> None:
    assert [len(events(web, address(web, name))) for name in (LEADER, FIRST, SUPERVISOR, OUTSIDER)] == [1, 1, 1, 0]


def test_nothing_is_fetched_twice_until_something_changes(office: Office, web: Web) -> None:
    path = address(web, HANDLER)
    first, second = web.anonymous().get(path), web.anonymous().get(path)
    unchanged = web.anonymous().get(path, headers={"If-None-Match": first.headers["etag"]})

    assert first.content == second.content
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    office.report("1", "办理中", on="2026-06-01")
    assert web.anonymous().get(path, headers={"If-None-Match": first.headers["etag"]}).status_code == 200


def test_an_unknown_a_revoked_and_a_left_person_s_address_are_no_addresses(office: Office, web: Web) -> None:
    path = address(web, HANDLER)
    unknown = web.anonymous().get("/feeds/unknown.ics")
    assert unknown.status_code == 404
    newer = address(web, HANDLER)
    assert web.anonymous().get(path).text == unknown.text
    with on_record(office.engine) as session:
        person = session.exec(select(Person).where(Person.name == HANDLER)).one()
        revoke_feed(session, person, by=Actor(HANDLER, Channel.WEB, office.today, web.now, person.id))
    assert web.anonymous().get(newer).status_code == 404
