"""What the fields of the interface are made of: texts, numbers of rows, answers drawn from tables, pages of lists."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, create_model
from sqlmodel import SQLModel

from models.coded import Coded
from models.database import LARGEST_ID
from models.typed_text import writable
from tasks.trail.tell_entry import COLUMNS

LARGEST = LARGEST_ID
"""The largest number of a row."""
PLAIN = r"^[^\x00]*$"
"""Texts of a database hold no NUL."""

WRITABLE = BeforeValidator(lambda said: writable(said) if isinstance(said, str) and "\x00" not in said else said)
"""Without what no office file can hold, as at every other door; NUL is refused by name."""

RowId = Annotated[int, Path(title="编号", ge=1, le=LARGEST)]
Year = Annotated[int | None, Query(title="年度", description="缺省为今年的，没有则为最新的。", ge=1990, le=2200)]
AnyYear = Annotated[int | None, Query(title="年度", description="缺省为全部年度。", ge=1990, le=2200)]
Limit = Annotated[int, Query(title="每页条数", ge=20, le=200)]
After = Annotated[int, Query(title="起点", description="只要编号大于它的；下一页的值在 next 中。", ge=0, le=LARGEST)]


def text(longest: int, *, least: int = 1) -> Any:
    """The type of a text without blanks around it."""
    limits = StringConstraints(strip_whitespace=True, min_length=least, max_length=longest, pattern=PLAIN)
    # Blanks go before the length is looked at only where the limits stand next to the type.
    return Annotated[str, limits, WRITABLE]


class Body(BaseModel):
    """What a program sends: nothing unknown is let through, so that a misspelt field is told and not ignored."""

    model_config = ConfigDict(extra="forbid")


class Named(BaseModel):
    """一个代码和它的中文名称。"""

    code: str = Field(title="代码")
    name: str = Field(title="名称")


def named(member: Coded) -> Named:
    """The code of a member with its word."""
    return Named(code=member.value, name=member.label)


_PEOPLE = {
    "person_id", "for_id", "decided_by_id", "resumed_by_id", "signed_by_id", "closed_by_id", "more_by_id",
    "more_for_id",
}  # fmt: skip


def of_table(
    name: str, table: type[SQLModel], doc: str, leave_out: Iterable[str] = (), more: Mapping[str, Any] | None = None
) -> type[BaseModel]:
    """The shape in which `tasks.items.show_item` tells a row of the table: its columns, people by name."""
    out = {"item_id", "waived_by_id", *leave_out}
    fields: dict[str, Any] = {}
    for column, info in table.model_fields.items():
        title = COLUMNS.get(column, column)
        if column in _PEOPLE:
            fields[column.removesuffix("_id")] = (str | None, Field(title=title))
        elif column == "id":
            fields[column] = (int, Field(title="编号"))
        elif column not in out:
            fields[column] = (info.annotation, Field(title=title))
    for field, kind in (more or {}).items():
        fields[field] = (kind, Field(title=COLUMNS.get(field, field)))
    return create_model(name, __doc__=doc, **fields)


Day = Annotated[dt.date, Field(examples=["2026-06-30"])]
