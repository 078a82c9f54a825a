"""What people type: a day is one that exists and that sums of years cannot lead out of the calendar."""

import datetime as dt

import pytest

from models.errors import BadInputError
from models.typed_text import day, words, writable


@pytest.mark.parametrize("typed", ["1900-01-01", "2026-06-30", "2200-12-31"])
def test_a_day_is_read(typed: str) -> None:
    assert day(typed, "日期") == dt.date.fromisoformat(typed)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("2026-02-30", "无法识别：请写成 2026-06-30 的形式"),
        ("去年", "无法识别"),
        ("1899-12-31", "超出范围：应在 1900 年至 2200 年之间"),
        ("9999-12-31", "超出范围"),
        ("0001-01-01", "超出范围"),
    ],
)
def test_what_is_no_day_of_an_office_is_refused(typed: str, words: str) -> None:
    with pytest.raises(BadInputError, match=words):
        day(typed, "日期")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("编制\ufffe年度计划", "编制年度计划"),
        ("编制\x0b年度\ufeff计划\uffff", "编制年度\ufeff计划"),
        ("\ud800甲\x00乙\x7f", "甲乙"),
        ("第一行\r\n\t第二行\u3000😀", "第一行\r\n\t第二行\u3000😀"),
    ],
)
def test_what_no_file_can_hold_is_taken_out_at_the_door(typed: str, kept: str) -> None:
    assert writable(typed) == kept
    assert words(typed, "内容", longest=100) == kept
