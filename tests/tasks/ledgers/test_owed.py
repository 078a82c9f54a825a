"""What rows owe, told without a database: days, reasons, and periods that were too short."""

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from models.dates.workdays import WorkCalendar
from models.ledgers.enforcement_case import KIND as CASES
from models.ledgers.enforcement_case import DecisionKind, Outcome
from models.ledgers.kinds import KINDS
from models.ledgers.ledger_term import LedgerTermPolicy
from models.ledgers.term import TermUnit
from tasks.ledgers.owed import owed_by_rows, row_name, short_periods

CALENDAR = WorkCalendar()


def case(**more: Any) -> Any:
    known: dict[str, Any] = {field.name: None for field in CASES.fields}
    known |= {"id": 3, "number": "1号", "kind": DecisionKind.PENALTY, "outcome": Outcome.STANDS, "withdrawn_on": None}
    return SimpleNamespace(post_id=None, **known | {"decided_on": dt.date(2025, 9, 26)} | more)


@pytest.mark.parametrize(
    ("row", "owed"),
    [
        (case(), ["publish 2025-10-13 None"]),  # 国庆 lies between
        (case(kind=DecisionKind.OTHER), ["publish_other 2025-10-30 None"]),
        (case(filed_on=dt.date(2025, 9, 1)), ["publish 2025-10-13 None", "decide 2025-11-30 2025-09-26"]),
        (
            case(
                published_on=dt.date(2025, 9, 28), outcome=Outcome.REVOKED, outcome_on=dt.date(2025, 12, 1),
            ),
            ["publish 2025-10-13 2025-09-28", "take_down 2025-12-04 None"],
        ),
        (case(withdrawn_on=dt.date(2025, 10, 1)), []),
    ],
)  # fmt: skip
def test_what_a_case_owes(row: Any, owed: list[str]) -> None:
    found = owed_by_rows(CASES, [row], {}, CALENDAR)
    assert [f"{one.term} {one.due_on} {one.done_on}" for one in found] == owed


def test_an_organs_own_term_counts_and_the_day_explains_itself() -> None:
    own = {("case", "publish"): LedgerTermPolicy(
        organ_id=1, kind="case", term="publish", amount=3, unit=TermUnit.CALENDAR, confirmed_on=dt.date(2025, 1, 1)
    )}  # fmt: skip
    (one,) = owed_by_rows(CASES, [case()], own, CALENDAR)
    assert (str(one.due_on), one.why, one.year) == ("2025-09-29", "决定日期 2025-09-26，3天内", 2025)
    assert one.title == "行政处罚决定公开：1号"


def test_a_row_is_called_by_its_number_else_by_its_text() -> None:
    assert [row_name(CASES, case()), row_name(CASES, case(number=None, title="倾倒垃圾案"))] == ["1号", "倾倒垃圾案"]
    assert row_name(CASES, case(number=None)) == "执法案件3"


MINIMA = [(kind, term) for kind in KINDS.values() for term in kind.terms if term.minimum]


@pytest.mark.parametrize(("kind", "term"), MINIMA, ids=[f"{kind.code}.{term.code}" for kind, term in MINIMA])
def test_a_period_that_was_too_short_is_a_finding_and_no_day(kind: Any, term: Any) -> None:
    started, term = dt.date(2026, 3, 2), replace(term, applies=lambda _row: True)
    kind = replace(kind, terms=(term,))
    known: dict[str, Any] = dict.fromkeys(kind.table.model_fields)
    row = SimpleNamespace(**known | {"id": 1, kind.day: started, term.start: started})
    earliest = term.due_on(row, CALENDAR, term.amount, term.unit)
    setattr(row, term.done, earliest - dt.timedelta(days=1))
    found = [one for one in short_periods(kind, [row], {}, CALENDAR) if one.term is term]
    assert [(one.earliest_on, one.row_id) for one in found] == [(earliest, 1)]
    assert f"最早 {earliest}" in found[0].words
    setattr(row, term.done, earliest)
    assert [one for one in short_periods(kind, [row], {}, CALENDAR) if one.term is term] == []
    assert term.code not in [one.term for one in owed_by_rows(kind, [row], {}, CALENDAR)]
