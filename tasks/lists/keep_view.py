"""Keeping a view of the list under a name: one's own, or shared with everybody of the organ."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Integer, Row, bindparam, not_
from sqlalchemy import select as sa_select
from sqlmodel import Session, SQLModel, func, or_, select

from models.actor import Actor
from models.errors import BadInputError, ForbiddenError, NotFoundError
from models.people.saved_view import SavedView
from models.typed_text import words

MOST_VIEWS = 50
"""Views one person keeps."""
LONGEST_QUERY = 2000


def keep_view(session: Session, *, by: Actor, organ_id: int, name: str, query: str, shared: bool = False) -> SavedView:
    """Keep the view; a name `by` has used before names the new one instead.

    Raises BadInputError for no name, one too long, or too many views.
    """
    name = words(name, "视图名称", longest=40)
    if len(query) > LONGEST_QUERY:
        raise BadInputError("筛选条件过长，无法保存为视图：请减少条件。")
    person_id = _person(by)
    own = select(SavedView).where(SavedView.person_id == person_id)
    view = session.exec(own.where(SavedView.name == name)).first()
    if view is None:
        if session.exec(select(func.count()).select_from(own.subquery())).one() >= MOST_VIEWS:
            raise BadInputError(f"最多保存 {MOST_VIEWS} 个视图：请先删除不用的。")
        view = SavedView(person_id=person_id, organ_id=organ_id, name=name, query=query, made_at=by.now)
        session.add(view)
    view.organ_id, view.query, view.shared, view.made_at = organ_id, query, shared, by.now
    session.flush()
    return view


def drop_view(session: Session, view_id: int, *, by: Actor) -> SavedView:
    """Forget a view of one's own. Raises NotFoundError for any other."""
    view = session.get(SavedView, view_id)
    if view is None or view.person_id != by.person_id:
        raise NotFoundError("没有这个视图，或者它不是您保存的。")
    session.delete(view)
    session.flush()
    return view


def views_for(session: Session, *, by: Actor, organ_id: int) -> Sequence[Row[Any]]:
    """The views `by` may choose from in an organ, each with the columns of its table: its own first, then others'."""
    return session.execute(_OFFERED, {"me": by.person_id, "organ": organ_id}).all()


_VIEW = SQLModel.metadata.tables[str(SavedView.__tablename__)]
_MINE = _VIEW.c.person_id == bindparam("me", type_=Integer)
_OFFERED = (
    sa_select(_VIEW)
    .where(_VIEW.c.organ_id == bindparam("organ", type_=Integer), or_(_MINE, _VIEW.c.shared))
    .order_by(not_(_MINE), _VIEW.c.name)
)
"""Put together once: every page of the list asks it."""


def _person(by: Actor) -> int:
    if by.person_id is None:
        raise ForbiddenError("视图由登录的人保存。")
    return by.person_id
