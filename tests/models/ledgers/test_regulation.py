"""制度文件: what was made, revised and repealed, and how long a legality review takes at least and at most."""

import datetime as dt

import pytest
from sqlalchemy import Engine

from models.ledgers.regulation import KIND, RuleAct, RuleCategory, RuleStage
from tests.kept_ledger import KeptLedger, last_day, problems

NORMATIVE, INTERNAL = RuleCategory.NORMATIVE, RuleCategory.INTERNAL
UNDER_WAY, ISSUED = RuleStage.UNDER_WAY, RuleStage.ISSUED


def issue(
    ledger: KeptLedger, title: str, act: RuleAct = RuleAct.MADE, category: RuleCategory = INTERNAL, **more: object
) -> int:
    return ledger.keep(**{"issued_on": "2025-05-06", "title": title, "act": act, "category": category, **more})


@pytest.mark.parametrize(
    ("days", "wrong"),
    [
        ({"submitted_on": "2025-04-01", "reviewed_on": "2025-04-10", "published_on": "2025-05-06"}, []),
        ({"submitted_on": "2025-04-10", "reviewed_on": "2025-04-01"}, ["reviewed_on"]),
        ({"reviewed_on": "2025-05-07"}, ["reviewed_on"]),
        ({"published_on": "2025-05-05"}, ["published_on"]),
        ({"stage": UNDER_WAY, "submitted_on": "2025-04-01"}, []),
        ({"stage": UNDER_WAY, "reviewed_on": "2025-05-07"}, []),
        ({"stage": UNDER_WAY, "published_on": "2025-05-06"}, ["published_on"]),
    ],
)
def test_days_come_in_their_order(days: dict[str, object], wrong: list[str]) -> None:
    assert problems(KIND, **{"issued_on": "2025-05-06", "stage": ISSUED, **days}) == wrong


@pytest.mark.parametrize(
    ("submitted", "category", "least", "most"),
    [
        ("2025-03-03", NORMATIVE, "2025-03-10", "2025-03-24"),
        ("2025-01-24", NORMATIVE, "2025-02-07", "2025-02-20"),
        ("2025-03-03", INTERNAL, None, None),
        (None, NORMATIVE, None, None),
    ],
)
def test_a_review_has_a_shortest_and_a_longest_time_in_working_days(
    submitted: str | None, category: RuleCategory, least: str | None, most: str | None
) -> None:
    row = {"submitted_on": submitted, "category": category, "stage": UNDER_WAY}

    assert last_day(KIND, "review_least", **row) == least
    assert last_day(KIND, "review_most", **row) == most


def test_the_year_of_an_office(any_engine: Engine) -> None:
    ledger = KeptLedger(any_engine, KIND)
    issue(ledger, "会议制度")
    issue(ledger, "《行政处罚裁量基准》", category=NORMATIVE, reviewed_on="2025-04-01")
    issue(ledger, "《许可办理规定》", RuleAct.REVISED, NORMATIVE)
    issue(ledger, "考勤制度", RuleAct.REPEALED)
    issue(ledger, "值班制度", stage=UNDER_WAY)
    issue(ledger, "保密制度", issued_on="2024-12-31")

    assert ledger.written() == {
        "rules": "4件", "made": "2件", "revised": "1件", "repealed": "1件", "normative": "2件", "internal": "2件",
        "reviewed": "1件", "reviewed_share": "50%",
    }  # fmt: skip
    assert ledger.figures()["repealed"].rows == ("rule:4",)
    assert ledger.says() == (
        "制定《会议制度》《行政处罚裁量基准》等制度文件2件，修订《许可办理规定》，废止《考勤制度》。"
    )


def test_many_rules_are_counted_and_not_named(engine: Engine) -> None:
    ledger = KeptLedger(engine, KIND)
    for number in range(4):
        issue(ledger, f"制度{number}", category=NORMATIVE, reviewed_on="2025-04-01")

    assert ledger.says() == "制定制度文件4件，规范性文件均经合法性审核。"


def test_what_no_day_is_on_record_for_is_not_told(engine: Engine) -> None:
    ledger = KeptLedger(engine, KIND)
    issue(ledger, "裁量基准", category=NORMATIVE)

    assert ledger.says() == "制定《裁量基准》。"


def test_what_is_under_way_is_told_in_no_report(engine: Engine) -> None:
    ledger = KeptLedger(engine, KIND)
    issue(ledger, "值班制度", stage=UNDER_WAY, submitted_on="2025-04-01")

    assert ledger.block() is None


def test_it_joins_the_project_about_rules(engine: Engine) -> None:
    ledger = KeptLedger(engine, KIND)
    issue(ledger, "会议制度")

    block = ledger.block("强化理论学习", "健全制度机制")
    assert block is not None
    assert (block.heading, block.sources) == ("健全制度机制", ("rule:1",))


def test_what_people_call_it_is_understood(engine: Engine) -> None:
    ledger = KeptLedger(engine, KIND)

    row = ledger.row(ledger.keep(issued_on="2025.5.6", title="规定", act="修改", category="行政规范性文件"))

    assert (row.issued_on, row.act, row.category) == (dt.date(2025, 5, 6), RuleAct.REVISED, NORMATIVE)
    assert row.stage is ISSUED
