"""任务页: one item as it stands, and every act upon it as a form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from duban.acts.item import BY_VERB, ItemAct
from duban.web.acts.act_form import asks, do, instruction_of, refusal
from duban.web.acts.kept import CHOOSE, KEEP, act_address, put_by, values_of
from duban.web.attempt import attempt
from duban.web.inside import inside
from duban.web.items.asked import asked_facts
from duban.web.items.item_form import seen_entry
from duban.web.items.offers import Offer, check_form, offers
from duban.web.items.timeline import timeline
from duban.web.mark_seen import is_looked_at
from duban.web.posted import Posted, Sent
from duban.web.visit import Signed, Visit
from models.database import key
from models.dates.day_override import office_calendar
from models.errors import ConflictError, DubanError, ForbiddenError, NotFoundError
from models.items.file_kind import ENDINGS
from models.items.item import ItemState, WorkItem
from models.items.lifecycle import TALK
from models.items.plan import AnnualPlan
from models.ladder.notice import Notice, NoticeState
from models.people.kept_form import KeptForm
from models.people.permission import Action
from tasks.access.keep_draft import draft_at, drop_draft
from tasks.acting.authorize import organs_within, standings_on
from tasks.acting.find_seen import seen_item
from tasks.items.dossier import dossier_of
from tasks.items.foresee import foresee
from tasks.items.show_item import show_item
from tasks.notices.receipts.mark_read import mark_read
from tasks.trail.changes_since import changes_since, newest_entry, refuse_blind
from tasks.trail.months_away import away_from

router = APIRouter()

SILENT = (Action.REPORT, Action.ATTACH, Action.MILESTONE, Action.SIGN, Action.SIGN_INSTRUCTION)
"""Of these nobody expects a notice: the form does not say that there is none."""


@router.get("/items/{item_id:row}")
def item_page(visit: Signed, item_id: int) -> HTMLResponse:
    """The item as the person may see it; what the person was told about it counts as read."""
    with visit.reading() as session:
        item = seen_item(session, item_id, by=visit.by)
        if not is_looked_at(visit) or not _has_news(session, visit, item):
            return _shown(session, visit, item)
    with visit.writing() as session:
        mark_read(session, key(visit.person.id), at=visit.now, item=item_id)
    with visit.reading() as session:
        return _shown(session, visit, seen_item(session, item_id, by=visit.by))


def _has_news(session: Session, visit: Visit, item: WorkItem) -> bool:
    """Whether the person was told something about the item that he has not opened."""
    return any(
        row.recipient_id == visit.person.id and row.state is NoticeState.SENT and row.read_at is None
        for row in dossier_of(session, item).of(Notice)
    )


def _shown(session: Session, visit: Visit, item: WorkItem) -> HTMLResponse:
    calendar = office_calendar(session, organ_id=item.organ_id)
    data = show_item(session, item, by=visit.looking, calendar=calendar)
    offered, dossier = offers(session, visit.by, item), dossier_of(session, item)
    related = _readable(session, visit, dossier.of(WorkItem))
    return visit.page(
        session,
        "items/item.html",
        away=away_from(session, item.issued_on, visit.on),
        menu="/items",
        item=item,
        data=data,
        parent=[one for one in related if one.id == item.parent_id],
        children=[one for one in related if one.parent_id == item.id],
        offers=[one for one in offered if one.instruction is None and one.act.action not in TALK],
        may_comment=any(one.act.action is Action.COMMENT_ITEM for one in offered),
        answers=_by_instruction(offered),
        moments=timeline(data),
        due=next((row for row in data["deadlines"] if not row["done_on"] and row["due_on"] == item.due_on), None),
        seen=dossier.newest_entry,
        is_draft=item.state is ItemState.DRAFT,
        may_issue=_may_issue(session, visit, item),
    )


def _may_issue(session: Session, visit: Visit, item: WorkItem) -> bool:
    """Whether the person may issue this one draft now."""
    return (
        item.state is ItemState.DRAFT
        and not item.missing
        and session.get_one(AnnualPlan, item.plan_id).policy_id is not None
        and item.organ_id in organs_within(session, visit.by, Action.ISSUE)
    )


@router.get("/items/{item_id:row}/{verb}")
def act_form(
    visit: Signed,
    item_id: int,
    verb: str,
    instruction: Annotated[str, Query(max_length=10)] = "",
    back: Annotated[str, Query(max_length=500)] = "",
) -> HTMLResponse:
    """The form of one act: what it asks and whom it will reach; of one that is not open, why."""
    with visit.reading() as session:
        item = seen_item(session, item_id, by=visit.by)
        act = _act_named(verb)
        draft = draft_at(session, key(visit.person.id), act_address(visit.request.url.path, instruction))
        typed = {**(dict(draft.fields) if draft else {}), "instruction": instruction, "back": back}
        try:
            check_form(session, visit.by, item, act)
        except ForbiddenError as error:
            return _form(session, visit, item, act, typed, error)
        return _form(session, visit, item, act, typed, draft=draft)


@router.post("/items/{item_id:row}/{verb}")
def act_done(sent: Sent, item_id: int, verb: str) -> Response:
    """Do it. What is refused is told in the form, with everything typed still there."""
    visit = sent.visit
    with visit.reading() as session:
        seen_item(session, item_id, by=visit.by)
    act = _act_named(verb)
    address = act_address(visit.request.url.path, sent.text("instruction"))
    if sent.ticked(KEEP):
        return put_by(sent)
    if sent.ticked(CHOOSE):
        with visit.reading() as session:
            return _form(session, visit, seen_item(session, item_id, by=visit.by), act, sent.typed)
    with attempt(
        visit,
        lambda session, error: _form(
            session, visit, seen_item(session, item_id, by=visit.by), act, sent.typed, error, sent
        ),
    ) as session:
        item = seen_item(session, item_id, by=visit.by)
        if act.action not in TALK:
            refuse_blind(session, item, seen_entry(sent), by=visit.by)
        about = instruction_of(session, item, sent.text("instruction")) if act.of_instruction else None
        said = do(session, item, act, sent, about).said
        drop_draft(session, key(visit.person.id), address)
    place = "#comments" if act.action in TALK else ""
    return visit.go(inside(sent.text("back"), "") or visit.link(f"/items/{item_id}") + place, said)


def _act_named(verb: str) -> ItemAct:
    if verb not in BY_VERB:
        raise NotFoundError("没有这个页面。")
    return BY_VERB[verb]


def _readable(session: Session, visit: Visit, items: Sequence[WorkItem]) -> list[WorkItem]:
    """Those of the items that the person may see."""
    seen = standings_on(session, visit.looking, Action.VIEW, [key(item.id) for item in items])
    return [item for item in items if seen.get(key(item.id))]


@dataclass(frozen=True)
class _Reach:
    """Who will be told: `words` where that depends on what is chosen, else `name`; `quiet` where nobody asks."""

    name: str | None
    words: str
    quiet: bool


def _form(
    session: Session,
    visit: Visit,
    item: WorkItem,
    act: ItemAct,
    typed: Mapping[str, str],
    error: DubanError | None = None,
    sent: Posted | None = None,
    draft: KeptForm | None = None,
) -> HTMLResponse:
    about = instruction_of(session, item, typed.get("instruction", "")) if act.of_instruction else None
    changed = []
    if isinstance(error, ConflictError):
        changed = changes_since(session, item, int(typed["seen"]), by=visit.by)
    # What is not open takes nothing that could be typed; what was typed already is shown all the same.
    closed = isinstance(error, ForbiddenError) and (sent is None or act.at_once)
    asked = [] if closed else asks(session, item, act, visit.by)
    return visit.page(
        session,
        "items/item_act.html",
        menu="/items",
        item=item,
        act=act,
        asks=asked,
        about=about,
        facts=[] if closed else asked_facts(session, item, act, visit.by, about),
        reach=None if closed else _reach(session, visit, item, act, about),
        closed=closed,
        typed=typed,
        ticked=sent.texts if sent else partial(_ticked, draft),
        draft=draft,
        may_keep=not closed and any(ask.kind == "textarea" for ask in asked),
        changed=changed,
        seen=newest_entry(session, item),
        back=inside(typed.get("back", ""), "") or visit.link(f"/items/{item.id}"),
        given_back=inside(typed.get("back", ""), ""),
        endings=ENDINGS,
        largest=visit.served.settings.evidence_bytes,
        megabytes=visit.served.settings.evidence_megabytes,
        has_files=any(ask.kind == "files" for ask in asked),
        **refusal(act, error, sent is not None and sent.brought("file")),
    )


def _ticked(draft: KeptForm | None, name: str) -> Sequence[str]:
    return values_of(draft).get(name, ()) if draft else ()


def _reach(session: Session, visit: Visit, item: WorkItem, act: ItemAct, about: Any) -> _Reach:
    if act.reaches:
        return _Reach(None, act.reaches, False)
    person = foresee(session, item, act.action, by=visit.by, approve=act.approve, instruction=about)
    return _Reach(person.name if person else None, "", act.action in SILENT)


def _by_instruction(offered: list[Offer]) -> dict[int, list[Offer]]:
    found: dict[int, list[Offer]] = {}
    for offer in offered:
        if offer.instruction is not None:
            found.setdefault(offer.instruction, []).append(offer)
    return found
