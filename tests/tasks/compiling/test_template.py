"""How a report is put together is the office's own to say; what cannot be used is refused in one line."""

from pathlib import Path

import pytest

from models.errors import BadInputError
from models.report import SectionKind
from tasks.compiling.template import Numbering, ReportTemplate, chinese_numeral, read_template

ACHIEVEMENTS = SectionKind.ACHIEVEMENTS
FIRST = SectionKind.FIRST_RESPONSIBLE


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
        ('numbering = "A"', "“numbering”的值“A”不可用，可用：1.、（一）"),
        ('order = ["other", "other"]', "“order”应从 achievements、"),
        ('order = ["thematic"]', "“order”应从 achievements、"),
        ('title = "{name}报告"', "“title”“{name}报告”中只能使用 {organ}、{year}、{next_year}"),
        ("addressee = 5", "“addressee”的值“5”不可用"),
    ],
)
def test_a_template_that_cannot_be_used_is_refused_in_one_line(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "report.toml"
    file.write_text(content, encoding="utf-8")

    with pytest.raises(BadInputError) as refusal:
        read_template(file)

    assert said in refusal.value.message
    assert str(file) in refusal.value.message


def test_a_template_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="无法读取报告模板"):
        read_template(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("number", "expected"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (23, "二十三"), (99, "九十九")]
)
def test_headings_are_numbered_as_people_count(number: int, expected: str) -> None:
    assert chinese_numeral(number) == expected
