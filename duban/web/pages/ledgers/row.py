"""A row of a ledger: what it says, the days it sets, what became of it; corrected, withdrawn, restored."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from duban.web.attempt import attempt
from duban.web.ledgers.form import given, ledger_form
from duban.web.posted import Posted, Sent
from duban.web.refusals import status_of
from duban.web.visit import Signed, Visit
from models.batch import ImportBatch
from models.database import key
from models.dates.day_override import office_calendar
from models.errors import BadInputError, ConflictError, DubanError, ForbiddenError
from models.ledgers.kind import Kind
from models.ledgers.kinds import KINDS
from models.people.organ import Department
from models.people.person import Person, Post
from tasks.items.attach import pieces_of_acts
from tasks.ladder.status import near_day, post_holders
from tasks.ledgers.find_row import find_row, seen_row
from tasks.ledgers.ledger_reach import authorize_writing, writes
from tasks.ledgers.own_terms import amounts, span_words
from tasks.ledgers.record import correct_row, reinstate_row, withdraw_row
from tasks.ledgers.row_history import history_lacks, row_history
from tasks.ledgers.row_terms import row_terms
from tasks.ledgers.tell_row import Teller

router = APIRouter()


@router.get("/ledgers/{code:ledger}/{row_id:row}")
def show(visit: Signed, code: str, row_id: int) -> HTMLResponse:
    """One row."""
    kind = KINDS[code]
    with visit.reading() as session:
        return _show(session, visit, kind, seen_row(session, visit.organ, kind, row_id, by=visit.looking))


@router.get("/ledgers/{code:ledger}/{row_id:row}/edit")
def edit(visit: Signed, code: str, row_id: int) -> HTMLResponse:
    """The form with what the row says."""
    kind = KINDS[code]
    with visit.reading() as session:
        row = seen_row(session, visit.organ, kind, row_id, by=visit.by)
        authorize_writing(session, visit.by, key(visit.organ.id), kind, row)
        return ledger_form(session, visit, kind, _typed(session, kind, row), row=row)


@router.post("/ledgers/{code:ledger}/{row_id:row}")
def correct(sent: Sent, code: str, row_id: int) -> Response:
    """Correct the row. Where others changed it since, the form tells what they changed and keeps what was typed."""
    visit, kind = sent.visit, KINDS[code]

    def again(session: Session, error: DubanError) -> Response:
        row = find_row(session, visit.organ, kind, row_id)
        stale = isinstance(error, ConflictError)
        return ledger_form(
            session, visit, kind, sent.typed, row=row, error=error,
            # Whoever was told what others changed, and sends again, has seen it.
            seen=row.revision if stale else _seen(sent),
            changes=row_history(session, kind, row, after=_seen(sent)) if stale else (),
        )  # fmt: skip

    with attempt(visit, again, beyond=ForbiddenError) as session:
        row = seen_row(session, visit.organ, kind, row_id, by=visit.by)
        authorize_writing(session, visit.by, key(visit.organ.id), kind, row)
        typed = given(kind, sent)
        changed = correct_row(session, visit.organ, kind, row, typed, by=visit.by, seen=_seen(sent))
    said = f"已更正{kind.title}“{kind.name_of(row)}”：{'、'.join(changed)}。" if changed else "与原来相同，没有改动。"
    return visit.go(visit.link(f"/ledgers/{code}/{row_id}"), said)


@router.post("/ledgers/{code:ledger}/{row_id:row}/withdraw")
def withdraw(sent: Sent, code: str, row_id: int) -> Response:
    """Take the row out of every figure, with a reason."""

    def do(session: Session, kind: Kind, row: Any) -> str:
        reason = sent.text("reason")
        withdraw_row(session, sent.visit.organ, kind, row, reason, by=sent.visit.by, seen=_seen(sent))
        return f"已撤下{kind.title}“{kind.name_of(row)}”，不再计入任何数字。"

    return _done(sent, code, row_id, do)


@router.post("/ledgers/{code:ledger}/{row_id:row}/reinstate")
def reinstate(sent: Sent, code: str, row_id: int) -> Response:
    """Let a withdrawn row count again."""

    def do(session: Session, kind: Kind, row: Any) -> str:
        reinstate_row(session, sent.visit.organ, kind, row, by=sent.visit.by, seen=_seen(sent))
        return f"已恢复{kind.title}“{kind.name_of(row)}”。"

    return _done(sent, code, row_id, do)


def _done(sent: Posted, code: str, row_id: int, do: Callable[[Session, Kind, Any], str]) -> Response:
    visit, kind = sent.visit, KINDS[code]

    def again(session: Session, error: DubanError) -> Response:
        row = find_row(session, visit.organ, kind, row_id)
        return _show(session, visit, kind, row, error=error, reason=sent.text("reason"))

    with attempt(visit, again, told=(BadInputError, ConflictError)) as session:
        row = seen_row(session, visit.organ, kind, row_id, by=visit.by)
        authorize_writing(session, visit.by, key(visit.organ.id), kind, row)
        said = do(session, kind, row)
    return visit.go(visit.link(f"/ledgers/{code}/{row_id}"), said)


def _seen(sent: Posted) -> int:
    """The revision that the form showed. Raises BadInputError."""
    seen = sent.text("seen")
    if not (seen.isascii() and seen.isdecimal()) or len(seen) > 9:
        raise BadInputError("表单不完整：请刷新页面后再试。没有做任何改动。")
    return int(seen)


def _typed(session: Session, kind: Kind, row: Any) -> dict[str, str]:
    teller = Teller(session, kind, [row])
    words = {"是": "yes", "否": "no"}
    typed = {field.name: teller.typed(row, field) for field in kind.columns}
    return {
        field.name: words.get(typed[field.name], typed[field.name])
        if isinstance(getattr(row, field.name), bool)
        else typed[field.name]
        for field in kind.columns
    }


def _owner(session: Session, row: Any, visit: Visit) -> str:
    """Whose row it is: the unit, and who holds the post today."""
    post = session.get(Post, row.post_id) if row.post_id is not None else None
    if post is None:
        return "督办员"
    unit = session.get(Department, post.department_id) if post.department_id is not None else None
    holder = post_holders(session, {post.id}, on=visit.on).get(post.id)
    return " ".join(filter(None, (unit.name if unit else "", holder or f"{post.title}（空缺）")))


def _show(
    session: Session, visit: Visit, kind: Kind, row: Any, *, error: DubanError | None = None, reason: str = ""
) -> HTMLResponse:
    calendar = office_calendar(session, organ_id=visit.organ.id)
    own = amounts(session, key(visit.organ.id))
    near = near_day(session, visit.plan_or_none(session), on=visit.on, calendar=calendar)
    teller = Teller(session, kind, [row])
    pieces = pieces_of_acts(session, [row.id]).get(row.id, []) if kind.code == "act" else []
    recorder = session.get(Person, row.recorded_by_id) if row.recorded_by_id else None
    return visit.page(
        session, "ledgers/ledger_row.html", menu="/ledgers", kind=kind, row=row, fields=kind.columns,
        words=teller.words,
        items=teller.items, evidence=pieces, recorder=recorder.name if recorder else "本机管理员",
        batch=session.get(ImportBatch, row.batch_id) if row.batch_id else None,
        terms=[
            (term, span_words(term.term, term.amount, term.unit), term.light(visit.on, near),
             term.words(visit.on, calendar))
            for term in row_terms(kind, row, calendar, own)
        ],
        history=row_history(session, kind, row), lacks=history_lacks(session, row), reason=reason,
        error=error.message if error else "",
        may_record=writes(session, visit.by, key(visit.organ.id), kind).holds(session, row),
        owner=_owner(session, row, visit),
        status_code=status_of(error) if error else 200,
    )  # fmt: skip
