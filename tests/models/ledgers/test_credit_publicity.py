"""双公示: seven working days for the site and for the credit system, and the share that kept to both."""

import datetime as dt

import pytest
from sqlalchemy import Engine

from models.ledgers.credit_publicity import KIND, CreditKind
from tests.kept_ledger import KeptLedger, last_day, problems

PERMIT, PENALTY = CreditKind.PERMIT, CreditKind.PENALTY


def decide(ledger: KeptLedger, on: str, kind: CreditKind = PERMIT, **more: object) -> int:
    return ledger.keep(decided_on=on, kind=kind, **more)


@pytest.mark.parametrize(
    ("days", "wrong"),
    [
        ({"published_on": "2025-03-03", "sent_on": "2025-03-04"}, []),
        ({}, []),
        ({"published_on": "2025-03-02"}, ["published_on"]),
        ({"published_on": "2025-03-02", "sent_on": "2025-03-01"}, ["published_on", "sent_on"]),
    ],
)
def test_nothing_is_public_before_it_is_decided(days: dict[str, object], wrong: list[str]) -> None:
    assert problems(KIND, decided_on="2025-03-03", **days) == wrong


@pytest.mark.parametrize(
    ("decided", "last"), [("2025-03-03", "2025-03-12"), ("2025-01-24", "2025-02-10"), ("2025-09-26", "2025-10-13")]
)
def test_both_run_seven_working_days(engine: Engine, decided: str, last: str) -> None:
    assert last_day(KIND, "publish", decided_on=decided) == last_day(KIND, "send", decided_on=decided) == last

    ledger = KeptLedger(engine, KIND)
    row = ledger.row(decide(ledger, decided))
    assert row.publish_by == row.send_by == dt.date.fromisoformat(last)


def test_the_year_of_an_office(any_engine: Engine) -> None:
    ledger = KeptLedger(any_engine, KIND)
    decide(ledger, "2025-01-24", published_on="2025-02-10", sent_on="2025-02-10")
    decide(ledger, "2025-01-24", published_on="2025-02-10", sent_on="2025-02-11")
    decide(ledger, "2025-03-03", PENALTY, published_on="2025-03-05")
    decide(ledger, "2025-03-03", PENALTY)
    decide(ledger, "2025-12-25")
    ledger.withdraw(decide(ledger, "2025-06-03", PENALTY))

    assert ledger.written() == {
        "total": "5条", "permits": "3条", "penalties": "2条", "judged": "2条", "on_time": "1条", "on_time_share": "50%",
    }  # fmt: skip
    assert ledger.figures()["judged"].rows == ("credit:1", "credit:2")
    assert ledger.says() == "行政许可信息3条、行政处罚信息2条按规定纳入“双公示”。"


def test_what_nobody_wrote_down_makes_no_share(engine: Engine) -> None:
    ledger = KeptLedger(engine, KIND)
    decide(ledger, "2025-03-03")

    assert "on_time_share" not in ledger.written(until="2025-03-12")
    assert "on_time_share" not in ledger.written(until="2025-12-31")


def test_one_kind_alone_reads_well(engine: Engine) -> None:
    ledger = KeptLedger(engine, KIND)
    decide(ledger, "2025-12-25", PENALTY)

    assert ledger.says() == "行政处罚信息1条按规定纳入“双公示”。"


def test_what_people_call_it_is_understood(engine: Engine) -> None:
    ledger = KeptLedger(engine, KIND)

    row = ledger.row(ledger.keep(decided_on="2025年3月3日", kind="处罚", party="张某"))

    assert (row.kind, row.party) == (PENALTY, "张某")
