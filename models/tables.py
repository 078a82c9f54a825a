"""Every table, imported once, for whoever needs the whole schema (migrations, the first start)."""

from importlib import import_module

from sqlmodel import SQLModel

for _noun in (
    "account",
    "api_token",
    "audit",
    "closure",
    "day_override",
    "deficiency",
    "document",
    "evidence",
    "extension",
    "instruction",
    "item",
    "job",
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
    "saved_view",
    "scoring",
    "suspension",
    "urge",
    "web_session",
    "webhook",
):
    import_module(f"models.{_noun}")

METADATA = SQLModel.metadata
