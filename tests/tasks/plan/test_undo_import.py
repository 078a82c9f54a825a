"""Taking an import back: as if it had not been, unless somebody has worked with it since."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, col, select

from models.actor import Actor, Channel
from models.audit import AuditEntry
from models.batch import ImportBatch
from models.database import unit_of_work
from models.errors import ForbiddenError, NotFoundError
from models.items.item import WorkItem
from models.items.progress import ProgressEntry
from models.migrate import seed_presets
from models.people.organ import Organ
from models.people.permission import Action
from models.people.person import Person, Role
from tasks.ladder.arm import issue_plan
from tasks.people.find import find_item, find_organ, find_plan
from tasks.plan.undo_import import UndoResult, undo_import
from tests.actors import administrator
from tests.ledgers import HEADER, NOW, ON, YEAR, bring_in, register_office, seat, write_xlsx

ROWS = [
    [1, "法治学习", "组织专题研讨", "俞悦", "法规科", "县各有关单位", "李四", "6月底前"],
    [2, "法治学习", "完善制度", "陆明俞悦", "办公室", "法规科", "王五", "每季度"],
]
CHANGES = [
    [1, "普法", "另一任务", "陆明、俞悦", "办公室", "法规科、宣传科", "-", "9月底前"],
    [2, None, None, "俞悦", None, "-", None, None],
    [3, "普法", "新任务", None, "法规科", None, None, "长期坚持"],
]


@pytest.fixture
def session(any_engine: Engine) -> Any:
    with unit_of_work(any_engine) as session:
        register_office(session)
        yield session


def ledger(folder: Path, rows: Any, name: str) -> Path:
    return write_xlsx(folder / name, [HEADER, *rows])


def undo(session: Session, batch: int | None) -> UndoResult:
    assert batch is not None
    return undo_import(session, batch, by=administrator(ON))


def rows_of(session: Session, *tables: str) -> dict[str, list[Any]]:
    """The rows of these tables, without their own ids: what was deleted and written again is the same."""
    session.flush()
    found = {}
    for name in tables:
        table = SQLModel.metadata.tables[name]
        columns: list[Any] = [column for column in table.c if column.name != "id" or name == "work_item"]
        found[name] = sorted(map(str, session.connection().execute(select(*columns)).all()))
    return found


LIST = ("work_item", "item_leader", "item_unit", "project", "import_change")


def test_what_a_batch_created_and_changed_reads_as_before(session: Session, tmp_path: Path) -> None:
    bring_in(session, ledger(tmp_path, ROWS, "a.xlsx"))
    before = rows_of(session, *LIST)
    batch = bring_in(session, ledger(tmp_path, CHANGES, "b.xlsx")).batch
    assert rows_of(session, *LIST) != before

    done = undo(session, batch)

    assert rows_of(session, *LIST) == before
    assert done == UndoResult(batch or 0, "b.xlsx", deleted=1, restored=2)


def test_the_batch_stays_on_record_as_undone(session: Session, tmp_path: Path) -> None:
    batch = bring_in(session, ledger(tmp_path, ROWS, "a.xlsx")).batch

    undo(session, batch)

    assert session.exec(select(WorkItem)).all() == []
    (kept,) = session.exec(select(ImportBatch)).all()
    assert (kept.id, kept.undone_at is not None) == (batch, True)


def test_batches_are_undone_newest_first_and_once(session: Session, tmp_path: Path) -> None:
    first = bring_in(session, ledger(tmp_path, ROWS, "a.xlsx")).batch
    second = bring_in(session, ledger(tmp_path, CHANGES, "b.xlsx")).batch

    with pytest.raises(ForbiddenError, match=f"请先撤销批次 {second}"):
        undo(session, first)
    undo(session, second)
    with pytest.raises(ForbiddenError, match="已经撤销过"):
        undo(session, second)
    undo(session, first)

    assert rows_of(session, *LIST) == {name: [] for name in LIST}


def test_an_unknown_batch_is_refused(session: Session) -> None:
    with pytest.raises(NotFoundError, match="没有编号为 7 的导入批次"):
        undo(session, 7)


def test_after_undoing_the_same_file_comes_in_again(session: Session, tmp_path: Path) -> None:
    path = ledger(tmp_path, ROWS, "a.xlsx")
    undo(session, bring_in(session, path).batch)

    assert bring_in(session, path).count("create") == 2


def test_items_that_are_issued_are_not_deleted(session: Session, tmp_path: Path) -> None:
    batch = bring_in(session, ledger(tmp_path, ROWS, "a.xlsx")).batch
    seed_presets(session)
    issue_plan(session, find_plan(session, find_organ(session, None), YEAR), on=ON)
    before = rows_of(session, *LIST)

    with pytest.raises(ForbiddenError, match="任务 1、2已下达或已有办理记录"):
        undo(session, batch)

    assert rows_of(session, *LIST) == before


def test_drafts_that_somebody_reported_on_are_not_deleted(session: Session, tmp_path: Path) -> None:
    batch = bring_in(session, ledger(tmp_path, ROWS, "a.xlsx")).batch
    item = find_item(session, find_plan(session, find_organ(session, None), YEAR), "2")
    session.add(ProgressEntry(item_id=item.id or 0, on=ON, text="已启动", recorded_at=NOW))
    session.flush()

    with pytest.raises(ForbiddenError, match="任务 2已下达"):
        undo(session, batch)


def test_a_batch_that_changed_what_is_issued_by_now_stays(session: Session, tmp_path: Path) -> None:
    bring_in(session, ledger(tmp_path, ROWS, "a.xlsx"))
    moved = [[1, None, None, None, None, None, None, "9月底前"]]
    batch = bring_in(session, ledger(tmp_path, moved, "b.xlsx")).batch
    seed_presets(session)
    issue_plan(session, find_plan(session, find_organ(session, None), YEAR), on=ON)
    before = rows_of(session, *LIST)

    with pytest.raises(ForbiddenError, match="它改动的任务 1已下达，只能按理由逐项"):
        undo(session, batch)

    assert rows_of(session, *LIST) == before


def test_a_batch_of_another_organ_sounds_like_one_that_does_not_exist(session: Session, tmp_path: Path) -> None:
    batch = bring_in(session, ledger(tmp_path, ROWS, "a.xlsx")).batch or 0
    other = Organ(code="other", name="别局")
    session.add(other)
    session.flush()
    stranger = seat(session, other, "赵外人", "督办员", Role.SUPERVISOR)
    by = Actor(stranger.name, Channel.WEB, ON, NOW, stranger.id)
    for number in (batch, batch + 1):
        with pytest.raises(NotFoundError, match=rf"^没有编号为 {number} 的导入批次。$"):
            undo_import(session, number, by=by)
    colleague = session.exec(select(Person).where(Person.name == "李四")).one()
    with pytest.raises(ForbiddenError, match="李四不能导入计划：可由本单位的督办员、管理员办理"):
        undo_import(session, batch, by=Actor(colleague.name, Channel.WEB, ON, NOW, colleague.id))


def test_the_trail_says_what_came_in_and_what_was_taken_back(session: Session, tmp_path: Path) -> None:
    path = ledger(tmp_path, ROWS, "a.xlsx")
    batch = bring_in(session, path).batch
    undo(session, batch)
    session.commit()
    came, went = session.exec(select(AuditEntry).order_by(col(AuditEntry.id)))
    assert came.action == went.action == Action.PLAN
    assert came.after == {
        "file": "a.xlsx", "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "year": YEAR, "batch": batch,
        "created": 2, "updated": 0,
    }  # fmt: skip
    assert went.after == {"batch": batch, "file": "a.xlsx", "deleted": 2, "restored": 0}


def test_a_list_that_changes_nothing_and_a_dry_run_leave_no_entry(session: Session, tmp_path: Path) -> None:
    path = ledger(tmp_path, ROWS, "a.xlsx")
    for more in ({"dry_run": True}, {}, {}, {"dry_run": True}):
        bring_in(session, path, **more)
    session.commit()
    assert len(session.exec(select(AuditEntry)).all()) == 1


def test_who_may_not_import_may_not_try_either(session: Session, tmp_path: Path) -> None:
    colleague = session.exec(select(Person).where(Person.name == "李四")).one()
    by = Actor(colleague.name, Channel.WEB, ON, NOW, colleague.id)
    with pytest.raises(ForbiddenError, match="李四不能导入计划"):
        bring_in(session, ledger(tmp_path, ROWS, "a.xlsx"), by=by, dry_run=True)
