"""台账时限: how long every term of the ledgers runs, with its legal source; confirmed or changed by the office."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from duban.web.attempt import attempt
from duban.web.posted import Posted, Sent
from duban.web.refusals import status_of
from duban.web.visit import Signed, Visit
from models.database import key
from models.dates.day_override import office_calendar
from models.errors import BadInputError
from models.ledgers.kinds import KINDS, kind_named
from models.ledgers.term import TermUnit
from models.people.permission import Action
from tasks.acting.authorize import organs_within
from tasks.ledgers.find_row import authorize_ledgers
from tasks.ledgers.owed import rows_of_year, short_periods
from tasks.ledgers.own_terms import own_terms
from tasks.ledgers.terms import confirm_term, find_term, list_terms, set_term, unit_named

router = APIRouter()
SHOWN = 50
"""Periods that were too short, on the page."""

Code = Annotated[str, Path(max_length=32)]


@router.get("/ledgers/terms")
def terms(visit: Signed) -> HTMLResponse:
    """Every term with its source, those to confirm first in words; and the periods of the year that were too short."""
    with visit.reading() as session:
        authorize_ledgers(session, visit.looking, key(visit.organ.id))
        lines = list_terms(session, key(visit.organ.id))
        own, year = own_terms(session, key(visit.organ.id)), visit.year or visit.on.year
        calendar = office_calendar(session, organ_id=key(visit.organ.id))
        short = [
            (kind, found)
            for kind in KINDS.values()
            if any(term.minimum for term in kind.terms)
            for found in short_periods(kind, rows_of_year(session, key(visit.organ.id), kind, year), own, calendar)
        ]
        return visit.page(
            session, "ledgers/ledger_terms.html", menu="/ledgers",
            kinds=[kind for kind in KINDS.values() if kind.terms or
            kind.yearly], lines=lines, to_confirm=sum(line.to_confirm for line in lines), short=short[:SHOWN],
            more=max(0, len(short) - SHOWN), year=year, may_set=_may_set(session, visit),
        )  # fmt: skip


@router.get("/ledgers/terms/{code}/{term}")
def ask(visit: Signed, code: Code, term: Code) -> HTMLResponse:
    """One term, to be confirmed or changed."""
    with visit.reading() as session:
        authorize_ledgers(session, visit.looking, key(visit.organ.id))
        return _form(session, visit, code, term)


@router.post("/ledgers/terms/{code}/{term}")
def change(sent: Sent, code: Code, term: Code) -> Response:
    """Confirm the term as it stands, or set what was typed."""
    visit, kind = sent.visit, kind_named(code)
    note = sent.text("note") or None
    with attempt(
        visit,
        lambda session, error: _form(
            session, visit, code, term, error=error.message, status_code=status_of(error), sent=sent
        ),
        told=BadInputError,
    ) as session:
        if sent.text("do") == "confirm":
            line = confirm_term(session, visit.organ, kind, term, by=visit.by, note=note)
        else:
            amount = sent.number("amount", "期限")
            if amount is None:
                raise BadInputError("请填写期限或数量，应为整数。")
            unit = unit_named(sent.text("unit")) if sent.text("unit") else None
            line = set_term(session, visit.organ, kind, term, amount=amount, unit=unit, by=visit.by, note=note)
    said = f"“{line.term.title}”为{line.words}，已由本单位确认。"
    return visit.go(visit.link("/ledgers/terms") + f"#{kind.code}", said)


def _may_set(session: Session, visit: Visit) -> bool:
    return key(visit.organ.id) in organs_within(session, visit.by, Action.POLICY)


def _form(
    session: Session, visit: Visit, code: str, term: str, *, error: str = "", status_code: int = 200,
    sent: Posted | None = None,
) -> HTMLResponse:  # fmt: skip
    line = find_term(session, key(visit.organ.id), kind_named(code), term)
    typed = sent.typed if sent else {"amount": str(line.amount), "unit": str(line.unit)}
    return visit.page(
        session, "ledgers/ledger_term.html", menu="/ledgers", line=line, typed=typed, error=error,
        status_code=status_code,
        units=[(unit.value, unit.label.removeprefix("个")) for unit in TermUnit], may_set=_may_set(session, visit),
    )  # fmt: skip
