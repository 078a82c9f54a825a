"""通知: what was sent to whom, why, by which rung, with what result; and why something was not sent."""

from collections.abc import Mapping
from typing import TypeVar

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from duban.web.posted import Sent
from duban.web.visit import Signed, Visit
from models.coded import Coded
from models.database import key
from models.errors import BadInputError, NotFoundError
from models.ladder.message import Message, SendState
from models.ladder.notice import NoticeKind, NoticeState
from models.people.organ import Organ
from models.people.permission import Action
from models.people.person import Person
from models.typed_text import day_or_none
from tasks.acting.authorize import organs_within
from tasks.notices.browse_notices import NoticeChoice, attempts_of, browse_notices, oversees_notices, returned_of
from tasks.notices.resend import find_message, resend
from tasks.people.roster import people_in_office

Kind = TypeVar("Kind", bound=Coded)

router = APIRouter()

ASKED = ("from", "until", "person", "kind", "state", "item")
"""What the filter of the page sends."""


@router.get("/notices")
def notices(visit: Signed) -> HTMLResponse:
    """The ledger, one page of it: everybody's for those who oversee the organ, one's own for others."""
    query = visit.request.query_params
    asked = {name: query.get(name, "").strip() for name in ASKED}
    mine = query.get("mine", "") == "yes"
    with visit.reading() as session:
        organ_id = key(visit.organ.id)
        oversees = oversees_notices(session, organ_id, by=visit.looking)
        choice = _choice(asked)
        if mine and oversees:
            choice = NoticeChoice(choice.first, choice.last, visit.person.id, choice.kind, choice.state, choice.item)
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
            kept=kept | ({"mine": "yes"} if mine else {}),
            mine=mine,
            oversees=oversees,
            first=not query.get("after"),
            kinds=[(kind.value, kind.label) for kind in NoticeKind],
            states=[(state.value, state.label) for state in NoticeState],
            people=people_in_office(session, organ_id, on=visit.on) if oversees else [],
        )


@router.get("/notices/{message_id:row}")
def digest(visit: Signed, message_id: int) -> HTMLResponse:
    """One message: what was in it, and every try to deliver it."""
    with visit.reading() as session:
        shown, recipient = _seen(session, visit, message_id)
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
            parked=shown.state is SendState.PARKED,
            may_resend=recipient.organ_id in organs_within(session, visit.by, Action.RESEND),
        )  # fmt: skip


@router.post("/notices/{message_id:row}/retry")
def retry(sent: Sent, message_id: int) -> Response:
    """Send a parked message again with the next delivery."""
    visit = sent.visit
    with visit.writing() as session:
        found, recipient = _seen(session, visit, message_id)
        count = resend(session, found, by=visit.by)
        said = f"给{recipient.name}的 {count} 条通知将在下一次发送时重发。"
    return visit.go(visit.link(f"/notices/{message_id}"), said)


def _seen(session: Session, visit: Visit, message_id: int) -> tuple[Message, Person]:
    """The message and whom it is for. Raises NotFoundError for one the person may not know of."""
    found = find_message(session, message_id)
    recipient = session.get_one(Person, found.recipient_id)
    if recipient.id != visit.person.id and not oversees_notices(session, recipient.organ_id, by=visit.by):
        raise NotFoundError("没有这封通知,或者它不在您的查看范围内。")
    return found, recipient


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
        raise BadInputError(f"人员“{value}”无法识别:请从名单中选择。")
    return int(value)


def _member(kind: type[Kind], value: str, what: str) -> Kind | None:
    if not value:
        return None
    try:
        return kind(value)
    except ValueError as error:
        accepted = "、".join(f"{one.value}({one.label})" for one in kind)
        raise BadInputError(f"{what}“{value}”无法识别;可用:{accepted}。") from error
