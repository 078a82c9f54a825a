"""A title says what was done: without the number before it, the day it was due, or quotation marks around it."""

import pytest
from sqlalchemy import Engine

from models.database import unit_of_work
from models.report.report import SectionKind
from tasks.report.compiling.item_words import as_told
from tests.report_year import ReportYear, blocks


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("6月底前修订工作规则", "修订工作规则"),
        ("于6月30日前完成规则修订", "完成规则修订"),
        ("方案务于2月3日前报送", "方案报送"),
        ("各单位任务于2月3日前报送", "各单位任务报送"),
        ("修订工作规则（6月底前）", "修订工作规则"),
        ("10月底前，清理文件。", "清理文件"),
        ("清理文件，11月30日前完成", "清理文件"),
        ("在2025年12月31日之前，完成归集", "完成归集"),
        ("3月底、9月底前分两次清理文件", "分两次清理文件"),
        ("每月25日前报送情况", "报送情况"),
        ("（二）1.“三、清理文件”", "清理文件"),
        ("每季度开展评查", "每季度开展评查"),
        ("定期开展案卷自查", "定期开展案卷自查"),
        ("全年普法不少于4次", "全年普法不少于4次"),
        ("结合4月15日国家安全教育日开展宣传", "结合4月15日国家安全教育日开展宣传"),
        ("“三项制度”落实", "“三项制度”落实"),
        ("6月底前", "6月底前"),
    ],
)
def test_a_title_is_told_without_its_day_its_number_and_quotes(title: str, told: str) -> None:
    assert as_told(title, 2025) == told


def test_a_number_before_what_people_wrote_stands_nowhere(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session, "一、健全机制", "（二）普法宣传")
        done = year.item("1.修订规则", project="一、健全机制", closed="6-1")
        year.progress(done, "6-1", achievement="①修订规则2项")
        year.item("（1）清理文件", project="一、健全机制", closed="6-2")
        year.item("2.组织宣讲", project="（二）普法宣传")
        year.deficiency("一是人手不足", cause="（一）编制紧", remedy="1.充实人员")
        report = year.compile()

    told = [
        part
        for kind in (SectionKind.ACHIEVEMENTS, SectionKind.DEFICIENCIES, SectionKind.NEXT_YEAR)
        for block in blocks(report, kind)
        for part in (block.heading or "", block.text)
    ]
    assert {"健全机制", "普法宣传", "修订规则2项。", "清理文件。", "组织宣讲。", "充实人员。"} <= set(told)
    assert not [part for part in told if part[:2] in ("一、", "（二", "1.", "2.", "（1", "①修", "一是", "（一")]
