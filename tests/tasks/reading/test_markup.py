"""A report saved from a web page with its tags is read as the page shows it."""

import pytest

from models.report.report import SectionKind
from tasks.reading.markup import without_markup
from tasks.reading.read_report import read_report_text

PARAGRAPHS = [
    "柳溪县林业局2024年度法治政府建设情况报告",
    "2024年，县林业局扎实推进依法治林。现将有关情况报告如下：",
    "一、主要举措和成效",
    "（一）规范执法。查处涉林案件13起。",
    "二、存在的不足和原因",
    "执法力量不足。",
    "三、2025年度主要安排",
    "1.6月底前完成执法人员轮训。",
]


@pytest.mark.parametrize(
    "page",
    [
        "<html><body>" + "".join(f"<p>&nbsp;&nbsp;{text}</p>" for text in PARAGRAPHS) + "</body></html>",
        "<br/>".join(f'&emsp;<span style="font-size:16pt">{text}</span>' for text in PARAGRAPHS),
        "<head><title>柳溪县</title><script>var a = 1;</script></head>\n"
        + "\n".join(f"<div><b>{text}</b></div>" for text in PARAGRAPHS)
        + "<!-- 页脚 -->",
        "\n".join(f"&nbsp;&nbsp;&nbsp;&nbsp;{text}" for text in PARAGRAPHS),
        "\n".join(f"**{text}**" if position % 2 == 0 else text for position, text in enumerate(PARAGRAPHS)),
    ],
)
def test_a_page_with_its_markup_is_read_like_its_text(page: str) -> None:
    assert read_report_text(page) == read_report_text("\n".join(PARAGRAPHS))
    assert [section.kind for section in read_report_text(page).sections] == [
        SectionKind.ACHIEVEMENTS,
        SectionKind.DEFICIENCIES,
        SectionKind.NEXT_YEAR,
    ]


@pytest.mark.parametrize("text", ["贯彻<林业法治纲要>要求", "数量<5且>3", "办件量同比增长 & 减少", "<某局>"])
def test_signs_that_are_no_markup_stay(text: str) -> None:
    assert without_markup(text) == text


def test_a_script_never_closed_ends_with_the_text() -> None:
    assert without_markup("<p>正文</p><script>var a") == "\n正文\n"
