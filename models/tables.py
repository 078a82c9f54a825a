"""Every table, imported once, for whoever needs the whole schema (migrations, the first start)."""

from importlib import import_module

from sqlmodel import SQLModel

for _noun in (
    "audit",
    "batch",
    "dates.day_override",
    "day_count",
    "draws.draw_binding",
    "draws.draw_pledge",
    "draws.inspection_draw",
    "engine.job",
    "engine.rhythm",
    "engine.webhook",
    "items.closure",
    "items.evidence",
    "items.extension",
    "items.instruction",
    "items.item",
    "items.objection",
    "items.opened_item",
    "items.plan",
    "items.progress",
    "items.receipt",
    "items.suspension",
    "items.urge",
    "ladder.letter",
    "ladder.notice",
    "ladder.policy",
    "ledgers.kinds",
    "ledgers.ledger_deadline",
    "ledgers.ledger_link",
    "ledgers.ledger_term",
    "papers.document",
    "papers.kept_template",
    "papers.word_template",
    "people.account",
    "people.api_token",
    "people.organ",
    "people.person",
    "people.saved_view",
    "people.staff_proposal",
    "people.web_session",
    "report.filing",
    "report.filing_rows",
    "report.received_report",
    "report.report",
    "report.report_desk",
    "scores.scoring",
    "signed_head",
):
    import_module(f"models.{_noun}")

METADATA = SQLModel.metadata
