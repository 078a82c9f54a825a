"""Cells as people write them: understood, or refused with what would be accepted; never guessed."""

import datetime as dt
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.ledgers.enforcement_case import Outcome, Procedure
from models.ledgers.field import FieldType, LedgerField
from models.ledgers.kinds import KINDS
from tasks.ledgers.read_cell import read_cell, read_money
from tasks.reading.cells import CellRefusedError

CASE = KINDS["case"]
COUNT = LedgerField("n", "人数", FieldType.WHOLE, least=Decimal(1), most=Decimal(1000))
HOURS = LedgerField("h", "学时", FieldType.DECIMAL, places=1)
SHORT = LedgerField("t", "主题", longest=5)
LONG = LedgerField("t", "内容", FieldType.LONG_TEXT)
YES_NO = LedgerField("y", "记录", FieldType.YES_NO)
ON = dt.date(2026, 6, 30)


@pytest.mark.parametrize(
    ("field", "said", "expected"),
    [
        (CASE.field("decided_on"), "2026-06-30", ON),
        (CASE.field("decided_on"), "2026年6月30日", ON),
        (CASE.field("decided_on"), " 2026.6.30 ", ON),
        (CASE.field("decided_on"), "20260630", ON),
        (CASE.field("decided_on"), dt.datetime(2026, 6, 30, 9, 30, tzinfo=dt.UTC), ON),
        (CASE.field("decided_on"), 46203.0, ON),
        (CASE.field("procedure"), "简易", Procedure.SIMPLE),
        (CASE.field("procedure"), "ordinary", Procedure.ORDINARY),
        (CASE.field("procedure"), " 普通程序 ", Procedure.ORDINARY),
        (CASE.field("outcome"), "无", Outcome.STANDS),
        (CASE.field("fine"), "3,000.50元", Decimal("3000.50")),
        (CASE.field("fine"), "1.2万元", Decimal(12000)),
        (CASE.field("fine"), 0.1 + 0.2, Decimal("0.30")),
        (CASE.field("fine"), "无", None),
        (COUNT, "1，000人", 1000),
        (COUNT, 20.0, 20),
        (COUNT, "２０ 人次", 20),
        (HOURS, "1.5学时", Decimal("1.5")),
        (YES_NO, "√", True),
        (YES_NO, "无", False),
        (YES_NO, "-", None),
        (SHORT, 3.0, "3"),
        (SHORT, "  无 ", "无"),
        (SHORT, "甲\x00乙\x0b", "甲乙"),
        (LONG, "甲\r\n乙", "甲\n乙"),
        (SHORT, "—", None),
        (SHORT, "=1+1", "=1+1"),
    ],
)
def test_a_cell_is_read_as_it_was_meant(field: LedgerField, said: Any, expected: Any) -> None:
    assert read_cell(field, said) == expected


@pytest.mark.parametrize(
    ("field", "said", "accepted"),
    [
        (CASE.field("decided_on"), "2026-02-30", "只有28天"),
        (CASE.field("decided_on"), "6月30日", "请写年月日"),
        (CASE.field("decided_on"), "1026-06-30", "应在 1949 年至 2200 年之间"),
        (CASE.field("decided_on"), True, "请写年月日"),
        (CASE.field("procedure"), "速裁", r"可用：简易程序、普通程序"),
        (CASE.field("fine"), "-1", "应在 0 至"),
        (CASE.field("fine"), "0.001", "最多 2 位小数"),
        (CASE.field("fine"), "9" * 18, "应在 0 至"),
        (CASE.field("fine"), "约3000", "以元为单位"),
        (COUNT, "约20人", "不写“约”"),
        (COUNT, "0", "应在 1 至 1000 之间"),
        (COUNT, "1.5", "应为整数"),
        (COUNT, True, "应为整数"),
        (HOURS, "1.55", "最多 1 位小数"),
        (YES_NO, "也许", "请写是或否"),
        (SHORT, "一二三四五六", "有 6 个字，最多 5 字"),
    ],
)
def test_what_cannot_be_taken_says_what_would_be(field: LedgerField, said: Any, accepted: str) -> None:
    with pytest.raises(CellRefusedError, match=accepted):
        read_cell(field, said)


@given(st.decimals(min_value=0, max_value=Decimal("999999999999.99"), places=2))
def test_money_written_in_any_customary_way_is_the_same_amount(amount: Decimal) -> None:
    assert read_money(f"{amount:,.2f}") == read_money(f" ¥{amount:.2f} 元") == read_money(str(amount)) == amount
    assert read_money(f"{amount / 10_000:f}万元") == read_money(f"{amount / 10_000:f}", wan=True) == amount
    assert read_money(f"{amount:.2f}元", wan=True) == amount


@given(st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.dates(), st.datetimes(), st.none()))
def test_whatever_a_cell_holds_it_is_read_or_refused(said: Any) -> None:
    for field in (*CASE.fields, COUNT, HOURS, SHORT, LONG, YES_NO):
        if field.takes in (FieldType.ITEM, FieldType.PERSON):
            continue
        with suppress(CellRefusedError):
            value = read_cell(field, said)
            assert read_cell(field, value) == value, "a value that is read is read again as itself"
