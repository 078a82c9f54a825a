import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session as AnySession

from models.actor import Actor
from models.database import key, open_engine, reading, unit_of_work
from models.dates.workdays import WorkCalendar
from models.errors import BadInputError
from models.items.item import Importance, ItemState, WorkItem
from models.items.plan import AnnualPlan, Project
from models.ladder.light import Light
from models.natural_order import natural_key, natural_order
from models.people.organ import Department
from models.people.person import Person, Role
from tasks.lists.browse_items import ItemListing, ItemPage, list_items
from tasks.lists.choose_items import Choice, NamedList
from tasks.lists.order_items import Order, Sorting, place_of
from tests.databases import lay_sqlite
from tests.office import HANDLER, HEAD, LEADER, OUTSIDER, SUPERVISOR, Office, day

CALENDAR = WorkCalendar()
ON = day("2026-06-23")


def looking(session: AnySession, office: Office, name: str, on: dt.date = ON) -> Actor:
    return office.by(session, name, on)  # type: ignore[arg-type]


def numbers(office: Office, choice: Choice | None = None, sorting: Sorting | None = None, by: str = SUPERVISOR) -> str:
    with reading(office.engine) as session:
        plan = session.get_one(AnnualPlan, office.plan_id)
        actor = looking(session, office, by)
        listing = ItemListing(session, plan, by=actor, calendar=CALENDAR, choice=choice, sorting=sorting)
        return " ".join(line.number for line in listing.lines())


def person(office: Office, name: str) -> int:
    with reading(office.engine) as session:
        return key(session.scalars(select(Person).where(Person.name == name)).one().id)  # type: ignore[arg-type]


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    """Seven items of every kind, as they stand on 23 June."""
    office = Office(any_engine, tmp_path / "home")
    office.assign("普法宣传", due="2026-06-10", number="1.10")
    office.assign("行政复议", due="2026-06-25", number="1.9", to=HEAD, importance=Importance.MAJOR)
    office.report("1.9", on="2026-06-20", percent=95)
    office.assign("合同审查", due="2026-12-01", number="2", leaders=(LEADER,))
    office.report("2", on="2026-06-10", percent=40)
    office.assign("执法培训", due="2026-12-01", start="2026-09-01", number="10")
    office.close(office.assign("年度计划", due="2026-06-30", number="3"), on="2026-06-12")
    office.assign("机构改革", due="2026-11-01", number="4", sign=False)
    office.assign("未定之事", number="5", issue=False)
    return office


CASES: list[tuple[str, Callable[[Office], Choice], str]] = [
    ("everything, those without a day last", lambda _: Choice(), "1.10 1.9 3 4 2 10 5"),
    ("a text in the title", lambda _: Choice(text="宣传"), "1.10"),
    ("a text in the number", lambda _: Choice(text="1."), "1.10 1.9"),
    ("a text with a sign that SQL knows", lambda _: Choice(text="%"), ""),
    ("a state", lambda _: Choice(states=frozenset({ItemState.CLOSED, ItemState.DRAFT})), "3 5"),
    ("a light", lambda _: Choice(lights=frozenset({Light.RED})), "1.10"),
    ("several lights", lambda _: Choice(lights=frozenset({Light.BLUE, Light.YELLOW})), "1.9 3"),
    ("importance", lambda _: Choice(importance=Importance.MAJOR), "1.9"),
    ("another department", lambda _: Choice(department=99), ""),
    ("a department", lambda office: Choice(department=office.department_id, text="复议"), "1.9"),
    ("no department", lambda _: Choice(department=0), ""),
    ("the handler", lambda office: Choice(person=person(office, HEAD)), "1.9"),
    ("the leader", lambda office: Choice(person=person(office, LEADER)), "1.10 1.9 3 4 2 10 5"),
    ("days from and until", lambda _: Choice(due_from=day("2026-06-25"), due_until=day("2026-11-01")), "1.9 3 4"),
    ("what is open", lambda _: Choice(standing=NamedList.OPEN), "1.10 1.9 4 2 10"),
    ("what is mine, which is nothing", lambda _: Choice(standing=NamedList.MINE), ""),
    ("what is unsigned", lambda _: Choice(standing=NamedList.UNSIGNED), "4"),
    ("what is overdue", lambda _: Choice(standing=NamedList.OVERDUE), "1.10"),
    ("what has no day", lambda _: Choice(standing=NamedList.UNDATED), "5"),
    ("two conditions at once", lambda _: Choice(text="1.", importance=Importance.MAJOR), "1.9"),
]


