"""Every table, imported once, for whoever needs the whole schema (migrations, the first start)."""

from sqlmodel import SQLModel

from models import (
    day_override,
    deficiency,
    item,
    leadership,
    ledger,
    notice,
    organ,
    person,
    plan,
    policy,
    progress,
    report,
    rhythm,
)

MODULES = (
    day_override,
    deficiency,
    item,
    leadership,
    ledger,
    notice,
    organ,
    person,
    plan,
    policy,
    progress,
    report,
    rhythm,
)
METADATA = SQLModel.metadata
