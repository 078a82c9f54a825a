"""Draws of a small bureau, for tests of what is made of them."""

from decimal import Decimal
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, select

from models.database import key, on_record
from models.draws.inspection_draw import InspectionDraw
from models.draws.random_draw import lists_of
from models.people.organ import Organ
from tasks.draws.draw_inspection import draw_inspection
from tests.actors import administrator
from tests.report_year import day

OBJECTS = ("甲公司", "乙公司", "丙公司", "丁公司", "戊公司")
INSPECTORS = ("张一", "李二", "王三", "赵四")
PLAN, ON = "年度抽查", "2025-03-03"


def bureau(session: Session) -> Organ:
    """The organ that draws, founded when it is first asked for."""
    found = session.exec(select(Organ).where(Organ.code == "bureau")).first()
    if found is None:
        found = Organ(code="bureau", name="某局")
        session.add(found)
        session.flush()
    return found


def drawn(engine: Engine, *, on: str = ON, seed: str | None = None, witness: str | None = None, **more: Any) -> int:
    """Draw three of five; answers the number of the draw."""
    given: dict[str, Any] = {"plan": PLAN, "objects": OBJECTS, "inspectors": INSPECTORS, "percent": Decimal(60)} | more
    with on_record(engine) as session:
        found = session.exec(select(Organ).where(Organ.code == "bureau")).one()
        by = administrator(day(on))
        made: InspectionDraw = draw_inspection(session, found, lists_of(**given), by=by, seed=seed, witness=witness)
        return key(made.id)
