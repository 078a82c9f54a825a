"""Which items have a word to them: in their own texts, or in the names of the units and people they are given to."""

import datetime as dt

import sqlalchemy as sa
from sqlmodel import col, select

from models.items.item import ItemLeader, ItemUnit, WorkItem
from models.people.person import Post, Role, Tenure
from models.search.index import Hits
from models.search.places import DEPARTMENT, ITEM, PERSON, UNIT


def item_holds(hits: Hits, *, on: dt.date) -> sa.ColumnElement[bool]:
    """The condition on `WorkItem`. People are those in the posts that the item names on the day, or, where it names
    none to handle it, at the head of its department."""
    ways: list[sa.ColumnElement[bool]] = []
    if hits.any_at(ITEM):
        ways.append(hits.have(col(WorkItem.id), ITEM))
    if hits.any_at(UNIT, DEPARTMENT):
        named = sa.or_(hits.have(col(ItemUnit.id), UNIT), hits.have(col(ItemUnit.department_id), DEPARTMENT))
        ways += [
            hits.have(col(WorkItem.department_id), DEPARTMENT),
            col(WorkItem.id).in_(select(ItemUnit.item_id).where(named)),
        ]
    if hits.any_at(PERSON):
        posts = posts_of(hits, on=on)
        headed = select(Post.department_id).where(col(Post.id).in_(posts), Post.role == Role.DEPARTMENT_HEAD)
        ways += [
            col(WorkItem.handler_post_id).in_(posts),
            col(WorkItem.leader_post_id).in_(posts),
            col(WorkItem.id).in_(select(ItemLeader.item_id).where(col(ItemLeader.post_id).in_(posts))),
            sa.and_(col(WorkItem.handler_post_id).is_(None), col(WorkItem.department_id).in_(headed)),
        ]
    return sa.or_(sa.false(), *ways)


def posts_of(hits: Hits, *, on: dt.date) -> sa.Select[tuple[int]]:
    """The posts that people with the word in their name hold on the day, by id."""
    held = sa.select(col(Tenure.post_id)).where(hits.have(col(Tenure.person_id), PERSON), col(Tenure.started_on) <= on)
    return held.where(sa.or_(col(Tenure.ended_on).is_(None), col(Tenure.ended_on) >= on))
