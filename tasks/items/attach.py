"""Attaching evidence (佐证材料): looked at, stored by content, tied to an item or an act, revised by new rows."""

import datetime as dt
from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager, ExitStack

from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import key
from models.errors import BadInputError, ForbiddenError, NotFoundError
from models.items.evidence import Category, Evidence, EvidenceState
from models.items.item import WorkItem
from models.ledgers.leadership_act import LeadershipAct
from models.people.permission import Action
from tasks.acting.audit import recorded
from tasks.acting.authorize import authorize_organ
from tasks.acting.perform import performing
from tasks.files.check_room import check_room
from tasks.files.check_upload import Examined, Limits, Upload, check_upload
from tasks.files.file_store import FileStore, Stored
from tasks.files.keep_file import keeping


def attach(
    session: Session,
    item: WorkItem,
    *,
    by: Actor,
    store: FileStore,
    limits: Limits,
    file: Examined,
    category: Category,
    public: bool = False,
    expires_on: dt.date | None = None,
    note: str | None = None,
    replaces: int | None = None,
    vouched: bool = False,
) -> Evidence:
    """Attach a file to an item; with `replaces` (an id) as the next revision of a piece of it.

    `vouched`: whoever brings it answers for what could not be searched (不涉密,本人负责), which is kept. The same
    content is stored once, whoever brings it. Raises BadInputError for a file that may not come in, for one the item
    has already, for more than an item or an organ may hold, or for a day of expiry that is past; nothing is kept then.
    """
    return attach_all(
        session,
        item,
        by=by,
        store=store,
        limits=limits,
        files=[file],
        category=category,
        public=public,
        expires_on=expires_on,
        note=note,
        replaces=replaces,
        vouched=vouched,
    )[0]


def attach_all(
    session: Session,
    item: WorkItem,
    *,
    by: Actor,
    store: FileStore,
    limits: Limits,
    files: Sequence[Examined],
    category: Category,
    public: bool = False,
    expires_on: dt.date | None = None,
    note: str | None = None,
    replaces: int | None = None,
    vouched: bool = False,
) -> list[Evidence]:
    """Attach several files at once, all or none: every one is looked at before the first is stored.

    Raises as `attach` does, and BadInputError for no file, or for more than one where a piece is to be replaced.
    """
    if not files:
        raise BadInputError("请选择要上传的文件。")
    if replaces is not None and len(files) > 1:
        raise BadInputError("替换一份材料时只能选择一个文件。")
    with performing(session, by, Action.ATTACH, item) as deed, ExitStack() as kept:
        uploads = [check_upload(file, limits, vouched=vouched) for file in files]
        check_room(session, limits, sum(upload.size for upload in uploads), organ_id=item.organ_id, item=item)
        if expires_on is not None and expires_on < by.on:
            raise BadInputError(f"有效期 {expires_on} 已过：应不早于 {by.on}。")
        older = _replaced(session, item, replaces) if replaces is not None else None
        pieces = []
        for upload in uploads:
            stored = kept.enter_context(_kept(session, store, upload, limits, by))
            _refuse_known(session, item, stored)
            if older is not None:
                older.state = EvidenceState.REPLACED
                session.flush()
            piece = Evidence(
                item_id=item.id,
                name=upload.name,
                sha256=stored.sha256,
                category=category,
                public=public,
                expires_on=expires_on,
                revision=older.revision + 1 if older else 1,
                replaces_id=older.id if older else None,
                person_id=deed.person_id,
                for_id=deed.for_id,
                on=by.on,
                recorded_at=by.now,
                note=(note or "").strip()[:500] or None,
                vouched=upload.vouched,
            )
            session.add(piece)
            session.flush()
            pieces.append(piece)
    return pieces


def _refuse_known(session: Session, item: WorkItem, stored: Stored) -> None:
    known = session.exec(
        select(Evidence).where(
            Evidence.item_id == item.id,
            Evidence.sha256 == stored.sha256,
            Evidence.state != EvidenceState.REPLACED,
        )
    ).first()
    if known is not None:
        raise BadInputError(f"任务 {item.number} 已有内容相同的材料“{known.name}”（编号 {known.id}），未重复上传。")


def attach_to_act(
    session: Session,
    act: LeadershipAct,
    *,
    by: Actor,
    store: FileStore,
    limits: Limits,
    file: Examined,
    public: bool = False,
    vouched: bool = False,
) -> Evidence:
    """Attach a file to a leader's act, as its proof (会议纪要、批示原件); `vouched` as in `attach`."""
    standing = authorize_organ(session, by, Action.RECORD, act.organ_id)
    for_id = standing.seat.for_id
    with recorded(session, by, Action.ATTACH, organ_id=act.organ_id, item_id=act.item_id, for_id=for_id):
        upload = check_upload(file, limits, vouched=vouched)
        check_room(session, limits, upload.size, organ_id=act.organ_id)
        with _kept(session, store, upload, limits, by) as stored:
            piece = Evidence(
                act_id=key(act.id),
                name=upload.name,
                sha256=stored.sha256,
                category=Category.MEETING,
                public=public,
                person_id=by.person_id,
                for_id=for_id,
                on=by.on,
                recorded_at=by.now,
                vouched=upload.vouched,
            )
            session.add(piece)
            session.flush()
    return piece


def _kept(
    session: Session, store: FileStore, upload: Upload, limits: Limits, by: Actor
) -> AbstractContextManager[Stored]:
    upload.source.seek(0)
    return keeping(session, store, upload.source, media_type=upload.kind.media_type, largest=limits.largest, now=by.now)


def pieces_of(session: Session, item: WorkItem, *, replaced: bool = False) -> Sequence[Evidence]:
    """What proves the item, the oldest first, without what a newer version `replaced`."""
    query = select(Evidence).where(Evidence.item_id == item.id).order_by(col(Evidence.id))
    return session.exec(query if replaced else query.where(Evidence.state != EvidenceState.REPLACED)).all()


def pieces_of_acts(session: Session, acts: Collection[int]) -> dict[int, list[Evidence]]:
    """What proves these acts of leaders, the oldest first, by act; an act without any has none."""
    found: dict[int, list[Evidence]] = {}
    for piece in session.exec(select(Evidence).where(col(Evidence.act_id).in_(acts)).order_by(col(Evidence.id))):
        found.setdefault(key(piece.act_id), []).append(piece)
    return found


def find_evidence(session: Session, number: int) -> Evidence:
    """The piece with this number. Raises NotFoundError."""
    piece = session.get(Evidence, number)
    if piece is None:
        raise NotFoundError(f"没有编号为 {number} 的佐证材料。")
    return piece


def _replaced(session: Session, item: WorkItem, number: int) -> Evidence:
    older = session.get(Evidence, number)
    if older is None or older.item_id != item.id:
        raise BadInputError(f"任务 {item.number} 没有编号为 {number} 的佐证材料。")
    if older.state is EvidenceState.REPLACED:
        raise ForbiddenError(f"佐证材料 {number} 已有新版，请对最新的一版再修订。")
    return older
