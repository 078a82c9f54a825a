"""Forms and dense lists, opened again: cells, heights, bands."""

import pytest
from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.oxml.ns import qn

from tasks.papers import paper
from tasks.papers.forms import Band, Cell, CellRole, Form, FormRow, form_height, label
from tasks.papers.official_document import Table
from tests.tasks.papers.papers import HOSTILE, cells, opened, paper_of, shown

FORM = Form(
    widths=(1, 3, 1, 3),
    rows=(
        FormRow((label("文号"), Cell("3号"), label("时限"), Cell("6月30日"))),
        FormRow((label("内容"), Cell("甲\n乙", span=3)), lines=4),
        FormRow((label("反馈"), Cell("已办", span=3, foot="（盖章）"))),
        FormRow((label("合计"), Cell("12项", span=3, role=CellRole.FIGURE))),
    ),
    band=Band("红色", "B3261E"),
)


def styles_of(form: Form) -> list[list[str]]:
    [table] = opened(paper_of(form)).tables
    rows = [[paragraph.style.name for paragraph in cell.paragraphs] for row in table.rows for cell in row.cells]
    return [list(dict.fromkeys(names)) for names in rows]


def test_a_form_has_its_band_then_its_cells() -> None:
    [table] = opened(paper_of(FORM)).tables

    assert cells(table) == [
        ["红色"],
        ["文号", "3号", "时限", "6月30日"],
        ["内容", "甲\n乙"],
        ["反馈", "已办\n（盖章）"],
        ["合计", "12项"],
    ]
    assert sum(column.width.twips for column in table.columns if column.width) == paper.TEXT_WIDTH


def test_labels_and_figures_are_centred_in_heiti_and_contents_are_on_the_left() -> None:
    word = opened(paper_of(FORM))
    looks = {}
    for name in ("表单栏目", "表单内容", "表单数字", "表单色带"):
        style = word.styles[name]
        fonts = style.element.rPr.rFonts if style.element.rPr is not None else None
        looks[name] = (
            str(style.paragraph_format.alignment).split(" ")[0],
            fonts is not None and fonts.get(qn("w:eastAsia")),
        )

    assert looks == {
        "表单栏目": ("CENTER", "黑体"),
        "表单内容": ("LEFT", False),
        "表单数字": ("CENTER", "黑体"),
        "表单色带": ("CENTER", "黑体"),
    }
    assert styles_of(Form((1, 1), (FormRow((label("甲"), Cell("乙"))),))) == [["表单栏目"], ["表单内容"]]


def test_a_row_is_at_least_as_high_as_it_is_told_to_be() -> None:
    [table] = opened(paper_of(FORM)).tables

    heights = [(row.height.pt if row.height else None, row.height_rule) for row in table.rows]
    at_least = WD_ROW_HEIGHT_RULE.AT_LEAST
    assert heights == [(None, None), (24, at_least), (78, at_least), (24, at_least), (24, at_least)]


def test_the_band_and_the_border_have_the_colour_and_the_band_has_the_word_in_white() -> None:
    word = opened(paper_of(FORM))
    [table] = word.tables

    assert [shade.get(qn("w:fill")) for shade in table._tbl.iter(qn("w:shd"))] == ["B3261E"]
    borders = table._tbl.tblPr.find(qn("w:tblBorders"))
    assert [(side.tag.split("}")[1], side.get(qn("w:color"))) for side in borders] == [
        ("top", "B3261E"), ("left", "B3261E"), ("bottom", "B3261E"), ("right", "B3261E"),
        ("insideH", "auto"), ("insideV", "auto"),
    ]  # fmt: skip
    assert str(word.styles["表单色带"].font.color.rgb) == "FFFFFF"


def test_a_form_without_a_band_has_no_colour() -> None:
    [table] = opened(paper_of(Form((1, 1), (FormRow((label("甲"), Cell("乙"))),)))).tables

    assert table._tbl.tblPr.find(qn("w:tblBorders")) is None
    assert list(table._tbl.iter(qn("w:shd"))) == []


@pytest.mark.parametrize("word", ["", "　", " \n"])
def test_a_colour_never_stands_without_its_word(word: str) -> None:
    with pytest.raises(ValueError, match="has a word"):
        Band(word, "B3261E")


