"""What a row of a ledger rests on: its links, made and ended; and the own score of an indicator."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from duban.web.attempt import attempt
from duban.web.pages.ledgers.ledgers import may_do
from duban.web.posted import Posted, Sent
from duban.web.refusals import status_of
from duban.web.visit import Signed, Visit
from models.errors import BadInputError, DubanError, ForbiddenError
from models.items.evidence import Evidence
from models.items.item import WorkItem
from models.ledgers import duty, indicator
from models.ledgers.kind import Kind
from models.ledgers.kinds import KINDS
from models.people.permission import Action
from tasks.acting.authorize import authorize_organ
from tasks.ledgers.find_row import find_row, seen_row
from tasks.ledgers.link_row import evidence_to_link, item_to_link, kind_to_link, link_row, links_of, unlink_row
from tasks.ledgers.record import correct_row
from tasks.ledgers.tell_row import Teller

router = APIRouter()


@router.get("/ledgers/{code:ledger}/{row_id:row}/links")
def show(visit: Signed, code: str, row_id: int) -> HTMLResponse:
    """The links of one row."""
    with visit.reading() as session:
        row = seen_row(session, visit.organ, KINDS[code], row_id, by=visit.looking)
        return _page(session, visit, kind_to_link(KINDS[code]), row)


@router.post("/ledgers/{code:ledger}/{row_id:row}/links")
def make(sent: Sent, code: str, row_id: int) -> Response:
    """Link the row to an item by its number, or to a piece of evidence."""

    def do(session: Session, kind: Kind, row: Any) -> str:
        made = link_row(
            session, sent.visit.organ, kind, row, _target(session, sent, kind, row), by=sent.visit.by,
            note=sent.text("note"),
        )  # fmt: skip
        return f"已关联（编号 {made.id}）。"

    return _done(sent, code, row_id, do)


@router.post("/ledgers/{code:ledger}/{row_id:row}/links/{link_id:row}/end")
def end(sent: Sent, code: str, row_id: int, link_id: int) -> Response:
    """End one link; it stays on record."""

    def do(session: Session, kind: Kind, row: Any) -> str:
        unlink_row(session, sent.visit.organ, kind, link_id, by=sent.visit.by)
        return "已取消关联。"

    return _done(sent, code, row_id, do)


@router.post("/ledgers/{code:ledger}/{row_id:row}/score")
def score(sent: Sent, code: str, row_id: int) -> Response:
    """What the organ gives itself for an indicator, and why."""

    def do(session: Session, kind: Kind, row: Any) -> str:
        if kind is not indicator.KIND:
            raise BadInputError(f"{kind.title}没有自评得分。")
        given = {"claimed": sent.text("claimed"), "basis": sent.text("basis")}
        changed = correct_row(
            session, sent.visit.organ, kind, row, given, by=sent.visit.by, seen=sent.number("seen", "版次")
        )
        return "已保存自评。" if changed else "与原来相同，没有改动。"

    return _done(sent, code, row_id, do)


def _done(sent: Posted, code: str, row_id: int, do: Any) -> Response:
    visit, kind = sent.visit, KINDS[code]

    def again(session: Session, error: DubanError) -> Response:
        row = find_row(session, visit.organ, kind_to_link(kind), row_id)
        return _page(session, visit, kind, row, sent=sent, error=error)

    with attempt(visit, again, beyond=ForbiddenError) as session:
        authorize_organ(session, visit.by, Action.RECORD, visit.organ.id)
        said = do(session, kind_to_link(kind), find_row(session, visit.organ, kind, row_id))
    return visit.go(visit.link(f"/ledgers/{code}/{row_id}/links"), said)


def _target(session: Session, sent: Posted, kind: Kind, row: Any) -> WorkItem | Evidence:
    """What the form names. Raises BadInputError where it names neither or both, NotFoundError."""
    item, evidence = sent.text("item"), sent.number("evidence", "佐证材料编号")
    if bool(item) == (evidence is not None):
        asked = "任务编号" if kind is duty.KIND else "任务编号或者佐证材料编号，只填一个"
        raise BadInputError(f"请填写{asked}。")
    if evidence is not None:
        return evidence_to_link(session, sent.visit.organ, evidence)
    year = sent.number("year", "计划年度") or (row.adopted_on.year if kind is indicator.KIND else sent.visit.on.year)
    return item_to_link(session, sent.visit.organ, item, year)


def _page(
    session: Session, visit: Visit, kind: Kind, row: Any, *, sent: Posted | None = None, error: DubanError | None = None
) -> HTMLResponse:
    typed = dict(sent.typed) if sent else {}
    teller = Teller(session, kind, [row])
    if kind is indicator.KIND:
        own = {name: teller.typed(row, kind.field(name)) for name in ("claimed", "basis")}
        typed = own | typed
    return visit.page(
        session, "ledgers/ledger_links.html", menu="/ledgers", kind=kind, row=row, typed=typed,
        links=links_of(session, kind, [row.id]).get(row.id, []), item=teller.items.get(row.item_id),
        scored=kind is indicator.KIND, may_record=may_do(session, visit, Action.RECORD) and row.withdrawn_on is None,
        year=row.adopted_on.year if kind is indicator.KIND else visit.year or visit.on.year,
        error=error.message if error else "", status_code=status_of(error) if error else 200,
    )  # fmt: skip
