"""通知: what was sent to whom, why, by which rung, with what result; and why something was not sent."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from duban.web.mark_seen import mark_seen
from duban.web.posted import Sent
from duban.web.visit import Signed
from models.coded import Coded
from models.database import key
from models.errors import BadInputError
from models.ladder.message import SendState
from models.ladder.notice import NoticeKind, NoticeState
from models.people.organ import Organ
from models.people.permission import Action
from models.typed_text import day_or_none
from tasks.acting.authorize import organs_within
from tasks.notices.browse_notices import NoticeChoice, attempts_of, browse_notices, oversees_notices, returned_of
from tasks.notices.find_channels import channel_label
from tasks.notices.receipts.find_message import read_message
from tasks.notices.receipts.mark_read import mark_read
from tasks.notices.receipts.open_notice import find_notice, leads_to
from tasks.notices.receipts.park import park
from tasks.notices.resend import count_parked, resend, resend_all
from tasks.people.roster import people_in_office
from tasks.trail.months_away import away_words

Kind = TypeVar("Kind", bound=Coded)

router = APIRouter()

ASKED = ("from", "until", "person", "kind", "state", "item")
"""What the filter of the page sends."""


@router.get("/notices")
def notices(visit: Signed) -> HTMLResponse:
    """The ledger, one page of it: everybody's for those who oversee the organ, one's own for others."""
    query = visit.request.query_params
    asked = {name: query.get(name, "").strip() for name in ASKED}
    mine, unread = query.get("mine", "") == "yes", query.get("unread", "") == "yes"
    with visit.reading() as session:
        organ_id = key(visit.organ.id)
        oversees = oversees_notices(session, organ_id, by=visit.looking)
        choice = replace(_choice(asked), unread=unread)
        if mine and oversees:
            choice = replace(choice, person=visit.person.id)
        may_resend = organ_id in organs_within(session, visit.by, Action.RESEND)
        listed = browse_notices(
            session, visit.organ, choice, by=visit.looking, settings=visit.served.settings,
            after=query.get("after") or None,
        )  # fmt: skip
        kept: dict[str, object] = {name: value for name, value in asked.items() if value}
        return visit.page(
            session,
            "notices.html",
            menu="/notices",
            found=listed,
            asked=asked,
            kept=kept | ({"mine": "yes"} if mine else {}) | ({"unread": "yes"} if unread else {}),
            mine=mine,
            unread=unread,
            parked=count_parked(session, organ_id) if may_resend else 0,
            oversees=oversees,
            first=not query.get("after"),
            away="" if listed.next else away_words(session, "通知"),
            kinds=[(kind.value, kind.label) for kind in NoticeKind],
            states=[(state.value, state.label) for state in NoticeState],
            people=people_in_office(session, organ_id, on=visit.on) if oversees else [],
        )


@router.post("/notices/read")
def read_all(sent: Sent) -> Response:
    """Whatever was sent to the person counts as read."""
    visit = sent.visit
    with visit.writing() as session:
        count = mark_read(session, key(visit.person.id), at=visit.now)
    return visit.go(visit.link("/notices", mine="yes"), f"{count} 条通知已标为已读。" if count else "没有未读的通知。")


@router.post("/notices/retry")
def retry_all(sent: Sent) -> Response:
    """Send every parked message of the organ again with the next delivery."""
    visit = sent.visit
    with visit.writing() as session:
        count = resend_all(session, key(visit.organ.id), by=visit.by)
    return visit.go(visit.link("/notices"), f"停发的 {count} 封通知将在下一次发送时重发。")


@router.get("/notices/open/{notice_id:row}")
def open_notice(visit: Signed, notice_id: int) -> Response:
    """Where the link of a message leads: for its recipient the notice counts as read; on to the next step."""
    with visit.reading() as session:
        found = find_notice(session, notice_id, by=visit.by)
        path = leads_to(session, found, by=visit.by)
    mark_seen(visit, notice=notice_id)
    return RedirectResponse(path, 303, headers={"Cache-Control": "no-store"})


@router.get("/notices/{message_id:row}")
def message_page(visit: Signed, message_id: int) -> HTMLResponse:
    """One message: what was in it, and every try to deliver it."""
    mark_seen(visit, message=message_id)
    with visit.reading() as session:
        shown, recipient = read_message(session, message_id, by=visit.by)
        organ = session.get_one(Organ, recipient.organ_id)
        return visit.page(
            session,
            "message.html",
            menu="/notices",
            message=shown,
            recipient=recipient,
            attempts=attempts_of(session, shown),
            returned=returned_of(session, shown),
            notices=browse_notices(
                session, organ, NoticeChoice(message=message_id), by=visit.looking, settings=visit.served.settings,
                size=200,
            ),
            label=channel_label,
            parked=shown.state is SendState.PARKED,
            waiting=shown.state is SendState.WAITING,
            may_resend=recipient.organ_id in organs_within(session, visit.by, Action.RESEND),
        )  # fmt: skip


@router.post("/notices/{message_id:row}/retry")
def retry(sent: Sent, message_id: int) -> Response:
    """Send a parked message again with the next delivery."""
    visit = sent.visit
    with visit.writing() as session:
        found, recipient = read_message(session, message_id, by=visit.by)
        count = resend(session, found, by=visit.by)
        said = f"给{recipient.name}的 {count} 条通知将在下一次发送时重发。"
    return visit.go(visit.link(f"/notices/{message_id}"), said)


@router.post("/notices/{message_id:row}/park")
def park_message(sent: Sent, message_id: int) -> Response:
    """Keep a message that waits from leaving, with a reason."""
    visit = sent.visit
    with visit.writing() as session:
        found, recipient = read_message(session, message_id, by=visit.by)
        count = park(session, found, reason=sent.text("reason"), by=visit.by)
    return visit.go(visit.link(f"/notices/{message_id}"), f"给{recipient.name}的 {count} 条通知已停发，不发送。")


def _choice(asked: Mapping[str, str]) -> NoticeChoice:
    """Raises BadInputError that says what a filter may be."""
    return NoticeChoice(
        first=day_or_none(asked["from"], "起始日"),
        last=day_or_none(asked["until"], "截止日"),
        person=_number(asked["person"]),
        kind=_member(NoticeKind, asked["kind"], "种类"),
        state=_member(NoticeState, asked["state"], "结果"),
        item=asked["item"],
    )


def _number(value: str) -> int | None:
    if not value:
        return None
    if not value.isdecimal() or len(value) > 9:
        raise BadInputError(f"人员“{value}”无法识别：请从名单中选择。")
    return int(value)


def _member(kind: type[Kind], value: str, what: str) -> Kind | None:
    if not value:
        return None
    try:
        return kind(value)
    except ValueError as error:
        accepted = "、".join(f"{one.value}（{one.label}）" for one in kind)
        raise BadInputError(f"{what}“{value}”无法识别；可用：{accepted}。") from error
