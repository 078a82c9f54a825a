"""The fields of a ledger: what a form asks, a sheet has as columns, and an interface takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from models.coded import Coded


class FieldType(Coded):
    """How a field is typed and checked."""

    TEXT = "text", "文字"
    LONG_TEXT = "long_text", "多行文字"
    DAY = "day", "日期"
    WHOLE = "whole", "整数"
    DECIMAL = "decimal", "数"
    MONEY = "money", "金额(元)"
    CHOICE = "choice", "选项"
    YES_NO = "yes_no", "是或否"
    ITEM = "item", "任务编号"
    PERSON = "person", "人员姓名"


@dataclass(frozen=True)
class LedgerField:
    """One field: `name` is the table's column, `label` what people call it and the heading of its column.

    `headings` are further headings an import knows it by; `patterns` are expressions for headings, in order of
    preference, that take the place of label and headings where words would be too many. `choices` is the enumeration
    of a CHOICE, `words` what people call its members beside code and label. `least` and `most` bound a number, both
    included; `places` are the decimal places it may have. `width` (in Latin characters) and `centred` say how its
    column looks where its type does not.
    """

    name: str
    label: str
    takes: FieldType = FieldType.TEXT
    required: bool = False
    longest: int = 500
    hint: str = ""
    headings: tuple[str, ...] = ()
    choices: type[Coded] | None = None
    words: Mapping[str, Coded] = field(default_factory=dict)
    least: Decimal = Decimal(0)
    most: Decimal = Decimal("999999999999.99")
    places: int = 2
    default: Any = None
    """What an empty field means; None: nothing is known."""
    patterns: str = ""
    width: float = 0
    centred: bool = False
