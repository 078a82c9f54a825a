"""The key of a form: what the form asks for is done once, in the transaction that takes the key.

A page gives every form one, behind the session's token (`csrf_field`). What was refused took none, so the form may be
sent again; what was done took it, and whoever sends the form again is answered with where the first answer led.
"""

import datetime as dt
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlmodel import Session
from starlette.datastructures import URL, FormData, UploadFile

from models.database import on_record, reading
from models.people.keyed_request import KeyedRequest
from tasks.acting.answer_once import Taken, find_key, keep_answer, take_key

_KEY = re.compile(r"[A-Za-z0-9_-]{16}")
_SHOWN, _LED = 200, 303
"""What became of the form: a page, which is shown that once, or an address."""


class UsedKeyError(Exception):
    """The form was sent before, and what it asked for was done then."""


@dataclass
class FormKey:
    """The key of a form that a person sends."""

    person_id: int
    key: str
    fingerprint: str
    """Of the address and everything sent."""
    taken: Taken | None = None
    """Set once a transaction of this request is committed."""
    led: tuple[str, str] | None = None
    """Where the answer leads, and what is said there."""

    @contextmanager
    def writing(self, database: Engine, now: dt.datetime) -> Iterator[Session]:
        """The transaction that takes the key; where a form needs several, the first one does.

        Of two at once the second waits until the first is committed or undone. Raises UsedKeyError.
        """
        with on_record(database) as session:
            taken = self.taken or take_key(session, self.person_id, self.key, fingerprint=self.fingerprint, now=now)
            if taken.answered is not None:
                raise UsedKeyError
            yield session
        self.taken = taken

    def find(self, session: Session) -> KeyedRequest | None:
        """The form as it was sent before, with the same content or another."""
        return find_key(session, self.person_id, self.key)

    def led_before(self, session: Session) -> tuple[str, str] | None:
        """Where the form with just this content led before, and what was said there."""
        kept = self.find(session)
        return led_by(kept) if kept is not None and kept.fingerprint == self.fingerprint else None

    def refuse_used(self, database: Engine) -> None:
        """Raises UsedKeyError."""
        with reading(database) as session:
            if self.find(session) is not None:
                raise UsedKeyError

    def conclude(self, database: Engine) -> None:
        """Keep what the form was answered with. A page may show a secret, and is kept nowhere."""
        if self.taken is None:
            return
        with on_record(database) as session:
            if self.led is None:
                keep_answer(session, self.taken, status=_SHOWN, body="")
            else:
                keep_answer(session, self.taken, status=_LED, body=json.dumps(self.led))


def new_key() -> str:
    """A key for a form."""
    return secrets.token_urlsafe(12)


def key_of(person_id: int, token: str, url: URL, form: FormData) -> FormKey | None:
    """The key that a form carries; None for one that may be sent as often as wanted.

    The fingerprint is made with the session's token, which nobody but the browser knows: a password cannot be guessed
    from it.
    """
    carried = form.get("csrf")
    key = carried.partition(".")[2] if isinstance(carried, str) else ""
    if not _KEY.fullmatch(key):
        return None
    content = [(name, _said(value)) for name, value in form.multi_items() if name != "csrf"]
    sent = json.dumps([url.path, url.query, content])
    return FormKey(person_id, key, hmac.new(token.encode(), sent.encode(), hashlib.sha256).hexdigest())


def led_by(kept: KeyedRequest) -> tuple[str, str] | None:
    """Where the form led and what was said there; None where it was answered with a page."""
    if kept.status != _LED:
        return None
    path, said = json.loads(kept.body)
    return path, said


def _said(value: UploadFile | str) -> str | tuple[str | None, str]:
    if isinstance(value, str):
        return value
    value.file.seek(0)
    digest = hashlib.file_digest(value.file, "sha256").hexdigest()  # type: ignore[arg-type]
    value.file.seek(0)
    return value.filename, digest
