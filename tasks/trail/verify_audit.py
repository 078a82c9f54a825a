"""Verifying the trail: whether every entry still is what was written, behind what it was written behind."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session, col, func, select

from models.actor import Actor
from models.audit import GENESIS, AuditEntry
from models.coded import Coded
from models.database import key
from models.people.permission import Action
from tasks.acting.authorize import authorize_organ
from tasks.trail.checkpoint import Checkpoint
from tasks.trail.noted_head import NotedHead
from tasks.trail.sealed import ArchivedStretch

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
    since: Checkpoint | None = None
    """By what the entries before it stand, without having been recomputed now."""
    last: int = field(default=0, compare=False)
    """The number of the last entry that holds, 0 where there is none."""
    sealed: tuple[ArchivedStretch, ...] = ()
    """Stretches of it that lie in archives, and stand by their seals."""
    opened: tuple[ArchivedStretch, ...] = ()
    """Those whose file was at hand: recomputed from it."""

    @property
    def recomputed(self) -> int:
        """How many entries were recomputed now; that of the checkpoint itself is not among them."""
        start = self.since.entry_id if self.since else 0
        away = sum(one.entries for one in self.sealed if one.first > start)
        read = sum(one.entries for one in self.opened if one.first <= start)
        return self.entries - (self.since.entries if self.since else 0) - away + read

    @property
    def words(self) -> str:
        """What of it was recomputed now and what stands by a checkpoint, in a sentence."""
        return "".join([self._standing, *(f"其中{one.words}，以封条为准。" for one in self.sealed)]) + "".join(
            f"其中{one.words}，已用归档文件逐条重算。" for one in self.opened
        )

    @property
    def _standing(self) -> str:
        if self.since is None:
            return "全部逐条重算。" if not self.sealed else f"数据库中的 {self.recomputed} 条全部逐条重算。"
        whole = "" if self.since.whole_on == self.since.on else f"，{self.since.whole_on} 全部重算过"
        return (
            f"本次重算第 {self.since.entry_id} 号以后的 {self.recomputed} 条；此前 {self.since.entries} 条以"
            f" {self.since.on} 的检查点为准{whole}，检查点所在的第 {self.since.entry_id} 号记录重算相符。"
        )


def verify_audit(
    session: Session,
    *,
    by: Actor,
    organ_id: int | None,
    head: NotedHead | None = None,
    track: Callable[[int], None] | None = None,
    since: Checkpoint | None = None,
    sealed: Sequence[ArchivedStretch] = (),
    opened: Sequence[ArchivedStretch] = (),
) -> Chain:
    """Walk the trail in the order of ids: all of it, or `since` a checkpoint, whose own entry is recomputed as well.

    What lies in archives stands by its `sealed` stretches, where they fit into the chain; those that were recomputed
    from their files are `opened`. `head`, an end noted earlier, has to be in it still; for one from before the
    checkpoint all is walked.

    The chain carries no secret: whoever can write to the database can write it anew from any point on. Only a head
    noted somewhere else shows that. `track` is told how many were walked, from time to time. Raises ForbiddenError.
    """
    authorize_organ(session, by, Action.AUDIT, organ_id)
    wanted = head.hash if head is not None else None
    if head is not None and since is not None and (head.entry_id is None or head.entry_id < since.entry_id):
        since = None
    behind = {one.before: one for one in sealed}
    told = tuple(one for one in sealed if one not in opened)
    count, previous, last, met = 0, GENESIS, 0, 0 if wanted in (None, GENESIS) else None
    if since is not None:
        if broken := differs(session, since):
            return Chain(since.entries, since.hash, broken, since=since)
        count, previous, last = since.entries, since.hash, since.entry_id
        met = count if previous == wanted else met
    for number, entry in _entries(session, since.entry_id if since else None):
        if entry is None:
            unreadable = f"第 {number} 号记录的内容已无法读取"
            return Chain(count, previous, BrokenLink(number, ChainFault.CHANGED, unreadable), since=since)
        while entry.previous != previous and previous in behind:
            gap = behind.pop(previous)
            count, previous, last = count + gap.entries, gap.after, gap.last
            met = count if previous == wanted else met
        if entry.previous != previous:
            return Chain(count, previous, _unlinked(session, entry), since=since)
        if entry.chained() != entry.hash:
            return Chain(count, previous, _changed(entry), since=since)
        count, previous, last = count + 1, entry.hash, number
        if track is not None and count % CHUNK == 0:
            track(count)
        met = count if previous == wanted else met
    if met is None:
        signed = f"（{head.on} 签发，第 {head.entry_id} 号记录）" if head and head.on else ""
        maybe = "；它可能在已归档的记录中，请加 --archive 文件 再核验" if told else ""
        missing = BrokenLink(None, ChainFault.CUT, f"链中没有 {wanted}{signed}{maybe}")
        return Chain(count, previous, missing, since=since)
    noted_words = head.still_there(count - met) if head else ""
    there = [one for one in sealed if one.last <= last]
    return Chain(
        count, previous, noted_words=noted_words, since=since, last=last,
        sealed=tuple(one for one in there if one in told), opened=tuple(one for one in there if one in opened),
    )  # fmt: skip


def missing_end(last: int, known: int, by_what: str) -> str:
    """What is said where the trail ends at `last`, while something knows its end to have been at `known`."""
    return (
        f"缺少第 {last + 1} 至 {known} 号记录：{by_what}记得末尾是第 {known} 号，"
        "数据库可能被换成了较早的副本，或复制时没有带上 duban.db-wal"
    )


def _changed(entry: AuditEntry) -> BrokenLink:
    return BrokenLink(entry.id, ChainFault.CHANGED, f"第 {entry.id} 号记录的内容与它的哈希值不符")


def differs(session: Session, since: Checkpoint) -> BrokenLink | None:
    """What is wrong with the entry of a checkpoint: it is gone, is another, or no longer says what it said."""
    try:
        entry = session.get(AuditEntry, since.entry_id)
    except _UNREADABLE:
        return BrokenLink(since.entry_id, ChainFault.CHANGED, f"第 {since.entry_id} 号记录的内容已无法读取")
    last = session.exec(select(func.max(col(AuditEntry.id)))).one() or 0
    if last < since.entry_id:
        return BrokenLink(None, ChainFault.SHORT, missing_end(last, since.entry_id, f"{since.on} 的检查点"))
    if entry is None or entry.hash != since.hash:
        words = f"第 {since.entry_id} 号记录不是 {since.on} 的检查点所记的那一条"
        return BrokenLink(None, ChainFault.CUT, words)
    return None if entry.chained() == entry.hash else _changed(entry)


def _entries(session: Session, last: int | None) -> Iterator[tuple[int, AuditEntry | None]]:
    """Every entry by its id, after `last` where one is said; none where what stands there is no entry any more."""
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
