"""What a ledger sets is watched like everything else: reminded, escalated, moved on record, and met in silence."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session, select

from models.actor import Actor, Channel
from models.audit import AuditEntry
from models.clock import opening_of
from models.database import on_record, unit_of_work
from models.dates.day_override import office_calendar
from models.dates.workdays import DayRule, WorkCalendar
from models.errors import NotFoundError
from models.items.item import Deadline, DeadlineMove, ItemState, WorkItem
from models.items.plan import AnnualPlan, Project
from models.ledgers.enforcement_case import KIND as CASES
from models.ledgers.enforcement_case import EnforcementCase
from models.ledgers.kind import Kind
from models.ledgers.kinds import KINDS
from models.ledgers.leadership_act import KIND as ACTS
from models.ledgers.ledger_deadline import LedgerDeadline
from models.ledgers.ledger_term import LedgerTermPolicy
from models.people.organ import Organ
from models.people.permission import Action
from tasks.acting.perform import performing_for
from tasks.ledgers.keep_terms import TermChanges, catch_up, keep_terms
from tasks.ledgers.owed import owed_by_rows, rows_owing
from tasks.ledgers.record import correct_row, record_row, withdraw_row
from tasks.ledgers.standing_item import PROJECT
from tasks.workdays.import_calendar import change_days
from tests.ledger_rows import made_up
from tests.ledgers_office import Ledgers
from tests.office import FIRST, SUPERVISOR, day
from tests.web import statements


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Ledgers:
    return Ledgers(engine, tmp_path)


@pytest.fixture
def anywhere(any_engine: Engine, tmp_path: Path) -> Ledgers:
    """The same on either database, for what goes by statements."""
    return Ledgers(any_engine, tmp_path)


def test_a_case_that_is_not_published_is_reminded_of_and_escalated(office: Ledgers) -> None:
    office.issue()
    office.keep(office.case("水罚〔2026〕1号", "2026-06-01"), on="2026-06-01")
    item = office.carrier("case")
    assert office.standing() == ["2026-06-10 行政处罚决定公开：水罚〔2026〕1号"]
    assert (item.state, item.due_on, item.ledger, item.missing) == (ItemState.ACTIVE, day("2026-06-10"), "case", [])
    assert [project.name for project in office.rows(Project)] == [PROJECT]
    office.fast_forward("2026-06-25")
    assert office.told()[0][2] == SUPERVISOR
    assert FIRST in [who for on, _, who in office.told() if on > "2026-06-10"]
    assert "水罚〔2026〕1号" in office.inbox(SUPERVISOR).expect("行政处罚决定公开")


def test_a_case_that_is_published_is_spoken_of_no_more(office: Ledgers) -> None:
    office.issue()
    case = office.case("水罚〔2026〕1号", "2026-06-01")
    office.keep(case, on="2026-06-01")
    case.published_on = day("2026-06-03")
    assert office.keep(case, on="2026-06-03").met == 1
    office.fast_forward("2026-06-30")
    assert [told for told in office.told() if told[0] > "2026-06-03"] == []
    assert office.days_of("case")[0].done_on == day("2026-06-03")


def test_a_row_that_is_recorded_corrected_and_withdrawn_keeps_its_day_by_itself(office: Ledgers) -> None:
    office.issue()
    with on_record(office.engine) as session:
        organ, by = session.get_one(Organ, office.organ_id), office.by(session, SUPERVISOR, "2026-06-01")
        given = {"number": "1号", "decided_on": "2026-06-01", "procedure": "普通程序"}
        row = record_row(session, organ, CASES, given, by=by)
    assert office.standing() == ["2026-06-10 行政处罚决定公开：1号"]
    with on_record(office.engine) as session:
        organ, by = session.get_one(Organ, office.organ_id), office.by(session, SUPERVISOR, "2026-06-02")
        held = session.get_one(EnforcementCase, row.id)
        correct_row(session, organ, CASES, held, {"decided_on": "2026-06-02"}, by=by)
    assert office.standing() == ["2026-06-11 行政处罚决定公开：1号"]
    with on_record(office.engine) as session:
        organ, by = session.get_one(Organ, office.organ_id), office.by(session, SUPERVISOR, "2026-06-03")
        withdraw_row(session, organ, CASES, session.get_one(EnforcementCase, row.id), "登记有误", by=by)
    assert office.standing() == []


def test_what_was_published_when_it_was_written_down_owes_nothing(office: Ledgers) -> None:
    office.issue()
    office.keep(office.case("1号", "2026-05-06", published_on=day("2026-05-08")), on="2026-06-01")
    assert office.rows(LedgerDeadline) == []
    assert office.rows(WorkItem) == []


def test_a_corrected_day_moves_the_deadline_which_explains_itself(office: Ledgers) -> None:
    office.issue()
    case = office.case("1号", "2026-06-01")
    office.keep(case, on="2026-06-01")
    case.decided_on = day("2026-06-15")
    changes = office.keep(case, on="2026-06-16")
    assert [(str(one.from_on), str(one.to_on)) for one in changes.moved] == [("2026-06-10", "2026-06-25")]
    (move,) = office.rows(DeadlineMove)
    assert move.reason == "决定日期 2026-06-15，7个工作日内"
    assert (office.name_of(move.person_id), office.carrier("case").due_on) == (SUPERVISOR, day("2026-06-25"))
    assert office.keep(case, on="2026-06-16") == TermChanges()


def test_a_withdrawn_row_owes_nothing_and_a_restored_one_owes_again(anywhere: Ledgers) -> None:
    office = anywhere
    office.issue()
    case = office.case("1号", "2026-06-01")
    office.keep(case, on="2026-06-01")
    case.withdrawn_on, case.withdrawn_reason = day("2026-06-02"), "重复登记"
    assert office.keep(case, on="2026-06-02").cancelled == 1
    assert office.standing() == []
    assert office.rows(DeadlineMove)[0].reason == "取消：执法案件不再需要此项"
    case.withdrawn_on = case.withdrawn_reason = None
    assert office.keep(case, on="2026-06-03").reopened == 1
    assert office.standing() == ["2026-06-10 行政处罚决定公开：1号"]
    assert len(office.rows(LedgerDeadline)) == 1


def test_issuing_the_plan_catches_up_on_what_was_written_down_before(anywhere: Ledgers) -> None:
    office = anywhere
    office.keep(office.case("1号", "2026-06-01"), office.case("2号", "2026-06-02"), on="2026-06-02")
    assert office.standing() == []
    office.issue(on="2026-06-03")
    office.issue(on="2026-06-04")
    assert office.standing() == ["2026-06-10 行政处罚决定公开：1号", "2026-06-11 行政处罚决定公开：2号"]


def test_a_row_of_a_year_without_a_plan_is_carried_by_the_plan_of_the_year_it_is_due_in(office: Ledgers) -> None:
    office.issue()
    office.keep(office.case("1号", "2025-12-30"), office.case("2号", "2025-06-02"), on="2026-01-05")
    assert office.standing() == ["2026-01-09 行政处罚决定公开：1号"]


def test_what_the_year_asks_is_owed_once_the_office_confirmed_it(office: Ledgers) -> None:
    office.issue()
    office.keep(office.act("2026-06-02"), on="2026-06-02", kind=ACTS)
    assert office.standing() == []
    office.confirm("2026-06-03")
    assert office.standing() == ["2026-06-30 上半年听取汇报：1次", "2026-12-31 下半年听取汇报：1次"]
    hearing = office.act("2026-06-20", hearing=True)
    assert office.keep(hearing, on="2026-06-21", kind=ACTS).met == 1
    assert office.standing() == ["2026-12-31 下半年听取汇报：1次"]
    hearing.on = day("2026-07-02")
    office.keep(hearing, on="2026-07-03", kind=ACTS)
    assert office.standing() == ["2026-06-30 上半年听取汇报：1次"]


def test_a_leader_who_writes_something_down_is_not_made_the_keeper_of_the_ledger(office: Ledgers) -> None:
    office.issue()
    office.keep(office.case("1号", "2026-06-01"), on="2026-06-01", who=FIRST)
    office.fast_forward("2026-06-10")
    assert office.told()[0][2] == SUPERVISOR


def test_a_changed_calendar_counts_the_open_days_anew(anywhere: Ledgers) -> None:
    office = anywhere
    office.issue()
    met = office.case("1号", "2026-06-01")
    office.keep(met, office.case("2号", "2026-06-01"), on="2026-06-01")
    met.published_on = day("2026-06-02")
    office.keep(met, on="2026-06-02")
    rules = [DayRule(day("2026-06-08"), False, "防汛调休")]
    for moves in (["2026-06-10 2026-06-11 行政处罚决定公开：2号"], []):
        with on_record(office.engine) as session:
            by = Actor("本机管理员", Channel.COMMAND, day("2026-06-03"), opening_of(day("2026-06-03")))
            terms = change_days(session, rules, by=by, source="通知").terms
        assert [f"{term.from_on} {term.to_on} {term.title}" for term in terms] == moves
    told = [entry.after["terms"] for entry in office.rows(AuditEntry) if "terms" in entry.after]
    assert told == [1]


def test_the_item_that_carries_a_ledger_is_nobodys_to_act_on(office: Ledgers) -> None:
    office.issue()
    office.keep(office.case("1号", "2026-06-01"), on="2026-06-01")
    with pytest.raises(NotFoundError, match="没有编号为"):
        office.ask_closure(office.carrier("case").number, on="2026-06-02", who=SUPERVISOR)


def test_thousands_of_rows_take_a_few_statements(anywhere: Ledgers) -> None:
    office = anywhere
    office.issue()
    many = [office.case(f"{place}号", "2026-06-01") for place in range(1, 1001)]
    statements: list[str] = []
    with on_record(office.engine) as session:
        by = office.by(session, SUPERVISOR, "2026-06-01")
        with performing_for(session, by, Action.RECORD, office.organ_id):
            session.add_all(many)
            session.flush()
            organ, calendar = session.get_one(Organ, office.organ_id), office_calendar(session)
            event.listen(office.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
            made = keep_terms(session, organ, CASES, many, by=by, calendar=calendar)
    assert made.made == len(office.standing()) == 1000
    titles = {one.id: one.title for one in office.rows(Deadline)}
    numbers = {case.id: case.number for case in many}
    assert all(
        titles[tie.deadline_id] == f"行政处罚决定公开：{numbers[tie.row_id]}" for tie in office.rows(LedgerDeadline)
    )
    assert len(statements) < 30


def in_every_ledger(session: Session, office: Ledgers) -> None:
    """Rows of 2025 in every ledger there is, one of them withdrawn."""
    for kind in KINDS.values():
        rows: list[Any] = [
            kind.table(organ_id=office.organ_id, recorded_at=opening_of(day("2026-06-01")), **values)
            for values in made_up(kind, 6)
        ]
        rows[-1].withdrawn_on = day("2026-06-01")
        session.add_all(rows)
    session.flush()


def owing(session: Session, kind: Kind, year: int) -> list[Any]:
    """The rows of one ledger that owe something in the year, told without SQL."""
    table: Any = kind.table
    terms = [term for term in kind.terms if not term.minimum]
    return [
        row
        for row in session.exec(select(table).where(table.withdrawn_on.is_(None)).order_by(table.id))
        if getattr(row, kind.day).year == year
        or any(getattr(row, term.start) and not getattr(row, term.done) for term in terms)
    ]


@pytest.mark.parametrize("year", [2024, 2025])
def test_all_ledgers_are_asked_in_one_statement_what_they_owe(anywhere: Ledgers, year: int) -> None:
    kinds, calendar, own = list(KINDS.values()), WorkCalendar(), dict[tuple[str, str], LedgerTermPolicy]()
    found: dict[str, list[Any]] = {}
    with unit_of_work(anywhere.engine) as session:
        in_every_ledger(session, anywhere)
        asked = statements(anywhere.engine, lambda: found.update(rows_owing(session, anywhere.organ_id, kinds, {year})))
        alone = {kind.code: owing(session, kind, year) for kind in kinds}

    assert asked == 1
    for kind in kinds:
        together, one_by_one = found[kind.code], alone[kind.code]
        assert [row.model_dump() for row in together] == [row.model_dump() for row in one_by_one]
        assert list(owed_by_rows(kind, together, own, calendar)) == list(owed_by_rows(kind, one_by_one, own, calendar))
    assert all(alone.values()) == (year == 2025)
    assert any(alone.values())


def test_what_owes_nothing_new_takes_as_many_statements_however_many_ledgers(
    any_engine: Engine, tmp_path: Path
) -> None:
    office = Ledgers(any_engine, tmp_path, year=2025)

    def again() -> int:
        with on_record(office.engine) as session:
            by, calendar = office.by(session, SUPERVISOR, "2025-06-02"), office_calendar(session)
            plan = session.get_one(AnnualPlan, office.plan_id)
            return statements(office.engine, lambda: catch_up(session, plan, by=by, calendar=calendar))

    office.issue()
    office.keep(office.case("1号", "2025-06-01"), on="2025-06-01")
    few = again()
    with unit_of_work(office.engine) as session:
        in_every_ledger(session, office)
    office.issue(on="2025-06-02")
    assert len({one.kind for one in office.rows(LedgerDeadline)}) > 3

    assert again() == few <= 8
