"""Every table, imported once, for whoever needs the whole schema (migrations, the first start)."""

from importlib import import_module

from sqlmodel import SQLModel

for _noun in (
    "account",
    "api_token",
    "audit",
    "batch",
    "closure",
    "day_override",
    "document",
    "evidence",
    "extension",
    "filing",
    "filing_rows",
    "inspection_draw",
    "instruction",
    "item",
    "job",
    "kept_template",
    "ledger_deadline",
    "ledger_link",
    "ledger_term",
    "ledgers.kinds",
    "notice",
    "objection",
    "opened_item",
    "organ",
    "person",
    "plan",
    "policy",
    "progress",
    "receipt",
    "received_report",
    "report",
    "report_desk",
    "rhythm",
    "saved_view",
    "scoring",
    "suspension",
    "urge",
    "web_session",
    "webhook",
    "word_template",
):
    import_module(f"models.{_noun}")

METADATA = SQLModel.metadata
