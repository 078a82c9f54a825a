"""修改: the form of an item filled with what it says, and what it is to say instead."""

from collections.abc import Mapping

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from duban.acts.item_hand import EDIT
from duban.web.attempt import attempt
from duban.web.items.item_form import form_of, seen_entry, typed_in
from duban.web.posted import Posted, Sent
from duban.web.refusals import status_of
from duban.web.visit import Signed, Visit
from models.errors import ConflictError, DubanError
from models.items.item import ItemState, WorkItem
from models.items.plan import AnnualPlan
from models.people.permission import Action
from tasks.acting.find_seen import seen_item
from tasks.acting.perform import check_open
from tasks.items.edit_item import edit_item
from tasks.items.item_fields import facts_of, in_words
from tasks.items.read_typed import NOTHING, read_typed
from tasks.trail.changes_since import changes_since, newest_entry, refuse_blind

router = APIRouter()


@router.get("/items/{item_id:row}/edit")
def ask_edit(visit: Signed, item_id: int) -> HTMLResponse:
    """What the item says now, to be changed."""
    with visit.reading() as session:
        item = seen_item(session, item_id, by=visit.by)
        return _form(session, visit, item, _said(session, visit, item))


@router.post("/items/{item_id:row}/edit")
def edit(sent: Sent, item_id: int) -> Response:
    """Change what reads otherwise than before; what was emptied is taken away."""
    visit, typed = sent.visit, typed_in(sent)
    with visit.reading() as session:
        seen_item(session, item_id, by=visit.by)
    with attempt(
        visit,
        lambda session, error: _form(session, visit, seen_item(session, item_id, by=visit.by), typed, error, sent),
    ) as session:
        item = seen_item(session, item_id, by=visit.by)
        refuse_blind(session, item, seen_entry(sent), by=visit.by)
        stands = _said(session, visit, item)
        differs = {name: text or NOTHING for name, text in typed.items() if text != stands.get(name, "")}
        plan = session.get_one(AnnualPlan, item.plan_id)
        wanted = read_typed(session, plan, differs, by=visit.by, department_id=item.department_id)
        changes = edit_item(session, item, wanted, by=visit.by, reason=sent.text("reason"))
        said = f"任务 {item.number} 已修改：{'、'.join(change.label for change in changes)}。"
    return visit.go(visit.link(f"/items/{item_id}"), said)


def _said(session: Session, visit: Visit, item: WorkItem) -> dict[str, str]:
    return in_words(session, facts_of(session, item), on=visit.by.on)


def _form(
    session: Session, visit: Visit, item: WorkItem, typed: Mapping[str, str], error: DubanError | None = None,
    sent: Posted | None = None,
) -> HTMLResponse:  # fmt: skip
    check_open(session, visit.by, Action.EDIT, item)
    plan = session.get_one(AnnualPlan, item.plan_id)
    changed = (
        changes_since(session, item, seen_entry(sent), by=visit.by) if isinstance(error, ConflictError) and sent else []
    )
    return visit.page(
        session, "items/item_edit.html", menu="/items", item=item, plan=plan, changed=changed, title=EDIT.title,
        is_draft=item.state is ItemState.DRAFT, reason=sent.text("reason") if sent else "",
        seen=newest_entry(session, item), status_code=status_of(error) if error else 200,
        **form_of(session, plan, typed, by=visit.by, error=error),
    )  # fmt: skip
