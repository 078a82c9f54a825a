"""Old workbooks are looked through before they are laid out: far places are refused, failed formulas are found."""

import io
import zipfile
from collections.abc import Callable

import pytest

from models.errors import UnreadableFileError
from tasks.containers.old_sheets import Grid, look_through
from tests.documents import added
from tests.sent.as_they_come import open_sheet
from tests.sent.old_files import container, old_sheet

ROWS = [["序号", "任务内容", "金额"], ["1", "甲", "#DIV/0!"], ["2", "#N/A", "3"]]


@pytest.mark.parametrize("written", [old_sheet, open_sheet])
def test_a_formula_that_failed_is_found_in_its_cell(written: Callable[[list[list[str]]], bytes]) -> None:
    assert look_through(written(ROWS), "表")[0].marks.broken == {(1, 2): "#DIV/0!", (2, 1): "#N/A"}


def test_a_value_is_no_failure() -> None:
    assert look_through(old_sheet([["甲", 2.0, 65535.0]]), "表.xls")[0] == Grid(1, 3)


def content(cells: str) -> bytes:
    return added(open_sheet([["甲"]]), {"content.xml": f'<o xmlns:t="t" xmlns:v="v"><t:table>{cells}</t:table></o>'})


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (
            '<t:table-row t:number-rows-repeated="300000"><t:table-cell v:value-type="string"/></t:table-row>',
            "第 300000 行",
        ),
        (
            '<t:table-row t:number-rows-repeated="9000"><t:table-cell v:value-type="string" '
            't:number-columns-repeated="16000"/></t:table-row>',
            "第 16000 列",
        ),
        ('<t:table-row t:number-rows-repeated="many"/>', "不是可读的表格"),
        ("<t:table-row>", "不是可读的表格"),
    ],
)
def test_a_grid_that_cannot_be_laid_out_is_refused_before_it_is(cells: str, words: str) -> None:
    with pytest.raises(UnreadableFileError, match=words):
        look_through(content(cells), "表.ods")


def test_rows_that_are_repeated_without_a_value_take_no_place() -> None:
    assert look_through(open_sheet([["甲"]] * 3), "表.ods")[0] == Grid(3, 1)


def test_merged_cells_of_opendocument_are_told() -> None:
    cells = (
        '<t:table-row><t:table-cell v:value-type="string" t:number-rows-spanned="2"/><t:table-cell/></t:table-row>'
        '<t:table-row><t:covered-table-cell/><t:table-cell v:value-type="string" t:number-columns-spanned="3"/>'
        "</t:table-row>"
    )

    assert look_through(content(cells), "表.ods")[0].merged == [(0, 0, 1, 0), (1, 1, 1, 3)]


def test_what_is_damaged_or_inflates_beyond_measure_is_refused() -> None:
    with pytest.raises(UnreadableFileError, match="不是可读的表格"):
        look_through(container({"Worksheet": b""}), "表.xls")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("content.xml", b" " * (65 * 1024 * 1024))
    with pytest.raises(UnreadableFileError, match="过大"):
        look_through(packed.getvalue(), "表.ods")


def test_rows_that_nobody_sees_are_told() -> None:
    hidden = old_sheet([["甲"], ["乙"]], hidden=[1])
    assert look_through(hidden, "表.xls")[0].marks.hidden == {1}

    cells = '<t:table-row/><t:table-row t:visibility="filter" t:number-rows-repeated="2"/>'
    assert look_through(content(cells), "表.ods")[0].marks.hidden == {1, 2}
