"""Every table, imported once, for whoever needs the whole schema (migrations, the first start)."""

from importlib import import_module

from sqlmodel import SQLModel

for _noun in (
    "day_override",
    "deficiency",
    "item",
    "leadership",
    "ledger",
    "notice",
    "organ",
    "person",
    "plan",
    "policy",
    "progress",
    "report",
    "rhythm",
):
    import_module(f"models.{_noun}")

METADATA = SQLModel.metadata
