"""The end of the trail as this machine knew it last, in a file beside the database.

A trail that was cut at its end still holds in itself: a database put back from an older copy, or copied without its
write-ahead file. Only what was noted outside of it tells that entries are missing.
"""

import json
import logging
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from pydantic import BaseModel, Field, ValidationError
from sqlmodel import Session, col, func, select

from models.audit import AuditEntry
from tasks.trail.sealed import is_sealed
from tasks.trail.verify_audit import BrokenLink, Chain, ChainFault, missing_end

log = logging.getLogger(__name__)

FILE = "trail-head.json"


class KnownHead(BaseModel):
    """The number and the hash of the entry that was the last."""

    entry_id: int = Field(ge=1)
    hash: str = Field(pattern="^[0-9a-f]{64}$")


def known_head(home: Path) -> KnownHead | None:
    """What is known; None where nothing is, or the file says nothing."""
    try:
        return KnownHead.model_validate_json((home / FILE).read_bytes())
    except (OSError, ValidationError):
        return None


def against_known(session: Session, chain: Chain, home: Path) -> Chain:
    """A trail that was verified, held against the end that is known; where it holds that too, its own is noted."""
    if chain.broken is not None:
        return chain
    known = known_head(home)
    if known is not None and not _holds(session, known):
        return replace(chain, broken=_missing(session, known))
    note_head(session, home)
    return chain


def _missing(session: Session, known: KnownHead) -> BrokenLink:
    last = session.exec(select(func.max(col(AuditEntry.id)))).one() or 0
    if last < known.entry_id:
        words = missing_end(last, known.entry_id, "本机")
        return BrokenLink(None, ChainFault.SHORT, words)
    return BrokenLink(None, ChainFault.CUT, f"第 {known.entry_id} 号记录不是本机曾记下的那一条")


def note_head(session: Session, home: Path) -> None:
    """Note the end of the trail as it stands, unless it lacks the one that is known: then that goes on being missed.

    A folder that cannot be written is logged and nothing more: noting is no part of what anybody wanted done.
    """
    known = known_head(home)
    last = session.exec(select(AuditEntry.id, AuditEntry.hash).order_by(col(AuditEntry.id).desc()).limit(1)).first()
    if last is None or (known is not None and (known.entry_id == last[0] or not _holds(session, known))):
        return
    draft = home / f"{FILE}.{uuid4().hex}"
    try:
        draft.write_text(json.dumps({"entry_id": last[0], "hash": last[1]}), encoding="utf-8")
        draft.replace(home / FILE)
    except OSError as error:
        log.warning("操作记录的末尾没有记下：%s", error.strerror, extra={"action": "head_unnoted"})
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _holds(session: Session, known: KnownHead) -> bool:
    found = session.exec(select(AuditEntry.id).where(AuditEntry.hash == known.hash)).first()
    return found is not None or is_sealed(session, known.entry_id)
