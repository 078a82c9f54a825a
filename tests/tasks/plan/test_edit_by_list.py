"""A list that comes in again: each cell old → new, drafts changed, issued items by the rules of an edit by hand."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine
from sqlmodel import SQLModel

from models.audit import AuditEntry
from models.database import unit_of_work
from models.dates.day_override import office_calendar
from models.errors import BadInputError, ForbiddenError
from models.items.extension import Extension
from models.items.item import Deadline, DeadlineMove, ItemState, MoveCause
from models.items.plan import AnnualPlan
from models.ladder.notice import Notice, NoticeKind
from models.people.organ import Organ
from tasks.items.cancel_item import cancel_item
from tasks.items.show_item import show_item
from tasks.items.transfer import transfer
from tasks.people.find import find_item, find_person
from tasks.plan.export_list import export_list
from tasks.plan.import_list import ImportReport, import_list
from tasks.plan.preview_list import preview_list
from tasks.plan.sum_plans import sum_plans
from tasks.plan.undo_import import undo_import
from tests.office import HANDLER, SUPERVISOR, Office
from tests.office import day as date_of

ON = "2026-02-02"
HEADING = 2


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    office = Office(any_engine, tmp_path / "home")
    office.today = dt.date(2026, 1, 5)
    office.hire("孙承办")
    office.assign("普法宣传", due="2026-02-28", on="2026-01-05")
    office.assign("案卷评查", due="2026-06-30", on="2026-01-05")
    office.assign("还在拟", due="2026-08-31", issue=False)
    return office


def edited(office: Office, folder: Path, **cells: str) -> Path:
    """The plan taken out, with cells written over: `edited(…, 完成时限_1="3月31日")` in the row of item 1."""
    path = folder / "清单.xlsx"
    with unit_of_work(office.engine) as session:
        export_list(session, session.get_one(AnnualPlan, office.plan_id), path, on=date_of(ON))
    book = load_workbook(path)
    sheet = book["任务清单"]
    headings = [cell.value for cell in sheet[HEADING]]
    numbers = {str(row[0].value): place for place, row in enumerate(sheet.iter_rows(min_row=HEADING + 1), HEADING + 1)}
    for name, text in cells.items():
        heading, _, number = name.partition("_")
        sheet.cell(numbers[number], headings.index(heading) + 1).value = text
    book.save(path)
    return path


def bring_back(
    office: Office, path: Path, *, reason: str = "", dry_run: bool = False, who: str = SUPERVISOR
) -> ImportReport:
    with unit_of_work(office.engine) as session:
        return import_list(
            session, path, by=office.by(session, who, ON), year=2026, organ_code="bureau", dry_run=dry_run,
            reason=reason,
        )  # fmt: skip


def told(office: Office) -> set[tuple[str | None, str | None]]:
    kinds = (NoticeKind.CHANGED, NoticeKind.TRANSFERRED)
    return {(office.name_of(row.recipient_id), row.text) for row in office.rows(Notice) if row.kind in kinds}


def everything(office: Office) -> dict[str, list[Any]]:
    with unit_of_work(office.engine) as session:
        tables = SQLModel.metadata.tables.values()
        return {table.name: sorted(map(str, session.connection().execute(table.select()).all())) for table in tables}


def test_the_preview_shows_each_cell_old_to_new_and_issued_items_apart(office: Office, tmp_path: Path) -> None:
    path = edited(office, tmp_path, 完成时限_1="3月31日", 任务内容_2="案卷评查二", 完成时限_3="9月底前")

    with unit_of_work(office.engine) as session:
        found = preview_list(
            session, path, by=office.by(session, SUPERVISOR, ON), year=2026, organ_code="bureau"
        )  # fmt: skip

    report = found.report
    assert (report.errors, [change.number for change in report.issued]) == ([], ["1", "2"])
    assert {change.number: [str(cell) for cell in change.cells] for change in report.changes} == {
        "1": ["完成时限：2026-02-28 → 3月31日（须经分管领导或第一责任人批准）"], "2": ["任务：案卷评查 → 案卷评查二"],
        "3": ["完成时限：2026-08-31 → 9月底前"],
    }  # fmt: skip
    shown = [cell[3] for row in found.rows for cell in row["cells"] if cell[3]]
    assert shown == ["2026-02-28 → 3月31日", "案卷评查 → 案卷评查二", "2026-08-31 → 9月底前"]


def test_without_a_reason_nothing_of_it_is_written(office: Office, tmp_path: Path) -> None:
    path = edited(office, tmp_path, 完成时限_1="3月31日", 完成时限_3="9月底前")
    before = everything(office)

    with pytest.raises(BadInputError, match="会改动已下达的任务 1：请写明修改理由"):
        bring_back(office, path)

    assert everything(office) == before


def test_a_day_of_an_item_in_work_moves_as_an_adjustment_with_the_reason(office: Office, tmp_path: Path) -> None:
    office.adjusting_at_once()
    path = edited(office, tmp_path, 完成时限_1="3月31日", 完成时限_3="9月底前", 备注_1="与宣传月合并")

    report = bring_back(office, path, reason="上级改期")

    assert (report.errors, report.count("update")) == ([], 2)
    item, draft = office.item("1"), office.item("3")
    assert (item.due_on, item.note, item.state) == (dt.date(2026, 3, 31), "与宣传月合并", ItemState.ACTIVE)
    assert (draft.due_on, draft.state) == (dt.date(2026, 9, 30), ItemState.DRAFT)
    (move,) = office.rows(DeadlineMove)
    assert (move.cause, move.reason, move.from_on, move.to_on) == (
        MoveCause.PLAN, "上级改期", dt.date(2026, 2, 28), dt.date(2026, 3, 31)
    )  # fmt: skip
    assert office.name_of(move.person_id) == SUPERVISOR
    assert {row.original_due_on for row in office.rows(Deadline) if row.item_id == item.id} == {dt.date(2026, 2, 28)}
    with unit_of_work(office.engine) as session:
        by, calendar = office.by(session, SUPERVISOR, ON), office_calendar(session)
        found = find_item(session, session.get_one(AnnualPlan, office.plan_id), "1")
        shown = show_item(session, found, by=by, calendar=calendar)
    assert [line for act in shown["acts"] for line in act["changes"]] == ["备注：无 → 与宣传月合并"]
    assert [(str(move["from_on"]), str(move["to_on"]), move["reason"]) for move in shown["deadlines"][0]["moves"]] == [
        ("2026-02-28", "2026-03-31", "上级改期")
    ]
    assert told(office) == {
        (HANDLER, f"{SUPERVISOR}调整了完成时限：上级改期"), (HANDLER, f"{SUPERVISOR}修改了备注：上级改期")
    }  # fmt: skip
    last = office.rows(AuditEntry)[-1]
    assert (last.action, last.reason, last.after["edited_items"]) == ("plan", "上级改期", 1)


def test_a_day_that_needs_approval_stays_until_it_is_given(office: Office, tmp_path: Path) -> None:
    path = edited(office, tmp_path, 完成时限_1="3月31日", 备注_1="与宣传月合并")

    report = bring_back(office, path, reason="上级改期")

    assert (report.errors, report.asking, report.as_dict()["asking"]) == ([], 1, 1)
    assert (office.item("1").due_on, office.item("1").note) == (dt.date(2026, 2, 28), "与宣传月合并")
    (asked,) = office.rows(Extension)
    assert (asked.changes, asked.reason) == (["完成时限：2026-02-28 → 3月31日"], "上级改期")
    again = bring_back(office, path, reason="上级改期", dry_run=True)
    assert [error.accepted for error in again.errors] == ["任务 1 有待审批的时限调整，请等批复后再调整时限。"]
    office.decide_adjustment("1", on="2026-02-03")
    assert office.item("1").due_on == dt.date(2026, 3, 31)


def test_a_new_handler_signs_anew_and_both_are_told(office: Office, tmp_path: Path) -> None:
    bring_back(office, edited(office, tmp_path, 承办人_1="孙承办"), reason="分工调整")

    assert office.item("1").state is ItemState.ISSUED
    assert told(office) == {
        ("孙承办", (f"{SUPERVISOR}将本任务转您办理，"
"请签收")), (HANDLER, f"{SUPERVISOR}将本任务转孙承办办理，不再由您承办")
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"完成时限_1": "1月15日"}, "新时限 2026-01-15 已过"),
        ({"完成时限_2": "12月底前"}, "现为“中止”，不能调整时限"),
        ({"承办人_2": "孙承办"}, "现为“中止”，不能改承办人"),
    ],
)
def test_what_a_person_may_not_do_by_hand_no_list_does(
    office: Office, tmp_path: Path, cells: dict[str, str], said: str
) -> None:
    office.suspend("2", on="2026-01-20")
    path = edited(office, tmp_path, **cells)
    before = everything(office)

    for dry_run in (True, False):
        report = bring_back(office, path, reason="调整", dry_run=dry_run)
        assert said in report.errors[0].accepted

    assert everything(office) == before


def test_an_import_that_changed_issued_items_is_not_taken_back(office: Office, tmp_path: Path) -> None:
    batch = bring_back(office, edited(office, tmp_path, 备注_1="合并"), reason="调整").batch or 0

    with unit_of_work(office.engine) as session, pytest.raises(ForbiddenError, match="它改动的任务 1已下达"):
        undo_import(session, batch, by=office.by(session, SUPERVISOR, ON))


def test_an_export_after_a_transfer_comes_back_without_a_change(office: Office, tmp_path: Path) -> None:
    office.department("财务科", head="钱科长")
    with unit_of_work(office.engine) as session:
        office_item = find_item(session, session.get_one(AnnualPlan, office.plan_id), "1")
        by, head = office.by(session, SUPERVISOR, "2026-01-20"), find_person(session, "钱科长")
        transfer(session, office_item, by=by, reason="分工调整", handler=head)

    report = bring_back(office, edited(office, tmp_path), dry_run=True)

    assert (report.errors, report.count("keep")) == ([], 3)
    assert office.item("1").lead_text == "财务科"


def test_a_draft_that_was_taken_back_lacks_nothing_any_more(office: Office, tmp_path: Path) -> None:
    with unit_of_work(office.engine) as session:
        item, by = (
            find_item(session, session.get_one(AnnualPlan, office.plan_id), "3"),
            office.by(session, SUPERVISOR, ON),
        )
        item.due_on, item.due_text = None, ""
        cancel_item(session, item, by=by, reason="不再做")

    report = bring_back(office, edited(office, tmp_path), dry_run=True)

    with unit_of_work(office.engine) as session:
        (plan,) = sum_plans(session, session.get_one(Organ, office.organ_id), by=office.by(session, SUPERVISOR, ON))
    assert (report.errors, report.incomplete, report.count("keep")) == ([], [], 3)
    assert (plan.items, plan.open, plan.cancelled, plan.incomplete) == (3, 2, 1, 0)
