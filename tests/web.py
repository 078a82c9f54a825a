"""The pages for tests: an office's application without a running clock, and a browser for each person of the cast."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import Engine, event
from sqlmodel import select

from duban.web.app import create_app
from duban.web.late import late_by
from duban.web.visit import COOKIE, csrf_of
from flows.embedded_clock import EmbeddedClock
from models.clock import opening_of
from models.database import unit_of_work
from models.people.person import Person
from models.unchanged import answers_of
from tasks.access.hold_session import start_session
from tests.office import Office

ADDRESS = "http://127.0.0.1:8000"


class Reader(HTMLParser):
    """What a person reads of a page: the words, by the element that holds them, and nothing else."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.feed(html)

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.words.append(" ".join(data.split()))


def words_of(html: str) -> str:
    """The page's words in one line; a full-width mark has its room in itself."""
    return re.sub(r"(?<=[，：；（？！]) ", "", " ".join(Reader(html).words))


@dataclass
class Visitor:
    """One person's browser: signed in, sending forms as the pages would."""

    client: TestClient
    token: str

    def get(self, path: str, **query: Any) -> Response:
        answer: Response = self.client.get(path, params=query or None)
        return answer

    def read(self, path: str, **query: Any) -> str:
        """The words of a page that is expected to be shown."""
        answer = self.get(path, **query)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {words_of(answer.text)}"
        return words_of(answer.text)

    def post(
        self, path: str, data: dict[str, Any] | None = None, *, files: Any = None, csrf: bool = True, key: str = ""
    ) -> Response:
        """Send a form, with a key of its own where one is given; where it leads to is not followed."""
        sent = dict(data or {})
        if csrf:
            sent["csrf"] = f"{csrf_of(self.token)}.{key}" if key else csrf_of(self.token)
        answer: Response = self.client.post(path, data=sent, files=files, follow_redirects=False)
        return answer

    def act(self, path: str, data: dict[str, Any] | None = None, *, files: Any = None) -> str:
        """Send a form that is expected to be accepted; the words of the page it leads to."""
        answer = self.post(path, data, files=files)
        assert answer.status_code == 303, f"{path}: {answer.status_code} {words_of(answer.text)}"
        assert not answer.headers["location"].startswith("/login"), f"{path}: signed out by now"
        return self.read(answer.headers["location"])


class Web:
    """The pages of a story's office; their present is the story's day, at nine in the morning."""

    def __init__(self, office: Office, **options: Any) -> None:
        self.office = office
        self.app: FastAPI = create_app(
            office.settings,
            office.engine,
            clock=EmbeddedClock(office.settings, office.engine, prefect=None),
            prefect=None,
            now=lambda: self.now,
            **options,
        )

    @property
    def now(self) -> dt.datetime:
        return opening_of(self.office.today)

    def anonymous(self) -> TestClient:
        """A browser nobody is signed in with."""
        return TestClient(self.app, base_url=ADDRESS, raise_server_exceptions=False)

    def of(self, name: str) -> Visitor:
        """The browser of somebody who is signed in. What pages look at once a minute was seen, whoever comes first."""
        with unit_of_work(self.office.engine) as session:
            late_by(session, self.app.state.served, now=self.now)
            person = session.exec(select(Person).where(Person.name == name)).one()
            token = start_session(session, person, address="127.0.0.1", agent="test", now=self.now)
        client = self.anonymous()
        client.cookies.set(COOKIE, token)
        return Visitor(client, token)


def field_value(html: str, name: str) -> str | None:
    """What a form's input already holds."""
    found = re.search(rf'<input[^>]*name="{re.escape(name)}"[^>]*value="([^"]*)"', html)
    return unescape(found[1]) if found else None


def statements(engine: Engine, act: Callable[[], object]) -> int:
    """How many statements the database is asked while `act` is done, after something in it was changed."""
    answers_of(engine).close()
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(asked)
