"""The same number wherever it stands: board, list, plan, circular, report and export count a plan's items alike."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from models.database import unit_of_work
from models.dates.day_override import office_calendar
from models.dates.span import Span
from models.items.item import ItemState, WorkItem
from models.items.plan import AnnualPlan
from models.ladder.light import Light
from models.papers.circular import CircularKind
from models.people.organ import Organ
from tasks.ladder.status import overall, status
from tasks.lists.browse_items import list_items
from tasks.lists.choose_items import Choice, NamedList
from tasks.lists.count_work import Number, count_work
from tasks.lists.list_unreported import unreported
from tasks.lists.next_day import next_day
from tasks.oversight.compile_circular import gather_circular
from tasks.oversight.gather_board import gather_board
from tasks.oversight.gather_gantt import gather_gantt
from tasks.plan.export_list import export_list
from tasks.plan.show_plan import show_plan
from tasks.plan.sum_plans import items_in, sum_plans
from tasks.report.figures.count_items import count_items
from tasks.scores.gather_score_events import gather_score_events
from tests.ledgers_office import Ledgers
from tests.office import HANDLER, SUPERVISOR, day

ON = "2026-07-15"


@pytest.fixture
def living(any_engine: Engine, tmp_path: Path) -> Ledgers:
    """On 15 July: two closed, one of them late; two overdue, one of them asked to be closed and so in review; one
    suspended, three open, one of them near; and days of two ledgers, passed and to come."""
    office = Ledgers(any_engine, tmp_path)
    dues = ["2026-06-20", "2026-06-25", "2026-06-30", "2026-07-01", "2026-07-31", "2026-07-17", "2026-12-31"]
    for due in dues:
        office.assign(f"{due}前完成的工作", due=due, issue=False)
    office.assign("全年的工作", due="2026-10-30", issue=False)
    office.issue(on="2026-06-01")
    cases = [office.case("1号", "2026-06-01"), office.case("2号", "2026-07-13"), office.case("3号", "2026-06-02")]
    office.keep(*cases, on="2026-07-13")
    office.confirm("2026-07-13")
    office.close("1", on="2026-06-18")
    office.close("2", on="2026-07-02")
    office.ask_closure("4", on="2026-07-10", who=HANDLER)
    office.suspend("5", on="2026-07-01")
    return office


def counted(session: Session, office: Ledgers, path: Path) -> Iterator[tuple[str, dict[str, int]]]:
    """Where each number is read, and what is said there; a place that does not tell a number leaves it out."""
    plan, organ = session.get_one(AnnualPlan, office.plan_id), session.get_one(Organ, office.organ_id)
    by, calendar = office.by(session, SUPERVISOR, ON), office_calendar(session, organ_id=organ.id)
    board = gather_board(session, plan, by=by, calendar=calendar)
    red, done = Light.RED, Light.BLUE
    yield "看板", {"items": board.total, "overdue": board.lights[red], "done": board.lights[done]}
    yield (
        "看板分科室",
        {
            "items": sum(group.total for group in board.groups),
            "overdue": sum(group.lights.get(red, 0) for group in board.groups),
            "done": sum(group.lights.get(done, 0) for group in board.groups),
        },
    )
    lists = {
        name: len(list_items(session, plan, by=by, calendar=calendar, standing=asked))
        for name, asked in (("items", None), ("open", NamedList.OPEN), ("overdue", NamedList.OVERDUE))
    }
    closed = list_items(session, plan, by=by, calendar=calendar, state=ItemState.CLOSED)
    yield "清单", lists | {"done": len(closed)}
    numbers = {one.what: one.count for one in count_work(session, plan, Choice(), by=by, calendar=calendar)}
    yield "数字", {
        "open": numbers[Number.OPEN], "overdue": numbers[Number.OVERDUE], "done": numbers[Number.DONE],
    }  # fmt: skip
    shine = overall(status(session, plan, on=by.on, by="project", calendar=calendar))
    yield "灯色统计", {"items": shine.total, "overdue": shine.red, "done": shine.blue}
    (summed,) = sum_plans(session, organ, by=by)
    yield "计划", {"items": summed.items, "open": summed.open, "done": summed.closed}
    shown = Counter(
        one["state"] for project in show_plan(session, plan, on=by.on, by=by)["projects"] for one in project["items"]
    )
    yield "计划内容", {"items": shown.total(), "done": shown[ItemState.CLOSED]}
    yield "计划总数", {"items": items_in(session, plan)}
    spans = gather_gantt(session, plan, by=by, calendar=calendar)
    yield (
        "进度图",
        {
            "items": sum(one.count for one in spans),
            "overdue": sum(one.lights.get(red, 0) for one in spans),
            "done": sum(one.lights.get(done, 0) for one in spans),
        },
    )
    month = gather_circular(
        session, plan, kind=CircularKind.MONTH, until=by.on, issued_on=by.on, calendar=calendar
    )  # fmt: skip
    yield "通报", {"items": month.totals.items, "overdue": month.totals.overdue, "done": month.totals.closed}
    yield (
        "通报分科室",
        {
            "items": sum(row.total for row in month.departments),
            "overdue": sum(row.overdue for row in month.departments),
            "done": sum(row.closed for row in month.departments),
        },
    )
    yield "通报逾期", {"overdue": len(month.overdue)}
    figures = count_items(session, office.plan_id, plan.year, on=by.on)
    items, finished = (int(figures[f"items.{code}"].value or 0) for code in ("items", "finished"))
    yield "报告", {"items": items, "open": items - finished, "done": finished}
    yield "导出", {"items": export_list(session, plan, path, on=by.on)}


def test_open_overdue_and_done_are_the_same_numbers_everywhere(living: Ledgers, tmp_path: Path) -> None:
    with unit_of_work(living.engine) as session:
        told = dict(counted(session, living, tmp_path / "计划.xlsx"))
    truth = {"items": 8, "open": 6, "overdue": 1, "done": 2}
    assert {place: said for place, said in told.items() if said != {name: truth[name] for name in said}} == {}


def test_days_of_ledgers_are_days_and_never_items(living: Ledgers) -> None:
    """Nobody reports on them, no score tells of them, and the next day is the plan's own."""
    assert len(living.standing()) > 3
    own = {item.number for item in living.rows(WorkItem) if item.ledger is None}
    with unit_of_work(living.engine) as session:
        plan = session.get_one(AnnualPlan, living.plan_id)
        by, calendar = living.by(session, SUPERVISOR, ON), office_calendar(session, organ_id=living.organ_id)
        owing = {one.item.number for one in unreported(session, plan, on=day("2026-07-31"), calendar=calendar)}
        span = Span(day("2026-06-01"), day("2026-07-14"))
        scored = {fact.number for fact in gather_score_events(session, plan, span, calendar=calendar, on=by.on).facts}
        coming = next_day(session, living.organ_id, by=by, calendar=calendar)
    assert set() < owing <= own
    assert set() < scored <= own
    assert (coming.due_on if coming else None) == day("2026-07-17")
