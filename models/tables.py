"""Every table, imported once, for whoever needs the whole schema (migrations, the first start)."""

from importlib import import_module

from sqlmodel import SQLModel

for _noun in (
    "audit",
    "closure",
    "day_override",
    "deficiency",
    "document",
    "evidence",
    "extension",
    "instruction",
    "item",
    "leadership",
    "ledger",
    "notice",
    "objection",
    "organ",
    "person",
    "plan",
    "policy",
    "progress",
    "receipt",
    "report",
    "rhythm",
    "scoring",
    "suspension",
    "urge",
):
    import_module(f"models.{_noun}")

METADATA = SQLModel.metadata
