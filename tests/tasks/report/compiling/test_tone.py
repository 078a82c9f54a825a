"""Whatever the ledgers hold, what they say reads as a report does: no talk of books kept, no chain of 年内."""

import re

import pytest
from sqlalchemy import Engine

from models.database import unit_of_work
from models.ledgers.kind import Kind
from models.ledgers.kinds import KINDS
from models.ledgers.publicity import PublicityChannel
from models.report.never_said import NEVER_SAID
from models.report.report import SectionKind
from tasks.ledgers.record import record_row
from tasks.report.compiling.ledgers import OPENING
from tests.actors import administrator
from tests.kept_ledger import KeptLedger
from tests.ledger_rows import made_up
from tests.report_year import ReportYear, day, texts

SPEAKING = [kind for kind in KINDS.values() if kind.sentence is not None]


@pytest.mark.parametrize("kind", SPEAKING, ids=lambda kind: kind.code)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_a_ledger_says_reads_as_a_report_does(engine: Engine, kind: Kind, seed: int) -> None:
    ledger = KeptLedger(engine, kind)
    for row in made_up(kind, 2 * seed - 1, seed=seed):
        ledger.keep(**{name: value for name, value in row.items() if name not in ("keeper_id", "item_id")})

    each_way = ledger.says_each_way()

    for said in [block.text for block in each_way]:
        assert [word for word in NEVER_SAID if word in said] == []
        assert not said.startswith(("年内", "全年", "本年度"))
        assert re.search(r"%|，。|，，|、。|^，|\d\.\d{3,}万元", said) is None
        assert said.endswith("。")
    assert len({block.text[:OPENING] for block in each_way}) == len(each_way)
    assert len({frozenset(block.figures) for block in each_way}) <= 1


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


def test_neighbours_do_not_open_alike(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session, "深化法治宣传教育")
        year.item("开展法治讲座", closed="6-1")
        publicity = {"held_on": day("5-6"), "title": "进社区", "channel": PublicityChannel.ON_SITE}
        record_row(session, year.organ, KINDS["publicity"], publicity, by=administrator(day("12-30")))
        said = texts(year.compile(), SectionKind.ACHIEVEMENTS)[1:]
        year.item("组织知识竞赛", closed="6-2")
        again = texts(year.compile(), SectionKind.ACHIEVEMENTS)[1:]

    assert said == ["开展法治讲座。", "举办普法活动1场。"]
    assert again == ["开展法治讲座。", "组织知识竞赛。", "开展普法活动1场。"]
