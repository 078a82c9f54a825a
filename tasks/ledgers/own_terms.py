"""How long the terms of an organ's ledgers run: its own amounts where it has any, else the defaults."""

from collections.abc import Mapping

from sqlmodel import Session, select

from models.ledgers.kinds import KINDS
from models.ledgers.ledger_term import LedgerTermPolicy
from models.ledgers.term import Term, TermUnit, YearlyTerm

_EVERY = {1: "每年", 2: "每半年", 4: "每季度"}
_ANY_YEAR = 2024

OwnTerms = Mapping[tuple[str, str], LedgerTermPolicy]
"""What an organ set or confirmed, by ledger and term."""


def own_terms(session: Session, organ_id: int) -> OwnTerms:
    """What the organ set or confirmed; a term that is missing there runs by its default."""
    rows = session.exec(select(LedgerTermPolicy).where(LedgerTermPolicy.organ_id == organ_id)).all()
    return {(row.kind, row.term): row for row in rows}


def amounts(session: Session, organ_id: int) -> dict[tuple[str, str], tuple[int, TermUnit]]:
    """How long every term that runs from a row runs in the organ, by ledger and term."""
    own = own_terms(session, organ_id)
    return {
        (kind.code, term.code): amount_of(term, own.get((kind.code, term.code)))
        for kind in KINDS.values()
        for term in kind.terms
    }


def amount_of(term: Term, own: LedgerTermPolicy | None) -> tuple[int, TermUnit]:
    """How long the term runs."""
    return (term.amount, term.unit) if own is None else (own.amount, own.unit or term.unit)


def span_words(term: Term | YearlyTerm, amount: int, unit: TermUnit | str) -> str:
    """How long, or how much: 7个工作日内, 不少于30天, 提前6个月, 每年2次."""
    if isinstance(term, YearlyTerm):
        # How many turns a year has is the same in every year.
        every = _EVERY.get(len(term.turns(_ANY_YEAR)), "每期")
        return f"{every}{amount}{unit}" if amount else "不要求"
    counted = f"{abs(amount)}{unit.label if isinstance(unit, TermUnit) else unit}"
    if term.minimum:
        return f"不少于{counted}"
    return f"提前{counted}" if amount < 0 else f"{counted}内" if amount else "当日"
