"""What one field of a ledger says, as people type it or a sheet holds it. Knows no database."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from models.coded import Coded
from models.dates.due_text import DueTextError, read_day
from models.ledgers.field import FieldType, LedgerField
from models.typed_text import writable
from tasks.reading.cells import CellRefusedError, lines, plain

YEARS = range(1949, 2201)
"""A day beyond these is a slip of the pen."""
WAN = Decimal(10_000)

_OF_WORDS = frozenset({FieldType.TEXT, FieldType.LONG_TEXT, FieldType.CHOICE, FieldType.YES_NO})
"""What 无 may be said of, as a word like any other."""
_NOTHING = frozenset({"", "-", "--", "—", "——", "/", "\\"})
_NONE = frozenset({"无", "暂无", "不详", "n/a", "null", "none"})
_YES = frozenset({"是", "有", "√", "✓", "✔", "y", "yes", "true", "1", "对", "已"})
_NO = frozenset({"否", "无", "没有", "×", "✗", "✘", "x", "n", "no", "false", "0", "不", "未"})
_AMOUNT = re.compile(r"(?P<sign>-?)[¥¥]?(?P<digits>\d{1,18}(?:\.\d{1,10})?)(?P<wan>万)?元?整?")
_COUNTED = re.compile(r"-?\d{1,15}(?:\.\d{1,10})?")
_UNITS = re.compile(r"(?:人次|人|次|名|位|件|个|起|份|条|项|场|户|家|期|页|学时|小时|分|元|%)$")


def is_nothing(said: Any) -> bool:
    """Whether a cell leaves its field open: nothing in it, or a dash."""
    return said is None or (isinstance(said, str) and said.strip() in _NOTHING)


def is_dash(said: Any) -> bool:
    """Whether a cell takes away what the field held."""
    return isinstance(said, str) and said.strip() in _NOTHING - {""}


def read_cell(field: LedgerField, said: Any, *, wan: bool = False) -> Any:
    """The value of a field that needs nothing but its own text; None where it leaves the field open.

    A value that has its type already is only checked. With `wan` a bare amount of money is in 10,000 yuan, as the
    heading of its column says. Raises CellRefusedError with what would be accepted.
    """
    if is_nothing(said):
        return None
    if field.takes not in _OF_WORDS and isinstance(said, str) and said.strip().lower() in _NONE:
        return None
    if field.takes is FieldType.MONEY:
        return _within(field, read_money(said, wan=wan))
    return _READERS[field.takes](field, said)


def read_money(said: Any, *, wan: bool = False) -> Decimal:
    """An amount in yuan (30000, 3,000.50, 200元, 1.2万元). Raises CellRefusedError."""
    if isinstance(said, bool) or not isinstance(said, int | float | Decimal | str):
        raise CellRefusedError(_NO_AMOUNT)
    found = _AMOUNT.fullmatch(re.sub(r"[,，\s]", "", unicodedata.normalize("NFKC", _written(said))))
    if found is None:
        raise CellRefusedError(_NO_AMOUNT)
    amount = Decimal(found["sign"] + found["digits"])
    return amount * WAN if found["wan"] or (wan and not str(said).strip().endswith("元")) else amount


_NO_AMOUNT = "请以元为单位填写数字，如 3000 或 200.50；以万元计的写明万元，如 1.2万元。"


def _written(said: object) -> str:
    """A number as digits: 0.1 + 0.2 in a sheet is 0.3 to whoever reads it."""
    if isinstance(said, float):
        return format(Decimal(repr(round(said, 6))).normalize(), "f")
    return format(said, "f") if isinstance(said, Decimal) else str(said)


def _text(field: LedgerField, said: Any) -> str | None:
    text = writable((lines if field.takes is FieldType.LONG_TEXT else plain)(said)).strip()
    if len(text) > field.longest:
        raise CellRefusedError(f"有 {len(text)} 个字，最多 {field.longest} 字，请精简。")
    return text or None


def _day(_field: LedgerField, said: Any) -> dt.date:
    try:
        found = read_day(said)
    except DueTextError as error:
        raise CellRefusedError(f"{error.reason}：请写存在的一天，如 2026-06-30。") from error
    if found is None:
        raise CellRefusedError("请写年月日，如 2026-06-30、2026年6月30日。")
    if found.year not in YEARS:
        raise CellRefusedError(f"应在 {YEARS.start} 年至 {YEARS.stop - 1} 年之间，如 2026-06-30。")
    return found


def _number(field: LedgerField, said: Any) -> Decimal:
    wanted = "整数" if field.takes is FieldType.WHOLE else f"数字，最多 {field.places} 位小数"
    text = "" if isinstance(said, bool) else unicodedata.normalize("NFKC", _written(said))
    text = _UNITS.sub("", re.sub(r"[,，\s]", "", text))
    if not _COUNTED.fullmatch(text):
        raise CellRefusedError(f"应为{wanted}，不写“约”“余”。")
    return _within(field, Decimal(text))


def _within(field: LedgerField, number: Decimal) -> Decimal:
    places = 0 if field.takes is FieldType.WHOLE else field.places
    if not field.least <= number <= field.most:
        raise CellRefusedError(f"应在 {field.least:f} 至 {field.most:f} 之间。")
    try:
        exact = number.quantize(Decimal(1).scaleb(-places))
    except InvalidOperation as error:
        raise CellRefusedError("数字过长。") from error
    if exact != number:
        raise CellRefusedError("应为整数。" if places == 0 else f"最多 {places} 位小数。")
    return exact


def _whole(field: LedgerField, said: Any) -> int:
    return int(_number(field, said))


def _choice(field: LedgerField, said: Any) -> Coded:
    if field.choices is None:
        raise LookupError(f"{field.name} declares no choices")
    if isinstance(said, field.choices):
        return said
    word = plain(said)
    for member in field.choices:
        if word.lower() == member.value or word == member.label or field.words.get(word) is member:
            return member
    raise CellRefusedError(f"可用：{'、'.join(member.label for member in field.choices)}。")


def _yes_no(_field: LedgerField, said: Any) -> bool:
    if isinstance(said, bool):
        return said
    word = plain(said).lower()
    if word in _YES or word in _NO:
        return word in _YES
    raise CellRefusedError("请写是或否；不清楚的不填。")


_READERS: Mapping[FieldType, Callable[[LedgerField, Any], Any]] = {
    FieldType.TEXT: _text, FieldType.LONG_TEXT: _text, FieldType.DAY: _day, FieldType.WHOLE: _whole,
    FieldType.DECIMAL: _number, FieldType.CHOICE: _choice, FieldType.YES_NO: _yes_no,
}  # fmt: skip