@pytest.mark.parametrize("rows", [(), (FormRow((Cell("甲"),)),), (FormRow((Cell("甲", span=3),)),)])
def test_a_row_that_does_not_span_the_form_is_refused(rows: tuple[FormRow, ...]) -> None:
    with pytest.raises(ValueError, match="span all its columns"):
        Form((1, 1), rows)


def test_a_form_is_as_high_as_its_rows_band_and_gap() -> None:
    # The second row has its four lines, the third two, the fourth one of large figures; 3 points above and below each.
    rows = (18 + 6) + (4 * 18 + 6) + (2 * 18 + 6) + (22.5 + 6)
    assert form_height(FORM) / 20 == 19.6 + 6 + rows + 6


def test_long_text_makes_a_form_higher() -> None:
    def height(text: str) -> float:
        return form_height(Form((1, 3), (FormRow((label("内容"), Cell(text))),))) / 20

    assert [height("字" * count) for count in (26, 27, 53, 500)] == [30, 48, 66, 354]


def test_any_text_stands_in_its_cell() -> None:
    [table] = opened(paper_of(Form((1, 1), (FormRow((label(HOSTILE), Cell(HOSTILE, foot=HOSTILE))),)))).tables

    assert cells(table) == [[shown(HOSTILE), f"{shown(HOSTILE)}\n{shown(HOSTILE)}"]]


# --- dense lists ---


def test_a_dense_list_has_smaller_characters_and_the_widths_it_is_told() -> None:
    word = opened(paper_of(Table(("序号", "事项"), (("1", "甲"),), widths=(1, 3), dense=True)))
    [table] = word.tables

    assert cells(table) == [["序号", "事项"], ["1", "甲"]]
    assert [round(column.width.mm) for column in table.columns if column.width] == [39, 117]
    assert word.styles["清单文字"].font.size.pt == 10.5
    assert [row.height.pt for row in table.rows if row.height] == [17, 17]
    assert [line.style.name for line in word.paragraphs if line.style] == ["Title", "表后间隔"]


def test_rows_of_a_fixed_height_hold_their_text_cut_off() -> None:
    [table] = opened(paper_of(Table(("事项",), ((HOSTILE,), ("短",)), dense=True, lines=2))).tables

    assert [(row.height.pt, row.height_rule) for row in table.rows if row.height] == [
        (17, WD_ROW_HEIGHT_RULE.AT_LEAST),
        (32, WD_ROW_HEIGHT_RULE.EXACTLY),
        (32, WD_ROW_HEIGHT_RULE.EXACTLY),
    ]
    [_, [long], [short]] = cells(table)
    assert (long[:3], long[-1], paper.width(long) <= 84, short) == ("甲<w", "…", True, "短")


@pytest.mark.parametrize("widths", [(1,), (1, 0), (1, 2, 3)])
def test_widths_are_given_for_every_column_or_none(widths: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="a width greater than nothing for every column"):
        Table(("甲", "乙"), (), widths=widths)


def test_only_a_dense_list_has_rows_of_a_fixed_height() -> None:
    with pytest.raises(ValueError, match="only a dense table"):
        Table(("甲",), (), lines=1)


@pytest.mark.parametrize(
    ("text", "room", "cut"),
    [
        ("", 5, ""),
        ("督办事项", 4, "督办事项"),
        ("督办事项单", 4, "督办事…"),
        ("一行\n二行\t三", 8, "一行 二行 三"),
        ("2026年6月", 4, "2026…"),
        ("2026年6月", 5.25, "2026年6月"),
        ("WWWW", 4, "WWWW"),
        ("\x00甲\x07", 1, "甲"),
    ],
)
def test_a_text_is_cut_to_one_line(text: str, room: float, cut: str) -> None:
    assert paper.shortened(text, room) == cut


@pytest.mark.parametrize(
    ("text", "room", "lines"), [("", 5, 1), ("五个字正好", 5, 1), ("六个字就不了", 5, 2), ("甲\n\n乙", 5, 3)]
)
def test_lines_are_counted(text: str, room: float, lines: int) -> None:
    assert paper.lines(text, room) == lines
