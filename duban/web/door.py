"""A request of somebody who is not signed in: where it comes from, its form, and the pages at the door.

There is no session yet to prove a form by: a random cookie and the same value hidden in the form do (double submit),
besides what the browser itself says of where the form came from.
"""

import ipaddress
import secrets
from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from duban.web.gate import check_form
from duban.web.inside import inside
from duban.web.posted import ForgedError, is_own
from duban.web.served import ServedOffice, served_office
from duban.web.visit import cookie_name, proves
from models.actor import Actor, Channel
from models.clock import day_of
from models.database import on_record, reading
from models.errors import BadInputError
from models.people.web_session import SessionStage
from models.settings import Network, Settings, networks, renewed
from tasks.access.hold_session import LASTS, find_session
from tasks.access.sign_in import Caller
from tasks.engine.choose_settings import note_office_url

DOOR = "duban_door"
STEPS = {SessionStage.CODE: "/login/code", SessionStage.ENROL: "/login/enrol"}
"""Where a sign-in goes on that still lacks its second factor."""
MOST_FIELDS, LONGEST_FIELD = 20, 4096


@dataclass(frozen=True)
class Door:
    """One request at the door. `form` is empty where nothing was sent."""

    served: ServedOffice
    request: Request
    form: FormData = field(default_factory=FormData)

    def text(self, name: str) -> str:
        """A field without the blanks around it, empty where it was not sent."""
        return self.secret(name).strip()

    def secret(self, name: str) -> str:
        """A field as it was typed, blanks and all: a password."""
        value = self.form.get(name)
        return value if isinstance(value, str) else ""

    @property
    def caller(self) -> Caller:
        """Where the request comes from."""
        return Caller(
            client_address(self.request, self.served.settings),
            self.request.headers.get("user-agent", ""),
            self.request.cookies.get(cookie_name(self.served)),
        )

    def page(self, template: str, *, status_code: int = 200, **context: object) -> HTMLResponse:
        """A page at the door; its form carries what its cookie says."""
        token = self.request.cookies.get(self._cookie) or secrets.token_urlsafe(24)
        html = self.served.templates.get_template(template).render(csrf=token, served=self.served, **context)
        answer = HTMLResponse(html, status_code, headers={"Cache-Control": "no-store"})
        answer.set_cookie(self._cookie, token, httponly=True, samesite="lax", secure=self.served.secure, path="/")
        return answer

    def enter(self, token: str, path: str) -> RedirectResponse:
        """Somebody got in: on to `path`, with the session's cookie; by way of the second factor where it is lacking."""
        with reading(self.served.database) as session:
            half = find_session(session, token, now=self.served.now(), halfway=True)
        where = inside(path)
        if half is not None:
            where = f"{STEPS[half[0].stage]}?next={quote(where, safe='')}"
        else:
            self.note_office_url(token)
        answer = RedirectResponse(where, 303, headers={"Cache-Control": "no-store"})
        keep_session(answer, self.served, token)
        answer.delete_cookie(self._cookie, path="/", secure=self.served.secure, httponly=True, samesite="lax")
        return answer

    def note_office_url(self, token: str) -> None:
        """Somebody is in, by this address: it is the office's where none is set and the person manages people."""
        served, now = self.served, self.served.now()
        if served.settings.is_reached:
            return
        with on_record(served.database) as session:
            opened = find_session(session, token, now=now)
            if opened is not None:
                _, person, organ = opened
                by = Actor(person.name, Channel.WEB, day_of(now), now, person.id)
                scheme = client_scheme(self.request, served.settings)
                note_office_url(session, served.settings, scheme, self.request.url.netloc, by=by, organ=organ)
        served.settings = renewed(served.settings)

    def prove(self) -> None:
        """Raises ForgedError where the form was not sent by a page of ours in this browser."""
        kept, carried = self.request.cookies.get(self._cookie, ""), self.secret("csrf")
        if not is_own(self.request) or not kept or not proves(carried, kept):
            raise ForgedError

    @property
    def _cookie(self) -> str:
        return f"__Host-{DOOR}" if self.served.secure else DOOR


def keep_session(answer: Response, served: ServedOffice, token: str) -> None:
    """Let the browser keep the session's token, where no script reads it, for as long as the session may last."""
    answer.set_cookie(
        cookie_name(served), token, max_age=int(LASTS.total_seconds()), path="/", httponly=True, samesite="lax",
        secure=served.secure,
    )  # fmt: skip


def client_address(request: Request, settings: Settings) -> str:
    """Whom the request comes from: the peer, or whom a trusted proxy says it speaks for.

    Of X-Forwarded-For only what trusted proxies added is believed, from the right: whatever a client sent itself
    stands to the left of it.
    """
    peer = request.client.host if request.client else ""
    trusted = networks(settings.trusted_proxy)
    said = [part.strip() for line in request.headers.getlist("x-forwarded-for") for part in line.split(",")]
    while said and _is_within(peer, trusted):
        before = said.pop()
        if not _is_address(before):
            break
        peer = before
    return peer


def client_scheme(request: Request, settings: Settings) -> str:
    """Whether the browser came by https, as this server or a trusted proxy before it says."""
    peer = request.client.host if request.client else ""
    said = request.headers.get("x-forwarded-proto", "").strip().lower()
    if said in ("http", "https") and _is_within(peer, networks(settings.trusted_proxy)):
        return said
    return request.url.scheme


def _is_within(address: str, listed: list[Network]) -> bool:
    return _is_address(address) and any(ipaddress.ip_address(address) in network for network in listed)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def at_door(request: Request) -> Door:
    """A look at the door."""
    return Door(served_office(request), request)


async def knocked(request: Request) -> Door:
    """A form sent at the door, proved. Raises ForgedError, MarkedFormError."""
    try:
        form = await request.form(max_files=0, max_fields=MOST_FIELDS, max_part_size=LONGEST_FIELD)
    except HTTPException as error:
        raise BadInputError("表单无法读取：内容过多，或在传送中损坏。") from error
    door = Door(served_office(request), request, form)
    door.prove()
    check_form(form)
    return door


AtDoor = Annotated[Door, Depends(at_door)]
"""Declares a page for whoever is not signed in."""
Knocked = Annotated[Door, Depends(knocked)]
"""Declares a form of whoever is not signed in."""
