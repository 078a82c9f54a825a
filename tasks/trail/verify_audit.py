"""Verifying the trail: whether every entry still is what was written, behind what it was written behind."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlmodel import Session, col, select

from models.actor import Actor
from models.audit import GENESIS, AuditEntry
from models.coded import Coded
from models.database import key
from models.people.permission import Action
from tasks.acting.authorize import authorize_organ
from tasks.trail.noted_head import NotedHead

CHUNK = 1_000
"""Entries held at a time, however long the trail."""


class ChainFault(Coded):
    """What is wrong with a link."""

    CHANGED = "changed", "内容被改动"
    MISSING = "missing", "前面的记录缺失或被改写"
    ORDER = "order", "前面插入了记录或顺序被打乱"
    CUT = "cut", "所记的末尾不在链中：末尾的记录被删去，或整条链被重写"
    SHORT = "short", "末尾的记录缺失"


@dataclass(frozen=True)
class BrokenLink:
    """The first entry that does not hold; `id` is None where what is missing is the end noted before."""

    id: int | None
    fault: ChainFault
    words: str

    @property
    def verdict(self) -> str:
        """What that makes of the whole trail."""
        return "操作记录不完整" if self.fault is ChainFault.SHORT else "操作记录已被改动"


@dataclass(frozen=True)
class Chain:
    """How far the trail holds: the entries that do, the hash of the last of them, and the first that does not."""

    entries: int
    head: str
    broken: BrokenLink | None = None
    noted_words: str = ""
    """Where it holds and contains the end noted before: what is to be said of that."""


def verify_audit(
    session: Session,
    *,
    by: Actor,
    organ_id: int | None,
    head: NotedHead | None = None,
    track: Callable[[int], None] | None = None,
) -> Chain:
    """Walk the whole trail in the order of ids. `head`, an end noted earlier, has to be in it still.

    The chain carries no secret: whoever can write to the database can write it anew from any point on. Only a head
    noted somewhere else shows that. `track` is told how many were walked, from time to time. Raises ForbiddenError.
    """
    authorize_organ(session, by, Action.AUDIT, organ_id)
    wanted = head.hash if head is not None else None
    count, previous, met = 0, GENESIS, 0 if wanted in (None, GENESIS) else None
    for number, entry in _entries(session):
        if entry is None:
            return Chain(count, previous, BrokenLink(number, ChainFault.CHANGED, f"第 {number} 号记录的内容已无法读取"))
        if entry.previous != previous:
            return Chain(count, previous, _unlinked(session, entry))
        if entry.chained() != entry.hash:
            words = f"第 {entry.id} 号记录的内容与它的哈希值不符"
            return Chain(count, previous, BrokenLink(entry.id, ChainFault.CHANGED, words))
        count, previous = count + 1, entry.hash
        if track is not None and count % CHUNK == 0:
            track(count)
        met = count if previous == wanted else met
    if met is None:
        signed = f"（{head.on} 签发，第 {head.entry_id} 号记录）" if head and head.on else ""
        return Chain(count, previous, BrokenLink(None, ChainFault.CUT, f"链中没有 {wanted}{signed}"))
    return Chain(count, previous, noted_words=head.still_there(count - met) if head else "")


def _entries(session: Session) -> Iterator[tuple[int, AuditEntry | None]]:
    """Every entry by its id; none where what stands there is no entry any more."""
    last: int | None = None
    while True:
        query = select(AuditEntry).order_by(col(AuditEntry.id)).limit(CHUNK)
        query = query.where(col(AuditEntry.id) > last) if last is not None else query
        try:
            chunk: list[tuple[int, AuditEntry | None]] = [(key(entry.id), entry) for entry in session.exec(query)]
        except _UNREADABLE:
            numbers = session.execute(query.with_only_columns(col(AuditEntry.id))).scalars().all()
            chunk = [(key(number), _readable(session, key(number))) for number in numbers]
        yield from chunk
        if len(chunk) < CHUNK:
            return
        last = chunk[-1][0]


_UNREADABLE = (ValueError, LookupError, TypeError)
"""What comes of text that is no JSON, no date, no member of an enumeration."""


def _readable(session: Session, number: int) -> AuditEntry | None:
    try:
        return session.get(AuditEntry, number)
    except _UNREADABLE:
        return None


def _unlinked(session: Session, entry: AuditEntry) -> BrokenLink:
    """Why an entry does not follow the one before it: what it was written behind is gone, or stands elsewhere."""
    behind = session.exec(select(AuditEntry.id).where(AuditEntry.hash == entry.previous)).first()
    if behind is None and entry.previous != GENESIS:
        words = f"第 {entry.id} 号记录所接的前一条记录不在链中"
        return BrokenLink(entry.id, ChainFault.MISSING, words)
    between = select(AuditEntry.id).where(col(AuditEntry.id) < entry.id).order_by(col(AuditEntry.id)).limit(20)
    strange = session.exec(between.where(col(AuditEntry.id) > behind) if behind is not None else between).all()
    where = f"第 {behind} 号记录" if behind is not None else "链的开头"
    alien = f"，其间的第 {'、'.join(map(str, strange))} 号记录不属于原链" if strange else ""
    return BrokenLink(entry.id, ChainFault.ORDER, f"第 {entry.id} 号记录接在{where}之后{alien}")
