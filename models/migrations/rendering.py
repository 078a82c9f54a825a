"""How column types are written into a revision: frozen, whatever becomes of the models later."""

from typing import Any, Literal

from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Enum
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from models.search.index import TABLE


def is_described(name: str | None, kind: str, _parents: Any) -> bool:
    """Whether a thing that the database has is one the models describe: the index of the search is none, which SQLite
    keeps in tables of its own making."""
    return kind != "table" or not (name or "").startswith(TABLE)


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """The text of a type of ours, or False where Alembic's own is right.

    An enumeration is checked by the models and is plain text in the database, so that a new member needs no
    migration.
    """
    if kind != "type":
        return False
    if isinstance(item, Enum):
        return f"sa.String(length={item.length})"
    if isinstance(item, AutoString):
        return repr(item.impl_instance).replace("String", "sa.String")
    if isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False
