"""Keeping what somebody typed: put by on purpose, or sent when the session had ended.

A draft is nobody's act: nothing is done, nobody is told, and only its person ever sees it.
"""

import datetime as dt
from collections.abc import Sequence

from sqlmodel import Session, col, select

from models.errors import BadInputError, NotFoundError
from models.people.kept_form import KeptForm
from models.people.web_session import SessionStage, WebSession
from tasks.access.hold_session import hashed

MOST = 50
"""Drafts of one person; the one kept longest ago makes room for the next."""
LONGEST = 200_000
"""Characters of one draft."""
ENDED = dt.timedelta(days=3)
"""How long after its start what is sent with a session that has ended is still kept for its person."""


def keep_draft(
    session: Session,
    person_id: int,
    path: str,
    fields: Sequence[tuple[str, str]],
    *,
    now: dt.datetime,
    sent: bool = False,
) -> KeptForm:
    """Keep what was typed, in place of what was kept of the same form. Raises BadInputError for too much of it."""
    if len(path) > 500 or sum(len(name) + len(text) for name, text in fields) > LONGEST:
        raise BadInputError(f"内容过多，不能暂存：最多 {LONGEST} 字。请直接提交，或分几次填写。")
    found = draft_at(session, person_id, path)
    if found is None:
        _make_room(session, person_id)
        found = KeptForm(person_id=person_id, path=path, fields=[], kept_at=now)
    found.fields, found.kept_at, found.was_sent = [list(pair) for pair in fields], now, sent
    session.add(found)
    session.flush()
    return found


def draft_at(session: Session, person_id: int, path: str) -> KeptForm | None:
    """What the person kept of the form that is sent to this address."""
    return session.exec(select(KeptForm).where(KeptForm.person_id == person_id, KeptForm.path == path)).first()


def drafts_of(session: Session, person_id: int) -> Sequence[KeptForm]:
    """The person's drafts, the newest first."""
    mine = select(KeptForm).where(KeptForm.person_id == person_id)
    return session.exec(mine.order_by(col(KeptForm.kept_at).desc(), col(KeptForm.id).desc())).all()


def find_draft(session: Session, person_id: int, draft_id: int) -> KeptForm:
    """The person's own draft with this number. Raises NotFoundError, the same for somebody else's."""
    found = session.get(KeptForm, draft_id)
    if found is None or found.person_id != person_id:
        raise NotFoundError("没有这份草稿：可能已经提交或删除。")
    return found


def drop_draft(session: Session, person_id: int, path: str) -> None:
    """Forget what was kept of the form, where anything was: it has been brought to an end."""
    found = draft_at(session, person_id, path)
    if found is not None:
        session.delete(found)
        session.flush()


def whose_session(session: Session, token: str, *, now: dt.datetime) -> int | None:
    """The person whose session this token opened, though it may have ended since; None where it never did."""
    asked = select(WebSession.person_id).where(
        WebSession.token_hash == hashed(token), WebSession.stage == SessionStage.OPEN,
        WebSession.started_at > now - ENDED,
    )  # fmt: skip
    return session.exec(asked).first()


def _make_room(session: Session, person_id: int) -> None:
    for old in drafts_of(session, person_id)[MOST - 1 :]:
        session.delete(old)
