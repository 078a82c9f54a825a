"""What people type: a day is one that exists and that sums of years cannot lead out of the calendar."""

import datetime as dt

import pytest

from models.errors import BadInputError
from models.typed_text import day


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
