"""Urging (催办): the supervisor asks after a selection of items, each only so often, on one numbered slip."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from models.actor import Actor
from models.database import key
from models.dates.day_override import office_calendar
from models.dates.workdays import WorkCalendar
from models.errors import BadInputError, ForbiddenError
from models.items.explanation import distance
from models.items.item import WorkItem
from models.items.lifecycle import LIFECYCLE
from models.items.urge import Urge
from models.ladder.notice import NoticeKind
from models.ladder.policy import Policy
from models.papers.document import Document, DocumentKind
from models.people.organ import Organ
from models.people.permission import Action
from models.people.person import Role
from models.typed_text import words
from tasks.acting.authorize import authorize_organ
from tasks.acting.perform import performing, performing_for, policy_of
from tasks.notices.tell import tell
from tasks.papers.draw_up import draw_up
from tasks.papers.facts import to_facts
from tasks.papers.supervision_sheet import UrgedItem, UrgingSlip
from tasks.people.people_of import contact_of, handler_of, handlers_of, unit_of

REPLY_DAYS = 3
"""Working days within which an urged unit replies, where no day is named."""
MOST = 200
"""Items on one slip."""


def urge(
    session: Session,
    items: Sequence[WorkItem],
    *,
    by: Actor,
    demand: str | None = None,
    reply_by: dt.date | None = None,
) -> Document:
    """Urge these items of one organ: a slip with the next number, and a notice to whoever handles each.

    All or nothing. Raises ForbiddenError that names each item urged too recently (the policy's `urge_gap`, whoever
    urged) and each that is not open; BadInputError for no item, too many, or items of several organs.
    """
    # An item named twice is urged once.
    items = list({key(item.id): item for item in items}.values())
    if not 0 < len(items) <= MOST or len({item.organ_id for item in items}) > 1:
        raise BadInputError(f"请选择同一单位的 1 至 {MOST} 项任务催办。")
    organ = session.get_one(Organ, items[0].organ_id)
    calendar = office_calendar(session, organ_id=organ.id)
    authorize_organ(session, by, Action.URGE, organ.id)
    # In one order, so that two who urge overlapping selections wait for each other and not in a circle.
    for item in sorted(items, key=lambda item: key(item.id)):
        session.refresh(item, with_for_update=True)
    _check_gap(session, items, by.on, calendar)
    reply = reply_by or calendar.add(by.on, REPLY_DAYS)
    if reply <= by.on:
        raise BadInputError(f"回复期限 {reply} 不可用：应晚于 {by.on}。")
    demand = words(
        demand or "请抓紧办理，在回复期限前填报进展，写明未完成的原因和下一步安排。", "催办要求", longest=500
    )
    with performing_for(session, by, Action.URGE, organ.id):
        contact = contact_of(session, organ, by)
        slip = UrgingSlip(
            organ=organ.name,
            number="",
            addressee=_addressee(session, items),
            items=tuple(_urged(session, item, by, calendar) for item in items),
            demand=demand,
            reply_by=reply,
            contact=contact.name if contact else by.name,
            phone=(contact.mobile if contact else None) or "",
            issued_on=by.on,
        )
        document = draw_up(
            session, organ_id=key(organ.id), kind=DocumentKind.URGING, title=f"催办单（{len(items)}项）",
            issued_on=by.on, by=by, facts=to_facts(slip),
        )  # fmt: skip
    for item in items:
        with performing(session, by, Action.URGE, item, reason=demand) as deed:
            session.add(
                Urge(
                    item_id=key(item.id),
                    document_id=key(document.id),
                    person_id=deed.person_id,
                    for_id=deed.for_id,
                    on=by.on,
                    reply_by=reply,
                    recorded_at=by.now,
                )
            )
            tell(
                session, item, role=Role.HANDLER, kind=NoticeKind.URGE, subject=f"urge:{document.id}:{item.id}",
                what=f"{by.name}催办（{document.written_number}），请于 {reply} 前回复：{demand}", by=by,
            )  # fmt: skip
    return document


@dataclass(frozen=True)
class ForeseenUrging:
    """What urging an item would do: whom it reaches, by name, or why it would be refused."""

    item: WorkItem
    reaches: str | None
    refused: str | None


def foresee_urging(session: Session, items: Sequence[WorkItem], *, by: Actor) -> list[ForeseenUrging]:
    """What `urge` would do with each of these items of one organ today; whoever urges is told nothing."""
    if not items:
        return []
    calendar = office_calendar(session, organ_id=items[0].organ_id)
    soon = {item.id: (last, free) for item, last, free in _too_soon(session, items, by.on, calendar)}
    states = LIFECYCLE[Action.URGE].sources
    handlers = handlers_of(session, [key(item.id) for item in items], by.on)
    foreseen = []
    for item in items:
        refused = None
        if item.state not in states:
            refused = f"现为“{item.state.label}”：只催办{'、'.join(f'“{state.label}”' for state in states)}的任务"
        elif item.id in soon:
            refused = f"已于 {soon[item.id][0]} 催办，{soon[item.id][1]} 起才能再催"
        handler = handlers.get(key(item.id))
        reaches = handler.name if handler and handler.id != by.person_id else None
        foreseen.append(ForeseenUrging(item, None if refused else reaches, refused))
    return foreseen


def urgeable(session: Session, items: Sequence[WorkItem], *, on: dt.date) -> list[WorkItem]:
    """Those of the items that may be urged on the day: open, and not urged too recently; at most a slip's worth."""
    calendar = office_calendar(session, organ_id=items[0].organ_id) if items else WorkCalendar()
    urged = {item.id for item, _last, _free in _too_soon(session, items, on, calendar)}
    states = LIFECYCLE[Action.URGE].sources
    return [item for item in items if item.id not in urged and item.state in states][:MOST]


