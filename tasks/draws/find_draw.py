"""The draws of an organ, newest first, and one of them."""

import datetime as dt

from sqlmodel import Session, col, select

from models.database import LARGEST_ID
from models.errors import NotFoundError
from models.inspection_draw import InspectionDraw
from models.organ import Organ


def list_draws(session: Session, organ: Organ, year: int | None = None) -> list[InspectionDraw]:
    """The draws made in the year, or all of them."""
    query = select(InspectionDraw).where(InspectionDraw.organ_id == organ.id).order_by(col(InspectionDraw.id).desc())
    if year is not None:
        query = query.where(col(InspectionDraw.drawn_on).between(dt.date(year, 1, 1), dt.date(year, 12, 31)))
    return list(session.exec(query))


def find_draw(session: Session, organ: Organ, number: int) -> InspectionDraw:
    """The draw of that number. Raises NotFoundError where the organ has none."""
    found = None
    if 0 < number <= LARGEST_ID:
        query = select(InspectionDraw).where(InspectionDraw.id == number, InspectionDraw.organ_id == organ.id)
        found = session.exec(query).first()
    if found is None:
        raise NotFoundError(f"{organ.name}没有编号为 {number} 的双随机抽取,或者它不在您的查看范围内。")
    return found
