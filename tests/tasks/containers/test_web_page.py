"""A saved page is the text it was opened for: its title, its paragraphs and its tables, and no menu."""

import pytest

from models.errors import UnreadableFileError
from tasks.containers import web_page
from tasks.containers.blocks import TableBlock, is_only_tables
from tasks.containers.formats import ARCHIVED_PAGE, PAGE, recognise
from tasks.containers.web_page import web_blocks
from tests.sent.as_they_come import PARAGRAPHS, TASKS, archived_page, html_table, page, web_file

LONG = "我局认真落实法治政府建设各项要求，全年开展培训12场，受众900人次。"


def blocks(text: str, encoding: str = "utf-8") -> list[object]:
    return list(web_blocks(text.encode(encoding), "网页.html", PAGE))


def test_a_page_of_a_site_is_its_text_alone() -> None:
    found = web_blocks(web_file(), "网页.html", PAGE)

    assert [block for block in found if isinstance(block, str)] == [
        PARAGRAPHS[0], "发布时间：2026-01-15 浏览次数：16", *PARAGRAPHS[1:],
    ]  # fmt: skip
    assert [len(block.rows) for block in found if isinstance(block, TableBlock)] == [3, 3]


def test_an_archived_page_is_the_page_in_it() -> None:
    assert recognise(archived_page(), "报告.mht") is ARCHIVED_PAGE
    assert web_blocks(archived_page(), "报告.mht", ARCHIVED_PAGE) == web_blocks(web_file(), "报告.html", PAGE)


@pytest.mark.parametrize(
    ("title", "head"),
    [
        ("<h1>某局年度报告</h1>", ""),
        ("", '<meta name="ArticleTitle" content="某局年度报告">'),
        ("", "<title>某局年度报告 - 某县人民政府</title>"),
        ("<p>某局年度报告</p>", "<title>某局年度报告_政务公开</title>"),
    ],
)
def test_the_title_is_found_wherever_the_page_keeps_it(title: str, head: str) -> None:
    found = blocks(
        f"<html><head>{head}</head><body><div>{title}</div><div id=c><p>{LONG}</p><p>{LONG}</p></div></body>"
    )

    assert found == ["某局年度报告", LONG, LONG]


@pytest.mark.parametrize("stated", ["gb2312", "GBK", "utf-8", ""])
def test_the_encoding_is_that_which_the_page_states_or_else_a_usual_one(stated: str) -> None:
    text = f'<html><head><meta charset="{stated}"></head><body><p>{LONG}</p></body></html>'

    assert blocks(text, stated or "gb18030") == [LONG]


def test_what_nobody_sees_is_left_out() -> None:
    hidden = '<p style="display: none">不显示</p><div hidden>也不显示</div><!-- 注释 --><script>var a</script>'

    assert blocks(page(f"<p>{LONG}</p>{hidden}<p>{LONG}</p>"))[-2:] == [LONG, LONG]


def test_lines_are_parted_as_they_are_shown() -> None:
    source = "<p>一、主要\n  举措<b>和</b>成效<br>二、不足&nbsp;</p><ol><li>制定计划</li><li>开展培训</li></ol>"

    assert blocks(page(f"<p>{LONG}</p>", source))[1:] == [
        LONG, "一、主要举措和成效", "二、不足", "1.制定计划", "2.开展培训",
    ]  # fmt: skip


def test_cells_that_span_hold_their_place() -> None:
    (table,) = blocks(
        "<table><tr><th rowspan=2>序号<th colspan=2>任务</tr><tr><td>内容<td>时限</tr><tr><td>1<td>甲<td>6月底</tr>"
    )

    assert isinstance(table, TableBlock)
    assert table.rows == [["序号", "任务", ""], ["", "内容", "时限"], ["1", "甲", "6月底"]]
    assert table.merged == [(0, 0, 1, 0), (0, 1, 0, 2)]


def test_a_table_that_lays_the_page_out_is_no_table() -> None:
    found = blocks(f"<table><tr><td><table><tr><td>{LONG}</td></tr></table></td></tr><tr><td>{LONG}</td></tr></table>")

    assert found == [LONG, LONG]


def test_a_list_is_told_from_a_text_with_a_table_in_it() -> None:
    listed = web_blocks(f"<body><p>清单</p>{html_table([*TASKS, *TASKS])}</body>".encode(), "a.xls", PAGE)
    assert is_only_tables(listed)
    assert not is_only_tables(web_blocks(web_file(), "a.html", PAGE))


def test_a_page_that_is_none_or_too_large_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnreadableFileError, match="没有内容"):
        web_blocks(b"", "a.html", PAGE)
    with pytest.raises(UnreadableFileError, match="没有网页"):
        web_blocks(b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=a\n\n--a--", "a.mht", ARCHIVED_PAGE)
    monkeypatch.setattr(web_page, "MOST_ELEMENTS", 10)
    with pytest.raises(UnreadableFileError, match="网页过大"):
        web_blocks(web_file(), "a.html", PAGE)


def test_a_cell_that_says_it_is_huge_is_not_laid_out() -> None:
    (table,) = blocks("<table><tr><td colspan=100000>甲<td>乙</tr><tr><td rowspan=99999>丙<td>丁</tr></table>")

    assert isinstance(table, TableBlock)
    assert len(table.rows) == 2
    assert len(table.rows[0]) <= 201
