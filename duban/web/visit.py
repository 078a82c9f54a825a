"""One request of a signed-in person: who, of which organ, on what day; its sessions, its pages and its answers."""

import datetime as dt
import hashlib
import hmac
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Annotated
from urllib.parse import quote, unquote, urlencode

from fastapi import Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session

from duban.edge import today
from duban.web.acts.form_key import FormKey
from duban.web.frame import frame
from duban.web.inside import inside
from duban.web.late import late_by
from duban.web.served import ServedOffice, served_office
from duban.web.taken import Asker
from models.actor import Actor, Channel
from models.clock import day_of
from models.database import key, on_record, reading, unit_of_work
from models.errors import NotFoundError
from models.items.plan import AnnualPlan
from models.people.organ import Organ
from models.people.person import Person
from tasks.access.hold_session import NOTED_EVERY, find_session, note_use
from tasks.acting.find_seen import seen_organ
from tasks.people.find import find_plan

COOKIE, SAID = "duban_session", "duban_said"
UNDONE = "!"
"""What words begin with that tell, after a form, of something that was not done."""
LONGEST_WORD = 400


def cookie_name(served: ServedOffice) -> str:
    """The name of the session's cookie: behind TLS one that a browser takes from this very host only."""
    return f"__Host-{COOKIE}" if served.secure else COOKIE


class SignInNeededError(Exception):
    """Nobody is signed in: the way leads to the sign-in page and back."""


@dataclass(frozen=True)
class Visit:
    """What a page works with. Permission is asked of `tasks.acting.authorize`, by `by`."""

    served: ServedOffice
    request: Request
    person: Person
    token: str
    organ: Organ
    """The organ looked at: the person's own unless the address names one the person may know of."""
    year: int | None
    """The year the address names."""
    on: dt.date
    """The day pages are shown for: the present one unless the address names one. Acts are done today."""
    now: dt.datetime
    proved_at: dt.datetime
    """When the person last proved in this session to be the one."""
    form_key: FormKey | None = None
    """Of the form that is sent, where it is to have its effect once."""

    @property
    def by(self) -> Actor:
        """The person, acting or looking by the pages, today."""
        return Actor(self.person.name, Channel.WEB, day_of(self.now), self.now, self.person.id)

    @property
    def looking(self) -> Actor:
        """The person looking at the day the page is for; what may be seen is asked of the present day all the same."""
        return Actor(self.person.name, Channel.WEB, self.on, self.now, self.person.id)

    @property
    def csrf(self) -> str:
        """What every form of this session carries, and nobody without the session's cookie can know."""
        return csrf_of(self.token)

    def reading(self) -> AbstractContextManager[Session]:
        """A session that only looks."""
        return reading(self.served.database, keeping=True)

    def writing(self) -> AbstractContextManager[Session]:
        """A transaction in which the person acts: what is changed without an audit entry is refused whole.

        The first that is committed takes the key of the form. Raises UsedKeyError where that was taken before.
        """
        if self.form_key is not None:
            return self.form_key.writing(self.served.database, self.now)
        return on_record(self.served.database)

    def plan(self, session: Session) -> AnnualPlan:
        """The plan looked at: of the year the address names, else of the day's year, else the newest.

        Raises NotFoundError where the organ has none.
        """
        if self.year is not None:
            return find_plan(session, self.organ, self.year)
        try:
            return find_plan(session, self.organ, self.on.year)
        except NotFoundError:
            return find_plan(session, self.organ, None)

    def plan_or_none(self, session: Session) -> AnnualPlan | None:
        """`plan`, or None where there is none: pages that say what to do next."""
        try:
            return self.plan(session)
        except NotFoundError:
            return None

    def link(self, path: str, **query: object) -> str:
        """An address inside the pages that keeps the organ, the year and the day looked at."""
        pairs = tuple(
            (name, tuple(map(str, value)) if isinstance(value, (list, tuple)) else str(value))
            for name, value in (self._kept | query).items()
            if value not in (None, "")
        )
        return f"{path}?{_encoded(pairs)}" if pairs else path

    @cached_property
    def _kept(self) -> dict[str, object]:
        asked = self.request.query_params
        return {name: asked[name] for name in ("organ", "year", "on") if asked.get(name)}

    @property
    def address_today(self) -> str:
        """The address asked for, without the day it names."""
        asked = self.request.url.remove_query_params("on")
        return f"{asked.path}?{asked.query}" if asked.query else asked.path

    def page(
        self, session: Session, template: str, *, menu: str = "", status_code: int = 200, **context: object
    ) -> HTMLResponse:
        """A page in the frame; `menu` is the path of the menu line it belongs to."""
        said = unquote(self.request.cookies.get(SAID, ""))[:LONGEST_WORD]
        late = late_by(session, self.served, now=self.now)
        around = frame(session, key(self.organ.id), by=self.looking, year=self.year, late=late)
        html = self.served.templates.get_template(template).render(
            visit=self, frame=around, menu=menu, link=self.link, csrf=self.csrf,
            said=said.removeprefix(UNDONE), undone=said.startswith(UNDONE), **context,
        )  # fmt: skip
        answer = HTMLResponse(html, status_code, headers={"Cache-Control": "no-store"})
        if said:
            answer.delete_cookie(SAID)
        return answer

    def go(self, path: str, said: str | None = None) -> RedirectResponse:
        """After an act: on to `path` (from `link`), where `said` tells what was done. Never leaves these pages."""
        if self.form_key is not None:
            self.form_key.led = path, said or ""
        answer = RedirectResponse(inside(path), 303)
        if said:
            answer.set_cookie(
                SAID, quote(said[:LONGEST_WORD]), max_age=60, httponly=True, samesite="lax", secure=self.served.secure
            )
        return answer


