"""An office that begins in the middle of a year: what was done stays done, what was begun is not asked for again."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from models.database import unit_of_work
from models.dates.day_override import office_calendar
from models.items.item import Deadline, ItemState, WorkItem
from models.items.plan import AnnualPlan
from models.items.receipt import Receipt
from models.ladder.lookback import Lookback
from models.ladder.notice import Notice
from tasks.items.show_item import show_item
from tasks.ladder.status import overall, status
from tasks.lists.list_unreported import unsigned
from tasks.people.find import find_item
from tasks.plan.export_list import export_list
from tasks.plan.import_list import ImportReport, import_list
from tasks.plan.issue import foresee_issue
from tasks.report.figures.count_items import count_items
from tests.ledgers import write_xlsx
from tests.office import HANDLER, SUPERVISOR, Office

START = "2026-12-01"
ON = dt.date(2026, 12, 1)
HEADER = ("序号", "任务内容", "牵头单位", "承办人", "完成时限", "状态", "办结日")


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    office = Office(any_engine, tmp_path / "home")
    office.today = ON
    return office


def bring_in(office: Office, folder: Path, *rows: tuple[Any, ...], name: str = "a.xlsx") -> ImportReport:
    path = write_xlsx(folder / name, [HEADER, *rows])
    with unit_of_work(office.engine) as session:
        return import_list(session, path, by=office.by(session, SUPERVISOR, START), year=2026, organ_code="bureau")


def row(number: int, due: str, state: str = "", done: str = "") -> tuple[Any, ...]:
    return number, f"任务{number}", "法规科", HANDLER, due, state, done


def test_what_was_done_is_closed_on_its_day_and_what_was_begun_is_signed_for(office: Office, tmp_path: Path) -> None:
    report = bring_in(
        office, tmp_path, row(1, "3月底前", "已完成", "2026-03-20"), row(2, "4月底前", "办结", "5月8日"),
        row(3, "6月底前", "推进中"), row(4, "12月底前", "未开始"), row(5, "每季度", "已办结", "2026-09-28"),
    )  # fmt: skip
    assert report.errors == []
    assert "下达后即为销号" in report.as_dict()["understood"][0]["note"]

    issued = office.issue(sign=False, lookback=Lookback.NONE)

    assert (issued.issued, issued.finished, issued.left_out) == (5, 3, 0)
    assert [day["number"] for day in issued.past] == ["3"]
    states = {item.number: (item.state, item.closed_on, item.percent) for item in office.rows(WorkItem)}
    assert states == {
        "1": (ItemState.CLOSED, dt.date(2026, 3, 20), 100), "2": (ItemState.CLOSED, dt.date(2026, 5, 8), 100),
        "3": (ItemState.ACTIVE, None, 0), "4": (ItemState.ISSUED, None, 0),
        "5": (ItemState.CLOSED, dt.date(2026, 9, 28), 100),
    }  # fmt: skip
    assert {str(row.due_on): str(row.done_on) for row in office.rows(Deadline) if row.done_on} == {
        "2026-03-31": "2026-03-20", "2026-04-30": "2026-05-08", "2026-09-30": "2026-09-28",
    }  # fmt: skip
    assert [receipt.signed_at is None for receipt in office.rows(Receipt)] == [False, False, False, True, False]
    assert office.rows(Notice) == []
    with unit_of_work(office.engine) as session:
        plan, calendar = session.get_one(AnnualPlan, office.plan_id), office_calendar(session)
        figures = count_items(session, office.plan_id, 2026, on=ON)
        assert {code: int(figure.value) for code, figure in figures.items()} == {
            "items.items": 5, "items.finished": 3, "items.in_time": 2,
        }  # fmt: skip
        assert [int(count_items(session, office.plan_id, 2026, on=dt.date(2026, 3, day))["items.finished"].value)
                for day in (19, 20)] == [0, 1]  # fmt: skip
        assert overall(status(session, plan, on=ON, by="person", calendar=calendar)).blue == 3
        by = office.by(session, SUPERVISOR, START)
        assert [one.item.number for one in unsigned(session, plan, on=ON)] == ["4"]
        for number in ("1", "3", "5"):
            assert show_item(session, find_item(session, plan, number), by=by, calendar=calendar)["number"] == number


def test_an_office_that_begins_in_december_previews_few_notices(office: Office, tmp_path: Path) -> None:
    months = [1 + place % 12 for place in range(60)]
    finished = [row(number, f"{month}月底前", "已办结", f"2026-{month:02}-20")
                for number, month in enumerate(months, 1) if month < 11]  # fmt: skip
    others = [row(number, f"{month}月底前", "在办" if month == 11 else "")
              for number, month in enumerate(months, 1) if month >= 11]  # fmt: skip
    assert bring_in(office, tmp_path, *finished, *others).errors == []

    with unit_of_work(office.engine) as session:
        foreseen = foresee_issue(
            session, session.get_one(AnnualPlan, office.plan_id), by=office.by(session, SUPERVISOR, START),
            preset="常规", calendar=office_calendar(session), lookback=Lookback.NONE,
        )  # fmt: skip
        session.rollback()

    assert (len(finished), foreseen.issued, len(foreseen.past)) == (50, 60, 5)
    assert foreseen.people == [(HANDLER, [("下达待签收", 5)])]


@pytest.mark.parametrize(
    ("state", "done", "column", "said"),
    [
        ("差不多", "", "状态", "状态可以写：未开始、在办、已办结"),
        ("已办结", "", "办结日", "请在“办结日”写明是哪一天"),
        ("在办", "3月20日", "状态", "状态应为“已办结”"),
        ("已办结", "2026年3月", "办结日", "办结日应为一天"),
        ("已办结", "2026-12-02", "办结日", "还没有到"),
    ],
)
def test_what_is_accepted_is_said(
    office: Office, tmp_path: Path, state: str, done: str, column: str, said: str
) -> None:
    (error,) = bring_in(office, tmp_path, row(1, "3月底前", state, done)).errors
    assert (error.row, error.column, said in error.accepted) == (2, column, True)
    assert office.rows(WorkItem) == []


def test_a_day_alone_means_done_and_the_plan_taken_out_comes_back_the_same(office: Office, tmp_path: Path) -> None:
    bring_in(office, tmp_path, row(1, "3月底前", "", "3月20日"), row(2, "4月底前", "在办"), row(3, "12月底前"))
    path = tmp_path / "out.xlsx"
    for issued in (False, True):
        with unit_of_work(office.engine) as session:
            export_list(session, session.get_one(AnnualPlan, office.plan_id), path, on=ON)
            by = office.by(session, SUPERVISOR, START)
            report = import_list(session, path, by=by, year=2026, organ_code="bureau", dry_run=True)
        assert (report.errors, report.count("keep")) == ([], 3)
        if not issued:
            office.issue(sign=False)
    assert [item.state for item in office.rows(WorkItem)] == [ItemState.CLOSED, ItemState.ACTIVE, ItemState.ISSUED]


def test_a_list_closes_no_item_that_is_issued(office: Office, tmp_path: Path) -> None:
    bring_in(office, tmp_path, row(1, "12月底前"))
    office.issue()
    (error,) = bring_in(office, tmp_path, row(1, "12月底前", "已办结", "11月30日"), name="b.xlsx").errors
    assert "现为“在办”：办结须申请、审核" in error.accepted
    assert office.item("1").state is ItemState.ACTIVE
