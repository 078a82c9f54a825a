"""普法活动: events by channel and node; counted and estimated people are never added up."""

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from models.ledgers.publicity import KIND, PublicityChannel, reached
from tests.kept_ledger import KeptLedger, problems

ON_SITE, NEW_MEDIA = PublicityChannel.ON_SITE, PublicityChannel.NEW_MEDIA


def hold(ledger: KeptLedger, on: str, channel: PublicityChannel = ON_SITE, **given: object) -> int:
    return ledger.keep(held_on=on, title="宣传活动", channel=channel, **given)


def test_counted_and_estimated_people_are_kept_apart(any_engine: Engine) -> None:
    ledger = KeptLedger(any_engine, KIND)
    hold(ledger, "2025-03-22", reached="120人", materials=300)
    hold(ledger, "2025-09-20", reached="10余人", node="全民国防教育日")
    hold(ledger, "2025-12-04", NEW_MEDIA, reached="80", node="国家宪法日")
    hold(ledger, "2025-12-05", NEW_MEDIA)

    found = ledger.figures()
    assert {code: figure.written for code, figure in found.items()} == {
        "events": "4场", "on_site": "2场", "online": "2场", "on_nodes": "2场", "people": "200人次", "about": "10人次",
        "materials": "300份",
    }  # fmt: skip
    assert [code for code, figure in found.items() if figure.approximate] == ["about"]
    assert found["people"].rows == ("publicity:1", "publicity:3")
    assert ledger.says() == (
        "开展普法活动4场，其中线下2场、线上2场，结合重要时间节点开展2场，受众200人次，另有10余人次，发放资料300份。"
    )


def test_what_is_not_known_is_not_told(engine: Engine) -> None:
    ledger = KeptLedger(engine, KIND)
    hold(ledger, "2025-03-22")

    assert ledger.says() == "开展普法活动1场。"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("320", (320, False)),
        ("1,200 人次", (1200, False)),
        ("1.2万", (12000, False)),
        ("约300", (300, True)),
        ("10余人", (10, True)),
        ("近2万人次", (20000, True)),
        ("300人以上", (300, True)),
        ("很多人", None),
        ("1.5人", None),
        ("", None),
    ],
)
def test_an_estimate_is_known_by_its_words(text: str, expected: tuple[int, bool] | None) -> None:
    assert reached(text) == expected
    assert problems(KIND, reached=text) == (["reached"] if text and expected is None else [])


def test_each_node_asks_for_one_event_in_the_week_before_it_once_the_office_says_so(engine: Engine) -> None:
    ledger = KeptLedger(engine, KIND)
    row = ledger.row(hold(ledger, "2025-09-18"))
    node = next(term for term in KIND.yearly if term.code == "national_defence_day")
    [turn] = node.turns(2025)

    assert (turn.first, turn.due_on) == (dt.date(2025, 9, 13), dt.date(2025, 9, 20))
    assert node.met([row], "held_on", Decimal(node.amount)) == dt.date(2025, 9, 18)
    assert all(term.remembered and "普法计划" in term.source for term in KIND.yearly)
    assert [term.title for term in KIND.yearly if "待核" in term.source][:2] == [
        "国际民防日普法活动", "全国防灾减灾日普法活动",
    ]  # fmt: skip


def test_what_people_call_it_is_understood(engine: Engine) -> None:
    ledger = KeptLedger(engine, KIND)

    assert ledger.row(ledger.keep(held_on="2025-01-01", title="推文", channel="微信公众号")).channel is NEW_MEDIA