@pytest.mark.parametrize(("choice", "found"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_choice_shows_just_what_it_asks_for(office: Office, choice: Callable[[Office], Choice], found: str) -> None:
    assert numbers(office, choice(office)) == found


def test_what_is_mine_is_what_i_handle(office: Office) -> None:
    assert numbers(office, Choice(standing=NamedList.MINE), by=HEAD) == "1.9"
    assert numbers(office, Choice(standing=NamedList.MINE), by=HANDLER) == "1.10 3 4 2 10 5"


def test_what_waits_for_me_is_what_i_may_decide_on_now(office: Office) -> None:
    waiting = Choice(standing=NamedList.DECIDING)
    assert [numbers(office, waiting, by=name) for name in (HANDLER, LEADER, SUPERVISOR)] == ["", "", ""]
    office.extend("2", to="2026-12-20", on="2026-06-20")
    assert [numbers(office, waiting, by=name) for name in (HANDLER, LEADER, SUPERVISOR)] == ["", "2", ""]
    office.ask_closure("1.10", on="2026-06-22")
    assert numbers(office, waiting, by=SUPERVISOR) == "1.10"
    assert numbers(office, waiting, by=OUTSIDER) == ""


@pytest.mark.parametrize(
    ("sorting", "found"),
    [
        (Sorting(Order.NUMBER), "1.9 1.10 2 3 4 5 10"),
        (Sorting(Order.NUMBER, falling=True), "10 5 4 3 2 1.10 1.9"),
        (Sorting(Order.DUE), "1.10 1.9 3 4 2 10 5"),
        (Sorting(Order.DUE, falling=True), "10 2 4 3 1.9 1.10 5"),
        (Sorting(Order.LIGHT), "1.10 1.9 4 2 10 5 3"),
        (Sorting(Order.PROGRESS, falling=True), "3 1.9 2 5 4 10 1.10"),
        (Sorting(Order.REPORTED), "1.10 10 3 4 5 2 1.9"),
    ],
)
def test_each_order_has_its_sense(office: Office, sorting: Sorting, found: str) -> None:
    assert numbers(office, sorting=sorting) == found


def test_an_outsider_sees_nothing_and_a_handler_what_is_its_own(office: Office) -> None:
    assert numbers(office, by=OUTSIDER) == ""
    office.hire("周其他", Role.LEADER, "副局长")
    assert numbers(office, by="周其他") == ""


def test_a_line_says_what_the_item_is(office: Office) -> None:
    with reading(office.engine) as session:
        plan = session.get_one(AnnualPlan, office.plan_id)
        by = looking(session, office, HEAD)
        line = ItemListing(session, plan, by=by, calendar=CALENDAR, choice=Choice(text="1.9")).page().lines[0]
        commanded = list_items(session, plan, by=by, calendar=CALENDAR, light=Light.YELLOW)
    assert (line.title, line.project, line.unit, line.handler, line.leader, line.distance, line.mine) == (
        "行政复议", "法治建设", "法规科", HEAD, LEADER, "还有2个工作日", True
    )  # fmt: skip
    assert [line] == commanded


def test_an_earlier_day_shows_the_days_of_then(office: Office) -> None:
    with reading(office.engine) as session:
        plan = session.get_one(AnnualPlan, office.plan_id)
        by = looking(session, office, SUPERVISOR, day("2026-06-11"))
        choice = Choice(lights=frozenset({Light.BLUE}))
        assert ItemListing(session, plan, by=by, calendar=CALENDAR, choice=choice).count() == 0


def test_a_token_that_is_none_is_refused_and_one_of_another_order_begins_anew() -> None:
    sorting = Sorting(Order.NUMBER)
    for wrong in ("x", "!!", "W10", "WyJudW1iZXIiLDAsIjEiXQ", "WyJudW1iZXIiLDAsMSwyXQ", "WyJudW1iZXIiLDAsIjEiLDFlOTld"):
        with pytest.raises(BadInputError, match="翻页位置无法识别"):
            place_of(wrong, sorting)
    assert place_of("WyJkdWUiLDAsIjIwMjYtMDYtMzAiLDFd", sorting) is None


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Sixty-seven drafts with days, progress and numbers that repeat."""
    path = tmp_path_factory.mktemp("many")
    office = Office(open_engine(lay_sqlite(path / "test.db")), path)
    with unit_of_work(office.engine) as session:
        project = Project(plan_id=office.plan_id, ordinal=1, name="项目")
        session.add(project)
        session.flush()
        session.add_all(
            WorkItem(
                plan_id=office.plan_id, organ_id=office.organ_id, project_id=key(project.id), number=f"{i // 7}.{i}",
                title=f"任务{i % 5}", percent=i % 4 * 25, department_id=office.department_id,
                due_on=None if i % 6 == 0 else dt.date(2026, 1 + i % 9, 1),
                reported_on=None if i % 3 else dt.date(2026, 2, 1 + i % 5),
            )
            for i in range(67)
        )  # fmt: skip
    return office


def walk(office: Office, sorting: Sorting, size: int) -> list[ItemPage]:
    """Every page from the first to the last; each is reached again by going back from the next."""
    pages: list[ItemPage] = []
    with reading(office.engine) as session:
        plan = session.get_one(AnnualPlan, office.plan_id)
        by = looking(session, office, SUPERVISOR)
        listing = ItemListing(session, plan, by=by, calendar=CALENDAR, sorting=sorting)
        pages.append(listing.page(size=size))
        while (token := pages[-1].next) is not None:
            pages.append(listing.page(place_of(token, sorting), size=size))
        back = pages[-1]
        for earlier in reversed(pages[:-1]):
            assert back.previous is not None
            back = listing.page(place_of(back.previous, sorting, back=True), size=size)
            assert (back.lines, back.before, back.total) == (earlier.lines, earlier.before, earlier.total)
        assert back.previous is None
        assert [line for page in pages for line in page.lines] == list(listing.lines())
    return pages


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.sampled_from(Order), falling=st.booleans(), size=st.integers(1, 250))
def test_walking_the_pages_shows_every_item_once_and_back_the_same(
    many: Office, order: Order, falling: bool, size: int
) -> None:
    pages = walk(many, Sorting(order, falling), size)
    shown = [line.id for page in pages for line in page.lines]
    assert (len(shown), len(set(shown))) == (67, 67)
    assert [page.before for page in pages] == [sum(len(page.lines) for page in pages[:at]) for at in range(len(pages))]
    assert {page.total for page in pages} == {67}


def test_a_page_whose_place_is_gone_is_the_first_one(many: Office) -> None:
    sorting = Sorting(Order.TITLE)
    with reading(many.engine) as session:
        plan = session.get_one(AnnualPlan, many.plan_id)
        by = looking(session, many, SUPERVISOR)
        listing = ItemListing(session, plan, by=by, calendar=CALENDAR, sorting=sorting)
        beyond = place_of(_token(sorting, "龟", 99), sorting)
        assert listing.page(beyond).lines == listing.page().lines


def _token(sorting: Sorting, *keys: str | int) -> str:
    from tasks.lists.order_items import ListPlace

    return ListPlace(sorting, keys).token()


@pytest.mark.parametrize("size", [20, 60])
def test_a_page_takes_the_same_number_of_statements_whatever_its_size(many: Office, size: int) -> None:
    asked: list[str] = []
    event.listen(many.engine, "before_cursor_execute", lambda *about: asked.append(about[2]))
    with reading(many.engine) as session:
        plan = session.get_one(AnnualPlan, many.plan_id)
        listing = ItemListing(session, plan, by=looking(session, many, SUPERVISOR), calendar=CALENDAR)
        asked.clear()
        assert len(listing.page(size=size).lines) == size
        first = len(asked)
        asked.clear()
        listing.page(size=size)
    assert (first - len(asked), len(asked)) == (1, 2)  # the seats are looked up once


@given(st.lists(st.text("0123456789.-一二", max_size=12), max_size=20))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_orders_numbers_as_python_does(any_engine: Engine, written: list[str]) -> None:
    with any_engine.connect() as connection:
        for number in written:
            assert connection.execute(select(natural_order(number))).scalar_one() == natural_key(number)


def test_numbers_are_in_the_order_in_which_people_count() -> None:
    assert sorted(["10", "2", "1.10", "1.9", "一-2", "一-10", "1"], key=natural_key) == [
        "1", "1.9", "1.10", "2", "10", "一-2", "一-10"
    ]  # fmt: skip


def test_a_unit_that_is_no_department_is_told_by_its_text(office: Office) -> None:
    with unit_of_work(office.engine) as session:
        session.add(Department(organ_id=office.organ_id, name="空科"))
        item = session.scalars(select(WorkItem).where(WorkItem.number == "5")).one()  # type: ignore[arg-type]
        item.department_id, item.lead_text = None, "镇政府"
    with reading(office.engine) as session:
        plan = session.get_one(AnnualPlan, office.plan_id)
        by = looking(session, office, SUPERVISOR)
        found = ItemListing(session, plan, by=by, calendar=CALENDAR, choice=Choice(department=0)).page().lines
    assert [(line.number, line.unit) for line in found] == [("5", "镇政府")]
