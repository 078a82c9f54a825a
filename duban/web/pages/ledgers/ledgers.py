"""台账: how every ledger stands, the rows of one, and a new row."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from duban.web.attachment import XLSX, attachment
from duban.web.attempt import attempt
from duban.web.ledgers.form import given, ledger_form
from duban.web.posted import Posted, Sent
from duban.web.row_number import RowNumber
from duban.web.visit import Signed, Visit
from models.database import key
from models.dates.day_override import office_calendar
from models.errors import ForbiddenError
from models.items.evidence import Evidence
from models.ledgers.field import FieldType, LedgerField
from models.ledgers.kind import Kind
from models.ledgers.kinds import KINDS, kind_named
from models.people.permission import Action
from models.typed_text import day_or_none
from tasks.acting.authorize import organs_within
from tasks.files.check_upload import limits_of
from tasks.files.file_store import FileStore
from tasks.items.attach import attach_to_act, pieces_of_acts
from tasks.ladder.status import near_day
from tasks.ledgers.browse import LedgerPage, TermState, Wanted, browse, count_kinds, every_row, filters_of
from tasks.ledgers.export import export_ledger
from tasks.ledgers.find_row import authorize_ledgers, may_read_ledgers
from tasks.ledgers.grant_ledger import grant_ledger, grants_of
from tasks.ledgers.ledger_reach import authorize_writing, reads, reads_of, writes
from tasks.ledgers.own_terms import amounts
from tasks.ledgers.record import record_row
from tasks.ledgers.row_terms import open_terms
from tasks.ledgers.tell_row import Teller
from tasks.people.find import departments_of, plans_of

router = APIRouter()
_FILTERS = ("q", "from", "until", "item", "due", "withdrawn", "batch")
COLUMNS = 6
"""Columns of a list beside name and day; the page of a row shows all."""

Page = Annotated[int, Query(ge=1, le=1_000_000)]


@router.get("/ledgers")
def overview(visit: Signed, kind: Annotated[str, Query(max_length=32)] = "", row: RowNumber = None) -> Response:
    """How every ledger stands in the year; `kind` and `row` are how older addresses named a list and a row."""
    if kind:
        code = kind_named(kind).code
        return visit.go(visit.link(f"/ledgers/{code}/{row}" if row is not None else f"/ledgers/{code}"))
    with visit.reading() as session:
        reached = reads_of(session, visit.looking, key(visit.organ.id))
        if not reached:
            return visit.page(session, "ledgers/ledgers.html", menu="/ledgers", counts=None)
        year, years = years_of(session, visit)
        own = amounts(session, key(visit.organ.id))
        counts = count_kinds(session, visit.organ, year, on=visit.on, amounts=own, reached=reached)
        return visit.page(
            session, "ledgers/ledgers.html", menu="/ledgers", counts=counts, year=year, years=years,
            whole=may_read_ledgers(session, visit.looking, key(visit.organ.id)),
            may_record={one.kind.code for one in counts if may_record(session, visit, one.kind)},
        )  # fmt: skip


@router.get("/ledgers/{code:ledger}")
def ledger(visit: Signed, code: str, page: Page = 1) -> HTMLResponse:
    """The rows of one ledger, as far as the address asks for them."""
    kind = KINDS[code]
    with visit.reading() as session:
        if not reads(session, visit.looking, key(visit.organ.id), kind):
            return visit.page(session, "ledgers/ledgers.html", menu="/ledgers", counts=None)
        year, years = years_of(session, visit)
        wanted = wanted_of(visit, kind, year)
        found = _found(session, visit, kind, wanted, page=page)
        teller = Teller(session, kind, found.rows)
        asked = {name: value for name, value in visit.request.query_params.items() if value}
        return visit.page(
            session, "ledgers/ledger.html", menu="/ledgers", kind=kind, kinds=KINDS.values(), found=found,
            wanted=wanted,
            year=year, years=years, columns=_columns(kind, found.rows), words=teller.words, items=teller.items,
            due=_due(session, visit, kind, found.rows), evidence=_evidence(session, kind, found.rows), asked=asked,
            filters=filters_of(kind), dues=list(TermState), may_record=may_record(session, visit, kind),
            whole=may_read_ledgers(session, visit.looking, key(visit.organ.id)),
            may_import=may_do(session, visit, Action.RECORD), **_grants(session, visit, kind),
            kept={name: value for name, value in asked.items() if name in _FILTERS or name in wanted.choices},
        )  # fmt: skip


@router.get("/ledgers/{code:ledger}/export.xlsx")
def export(visit: Signed, code: str) -> Response:
    """What the list shows, on one sheet."""
    kind = KINDS[code]
    with visit.reading() as session, tempfile.TemporaryDirectory() as folder:
        if not reads(session, visit.looking, key(visit.organ.id), kind):
            authorize_ledgers(session, visit.looking, key(visit.organ.id))
        year, _ = years_of(session, visit)
        rows = every_row(session, visit.organ, kind, wanted_of(visit, kind, year), **_looked_at(session, visit, kind))
        path = Path(folder) / "ledger.xlsx"
        export_ledger(session, kind, rows, path, title=f"{visit.organ.name}{year}年{kind.title}台账")
        return attachment(path.read_bytes(), f"{year}年{kind.title}台账.xlsx", XLSX)


@router.get("/ledgers/{code:ledger}/new")
def ask(visit: Signed, code: str) -> HTMLResponse:
    """The form of one ledger."""
    kind = KINDS[code]
    with visit.reading() as session:
        authorize_writing(session, visit.by, key(visit.organ.id), kind)
        return ledger_form(session, visit, kind, {kind.day: visit.on.isoformat()})


@router.post("/ledgers/{code:ledger}")
@router.post("/ledgers/{code:ledger}/evidence")
def record(sent: Sent, code: str) -> Response:
    """Write a row down; the longer address takes files."""
    visit, kind = sent.visit, KINDS[code]
    with visit.reading() as session:
        authorize_writing(session, visit.by, key(visit.organ.id), kind)
    with attempt(
        visit, lambda session, error: ledger_form(session, visit, kind, sent.typed, error=error), beyond=ForbiddenError
    ) as session:
        row = record_row(session, visit.organ, kind, given(kind, sent), by=visit.by)
        _attach(session, sent, kind, row)
    on = getattr(row, kind.day) or visit.on
    again = visit.link(f"/ledgers/{code}/new") if sent.text("do") == "again" else None
    said = f"已登记{kind.title}，编号 {row.id}。"
    return visit.go(again or visit.link(f"/ledgers/{code}", year=on.year) + f"#r-{row.id}", said)


@router.post("/ledgers/{code:ledger}/grants")
def grant(sent: Sent, code: str) -> Response:
    """Let the departments ticked keep the ledger, and nobody else's."""
    visit, kind = sent.visit, KINDS[code]
    with visit.writing() as session:
        ticked = set(sent.texts("department"))
        chosen = [one for one in departments_of(session, key(visit.organ.id)) if str(one.id) in ticked]
        given_to = grant_ledger(session, visit.organ, kind, chosen, by=visit.by)
        names = "、".join(one.name for one in given_to)
    said = f"{kind.title}现由{names}登记本科室的记录。" if names else f"{kind.title}不再由科室自行登记。"
    return visit.go(visit.link(f"/ledgers/{code}") + "#grants", said)


