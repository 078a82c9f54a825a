"""Terms are an office's data: the law's may be made stricter, a remembered one is confirmed, and open days follow."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.audit import AuditEntry
from models.database import on_record, reading
from models.errors import BadInputError, ForbiddenError, NotFoundError
from models.ledgers.enforcement_case import KIND as CASES
from models.ledgers.kind import Kind
from models.ledgers.kinds import KINDS
from models.ledgers.leadership_act import KIND as ACTS
from models.ledgers.ledger_term import LedgerTermPolicy
from models.ledgers.term import Term, TermUnit
from models.people.organ import Organ
from models.people.permission import Action
from tasks.ledgers.own_terms import amounts, span_words
from tasks.ledgers.terms import TermLine, confirm_term, find_term, list_terms, set_term, unit_named
from tests.ledgers_office import Ledgers
from tests.office import HANDLER, SUPERVISOR


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Ledgers:
    return Ledgers(engine, tmp_path)


def change(
    office: Ledgers, kind: Kind, term: str, amount: int | None, unit: TermUnit | None = None, who: str = SUPERVISOR
) -> TermLine:
    """Set the term, or confirm it where no amount is said."""
    with on_record(office.engine) as session:
        organ, by = session.get_one(Organ, office.organ_id), office.by(session, who, "2026-06-02")
        if amount is None:
            return confirm_term(session, organ, kind, term, by=by, note="本局办法第八条")
        return set_term(session, organ, kind, term, amount=amount, unit=unit, by=by)


def test_every_term_of_every_ledger_stands_in_the_list_with_its_source(office: Ledgers) -> None:
    with reading(office.engine) as session:
        lines = list_terms(session, office.organ_id)
        runs = amounts(session, office.organ_id)
    assert len(lines) == sum(len(kind.terms) + len(kind.yearly) for kind in KINDS.values())
    assert all(line.term.source and line.words for line in lines)
    assert {line.to_confirm for line in lines if line.term.remembered} == {True}
    assert runs["case", "publish"] == (7, TermUnit.WORKING)


def test_an_open_day_follows_the_term_and_what_was_met_stays(office: Ledgers) -> None:
    office.issue()
    met, waits = office.case("1号", "2026-06-01"), office.case("2号", "2026-06-01")
    office.keep(met, waits, on="2026-06-01")
    met.published_on = waits.decided_on
    office.keep(met, on="2026-06-01")
    line = change(office, CASES, "publish", 5)
    assert (line.words, line.changed, line.default) == ("5个工作日内", True, "7个工作日内")
    assert office.standing() == ["2026-06-08 行政处罚决定公开：2号"]
    assert [str(one.due_on) for one in office.days_of("case")] == ["2026-06-10", "2026-06-08"]
    assert change(office, CASES, "publish", 7).changed is False
    assert office.standing() == ["2026-06-10 行政处罚决定公开：2号"]
    assert [row.revision for row in office.rows(LedgerTermPolicy)] == [1]


def test_a_remembered_term_is_confirmed_on_record(office: Ledgers) -> None:
    line = change(office, ACTS, "hearing", None)
    assert (line.to_confirm, line.changed, line.words) == (False, False, "每半年1次")
    (row,) = office.rows(LedgerTermPolicy)
    assert (row.amount, row.unit, str(row.confirmed_on), row.note) == (1, None, "2026-06-02", "本局办法第八条")
    assert office.name_of(row.confirmed_by_id) == SUPERVISOR
    entry = office.rows(AuditEntry)[-1]
    assert (entry.action, entry.after["ledger_term:1"]["term"]) == (Action.POLICY, "hearing")


def test_what_is_not_asked_for_any_more_is_cancelled(office: Ledgers) -> None:
    office.issue()
    change(office, ACTS, "hearing", 2)
    assert office.standing() == ["2026-06-30 上半年听取汇报：2次", "2026-12-31 下半年听取汇报：2次"]
    assert change(office, ACTS, "hearing", 0).words == "不要求"
    assert office.standing() == []


@pytest.mark.parametrize(
    ("term", "amount", "unit", "says"),
    [
        ("publish", 10, None, "本单位可以从严，不能更长"),
        ("publish", 7, TermUnit.CALENDAR, "按工作日计，不能改为别的单位"),
        ("publish", 0, None, "应为 1 至 3650 的整数"),
        ("publish", -3, None, "应为 1 至 3650 的整数"),
    ],
)
def test_what_the_law_sets_is_not_made_laxer(
    office: Ledgers, term: str, amount: int, unit: TermUnit | None, says: str
) -> None:
    with pytest.raises(BadInputError, match=says):
        change(office, CASES, term, amount, unit)
    assert office.rows(LedgerTermPolicy) == []


def test_a_yearly_term_has_no_unit_of_time(office: Ledgers) -> None:
    with pytest.raises(BadInputError, match="按次计，不填时限单位"):
        change(office, ACTS, "hearing", 1, TermUnit.MONTH)
    with pytest.raises(BadInputError, match="应为 0 至 3650 的整数，填 0 为不要求"):
        change(office, ACTS, "hearing", -1)


def test_who_may_not_set_terms_is_told_who_may_and_an_unknown_term_what_there_is(office: Ledgers) -> None:
    with pytest.raises(ForbiddenError, match="督办员"):
        change(office, CASES, "publish", 5, who=HANDLER)
    with reading(office.engine) as session, pytest.raises(NotFoundError, match="publish\\（行政处罚决定公开\\）"):
        find_term(session, office.organ_id, CASES, "publsh")


@pytest.mark.parametrize(
    ("amount", "unit", "minimum", "words"),
    [
        (7, TermUnit.WORKING, False, "7个工作日内"),
        (30, TermUnit.CALENDAR, True, "不少于30天"),
        (-6, TermUnit.MONTH, False, "提前6个月"),
        (0, TermUnit.CALENDAR, False, "当日"),
    ],
)
def test_a_term_in_words(amount: int, unit: TermUnit, minimum: bool, words: str) -> None:
    term = Term("t", "事项", "start", "done", amount, unit, "来源", minimum=minimum)
    assert span_words(term, amount, unit) == words


def test_a_unit_is_known_by_code_and_by_what_people_say() -> None:
    assert [unit_named(word) for word in ("working", "工作日", "天", "月")] == [
        TermUnit.WORKING, TermUnit.WORKING, TermUnit.CALENDAR, TermUnit.MONTH,
    ]  # fmt: skip
    with pytest.raises(BadInputError, match="working\\（工作日\\）"):
        unit_named("周")
