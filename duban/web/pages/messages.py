"""消息设置: how messages reach me: channels and their order, the digest's hour, my addresses, and a message to try."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from duban.web.pages.people import person_seen
from duban.web.posted import Posted, Sent
from duban.web.prove_again import prove_again
from duban.web.refusals import status_of
from duban.web.visit import UNDONE, Signed, Visit
from models.database import key
from models.errors import DeliveryError, DubanError, ForbiddenError
from models.ladder.notice import NoticeKind
from models.people.person import Person
from models.typed_text import hour_or_none
from tasks.notices.set_preference import (
    ChannelLine,
    addresses_of,
    channel_lines,
    free_kinds,
    preference_of,
    set_addresses,
    set_preference,
)
from tasks.notices.try_channel import MOST, try_channel

router = APIRouter()
PATH = "/account/messages"


@router.get(PATH)
def messages(visit: Signed) -> HTMLResponse:
    """How messages reach me."""
    with visit.reading() as session:
        return _page(session, visit)


@router.post(PATH)
def choose(sent: Sent) -> Response:
    """Choose channels, hour and what is read in the system alone."""
    visit = sent.visit
    try:
        with visit.writing() as session:
            person = session.get_one(Person, key(visit.person.id))
            set_preference(
                session, person, by=visit.by, settings=visit.served.settings, channels=_ranked(sent),
                digest_at=hour_or_none(sent.text("digest_at"), "每日汇总时间"), inside_only=sent.texts("inside_only"),
            )  # fmt: skip
    except DubanError as error:
        return _refused(visit, error, choice_error=error.message)
    return visit.go(PATH, "消息设置已保存。")


@router.post(f"{PATH}/addresses")
def name_addresses(sent: Sent) -> Response:
    """Say what I am called on channels; proved anew first, since messages go there from then on."""
    visit = sent.visit
    prove_again(sent)
    try:
        with visit.writing() as session:
            person = session.get_one(Person, key(visit.person.id))
            settings = visit.served.settings
            typed = {
                line.channel.name: "" if sent.ticked(f"drop_{line.channel.name}") else given
                for line in channel_lines(session, person, settings)
                if line.own and _was_said(sent, line, given := sent.text(f"to_{line.channel.name}"))
            }
            changed = set_addresses(session, person, typed, by=visit.by, settings=settings)
    except DubanError as error:
        return _refused(visit, error, address_error=error.message)
    told = f"{'、'.join(changed)}账号已保存，请点“发一条测试”确认收得到。" if changed else "账号没有变化。"
    return visit.go(PATH, told)


@router.post(f"{PATH}/try")
def try_own(sent: Sent) -> Response:
    """Send myself a message through one channel, and show what the provider answered."""
    return tried(sent, key(sent.visit.person.id), PATH)


@router.post("/people/{person_id:row}/try-channel")
def try_for(sent: Sent, person_id: int) -> Response:
    """Send somebody of the office one, for whoever runs it."""
    with sent.visit.reading() as session:
        person_seen(session, sent.visit, person_id)
    return tried(sent, person_id, f"/people/{person_id}")


def tried(sent: Posted, person_id: int, back: str) -> Response:
    """What came of a try, told on the page it was asked from."""
    visit, channel = sent.visit, sent.text("channel")
    try:
        handed = try_channel(visit.served.database, visit.served.settings, person_id, channel, by=visit.by)
    except ForbiddenError:
        raise
    except DubanError as error:
        return visit.go(back, f"{UNDONE}测试没有发出：{error.message}")
    return visit.go(back, f"测试已发出，对方答复：{handed.answer}。请看是否收到。")


def _was_said(sent: Posted, line: ChannelLine, given: str) -> bool:
    """Whether the form says anything of the address: a sealed one is not shown, and stays where nothing is typed."""
    name = line.channel.name
    return sent.ticked(f"drop_{name}") or bool(given) or (not line.sealed and f"to_{name}" in sent.form)


def _ranked(sent: Posted) -> list[str]:
    """The channels in the order of their fields, as many as were chosen."""
    ranks = sorted(name for name in sent.form if name.startswith("channel_"))
    return [chosen for name in ranks if (chosen := sent.text(name))]


def _refused(visit: Visit, error: DubanError, **context: object) -> HTMLResponse:
    with visit.reading() as session:
        return _page(session, visit, status_code=status_of(error), **context)


def _page(session: Session, visit: Visit, *, status_code: int = 200, **context: object) -> HTMLResponse:
    settings = visit.served.settings
    lines = channel_lines(session, visit.person, settings)
    told: dict[str, object] = {"choice_error": "", "address_error": "", **context}
    return visit.page(
        session, "messages.html", menu="/more", status_code=status_code, lines=lines,
        options=[(line.channel.name, line.channel.label) for line in lines],
        preference=preference_of(session, visit.person), settings=settings, most=MOST,
        free=free_kinds(settings), insisted=[kind for kind in NoticeKind if kind not in free_kinds(settings)],
        secrets=_secrets(session, visit, lines), **told,
    )  # fmt: skip


def _secrets(session: Session, visit: Visit, lines: list[ChannelLine]) -> dict[str, str]:
    """By what receivers at my addresses know that a message is ours, by channel."""
    kept, found = addresses_of(session, visit.person), {}
    for line in lines:
        address = kept.get(line.channel.name)
        if line.channel.secret is not None and address is not None:
            try:
                found[line.channel.name] = line.channel.secret(visit.served.settings, address)
            except DeliveryError as error:
                found[line.channel.name] = error.message
    return {name: secret for name, secret in found.items() if secret is not None}
