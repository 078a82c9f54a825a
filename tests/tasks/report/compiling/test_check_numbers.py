"""Numbers that people wrote by hand: each is a figure of the report, or marked."""

from decimal import Decimal

import pytest
from sqlalchemy import Engine

from models.database import unit_of_work
from models.report.figure import Figure
from tasks.report.compiling.check_numbers import UNFOUNDED, unfounded
from tasks.report.compiling.marks import marks_of
from tasks.report.compiling.read_back import read_back
from tasks.report.desk.arrange_blocks import merge_blocks
from tasks.report.desk.edit_block import confirm_block, edit_block
from tasks.report.output.lay_out_report import lay_out_report
from tests.desk import on_the_desk

FIGURES = [
    Figure("案件", Decimal(13), "起", ()),
    Figure("罚款", Decimal("3.05"), "万元", ()),
    Figure("活动", Decimal(10), "次", (), approximate=True),
    Figure("简易程序案件", Decimal(4), "起", (), code="case.simple"),
    Figure("新聘法律顾问", Decimal(1), "名", (), code="counsel.engaged"),
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("办理案件13起。", []),
        ("办理案件14起。", ["14起"]),
        ("办理案件约13起。", ["约13起"]),
        ("开展活动10余次。", []),
        ("开展活动10次。", ["10次"]),
        ("罚款30500元。", []),
        ("罚款3.05万元，比上年增加2万元。", ["2万元"]),
        ("2025年3月1日印发（青水发〔2025〕8号），第三条。", []),
        ("落实“三项制度”。", []),
        ("其中简易程序4件，即4宗，共计4起。", []),
        ("其中简易程序4次。", ["4次"]),
        ("聘请法律顾问1家，为1位律师。", []),
        ("聘请法律顾问1件。", ["1件"]),
        ("其他案件13件。", ["13件"]),
    ],
)
def test_a_number_is_borne_out_by_value_unit_and_exactness(text: str, found: list[str]) -> None:
    assert [number.written for number in unfounded(text, FIGURES)] == found


def test_the_sentence_with_it_is_marked_on_paper_and_no_other(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        desk = on_the_desk(session)
        text = "年内办案13起。培训执法人员40人次。"
        edit_block(session, desk.newest, "ledger:case", by=desk.by(), text=text)
        report = read_back(session, desk.newest)
    [block] = [block for block in report.blocks if block.unfounded]
    assert (block.text, block.unfounded) == (text, ("培训执法人员40人次。",))
    runs = [
        run
        for part in lay_out_report(report).body
        for run in [*getattr(part, "runs", ()), *(getattr(part, "run_in", None) or ())]
        if UNFOUNDED in run.text
    ]
    assert [(run.text, run.mark) for run in runs] == [(f"培训执法人员40人次{UNFOUNDED}。", True)]


def test_what_the_compiler_wrote_is_not_asked_about(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        desk = on_the_desk(session)
        assert not any(block.unfounded for block in read_back(session, desk.newest).blocks)


def test_a_basis_bears_out_the_numbers_it_was_given_for_and_no_others(engine: Engine) -> None:
    def marked() -> list[str]:
        return [one.kind.label for one in marks_of(read_back(session, desk.newest)) if one.block == "ledger:case"]

    with unit_of_work(engine) as session:
        desk = on_the_desk(session)
        edit_block(session, desk.newest, "ledger:case", by=desk.by(), text="培训执法人员40人次。")
        assert marked() == ["数字无据"]
        confirm_block(session, desk.newest, "ledger:case", by=desk.by(), basis="培训签到表")
        assert marked() == []
        edit_block(session, desk.newest, "ledger:case", by=desk.by(), text="全年培训执法人员40人次。")
        assert marked() == []
        edit_block(session, desk.newest, "ledger:case", by=desk.by(), text="全年培训执法人员48人次。")
        assert marked() == ["数字无据"]
        edit_block(session, desk.newest, "ledger:case", by=desk.by(), text="培训48人次，开班3期。", basis="培训总结")
        assert marked() == []


def test_a_basis_of_one_text_does_not_bear_out_another_that_is_put_to_it(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        desk = on_the_desk(session)
        other = desk.listed()[desk.listed().index("ledger:case") + 1]
        edit_block(session, desk.newest, "ledger:case", by=desk.by(), text="培训40人次。", basis="签到表")
        edit_block(session, desk.newest, other, by=desk.by(), text="走访企业77家。")
        merge_blocks(session, desk.newest, "ledger:case", by=desk.by())
        found = [one.sentence for one in marks_of(read_back(session, desk.newest)) if one.block == "ledger:case"]
        assert found == ["培训40人次。", "走访企业77家。"]
