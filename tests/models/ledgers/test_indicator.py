"""示范指标: how many indicators have support, and what the organ gives itself."""

from decimal import Decimal

import pytest
from sqlalchemy import Engine

from models.ledgers.indicator import KIND
from tests.kept_ledger import KeptLedger, problems


def adopted(ledger: KeptLedger, title: str, second: str = "公开", first: str = "政务", **more: object) -> int:
    return ledger.keep(
        **{"adopted_on": "2025-03-01", "system": "示范指标（2021年版）", "first": first, "second": second,
            "title": title,
           **more}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"points": Decimal(5), "claimed": Decimal(5), "basis": "见材料"}, []),
        ({"points": Decimal(5), "claimed": Decimal("5.5"), "basis": "见材料"}, ["claimed"]),
        ({"points": Decimal(5), "claimed": Decimal(4)}, ["basis"]),
        ({"claimed": Decimal(4), "basis": "见材料"}, ["claimed"]),
        ({"points": Decimal(5)}, []),
        ({}, []),
    ],
)
def test_nobody_claims_more_than_there_is_nor_without_saying_why(given: dict[str, object], wrong: list[str]) -> None:
    assert problems(KIND, **given) == wrong


def test_levels_are_counted_from_the_data_and_scores_summed(any_engine: Engine) -> None:
    ledger = KeptLedger(any_engine, KIND)
    adopted(ledger, "主动公开", points="6", claimed="5.5", basis="见网站")
    adopted(ledger, "依申请公开", points="4")
    adopted(ledger, "队伍建设", second="公开", first="保障")
    adopted(ledger, "考核", second="组织", first="保障", points="10", claimed="8", basis="见文件")
    adopted(ledger, "上年指标", adopted_on="2024-12-31")

    assert ledger.written() == {
        "indicators": "4项", "first_level": "2项", "second_level": "3项", "covered": "0项", "missing": "4项",
        "scored": "2项", "points": "20分", "claimed": "13.5分", "coverage": "0%",
    }  # fmt: skip
    assert ledger.figures()["claimed"].rows == ("indicator:1", "indicator:4")
    assert ledger.figures()["claimed"].internal == "自评得分未经上级核定"
    assert ledger.says() == "对照法治政府建设示范指标体系的4项三级指标开展自评。"


def test_it_joins_the_project_about_the_demonstration(engine: Engine) -> None:
    ledger = KeptLedger(engine, KIND)
    adopted(ledger, "主动公开")

    block = ledger.block("学习", "争创示范")
    assert block is not None
    assert block.heading == "争创示范"
