"""培训: a training counts once however many rows it has, and each officer's hours are told."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from models.database import unit_of_work
from models.ledgers.ledger_term import LedgerTermPolicy
from models.ledgers.training import HOURS, KIND, Training, TrainingKind
from tests.kept_ledger import KeptLedger, problems

OFFICERS, STAFF = TrainingKind.OFFICERS, TrainingKind.STAFF
ALL_TRAINED = KIND.yearly[0].met


def train(ledger: KeptLedger, on: str, topic: str = "行政处罚法", kind: TrainingKind = OFFICERS, **more: object) -> int:
    return ledger.keep(held_on=on, topic=topic, kind=kind, **more)


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"kind": OFFICERS, "people": 30, "hours": None}, []),
        ({"kind": OFFICERS, "officer": "李承办", "hours": Decimal(8)}, []),
        ({"kind": OFFICERS, "officer": "李承办", "hours": Decimal(8), "people": 1}, []),
        ({"kind": OFFICERS, "officer": "李承办", "hours": Decimal(8), "people": 2}, ["people"]),
        ({"kind": OFFICERS, "officer": "李承办"}, ["hours"]),
        ({"kind": STAFF, "officer": "李承办", "hours": Decimal(8)}, ["officer"]),
    ],
)
def test_what_a_row_may_say(values: dict[str, object], wrong: list[str]) -> None:
    assert problems(KIND, held_on="2025-03-01", topic="行政处罚法", **values) == wrong


def test_the_year_of_an_office(any_engine: Engine) -> None:
    ledger = KeptLedger(any_engine, KIND)
    train(ledger, "2025-03-03", "行政处罚法", officer="李承办", hours="40.5")
    train(ledger, "2025-03-03", "行政处罚法", officer="王执法", hours="40.5")
    train(ledger, "2025-09-03", "行政强制法", officer="李承办", hours="19.5")
    train(ledger, "2025-09-04", "民法典", STAFF, people=30, hours=4)
    train(ledger, "2024-09-03", "行政强制法", officer="王执法", hours=30)
    ledger.withdraw(train(ledger, "2025-10-08", "许可法", officer="王执法", hours=30))

    assert ledger.written() == {
        "sessions": "3次", "officer_sessions": "2次", "staff_sessions": "1次", "people": "33人次", "hours": "64学时",
        "officers": "2人", "hours_met": "1人", "hours_short": "1人", "hours_met_share": "50%",
    }  # fmt: skip
    found = ledger.figures()
    assert found["sessions"].rows == ("training:1", "training:3", "training:4")
    assert found["hours_short"].rows == ("training:2",)
    assert found["hours_short"].parts == ("王执法",)
    assert ledger.says() == "组织各类法治培训3次，其中执法人员培训2次，参训33人次，累计64学时。"


def test_hours_are_added_exactly(any_engine: Engine) -> None:
    ledger = KeptLedger(any_engine, KIND)
    for on, hours in (("2025-03-01", "20.1"), ("2025-04-01", "19.9"), ("2025-05-01", "20")):
        train(ledger, on, officer="李承办", hours=hours)
    for on, hours in (("2025-03-01", "20.1"), ("2025-04-01", "19.9"), ("2025-05-01", "19.9")):
        train(ledger, on, officer="王执法", hours=hours)

    assert ledger.written("hours_met", "hours_short") == {"hours_met": "1人", "hours_short": "1人"}
    assert ledger.figures()["hours_short"].parts == ("王执法",)


def test_what_the_office_asks_for_decides_who_is_short(any_engine: Engine) -> None:
    ledger = KeptLedger(any_engine, KIND)
    train(ledger, "2025-03-01", officer="李承办", hours=40)
    assert ledger.written("hours_short") == {"hours_short": "1人"}

    with unit_of_work(any_engine) as session:
        session.add(
            LedgerTermPolicy(
                organ_id=ledger.organ_id, kind="training", term="hours", amount=40, confirmed_on=dt.date(2025, 6, 1)
            )
        )

    assert ledger.written("hours_short", "hours_met") == {"hours_short": "0人", "hours_met": "1人"}
    assert ledger.says() == ("组织执法人员培训1次，参训1人次，累计40学时，执法人员均完成年度学时要求。")


def test_what_one_row_does_not_say_is_not_added_up(engine: Engine) -> None:
    ledger = KeptLedger(engine, KIND)
    train(ledger, "2025-03-01", "民法典", STAFF, people=30)
    train(ledger, "2025-04-01", "宪法", STAFF, hours=4)

    assert not {"people", "hours"} & ledger.written().keys()
    assert ledger.says() == "组织干部法治培训2次。"


def rows(*had: tuple[str, int, str]) -> list[Training]:
    return [
        Training(
            organ_id=1, recorded_at=dt.datetime(2025, 1, 1, tzinfo=dt.UTC), held_on=dt.date.fromisoformat(on),
            topic="法", kind=OFFICERS, officer=officer, hours=Decimal(hours),
        )
        for officer, hours, on in had
    ]  # fmt: skip


def test_the_year_is_met_on_the_day_the_last_officer_has_the_hours() -> None:
    had = rows(("李", 30, "2025-06-01"), ("王", 60, "2025-08-01"), ("李", 40, "2025-03-01"))

    assert ALL_TRAINED(had, "held_on", Decimal(HOURS)) == dt.date(2025, 8, 1)
    assert ALL_TRAINED(had[:1] + had[2:], "held_on", Decimal(HOURS)) == dt.date(2025, 6, 1)
    assert ALL_TRAINED(had[:2], "held_on", Decimal(HOURS)) is None
    assert ALL_TRAINED([], "held_on", Decimal(HOURS)) is None


def test_who_is_no_enforcement_officer_keeps_nobody_waiting() -> None:
    (staff,) = rows(("李", 1, "2025-06-01"))
    staff.kind = STAFF

    assert ALL_TRAINED([staff], "held_on", Decimal(HOURS)) is None
    assert ALL_TRAINED([staff, *rows(("王", 60, "2025-08-01"))], "held_on", Decimal(HOURS)) == dt.date(2025, 8, 1)


@given(
    st.lists(
        st.tuples(st.sampled_from("李王张"), st.integers(1, 40), st.dates(dt.date(2025, 1, 1), dt.date(2025, 12, 31)))
    )
)
def test_it_is_met_exactly_if_nobody_named_is_short(had: list[tuple[str, int, dt.date]]) -> None:
    sums = {officer: sum(hours for name, hours, _ in had if name == officer) for officer, _, _ in had}

    met = ALL_TRAINED(rows(*((name, hours, str(on)) for name, hours, on in had)), "held_on", Decimal(HOURS))

    assert (met is not None) == (bool(sums) and min(sums.values()) >= HOURS)


def test_what_people_call_it_is_understood(engine: Engine) -> None:
    ledger = KeptLedger(engine, KIND)

    row = ledger.row(train(ledger, "2025年3月1日", kind="行政执法人员", officer="李承办", hours="8学时"))  # type: ignore[arg-type]

    assert (row.held_on, row.kind, row.people, row.hours) == (dt.date(2025, 3, 1), OFFICERS, 1, Decimal(8))
