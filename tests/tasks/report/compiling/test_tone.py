"""Whatever the ledgers hold, what they say reads as a report does: no talk of books kept, no chain of 年内."""

import re

import pytest
from sqlalchemy import Engine

from models.ledgers.kind import Kind
from models.ledgers.kinds import KINDS
from models.report.never_said import NEVER_SAID
from tests.kept_ledger import KeptLedger
from tests.ledger_rows import made_up

SPEAKING = [kind for kind in KINDS.values() if kind.sentence is not None]


@pytest.mark.parametrize("kind", SPEAKING, ids=lambda kind: kind.code)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_a_ledger_says_reads_as_a_report_does(engine: Engine, kind: Kind, seed: int) -> None:
    ledger = KeptLedger(engine, kind)
    for row in made_up(kind, 2 * seed - 1, seed=seed):
        ledger.keep(**{name: value for name, value in row.items() if name not in ("keeper_id", "item_id")})

    said = ledger.says()

    assert [word for word in NEVER_SAID if word in said] == []
    assert not said.startswith(("年内", "全年", "本年度"))
    assert re.search(r"%|，。|，，|、。|^，|\d\.\d{3,}万元", said) is None
    assert said == "" or said.endswith("。")


NEAREST = {
    "study": "强化法治思维", "training": "强化法治思维", "rule": "推进依法行政建设", "decision": "推进依法行政建设",
    "case": "完善行政执法制度", "credit": "推进依法行政建设", "inspection": "推进依法行政建设",
    "certificate": "完善行政执法制度", "counsel": "推进依法行政建设", "review": "推进依法行政建设",
    "file_review": "完善行政执法制度", "publicity": "加强法治宣传教育", "inquiry": "加强法治宣传教育",
    "indicator": "加强组织领导工作", "duty": "推进依法行政建设", "permit": "推进依法行政建设",
    "coercion": "完善行政执法制度",
}  # fmt: skip
"""Among the headings that offices of this kind have, where a person would look for each ledger."""


@pytest.mark.parametrize("kind", SPEAKING, ids=lambda kind: kind.code)
def test_a_ledger_stands_under_the_heading_nearest_to_it(engine: Engine, kind: Kind) -> None:
    ledger = KeptLedger(engine, kind)
    for row in made_up(kind, 3):
        ledger.keep(**{name: value for name, value in row.items() if name not in ("keeper_id", "item_id")})

    block = ledger.block("强化法治思维", "加强组织领导工作", "推进依法行政建设", "加强法治宣传教育", "完善行政执法制度")

    assert block is None or block.heading == NEAREST[kind.code]
