"""How a report is put together is the office's own to say; what cannot be used is refused in one line."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import BadInputError
from models.report.report import SectionKind
from tasks.report.compiling.template import Numbering, ReportTemplate, read_template, read_template_text, template_text
from tasks.wording.numerals import chinese_numeral

ACHIEVEMENTS = SectionKind.ACHIEVEMENTS
FIRST = SectionKind.FIRST_RESPONSIBLE
NEXT = SectionKind.NEXT_YEAR


def test_an_office_keeps_its_template_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "report.toml"
    file.write_text('addressee = "区委、区政府"\nnumbering = "（一）"\norder = ["first_responsible", "achievements"]\n')

    assert read_template(file) == ReportTemplate(
        addressee="区委、区政府", numbering=Numbering.CHINESE, order=(FIRST, ACHIEVEMENTS)
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("order = [", "不是有效的 TOML"),
        ("colour = 1", "“colour”不是已知的设置项，可用：title、addressee"),
        ('numbering = "A"', "“numbering”的值“A”不可用，可用：1.、（一）、一是"),
        ('order = ["other", "other"]', "“order”应从 achievements、"),
        ('order = ["thematic"]', "“order”应从 achievements、"),
        ('title = "{name}报告"', "“title”“{name}报告”中只能使用 {单位}、{简称}、{年}、{下一年}"),
        ("addressee = 5", "“addressee”的值“5”不可用"),
        ('numberings = { achievements = "A" }', "“numberings.achievements”的值“A”不可用，可用：1.、（一）、一是"),
        ('within = { no = "achievements" }', "“within.no”的值“no”不可用，可用：achievements、"),
        ('copies = ["{name}"]', "“copies”“{name}”中只能使用 {单位}"),
        ('opening = "{name}"', "“opening”“{name}”中只能使用 {单位}"),
        ('addressee = "县委"\naddressees = ["县委"]', "addressee 和 addressees 只能写一个"),
        ('ledger_headings = { no = "执法" }', "“ledger_headings”没有名为“no”的台账，可用：study（学习研讨）"),
        ('within = { next_year = "other" }', "下一年度安排要单独成为一个部分"),
        ('within = { other = "other" }', "within 中的 other 应并入 order 里另一个单独成立的部分"),
        (
            'within = { other = "deficiencies", deficiencies = "achievements" }',
            "within 中的 other 应并入 order 里另一个单独成立的部分",
        ),
    ],
)
def test_a_template_that_cannot_be_used_is_refused_in_one_line(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "report.toml"
    file.write_text(content, encoding="utf-8")

    with pytest.raises(BadInputError) as refusal:
        read_template(file)

    assert said in refusal.value.message
    assert str(file) in refusal.value.message


def test_a_file_with_the_former_names_of_places_is_read_and_kept_by_those_of_today() -> None:
    read = read_template_text(
        'title = "{organ}（{short}）{year}年报告"\nheadings = { next_year = "{next_year}年打算" }'
    )

    assert (read.title, read.headings) == ("{单位}（{简称}）{年}年报告", {NEXT: "{下一年}年打算"})
    assert read.filled(read.title, "某县水务局", 2026) == "某县水务局（某县水务局）2026年报告"


TEMPLATES = st.builds(
    ReportTemplate,
    title=st.sampled_from(["{单位}{年}年报告", '带"引号"\\和\n换行{年}']),
    addressees=st.lists(st.sampled_from(["县委", "县政府"])).map(tuple),
    copies=st.lists(st.sampled_from(["司法局", "#局"])).map(tuple),
    kept_words=st.lists(st.sampled_from(["某工程", "甲库"])).map(tuple),
    ledger_headings=st.dictionaries(st.sampled_from(["case", "study"]), st.just("规范执法")),
    opening=st.none() | st.just("开头 = {年}"),
    numbering=st.sampled_from(Numbering),
    headings=st.dictionaries(st.sampled_from([ACHIEVEMENTS, FIRST]), st.just("标题{下一年}")),
    within=st.sampled_from([{}, {FIRST: ACHIEVEMENTS}]),
    numberings=st.dictionaries(st.sampled_from([ACHIEVEMENTS, FIRST]), st.sampled_from(Numbering)),
)


def test_a_ledger_is_named_by_its_code_or_as_people_call_it() -> None:
    found = read_template_text('ledger_headings = { "执法案件" = "规范执法", study = "学法" }')

    assert found.ledger_headings == {"case": "规范执法", "study": "学法"}


@given(TEMPLATES)
def test_what_is_written_out_is_read_in_again(template: ReportTemplate) -> None:
    assert read_template_text(template_text(template)) == template


def test_a_template_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="无法读取报告模板"):
        read_template(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("number", "expected"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (23, "二十三"), (99, "九十九")]
)
def test_headings_are_numbered_as_people_count(number: int, expected: str) -> None:
    assert chinese_numeral(number) == expected