@lru_cache(4096)
def _encoded(pairs: tuple[tuple[str, str | tuple[str, ...]], ...]) -> str:
    """Kept, as a page has fifty links of which most are on every page."""
    return urlencode(pairs, doseq=True)


def csrf_of(token: str) -> str:
    """Derived from the session's token, so that there is nothing to keep and nothing to leak."""
    return hmac.new(token.encode(), b"duban form", hashlib.sha256).hexdigest()


def proves(carried: str, csrf: str) -> bool:
    """Whether what a form carries is the token `csrf`, with or without a key of the form's own behind it."""
    return hmac.compare_digest(carried.partition(".")[0].encode(), csrf.encode())


def signed_in(
    request: Request,
    organ: Annotated[str | None, Query(max_length=64)] = None,
    year: Annotated[int | None, Query(ge=1990, le=2200)] = None,
    on: Annotated[str | None, Query(max_length=10)] = None,
) -> Visit:
    """Who asks. Raises SignInNeededError, or NotFoundError for an organ the person may not know of."""
    served = served_office(request)
    token = request.cookies.get(cookie_name(served))
    now = served.now()
    if not token:
        raise SignInNeededError
    with reading(served.database) as session:
        opened = find_session(session, token, now=now)
        if opened is None:
            raise SignInNeededError
        held, person, looked_at = opened
        day = today(on) if on else day_of(now)
        if organ and organ not in (looked_at.code, looked_at.name):
            by = Actor(person.name, Channel.WEB, day_of(now), now, person.id)
            looked_at = seen_organ(session, organ, by=by)
    if now - held.seen_at > NOTED_EVERY:
        with unit_of_work(served.database) as session:
            note_use(session, held, now=now)
    visit = Visit(served, request, person, token, looked_at, year, day, now, held.proved_at)
    request.state.asker = Asker(visit.by, key(looked_at.id))
    return visit


Signed = Annotated[Visit, Depends(signed_in)]
"""Declares a page for signed-in people."""
