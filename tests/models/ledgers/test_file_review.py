"""案卷评查: defects found are corrected or left, and never more corrected than found."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from models.ledgers.file_review import KIND, FileReviewKind
from models.ledgers.term import TermUnit
from tests.kept_ledger import CALENDAR, KeptLedger, problems

SELF_CHECK, SUPERIOR = FileReviewKind.SELF_CHECK, FileReviewKind.SUPERIOR


def review(ledger: KeptLedger, on: str, files: int, kind: FileReviewKind = SELF_CHECK, **more: Any) -> int:
    return ledger.keep(held_on=on, kind=kind, files=files, **more)


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ({}, []),
        ({"defects": 3, "corrected": 3, "corrected_on": "2025-06-02"}, []),
        ({"defects": 2, "corrected": 3}, ["corrected"]),
        ({"corrected": 1}, ["corrected"]),
        ({"defects": 3, "corrected_on": "2025-06-02"}, ["corrected_on"]),
        ({"defects": 3, "corrected": 1, "corrected_on": "2025-05-31"}, ["corrected_on"]),
    ],
)
def test_what_a_row_may_say(more: dict[str, Any], wrong: list[str]) -> None:
    assert problems(KIND, held_on="2025-06-01", files=20, **more) == wrong


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_what_passes_leaves_nothing_less_than_none(defects: int, corrected: int) -> None:
    values = {"defects": defects, "corrected": corrected}
    left = KIND.derive(values, CALENDAR, lambda _code: (1, TermUnit.WORKING))["uncorrected"]

    assert left + corrected == defects
    assert (left >= 0) == (problems(KIND, **values) == [])


def test_the_year_of_an_office(any_engine: Engine) -> None:
    ledger = KeptLedger(any_engine, KIND)
    review(ledger, "2025-04-01", 20, defects=5, corrected=5, corrected_on="2025-04-20")
    review(ledger, "2025-10-10", 13, SUPERIOR, defects=4, corrected=1)
    review(ledger, "2025-11-10", 7)
    review(ledger, "2024-11-10", 100, defects=9)

    assert ledger.written() == {
        "reviews": "3次", "self_checks": "2次", "superior": "1次", "files": "40份", "defects": "9个",
        "corrected": "6个", "uncorrected": "3个",
    }  # fmt: skip
    found = ledger.figures()["uncorrected"]
    assert (found.rows, found.parts) == (("file_review:2",), ("3",))
    assert ledger.says() == "开展案卷评查3次，评查案卷40份，发现问题9个，已整改6个。"


@pytest.mark.parametrize(
    ("more", "said"),
    [({}, "未发现问题。"), ({"defects": 2, "corrected": 2}, "发现问题2个，均已整改。")],
)
def test_a_year_in_order_says_so(engine: Engine, more: dict[str, Any], said: str) -> None:
    ledger = KeptLedger(engine, KIND)
    review(ledger, "2025-04-01", 20, **more)

    assert ledger.says() == f"开展案卷评查1次，评查案卷20份，{said}"


def test_two_a_year_are_asked_for_until_the_office_says_otherwise() -> None:
    [twice] = KIND.yearly
    held = [SimpleNamespace(held_on=dt.date(2025, month, 1)) for month in (9, 4)]

    assert [(turn.first, turn.due_on) for turn in twice.turns(2025)] == [(dt.date(2025, 1, 1), dt.date(2025, 12, 31))]
    assert (twice.amount, twice.remembered) == (2, True)
    assert twice.met(held, KIND.day, Decimal(2)) == dt.date(2025, 9, 1)
    assert twice.met(held[:1], KIND.day, Decimal(2)) is None
