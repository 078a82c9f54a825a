"""执法证件: who holds a valid one at the end of the period, and what is due before and at its expiry."""

import datetime as dt

import pytest
from sqlalchemy import Engine

from models.ledgers.certificate import KIND
from tests.kept_ledger import CALENDAR, KeptLedger, problems


def issue(ledger: KeptLedger, holder: str, issued: str, expires: str, **given: object) -> int:
    return ledger.keep(issued_on=issued, holder=holder, expires_on=expires, **given)


def test_holders_and_the_valid_among_them_at_the_end(any_engine: Engine) -> None:
    ledger = KeptLedger(any_engine, KIND)
    issue(ledger, "甲", "2022-11-01", "2027-10-31")
    issue(ledger, "乙", "2021-05-01", "2026-04-30")
    issue(ledger, "丙", "2020-06-01", "2025-05-31")
    issue(ledger, "丁", "2020-06-01", "2025-05-31", settled_on="2025-05-20")
    issue(ledger, "丁", "2025-05-20", "2030-05-19")
    issue(ledger, "戊", "2020-06-01", "2025-05-31", settled_on="2025-06-01", stopped=True)
    issue(ledger, "己", "2026-01-05", "2031-01-04")

    assert ledger.written() == {
        "holders": "4人", "valid": "3人", "expiring": "1本", "expired": "1本", "issued": "1本", "valid_share": "75%",
    }  # fmt: skip
    assert ledger.figures()["expired"].rows == ("certificate:3",)
    assert ledger.says() == "行政执法人员3人持证上岗，新领、换领行政执法证1本。"


def test_all_valid_is_said_so_and_nobody_is_not_told(engine: Engine) -> None:
    ledger = KeptLedger(engine, KIND)
    assert ledger.block() is None
    issue(ledger, "甲", "2022-11-01", "2027-10-31")

    assert ledger.says() == "行政执法人员1人持证上岗。"


@pytest.mark.parametrize(
    ("expires", "renew", "expire"),
    [
        ("2027-10-31", "2027-04-30", "2027-10-31"),
        ("2026-08-31", "2026-02-28", "2026-08-31"),
        ("2026-03-01", "2025-09-01", "2026-03-01"),
    ],
)
def test_renewal_opens_six_months_before_and_at_expiry_it_is_renewed_or_stopped(
    engine: Engine, expires: str, renew: str, expire: str
) -> None:
    ledger = KeptLedger(engine, KIND)
    row = ledger.row(issue(ledger, "甲", "2022-01-01", expires))

    days = [term.due_on(row, CALENDAR, term.amount, term.unit) for term in KIND.terms]

    assert days == [dt.date.fromisoformat(renew), dt.date.fromisoformat(expire)]
    assert row.renewable_on == dt.date.fromisoformat(renew)


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"expires_on": "2027-01-01"}, []),
        ({"expires_on": "2022-01-01"}, ["expires_on"]),
        ({"expires_on": "2027-01-01", "settled_on": "2021-12-31"}, ["settled_on"]),
        ({"expires_on": "2027-01-01", "stopped": True}, ["settled_on"]),
    ],
)
def test_days_are_in_order(given: dict[str, object], wrong: list[str]) -> None:
    assert problems(KIND, issued_on="2022-01-01", **given) == wrong