def again_on(last: dt.date, policy: Policy, calendar: WorkCalendar) -> dt.date:
    """The first day on which an item last urged on `last` may be urged again."""
    return calendar.add(last, policy.urge_gap)


def _check_gap(session: Session, items: Sequence[WorkItem], on: dt.date, calendar: WorkCalendar) -> None:
    refused = [
        f"任务 {item.number} 已于 {last} 催办，{free} 起才能再催"
        for item, last, free in _too_soon(session, items, on, calendar)
    ]
    if refused:
        raise ForbiddenError(f"为避免重复催办，未催办任何任务：{'；'.join(refused)}。")


def _too_soon(
    session: Session, items: Sequence[WorkItem], on: dt.date, calendar: WorkCalendar
) -> list[tuple[WorkItem, dt.date, dt.date]]:
    """The items urged within the policy's gap, each with the day it was and the day it may be again."""
    newest = dict(
        session.exec(
            select(Urge.item_id, func.max(Urge.on))
            .where(col(Urge.item_id).in_([item.id for item in items]))
            .group_by(col(Urge.item_id))
        ).all()
    )
    pressed = []
    for item in items:
        last = newest.get(key(item.id))
        if last is not None and on < (free := again_on(last, policy_of(session, item), calendar)):
            pressed.append((item, last, free))
    return pressed


def _addressee(session: Session, items: Sequence[WorkItem]) -> str:
    units = list(dict.fromkeys(unit_of(session, item) for item in items))
    return "、".join(units) if len(units) <= 3 else f"{units[0]}等 {len(units)} 个单位"


def _urged(session: Session, item: WorkItem, by: Actor, calendar: WorkCalendar) -> UrgedItem:
    handler = handler_of(session, item, by.on)
    times = session.exec(select(func.count(col(Urge.id))).where(Urge.item_id == item.id)).one()
    due = item.due_on or by.on
    return UrgedItem(
        number=item.number,
        title=item.title,
        unit=unit_of(session, item),
        person=handler.name if handler else "",
        due_on=due,
        state=f"{item.state.label}，{distance(due, on=by.on, calendar=calendar)}",
        times=times + 1,
    )
