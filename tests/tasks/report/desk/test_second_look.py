"""What a second pair of eyes would strike, and that the one step offered does it."""

from typing import Any

import pytest
from sqlalchemy import Engine

from duban.acts.declaration import Deed
from duban.acts.report_desk import BY_VERB
from models.database import unit_of_work
from models.report.report import SectionKind
from tasks.report.desk.edit_block import add_block, edit_block
from tasks.report.desk.second_look import NORMS, RemarkKind, find_remark, second_look
from tests.desk import DeskYear, on_the_desk

LONG = "组织全体执法人员开展行政处罚法专题培训并逐一考核。"


@pytest.fixture
def desk(engine: Engine) -> Any:
    with unit_of_work(engine) as session:
        yield on_the_desk(session)


def codes(desk: DeskYear) -> list[str]:
    return [one.code for one in second_look(desk.session, desk.newest)]


def take(desk: DeskYear, code: str) -> None:
    found = find_remark(second_look(desk.session, desk.newest), code)
    assert found is not None, codes(desk)
    BY_VERB[found.verb or ""].does(Deed(desk.session, desk.newest, desk.by(), dict(found.given or {})))
    assert code not in codes(desk)


def test_a_fact_told_twice_is_taken_out_where_it_stands_second(desk: DeskYear) -> None:
    edit_block(desk.session, desk.newest, "ledger:case", by=desk.by(), text=f"办理案件13起。{LONG}")
    again = add_block(
        desk.session, desk.newest, by=desk.by(), section=SectionKind.OTHER, heading="其他",
        text=f"另有一事。全年{LONG}", basis="培训总结",
    )  # fmt: skip
    take(desk, f"repeat:{again.key}")
    assert desk.block(again.key).text == "另有一事。"
    assert LONG in desk.block("ledger:case").text

    alone = add_block(desk.session, desk.newest, by=desk.by(), section=SectionKind.OTHER, text=LONG, basis="培训总结")
    take(desk, f"repeat:{alone.key}")
    assert desk.block(alone.key).withdrawn


def test_a_word_of_record_keeping_is_found_but_not_within_a_name(desk: DeskYear) -> None:
    edit_block(desk.session, desk.newest, "ledger:case", by=desk.by(), text="办理案件13起。处罚均记录在案。")
    edit_block(desk.session, desk.newest, "ledger:study", by=desk.by(), text="学习《执法记录在案规定》，开展讨论。")
    assert "word:ledger:study" not in codes(desk)
    take(desk, "word:ledger:case")
    assert desk.block("ledger:case").text == "办理案件13起。"


def test_a_heading_with_one_sentence_goes_to_its_neighbour(desk: DeskYear) -> None:
    lone = add_block(
        desk.session, desk.newest, by=desk.by(), section=SectionKind.ACHIEVEMENTS, heading="单独一题",
        text="开展案卷自查。", basis="台账",
    )  # fmt: skip
    take(desk, f"lone:{lone.key}")
    assert desk.block(lone.key).heading != "单独一题"


def test_a_part_far_longer_than_usual_is_said_with_both_lengths(desk: DeskYear) -> None:
    usual = NORMS[SectionKind.DEFICIENCIES]
    text = "".join(
        f"{chr(0x4E00 + place * 37)}{chr(0x5000 + place * 91)}{chr(0x6000 + place * 53)}" for place in range(usual)
    )
    block = add_block(
        desk.session, desk.newest, by=desk.by(), section=SectionKind.DEFICIENCIES, text=text, basis="汇总"
    )
    [found] = [
        one for one in second_look(desk.session, desk.newest)
        if one.kind is RemarkKind.LENGTH and one.part.endswith("不足和原因")
    ]  # fmt: skip
    assert f"公开的同类报告{usual}字，过长" in found.words
    assert found.block == block.key
    take(desk, found.code)


def test_a_part_that_is_too_short_is_left_to_a_person(desk: DeskYear) -> None:
    [found] = [
        one for one in second_look(desk.session, desk.newest)
        if one.kind is RemarkKind.LENGTH and one.part.endswith("主要安排")
    ]  # fmt: skip
    assert (found.verb, "过短" in found.words) == (None, True)
    assert find_remark([found], found.code) is None


def test_what_is_for_the_house_alone_is_left(desk: DeskYear) -> None:
    assert "列入计划任务" in desk.block("overview").text
    assert desk.block("overview").internal is not None
    assert not [code for code in codes(desk) if code.endswith(":overview")]
