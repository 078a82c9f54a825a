"""What people and programs are asked for, one vocabulary for acts and ledgers: a form, a body, an option, a column."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from models.coded import Coded


class FieldType(Coded):
    """How a field is typed, checked and, where it is one of several, offered."""

    TEXT = "text", "文字"
    LONG_TEXT = "long_text", "多行文字"
    DAY = "day", "日期"
    WHOLE = "whole", "整数"
    DECIMAL = "decimal", "数"
    MONEY = "money", "金额（元）"
    CHOICE = "choice", "选项"
    YES_NO = "yes_no", "是或否"
    TICK = "tick", "勾选"
    ITEM = "item", "任务编号"
    PERSON = "person", "人员姓名"
    PEOPLE = "people", "几位人员的姓名"
    DEPARTMENT = "department", "科室"
    UNIT = "unit", "单位名称"
    MILESTONE = "milestone", "阶段节点"
    TERM = "term", "批示时限档次"
    PIECE = "piece", "佐证材料编号"
    PIECES = "pieces", "几份佐证材料的编号"
    COMMENT = "comment", "本人留言的编号"
    FILES = "files", "文件"


@dataclass(frozen=True)
class Field:
    """One thing asked: `name` for programs and tables, `label` for people.

    `longest` is in characters. `choices` is the enumeration of a CHOICE. `least` and `most` bound a number, both
    included.
    """

    name: str
    label: str
    takes: FieldType = FieldType.TEXT
    required: bool = False
    longest: int = 500
    hint: str = ""
    choices: type[Coded] | None = None
    least: Decimal = Decimal(0)
    most: Decimal = Decimal("999999999999.99")
    default: Any = None
    """What an empty field means; None: nothing is known."""
