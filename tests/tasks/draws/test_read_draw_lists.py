"""Lists come as people have them: pasted, in a sheet with a title above, or in a sheet of one column."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from models.errors import BadInputError
from tasks.draws.read_draw_lists import (
    conflict_lines,
    read_conflicts,
    read_conflicts_file,
    read_inspectors,
    read_lines,
    read_objects,
    read_percent,
)
from tests.ledger_rows import write_rows


def test_what_is_pasted_is_one_a_line() -> None:
    assert read_lines(" 甲公司\r\n\n乙公司 \n") == ["甲公司", "乙公司"]


@pytest.mark.parametrize(
    ("headings", "rows", "above"),
    [
        (["序号", "企业名称", "地址"], [[1, "甲公司", "一路"], [None, None, None], [2, "乙公司", "二路"]], 0),
        (["名称", "检查对象"], [["一", "甲公司"], ["二", "乙公司"]], 1),
        (["甲公司"], [["乙公司"]], 0),
    ],
)
def test_objects_are_found_in_a_sheet(tmp_path: Path, headings: list[str], rows: list[Any], above: int) -> None:
    assert read_objects(write_rows(tmp_path / "名单.xlsx", headings, rows, above=above)) == ["甲公司", "乙公司"]


def test_a_text_table_will_do(tmp_path: Path) -> None:
    path = tmp_path / "人员.csv"
    path.write_text("姓名,证号\n张一,1\n李二,2\n", encoding="utf-8")
    assert read_inspectors(path) == ["张一", "李二"]


def test_a_sheet_that_does_not_say_which_column_is_refused(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "名单.xlsx", ["甲", "乙"], [["一", "二"]])
    with pytest.raises(BadInputError, match="没有找到检查对象一列：请把列名写作“检查对象”"):
        read_objects(path)
    with pytest.raises(BadInputError, match="“检查人员”和“检查对象”两列"):
        read_conflicts_file(path)


def test_conflicts_are_pairs_however_they_come(tmp_path: Path) -> None:
    pairs = [("张三", "甲公司"), ("张三", "乙公司"), ("李四", "甲公司")]
    sheet = write_rows(tmp_path / "回避.xlsx", ["姓名", "单位名称", "事由"], [[*pair, "亲属"] for pair in pairs])

    assert read_conflicts("张三：甲公司、乙公司\n\n李四 ：甲公司") == pairs
    assert read_conflicts("张三\uff1a甲公司") == pairs[:1]
    assert read_conflicts_file(sheet) == pairs
    assert read_conflicts(conflict_lines(pairs)) == pairs


@pytest.mark.parametrize("line", ["张三", "张三：", "：甲公司", "张三 甲公司"])
def test_a_conflict_that_names_no_pair_is_refused(line: str) -> None:
    with pytest.raises(BadInputError, match="回避"):
        read_conflicts(line)


@pytest.mark.parametrize(
    ("text", "percent"), [("10", "10"), ("10%", "10"), (" 2.5 % ", "2.5"), ("10\uff05", "10"), ("-1", "-1")]
)
def test_a_share_is_read(text: str, percent: str) -> None:
    assert read_percent(text) == Decimal(percent)


@pytest.mark.parametrize("text", ["", "一成", "NaN", "1e999999", "inf%", "1/10"])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(BadInputError, match="应为百分比"):
        read_percent(text)
