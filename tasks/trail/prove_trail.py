"""The trail as an office has it proved: from its last checkpoint on, against the end it knows, leaving the next one."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session

from models.actor import Actor
from models.database import reading, unit_of_work
from tasks.trail.checkpoint import Checkpoint, furthest_checkpoint, note_checkpoint
from tasks.trail.known_head import against_known
from tasks.trail.noted_head import NotedHead
from tasks.trail.sealed import ArchivedStretch, sealed_parts
from tasks.trail.verify_audit import Chain, differs, verify_audit


def prove_trail(
    session: Session,
    home: Path,
    *,
    by: Actor,
    organ_id: int | None,
    head: NotedHead | None = None,
    whole: bool = False,
    track: Callable[[int], None] | None = None,
    opened: Sequence[ArchivedStretch] = (),
) -> Chain:
    """Verify from the last checkpoint on, or the `whole` trail, and hold it against the end that this machine knows.

    All of it is walked as well where there is no checkpoint to go on from; the entry of the last one has to be there in
    any case. Stretches whose archives were `opened` need no seal. Raises ForbiddenError.
    """
    parts, unsigned = sealed_parts(session, home)
    parts += [one for one in opened if one not in parts]
    furthest = furthest_checkpoint(session, home)
    if furthest is not None and any(one.first <= furthest.entry_id <= one.last for one in parts):
        furthest = None
    since = furthest if furthest is not None and not whole and furthest.is_gone_on_from(by.on) else None
    chain = verify_audit(
        session, by=by, organ_id=organ_id, head=head, track=track, since=since, sealed=parts, opened=opened
    )
    doubted = [row for row in unsigned if row.file_sha256 not in {one.file_sha256 for one in opened}]
    if chain.broken is not None and doubted:
        months = "、".join(row.month for row in doubted)
        words = f"{chain.broken.words}；{months} 的归档封条不是本系统的密钥所签：有归档文件的，加 --archive 文件 再核验"
        chain = replace(chain, broken=replace(chain.broken, words=words))
    if furthest is not None and chain.broken is None and (broken := differs(session, furthest)):
        chain = replace(chain, broken=broken)
    return against_known(session, chain, home)


def keep_proved(database: Engine, home: Path, chain: Chain, *, by: Actor) -> None:
    """Keep as a checkpoint how far the trail was proved by `by` on his day, where that is further than before."""
    if chain.broken is not None or not chain.last or (chain.since is not None and not chain.recomputed):
        return
    whole_on = chain.since.whole_on if chain.since else by.on
    with unit_of_work(database) as session:
        note_checkpoint(session, home, Checkpoint(by.on, whole_on, chain.entries, chain.last, chain.head), by=by)


def prove_and_keep(database: Engine, home: Path, *, by: Actor) -> Chain:
    """Both, as is done each night: what comes of it."""
    with reading(database) as session:
        chain = prove_trail(session, home, by=by, organ_id=None)
    keep_proved(database, home, chain, by=by)
    return chain
