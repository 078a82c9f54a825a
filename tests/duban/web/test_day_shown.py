"""The day in an address chooses what is shown, never who may see it."""

import datetime as dt
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models.database import key, unit_of_work
from models.people.organ import Department
from models.people.person import Leave, Person, Post, Role, Tenure
from tests.duban.web.test_every_route import SECRET, addressed, busy_office, each
from tests.office import FIRST, LONG_AGO, SUPERVISOR, Office
from tests.web import Visitor, Web, words_of

FORMER, COMING = "前督办", "后代理"
DAY = dt.timedelta(days=1)


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = busy_office(engine, tmp_path)
    with unit_of_work(made.engine) as session:
        one = Department(organ_id=made.organ_id, name="后勤科")
        session.add(one)
        session.flush()
        for name, role in ((FORMER, Role.SUPERVISOR), (COMING, Role.HANDLER)):
            person = Person(organ_id=made.organ_id, name=name)
            post = Post(organ_id=made.organ_id, title=role.label, role=role, department_id=one.id)
            session.add_all([person, post])
            session.flush()
            ended = made.today - DAY if name == FORMER else None
            session.add(Tenure(post_id=key(post.id), person_id=key(person.id), started_on=LONG_AGO, ended_on=ended))
        first = session.exec(select(Person).where(Person.name == FIRST)).one()
        session.add(
            Leave(
                person_id=key(first.id), from_on=made.today + DAY, until_on=made.today + 30 * DAY,
                deputy_id=session.exec(select(Person.id).where(Person.name == COMING)).one(),
            )
        )  # fmt: skip
    return made


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def seen(visitor: Visitor, address: str) -> tuple[int, set[str]]:
    """How the address answers, and what it lets somebody know of: the secret, and every address it leads to."""
    answer = visitor.client.get(address, follow_redirects=False)
    if not answer.headers.get("content-type", "").startswith("text/html"):
        return answer.status_code, {answer.text}
    leads = {urlsplit(link).path for link in re.findall(r'href="([^"]+)"', answer.text)}
    return answer.status_code, leads | ({SECRET} if SECRET in words_of(answer.text) else set())


@pytest.mark.parametrize("name", [FORMER, COMING])
@pytest.mark.parametrize("away", [-1, -5, 1, 20])
def test_a_day_in_the_address_shows_nothing_that_is_not_shown_without(
    office: Office, web: Web, name: str, away: int
) -> None:
    visitor, on = web.of(name), office.today + away * DAY
    more = {}
    for route in each("GET", public=True):
        address = addressed(route)
        usual, known = seen(visitor, address)
        status, found = seen(visitor, f"{address}?on={on}&organ=bureau&year=2026")
        if (usual != 200 and status == 200) or (status == 200 and not found <= known | {"/login"}):
            more[route.path] = usual, status, found - known

    assert more == {}


def test_each_of_them_sees_it_on_the_days_of_the_seat(office: Office, web: Web) -> None:
    """Else the test above would find nothing because there is nothing to find."""
    assert SECRET not in web.of(FORMER).read("/items") + web.of(COMING).read("/items")
    office.today -= DAY
    assert SECRET in web.of(FORMER).read("/items")
    office.today += 2 * DAY
    assert SECRET in web.of(COMING).read("/items")


def test_every_page_shown_for_another_day_says_what_that_day_decides(office: Office, web: Web) -> None:
    visitor, on = web.of(SUPERVISOR), office.today - DAY
    silent: list[str] = []
    wrong: list[str] = []
    for route in each("GET"):
        for query, list_of in ((f"?on={on}", silent), ("", wrong)):
            answer = visitor.client.get(addressed(route) + query, follow_redirects=False)
            if answer.status_code == 200 and '<nav class="menu"' in answer.text:
                said = f"按 {on.month}月{on.day}日" in words_of(answer.text)
                if said != bool(query):
                    list_of.append(route.path)

    assert (silent, wrong) == ([], [])


def test_the_way_back_to_today_keeps_what_was_asked(web: Web) -> None:
    page = web.of(SUPERVISOR).get("/items?on=2026-06-09&light=green").text

    assert 'href="/items?light=green">看今天</a>' in page
