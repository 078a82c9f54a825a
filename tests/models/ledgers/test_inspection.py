"""双随机抽查: draws are counted by day and plan, results have twenty working days to become public."""

import datetime as dt

import pytest
from sqlalchemy import Engine

from models.ledgers.inspection import KIND
from tests.kept_ledger import KeptLedger, last_day, problems


def keep(ledger: KeptLedger, target: str, **more: object) -> int:
    return ledger.keep(**{"drawn_on": "2025-03-03", "plan": "年度抽查", "target": target} | more)


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ({}, []),
        ({"inspected_on": "2025-03-03", "problems": 0, "published_on": "2025-03-03"}, []),
        ({"inspected_on": "2025-03-02", "problems": 0}, ["inspected_on"]),
        ({"inspected_on": "2025-03-05", "problems": 0, "published_on": "2025-03-04"}, ["published_on"]),
        ({"inspected_on": "2025-03-05"}, ["problems"]),
        ({"problems": 1, "published_on": "2025-03-09"}, ["problems", "published_on"]),
    ],
)
def test_what_has_to_fit_together(row: dict[str, object], wrong: list[str]) -> None:
    assert problems(KIND, drawn_on="2025-03-03", **row) == wrong


@pytest.mark.parametrize(
    ("inspected", "last"), [("2025-03-03", "2025-03-31"), ("2025-01-24", "2025-02-27"), ("2025-09-26", "2025-10-30")]
)
def test_results_are_public_within_twenty_working_days(engine: Engine, inspected: str, last: str) -> None:
    assert last_day(KIND, "publish", inspected_on=inspected) == last

    ledger = KeptLedger(engine, KIND)
    row = ledger.row(keep(ledger, "甲公司", drawn_on="2025-01-02", inspected_on=inspected, problems=0))
    assert row.publish_by == dt.date.fromisoformat(last)


def test_the_year_of_an_office(any_engine: Engine) -> None:
    ledger = KeptLedger(any_engine, KIND)
    keep(ledger, "甲公司", inspected_on="2025-03-10", problems=2, published_on="2025-04-08")
    keep(ledger, "乙公司", inspected_on="2025-03-10", problems=0, published_on="2025-04-09")
    keep(ledger, "丙公司", inspected_on="2025-03-11", problems=1)
    keep(ledger, "丁公司", drawn_on="2025-12-01", plan="专项抽查", inspected_on="2025-12-25", problems=0)
    keep(ledger, "戊公司", drawn_on="2025-12-01", plan="专项抽查")
    ledger.withdraw(keep(ledger, "己公司", plan="误录的抽查"))
    keep(ledger, "庚公司", drawn_on="2024-12-01")

    assert ledger.written() == {
        "draws": "2次", "drawn": "5户次", "inspected": "4户次", "problems": "3个", "with_problems": "2户次",
        "published": "2户次", "on_time": "1户次", "on_time_share": "50%",
    }  # fmt: skip
    assert ledger.says() == ("开展“双随机、一公开”抽查2次，检查4户次，发现问题3个，公示结果2户次。")


def test_two_draws_on_one_day_by_one_plan_are_one(engine: Engine) -> None:
    ledger = KeptLedger(engine, KIND)
    keep(ledger, "甲公司")
    keep(ledger, "乙公司")
    keep(ledger, "乙公司", drawn_on="2025-03-04")
    keep(ledger, "乙公司", plan="专项抽查")

    assert ledger.written("draws") == {"draws": "3次"}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({}, "。"),
        ({"inspected_on": "2025-03-10", "problems": 0}, "，检查1户次，未发现问题。"),
        (
            {"inspected_on": "2025-03-10", "problems": 2, "published_on": "2025-03-11"},
            "，检查1户次，发现问题2个，结果均已公示。",
        ),
    ],
)
def test_what_is_all_or_nothing_reads_well(engine: Engine, row: dict[str, object], said: str) -> None:
    ledger = KeptLedger(engine, KIND)
    keep(ledger, "甲公司", **row)

    assert ledger.says() == f"开展“双随机、一公开”抽查1次{said}"


def test_an_empty_ledger_says_nothing(engine: Engine) -> None:
    assert KeptLedger(engine, KIND).block() is None


def test_it_stands_under_the_project_that_speaks_of_it(engine: Engine) -> None:
    ledger = KeptLedger(engine, KIND)
    keep(ledger, "甲公司")

    block = ledger.block("加强党的领导", "推行双随机监管")
    assert block is not None
    assert block.text.startswith("开展")
