"""The organs directly below one, and finding one of them by its code or name."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from models.errors import NotFoundError
from models.organ import Organ


def organs_below(session: Session, organ: Organ) -> Sequence[Organ]:
    """The organs directly below, by their codes."""
    return session.exec(select(Organ).where(Organ.parent_id == organ.id).order_by(col(Organ.code))).all()


def find_below(session: Session, organ: Organ, named: str) -> Organ:
    """The one with this code or name. Raises NotFoundError that names all there are."""
    below = organs_below(session, organ)
    for one in below:
        if named.strip() in (one.code, one.name):
            return one
    if not below:
        raise NotFoundError(f"{organ.name}没有登记下级单位:请先在人员名册中登记下级单位及其上级。")
    known = "、".join(f"{one.name}({one.code})" for one in below)
    raise NotFoundError(f"“{named.strip()[:100]}”不是{organ.name}的下级单位;下级单位有:{known}。")
