"""Commenting on an item (留言), and taking a comment back.

Whoever may read the item may say something; whoever is named by it, or sent a copy, hears of it and may read the item
from then on. Everybody hears in the next digest, and nothing of the item changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import LARGEST_ID, key
from models.errors import BadInputError, ForbiddenError, NotFoundError
from models.items.comment import LONGEST, CommentCopy, ItemComment
from models.items.item import WorkItem
from models.ladder.notice import Notice, NoticeKind, NoticeState, Via
from models.people.account import Account
from models.people.permission import Action
from models.people.person import Person, Role
from models.typed_text import words
from tasks.acting.authorize import standings
from tasks.acting.perform import performing
from tasks.notices.tell import settle, tell, tell_copied
from tasks.people.mentions import colleagues, mentioned

MOST = 50
"""People whom one comment names or is copied to."""


@dataclass(frozen=True)
class Said:
    """A comment that was made, and the names of those who will hear of it."""

    comment: ItemComment
    told: Sequence[str]


def comment(session: Session, item: WorkItem, *, by: Actor, content: str, copies: Sequence[Person] = ()) -> Said:
    """Say something about the item. Those named in it and the `copies` may read the item from now on; they hear of it,
    and so do its handler and whoever commented before.

    Raises BadInputError for no words, too many people, an @ that names nobody (`tasks.people.mentions`), and for
    somebody who is not of the organ, whose account is closed or whose posts read no items.
    """
    with performing(session, by, Action.COMMENT_ITEM, item) as deed:
        content = words(content, "留言", longest=LONGEST)
        office = colleagues(session, item.organ_id, on=by.on)
        called = {one.id for one in mentioned(content, office)} - {deed.person_id}
        copied = {key(one.id): one for one in copies if one.id != deed.person_id}
        for person in copied.values():
            if all(one.id != person.id for one in office):
                raise BadInputError(f"抄送：{person.name}不是本单位在职的人，不能抄送。")
        if len(called | copied.keys()) > MOST:
            raise BadInputError(f"一条留言最多提到、抄送 {MOST} 人，现有 {len(called | copied.keys())} 人。")
        made = ItemComment(
            item_id=key(item.id), person_id=deed.person_id, for_id=deed.for_id, on=by.on, text=content,
            recorded_at=by.now,
        )  # fmt: skip
        session.add(made)
        session.flush()
        reach = list(
            session.exec(select(Person).where(col(Person.id).in_(called | copied.keys())).order_by(col(Person.id)))
        )
        _check_open(session, reach)
        for person in reach:
            mention = key(person.id) in called
            session.add(CommentCopy(comment_id=key(made.id), person_id=key(person.id), mentioned=mention))
        _tell(session, item, made, reach, by)
    return Said(made, _told(session, made))


def withdraw_comment(session: Session, made: ItemComment, *, by: Actor) -> ItemComment:
    """Take back a comment of one's own: who did and when is shown in its place, and nobody reads the item by it.

    Whoever has not heard of it hears nothing, and no notice of it tells its words. Raises ForbiddenError for anybody
    else's, and for one taken back before.
    """
    item = session.get_one(WorkItem, made.item_id)
    with performing(session, by, Action.WITHDRAW_COMMENT, item) as deed:
        session.refresh(made)
        if made.person_id != deed.person_id:
            author = session.get_one(Person, made.person_id)
            raise ForbiddenError(f"留言 {made.id} 由{author.name}所写，只能由本人撤回。")
        if made.taken_back_on is not None:
            raise ForbiddenError(f"留言 {made.id} 已于 {made.taken_back_on} 撤回。")
        made.taken_back_on = by.on
        settle(session, _subject(made), because="留言已撤回")
        told = sa.update(Notice).where(col(Notice.subject) == _subject(made))
        session.execute(told.values(text=f"{by.name}的留言，已撤回"))
    return made


def find_comment(session: Session, item: WorkItem, number: int) -> ItemComment:
    """The item's comment with this number. Raises NotFoundError, the same for one of another item."""
    found = session.get(ItemComment, number) if 0 < number <= LARGEST_ID else None
    if found is None or found.item_id != item.id:
        raise NotFoundError(f"任务 {item.number} 没有编号为 {number} 的留言。")
    return found


def own_comments(session: Session, item: WorkItem, by: Actor) -> Sequence[ItemComment]:
    """What `by` said about the item and has not taken back, the newest first."""
    mine = select(ItemComment).where(ItemComment.item_id == item.id, ItemComment.person_id == by.person_id)
    return session.exec(mine.where(col(ItemComment.taken_back_on).is_(None)).order_by(col(ItemComment.id).desc())).all()


def _check_open(session: Session, people: Sequence[Person]) -> None:
    shut = select(Account.person_id).where(
        col(Account.person_id).in_([one.id for one in people]), col(Account.closed_at).is_not(None)
    )
    closed = set(session.exec(shut))
    for person in people:
        if person.id in closed:
            raise BadInputError(f"抄送：{person.name}的账户已关闭，不能提到或抄送。")


def _tell(session: Session, item: WorkItem, made: ItemComment, reach: Sequence[Person], by: Actor) -> None:
    kind, subject, what = NoticeKind.COMMENT, _subject(made), f"{by.name}留言：{made.text}"
    for person in reach:
        tell_copied(session, item, person, kind=kind, subject=subject, what=what, by=by, via=Via.CALLED)
    before = select(ItemComment.person_id).where(
        ItemComment.item_id == item.id, col(ItemComment.id) < made.id, col(ItemComment.taken_back_on).is_(None)
    )
    for person in session.exec(select(Person).where(col(Person.id).in_(before)).order_by(col(Person.id))):
        reads = standings(session, Actor(person.name, by.channel, by.on, by.now, person.id), Action.READ, item)
        if reads:
            tell(
                session, item, role=reads[0].role, kind=kind, subject=subject, what=what, by=by,
                person_id=person.id, only=Via.JOINED,
            )  # fmt: skip
    tell(session, item, role=Role.HANDLER, kind=kind, subject=subject, what=what, by=by)


def _told(session: Session, made: ItemComment) -> Sequence[str]:
    told = select(Person.name).join(Notice, col(Notice.recipient_id) == Person.id)
    waits = told.where(Notice.subject == _subject(made), Notice.state == NoticeState.PENDING)
    return session.exec(waits.order_by(col(Notice.id))).all()


def _subject(made: ItemComment) -> str:
    return f"comment:{made.id}"
