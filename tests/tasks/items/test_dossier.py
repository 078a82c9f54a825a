"""The dossier of an item holds what the tables hold, on either database, by one statement."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models.audit import AuditEntry
from models.database import reading
from models.items.closure import ClosureRequest, ClosureReview
from models.items.evidence import Evidence
from models.items.extension import Extension, ExtensionDecision
from models.items.instruction import Instruction, InstructionReply
from models.items.item import Deadline, DeadlineMove, ItemUnit, WorkItem
from models.items.objection import Objection
from models.items.plan import AnnualPlan, Project
from models.items.progress import ProgressEntry
from models.items.receipt import Receipt
from models.items.suspension import Suspension
from models.items.urge import Urge
from models.ladder.notice import Notice
from models.ladder.policy import Policy, Rung
from models.papers.document import Document
from models.people.organ import Department
from tasks.items.dossier import dossier_of
from tasks.items.object_to import object_to
from tasks.items.split import split
from tests.loop import answer
from tests.office import HEAD, SUPERVISOR, Office
from tests.web import statements

OWN: tuple[Any, ...] = (
    Receipt, ProgressEntry, Evidence, Extension, ClosureRequest, Instruction, Suspension, Objection, Urge, Deadline,
    ItemUnit, Document, Notice,
)  # fmt: skip
PARTS: tuple[tuple[Any, Any, Any], ...] = (
    (ExtensionDecision, ExtensionDecision.extension_id, Extension),
    (ClosureReview, ClosureReview.request_id, ClosureRequest),
    (InstructionReply, InstructionReply.instruction_id, Instruction),
    (DeadlineMove, DeadlineMove.deadline_id, Deadline),
)


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    """Two items to both of which everything happened."""
    office = Office(any_engine, tmp_path)
    office.assign("另一项", due="2026-06-30", on="2026-06-01", sign=False)
    second = office.department("执法科", head="孙科长")
    office.assign("制度清理", due="2026-06-05", on="2026-06-01", helping=(second,), sign=False)
    for number in ("1", "2"):
        office.do(HEAD, object_to, number, on="2026-06-01", reason="不属本科室")
        office.send_back(number, on="2026-06-01", reason="属本科室")
        office.report(number, on="2026-06-02", percent=40)
        office.attach(number, f"{number}.txt", on="2026-06-02")
        answer(office, office.instruct(number, "抓紧", due="2026-06-20", on="2026-06-02"), on="2026-06-02")
        office.extend(number, to="2026-07-15", on="2026-06-02")
        office.approve(number, on="2026-06-02")
        office.suspend(number, on="2026-06-02")
        office.resume(number, on="2026-06-03")
        office.ask_closure(number, on="2026-06-03")
        office.send_back(number, on="2026-06-03")
    office.urge("1", "2", on="2026-06-03")
    office.do(SUPERVISOR, split, "2", on="2026-06-03")
    office.sweep("2026-07-15")
    return office


def dumped(rows: Any) -> list[dict[str, Any]]:
    return [row.model_dump() for row in rows]


def test_it_holds_what_the_tables_hold_of_the_item_and_nothing_else(office: Office) -> None:
    with reading(office.engine) as session:
        item = session.get_one(WorkItem, office.item("2").id)
        found: list[Any] = []

        asked = statements(office.engine, lambda: found.append(dossier_of(session, item)))

        dossier = found[0]
        assert asked == 1
        for table in OWN:
            rows = session.exec(select(table).where(table.item_id == item.id).order_by(table.id)).all()
            assert rows, table
            assert dumped(dossier.of(table)) == dumped(rows)
        for part, link, whole in PARTS:
            rows = session.exec(
                select(part).where(col(link).in_(select(whole.id).where(whole.item_id == item.id))).order_by(part.id)
            ).all()
            assert rows, part
            assert dumped(dossier.of(part)) == dumped(rows)


def test_it_knows_what_the_item_hangs_on(office: Office) -> None:
    with reading(office.engine) as session:
        item = session.get_one(WorkItem, office.item("2").id)
        dossier, part = dossier_of(session, item), dossier_of(session, session.get_one(WorkItem, office.item("2-1").id))
        plan = session.get_one(AnnualPlan, item.plan_id)

        assert dossier.plan.model_dump() == plan.model_dump()
        assert dossier.policy is not None
        assert dossier.policy.model_dump() == session.get_one(Policy, plan.policy_id).model_dump()
        assert dumped(dossier.of(Project)) == dumped([session.get_one(Project, item.project_id)])
        assert set(dossier.departments.values()) == {row.name for row in session.exec(select(Department))}
        assert {notice.rung_id for notice in dossier.of(Notice)} - {None} == {rung.id for rung in dossier.of(Rung)}
        assert (dossier.parent, dumped(dossier.children)) == (None, dumped([session.get_one(WorkItem, part.item.id)]))
        assert part.parent is not None
        assert part.parent.model_dump() == item.model_dump()
        assert [entry.action for entry in dossier.untold] == ["split"]
        assert dossier.newest_entry == newest(session, item)


def newest(session: Session, item: WorkItem) -> int:
    return max(entry.id or 0 for entry in session.exec(select(AuditEntry).where(AuditEntry.item_id == item.id)))


def test_an_item_of_a_plan_that_is_not_issued_has_next_to_nothing(any_engine: Engine, tmp_path: Path) -> None:
    office = Office(any_engine, tmp_path)
    office.assign("制度清理", due="2026-06-30", issue=False)
    with reading(office.engine) as session:
        dossier = dossier_of(session, session.get_one(WorkItem, office.item("1").id))

    assert (dossier.policy, dossier.parent, dossier.children, dossier.newest_entry) == (None, None, [], 0)
    assert [table for table in OWN if dossier.of(table)] == []


def test_a_session_that_looks_asks_once_and_one_that_writes_anew(office: Office) -> None:
    with reading(office.engine) as session:
        item = session.get_one(WorkItem, office.item("2").id)
        first = dossier_of(session, item)
        assert dossier_of(session, item) is first
    with Session(office.engine) as session:
        item = session.get_one(WorkItem, office.item("2").id)
        session.add(ItemUnit(item_id=item.id or 0, ordinal=9, text="县里"))
        assert [unit.text for unit in dossier_of(session, item).of(ItemUnit)] == ["执法科", "县里"]
