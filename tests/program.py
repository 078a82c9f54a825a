"""A program that uses the interface for somebody of the cast, by a token of that person's own."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from fastapi.testclient import TestClient
from httpx import Response
from sqlmodel import select

from models.actor import Actor, Channel
from models.database import on_record
from models.people.api_token import TokenScope
from models.people.person import Person
from tasks.access.hold_tokens import make_token
from tests.web import Web

API = "/api/v1"
BOTH = (TokenScope.READ, TokenScope.WRITE)


@dataclass
class Program:
    """Speaks JSON; addresses are those after /api/v1."""

    client: TestClient
    token: str

    def ask(self, path: str, *, headers: dict[str, str] | None = None, **query: Any) -> Response:
        answer: Response = self.client.get(API + path, params=query or None, headers=headers)
        return answer

    def read(self, path: str, **query: Any) -> Any:
        """The data of an answer that is expected to be given."""
        answer = self.ask(path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def send(self, path: str, body: Any = None, **headers: str) -> Response:
        """Send JSON; `headers` are written with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer: Response = self.client.post(API + path, json={} if body is None else body, headers=named)
        return answer

    def act(self, item: int, name: str, **body: Any) -> str:
        """An act that is expected to be done; what was said of it."""
        answer = self.send(f"/items/{item}/acts/{name}", body)
        assert answer.status_code == 200, answer.text
        said: str = answer.json()["said"]
        return said


def token_for(web: Web, name: str, scopes: Iterable[TokenScope] = BOTH, **more: Any) -> str:
    """A token that the person makes for a program."""
    with on_record(web.office.engine) as session:
        person = session.exec(select(Person).where(Person.name == name)).one()
        by = Actor(person.name, Channel.WEB, web.now.date(), web.now, person.id)
        return make_token(session, person, by=by, name=f"程序 {'、'.join(scopes)}", scopes=scopes, **more)


def program_of(web: Web, name: str, scopes: Iterable[TokenScope] = BOTH) -> Program:
    """A program of the person's."""
    token = token_for(web, name, scopes)
    client = web.anonymous()
    client.headers["Authorization"] = f"Bearer {token}"
    return Program(client, token)
