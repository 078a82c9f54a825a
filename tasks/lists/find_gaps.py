"""Items nobody answers for on a day: whose post is empty, whose holder is away without a deputy, who name nobody."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, or_, select

from models.coded import Coded
from models.items.plan import AnnualPlan
from models.items.plan_item import of_plan
from models.people.person import Leave, Person, Post, Role, Tenure
from tasks.lists.item_line import ItemLine, line_of, select_lines
from tasks.people.address import recipient_by_role, recipient_of_head, recipient_of_post
from tasks.people.people_in_lists import ITEM, answer, person_name


class GapReason(Coded):
    """Why nobody answers."""

    VACANT = "vacant", "岗位空缺"
    LEFT = "left", "离任无人接任"
    AWAY = "away", "请假无人代理"
    UNNAMED = "unnamed", "未明确责任人"


@dataclass(frozen=True)
class Gap:
    """One item nobody answers for: `words` say why, `instead` gets its notices, none where nobody does."""

    item: ItemLine
    problem: GapReason
    words: str
    instead: str | None

    def as_dict(self) -> dict[str, Any]:
        """What a program is told."""
        return {
            "item_id": self.item.id, "number": self.item.number, "title": self.item.title, "unit": self.item.unit,
            "problem": self.problem, "words": self.words, "instead": self.instead,
        }  # fmt: skip


def gaps(session: Session, plan: AnnualPlan, *, on: dt.date) -> list[Gap]:
    """The items of the plan, drafts included and closed ones not, that nobody answers for on the day.

    The handler's post answers for an item; where none is named the head of its department does, and where it has
    no department its leader.
    """
    handler, department, leader = col(ITEM.handler_post_id), col(ITEM.department_id), col(ITEM.leader_post_id)
    answers = sa.case(
        (handler.is_not(None), answer(recipient_of_post("i.handler_post_id", leaves=True), on)),
        (department.is_not(None), answer(recipient_of_head("i.department_id", leaves=True), on)),
        (leader.is_not(None), answer(recipient_of_post("i.leader_post_id", leaves=True), on)),
    )
    instead = person_name(answer(recipient_by_role(f"'{Role.HANDLER}'", frozenset({Role.HANDLER}), leaves=True), on))
    rows = session.execute(
        select_lines("unit", on=on, beside=[instead, ITEM.lead_text, handler, department, leader])
        .where(
            col(ITEM.plan_id) == plan.id, of_plan(ITEM), or_(col(ITEM.closed_on).is_(None), col(ITEM.closed_on) > on)
        )
        .where(answers.is_(None), or_(col(ITEM.cancelled_on).is_(None), col(ITEM.cancelled_on) > on))
        .order_by(col(ITEM.id))
    ).all()
    named = {row.handler_post_id or (None if row.department_id else row.leader_post_id) for row in rows}
    headless = {row.department_id for row in rows if row.handler_post_id is None}
    posts = _posts(session, named, headless, on)
    unanswered = []
    for row in rows:
        gets, lead_text, handler_id, department_id, leader_id = row[4:]
        if handler_id is not None:
            problem, words = _told(posts, [handler_id], Role.HANDLER, "")
        elif department_id is not None:
            heads = [post.id for post in posts.values() if post.heads == department_id]
            problem, words = _told(posts, heads, Role.DEPARTMENT_HEAD, "未写明承办人，")
        elif leader_id is not None:
            problem, words = _told(posts, [leader_id], Role.LEADER, "未写明承办人和科室，")
        else:
            outside = f"（牵头单位“{lead_text}”不是本单位科室）" if lead_text else ""
            problem, words = GapReason.UNNAMED, f"没有写明承办人、牵头科室或责任领导{outside}"
        unanswered.append(Gap(line_of(row, "unit"), problem, words, gets))
    return unanswered


@dataclass
class _Post:
    """A post with whoever held it last, as of the day; `away_until` while that holder is on leave."""

    id: int
    title: str
    heads: int | None
    holder: str | None = None
    ended_on: dt.date | None = None
    left_on: dt.date | None = None
    away_until: dt.date | None = None


def _posts(
    session: Session, named: Iterable[int | None], headless: Iterable[int | None], on: dt.date
) -> dict[int, _Post]:
    """The posts named, and those of the heads of departments, with their newest holders."""
    is_head = sa.and_(col(Post.role) == Role.DEPARTMENT_HEAD, col(Post.department_id).in_([*headless]))
    posts = session.exec(select(Post).where(or_(col(Post.id).in_([*named]), is_head)).order_by(col(Post.id))).all()
    known = {
        post.id: _Post(post.id, post.title, post.department_id if post.role is Role.DEPARTMENT_HEAD else None)
        for post in posts
        if post.id is not None
    }
    held = session.exec(
        select(Tenure, Person, col(Leave.until_on))
        .join(Person, col(Person.id) == Tenure.person_id)
        .join(
            Leave,
            sa.and_(col(Leave.person_id) == Person.id, col(Leave.from_on) <= on, col(Leave.until_on) >= on),
            isouter=True,
        )
        .where(col(Tenure.post_id).in_(known), col(Tenure.started_on) <= on)
        .order_by(col(Tenure.started_on), col(Tenure.id))
    )
    for tenure, person, away_until in held:
        post = known[tenure.post_id]
        post.holder, post.left_on, post.away_until = person.name, person.left_on, away_until
        post.ended_on = tenure.ended_on if tenure.ended_on is not None and tenure.ended_on < on else None
    return known


def _told(posts: dict[int, _Post], ids: Sequence[int], role: Role, begin: str) -> tuple[GapReason, str]:
    """The problem with these posts of one role, any of which would do, in words."""
    if not ids:
        return GapReason.UNNAMED, f"{begin}科室也没有设负责人岗位"
    told = []
    for post in (posts[one] for one in ids):
        if post.holder is None:
            told.append((GapReason.VACANT, f"{role.label}岗位“{post.title}”空缺"))
        elif post.ended_on is not None:
            gone = "离任" if post.left_on == post.ended_on else "卸任"
            told.append((GapReason.LEFT, f"{role.label}{post.holder}已于 {post.ended_on} {gone}，尚无人接任"))
        else:
            told.append((GapReason.AWAY, f"{role.label}{post.holder}请假至 {post.away_until}，没有在岗的代理人"))
    return told[0][0], begin + "；".join(words for _problem, words in told)
