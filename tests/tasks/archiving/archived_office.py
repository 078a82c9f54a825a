"""What tests of archives share: an office whose year is over and reported, and what its tables hold, row by row."""

import datetime as dt
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import select

from models.actor import Actor, Channel
from models.clock import opening_of
from models.database import reading, unit_of_work
from models.items.plan import AnnualPlan
from models.report.filing import Filing
from models.tables import METADATA
from tasks.archiving.choose_rows import TABLES
from tasks.archiving.detach import Detached, detach_month
from tests.office import Office

TODAY = dt.date(2028, 9, 1)
BY = Actor("本机管理员", Channel.COMMAND, TODAY, opening_of(TODAY))
DAYS = 730


def lived(engine: Engine, home: Path) -> Office:
    """Notices of June and August 2026, sent, their items closed; the year's report filed in 2027."""
    office = Office(engine, home)
    office.assign("普法宣传", due="2026-06-12", on="2026-06-01")
    office.assign("执法检查", due="2026-06-18", on="2026-06-01")
    office.assign("案卷评查", due="2026-08-05", on="2026-06-01")
    office.fast_forward("2026-06-22")
    office.close("1", on="2026-06-22")
    office.close("2", on="2026-06-22")
    office.fast_forward("2026-08-07")
    office.close("3", on="2026-08-07")
    file_report(engine)
    return office


def file_report(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        for plan in session.exec(select(AnnualPlan)).all():
            session.add(Filing(organ_id=plan.organ_id, year=plan.year, delivered_on=dt.date(2027, 2, 1)))


def detached(office: Office, place: Path, month: str = "2026-06", *, days: int = DAYS) -> Detached | None:
    return detach_month(office.engine, office.settings.home, place, month, by=BY, days=days)


def held(engine: Engine, *tables: str) -> dict[str, dict[int, tuple[Any, ...]]]:
    """Every row of the tables of an archive, by its number."""
    with reading(engine) as session:
        return {
            name: {row.id: tuple(row) for row in session.execute(sa.select(METADATA.tables[name]))}
            for name in tables or TABLES
        }