def may_record(session: Session, visit: Visit, kind: Kind) -> bool:
    """Whether the person may write into this ledger of the organ looked at, be it for the own department."""
    return bool(writes(session, visit.by, key(visit.organ.id), kind))


def may_do(session: Session, visit: Visit, action: Action) -> bool:
    """Whether the person may do this for the organ looked at as a whole."""
    return visit.organ.id in organs_within(session, visit.by, action)


def _grants(session: Session, visit: Visit, kind: Kind) -> dict[str, Any]:
    """For whoever gives ledgers to departments: all of them, and those that have this one."""
    if not may_do(session, visit, Action.GRANT_LEDGER):
        return {"departments": [], "granted": set()}
    organ_id = key(visit.organ.id)
    granted = {one.id for one in grants_of(session, organ_id, kind)}
    return {"departments": departments_of(session, organ_id), "granted": granted}


def years_of(session: Session, visit: Visit) -> tuple[int, list[int]]:
    """The year looked at, and those that a ledger may have rows of."""
    planned = [plan.year for plan in plans_of(session, key(visit.organ.id))]
    year = visit.year or visit.on.year
    return year, sorted({*planned, year, visit.on.year}, reverse=True)


def wanted_of(visit: Visit, kind: Kind, year: int) -> Wanted:
    """Which rows the address asks for; days beyond the year open it. Raises BadInputError."""
    asked = visit.request.query_params
    batch = asked.get("batch", "")
    from_on = day_or_none(asked.get("from"), "起始日期")
    until_on = day_or_none(asked.get("until"), "截止日期")
    return Wanted(
        year=None if from_on or until_on or batch else year,
        words=asked.get("q", "")[:100].strip(),
        choices={name: asked[name] for name, _, _ in filters_of(kind) if asked.get(name)},
        from_on=from_on,
        until_on=until_on,
        item=asked.get("item", "")[:64].strip(),
        due=TermState(asked["due"]) if asked.get("due") in list(TermState) else None,
        withdrawn=asked.get("withdrawn") == "yes",
        batch=int(batch) if batch.isascii() and batch.isdecimal() and len(batch) < 10 else None,
    )


