"""A row of a ledger belongs to a unit and a person: they record and see it, and its days are told to them."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models.audit import AuditEntry
from models.database import on_record
from models.errors import ForbiddenError, NotFoundError
from models.ledgers.enforcement_case import KIND as CASES
from models.ledgers.enforcement_case import EnforcementCase
from models.people.organ import Department, Organ
from models.people.permission import Action
from tasks.ledgers.browse import Wanted, browse, count_kinds
from tasks.ledgers.find_row import seen_row
from tasks.ledgers.grant_ledger import grant_ledger
from tasks.ledgers.ledger_reach import reads, reads_of
from tasks.ledgers.own_terms import amounts
from tasks.ledgers.record import correct_row, record_row, withdraw_row
from tests.ledgers_office import Ledgers
from tests.office import HANDLER, HEAD, LEADER, SUPERVISOR, day, text_of

OTHER = "钱科长"


class Units(Ledgers):
    """An office with a second department, 执法科."""

    def __init__(self, engine: Engine, home: Path) -> None:
        super().__init__(engine, home)
        self.second = self.department("执法科", OTHER)
        self.issue()

    def grant(self, *departments: int, on: str = "2026-06-01", who: str = SUPERVISOR) -> list[str]:
        with on_record(self.engine) as session:
            units = [session.get_one(Department, one) for one in departments]
            organ = session.get_one(Organ, self.organ_id)
            return [one.name for one in grant_ledger(session, organ, CASES, units, by=self.by(session, who, on))]

    def record(self, number: str, who: str = HANDLER, on: str = "2026-06-01", **more: Any) -> int:
        given = {"number": number, "decided_on": on, "procedure": "普通程序", **more}
        with on_record(self.engine) as session:
            organ = session.get_one(Organ, self.organ_id)
            return int(record_row(session, organ, CASES, given, by=self.by(session, who, on)).id)

    def correct(self, row_id: int, who: str, on: str = "2026-06-02", **given: Any) -> None:
        with on_record(self.engine) as session:
            organ, row = session.get_one(Organ, self.organ_id), session.get_one(EnforcementCase, row_id)
            correct_row(session, organ, CASES, row, given, by=self.by(session, who, on))

    def seen(self, who: str) -> list[str]:
        """The numbers of the cases that somebody may see, as list and as single rows, which agree."""
        with on_record(self.engine) as session:
            organ, by = session.get_one(Organ, self.organ_id), self.by(session, who, "2026-06-02")
            reach, own = reads(session, by, self.organ_id, CASES), amounts(session, self.organ_id)
            page = browse(session, organ, CASES, Wanted(), on=by.on, amounts=own, reach=reach)
            listed = sorted(row.number for row in page.rows)
            single = []
            for row in session.exec(select(EnforcementCase)):
                try:
                    single.append(seen_row(session, organ, CASES, row.id or 0, by=by).number)
                except NotFoundError:
                    continue
            assert sorted(single) == listed
            reached = reads_of(session, by, self.organ_id)
            counts = count_kinds(session, organ, 2026, on=by.on, amounts=own, reached=reached) if reached else []
            assert [one.rows for one in counts if one.kind is CASES] == ([len(listed)] if "case" in reached else [])
            return listed


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Units:
    return Units(any_engine, tmp_path)


def test_a_unit_records_and_sees_its_own_rows_of_the_ledgers_it_was_granted(office: Units) -> None:
    with pytest.raises(ForbiddenError, match="登记台账"):
        office.record("1号")
    assert office.grant(office.department_id, office.second) == ["法规科", "执法科"]
    office.record("1号")
    office.record("2号", OTHER)
    office.record("3号", SUPERVISOR)
    assert [office.seen(who) for who in (HANDLER, HEAD, OTHER)] == [["1号"], ["1号"], ["2号"]]
    assert office.seen(SUPERVISOR) == ["1号", "2号", "3号"]
    entries = [(one.action, one.actor) for one in office.rows(AuditEntry) if one.action.startswith(("record", "grant"))]
    assert entries == [
        (Action.GRANT_LEDGER, SUPERVISOR), (Action.RECORD_UNIT, HANDLER), (Action.RECORD_UNIT, OTHER),
        (Action.RECORD, SUPERVISOR),
    ]  # fmt: skip


def test_nobody_writes_for_another_unit_and_a_grant_is_taken_back(office: Units) -> None:
    office.grant(office.department_id)
    mine, theirs = office.record("1号"), office.record("2号", SUPERVISOR, keeper_id=OTHER)
    with pytest.raises(ForbiddenError, match="本科室的人员"):
        office.record("3号", keeper_id=OTHER)
    with pytest.raises(ForbiddenError, match="登记台账"):
        office.correct(theirs, HANDLER, title="改")
    office.correct(mine, HEAD, title="改由科长更正")
    office.correct(theirs, OTHER, title="交给谁的，谁就可以更正")
    assert office.grant() == []
    with pytest.raises(ForbiddenError, match="登记台账"):
        office.record("4号", HEAD)
    with pytest.raises(ForbiddenError, match="可由本单位的督办员办理"):
        office.grant(office.second, who=LEADER)


def test_days_are_told_to_whose_row_it_is_and_to_nobody_else(office: Units) -> None:
    office.grant(office.department_id)
    first = office.record("1号")
    office.record("2号", SUPERVISOR, keeper_id=OTHER)
    office.fast_forward("2026-06-10")
    people = (HANDLER, HEAD, OTHER, SUPERVISOR)
    told = {(who, number) for who in people for number in ("1号", "2号") if heard(office, who, number)}
    assert told == {(HANDLER, "1号"), (HEAD, "1号"), (OTHER, "2号")}
    office.correct(first, SUPERVISOR, on="2026-06-11", keeper_id=OTHER)
    office.fast_forward("2026-06-12")
    assert heard(office, OTHER, "1号")


def heard(office: Units, who: str, number: str) -> bool:
    """Whether somebody was told of the case by mail."""
    return any(f"行政处罚决定公开：{number}" in text_of(mail) for mail in office.inbox(who).mails)


def test_a_withdrawn_row_is_the_units_own_to_withdraw(office: Units) -> None:
    office.grant(office.department_id)
    row_id = office.record("1号")
    with on_record(office.engine) as session:
        organ, row = session.get_one(Organ, office.organ_id), session.get_one(EnforcementCase, row_id)
        withdraw_row(session, organ, CASES, row, "重复登记", by=office.by(session, HANDLER, "2026-06-02"))
    assert office.standing() == []
    assert office.rows(EnforcementCase)[0].withdrawn_on == day("2026-06-02")