def _found(session: Session, visit: Visit, kind: Kind, wanted: Wanted, *, page: int) -> LedgerPage:
    return browse(session, visit.organ, kind, wanted, page=page, **_looked_at(session, visit, kind))


def _looked_at(session: Session, visit: Visit, kind: Kind) -> dict[str, Any]:
    """As of when, by which terms and how far the person of the visit looks into a ledger."""
    organ_id = key(visit.organ.id)
    reach = reads(session, visit.looking, organ_id, kind)
    return {"on": visit.on, "amounts": amounts(session, organ_id), "reach": reach}


def _columns(kind: Kind, rows: Sequence[Any]) -> list[LedgerField]:
    """The first fields that say something in these rows: what is empty throughout takes no place."""
    told = [
        field
        for field in kind.columns
        if field.name not in (kind.day, *kind.called)
        and (field.required or any(getattr(row, field.name) not in (None, field.default) for row in rows))
    ]
    first = [field for field in told if field.takes is not FieldType.ITEM][:COLUMNS]
    return [*first, *(field for field in told if field.takes is FieldType.ITEM)]


def _due(session: Session, visit: Visit, kind: Kind, rows: Sequence[Any]) -> Mapping[int, Any]:
    """The nearest term of each row that is still to be met, with its light."""
    if not kind.terms:
        return {}
    calendar = office_calendar(session, organ_id=visit.organ.id)
    own = amounts(session, key(visit.organ.id))
    near = near_day(session, visit.plan_or_none(session), on=visit.on, calendar=calendar)
    found = {}
    for row in rows:
        if terms := open_terms(kind, row, calendar, own):
            found[row.id] = terms[0], terms[0].light(visit.on, near)
    return found


def _evidence(session: Session, kind: Kind, rows: Sequence[Any]) -> dict[int, list[Evidence]]:
    """What proves a leader's act."""
    return pieces_of_acts(session, [row.id for row in rows]) if kind.code == "act" and rows else {}


def _attach(session: Session, sent: Posted, kind: Kind, row: Any) -> None:
    settings = sent.visit.served.settings
    for file in sent.files("evidence") if kind.code == "act" else ():
        attach_to_act(
            session, row, by=sent.visit.by, store=FileStore(settings.evidence_store), limits=limits_of(settings),
            file=file, vouched=sent.ticked("vouched"),
        )  # fmt: skip
