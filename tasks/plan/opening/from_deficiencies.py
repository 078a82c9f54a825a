"""What last year's deficiencies leave to the new year: each with its cause, to be put right."""

import datetime as dt
from collections.abc import Iterator

from sqlmodel import Session, col, select

from models.ledgers.deficiency import Deficiency
from models.people.organ import Organ
from models.report.report import describe_row
from tasks.plan.opening.draft import Draft, Origin
from tasks.report.compiling.blocks import quoted
from tasks.report.compiling.next_year import RECTIFICATION


def from_deficiencies(session: Session, organ: Organ, year: int) -> Iterator[Draft]:
    """An item for each deficiency of `year` that was not withdrawn: its remedy, or to find one where there is none."""
    rows = session.exec(
        select(Deficiency)
        .where(Deficiency.organ_id == organ.id, col(Deficiency.withdrawn_on).is_(None))
        .where(col(Deficiency.on) >= dt.date(year, 1, 1), col(Deficiency.on) <= dt.date(year, 12, 31))
        .order_by(col(Deficiency.on), col(Deficiency.id))
    )
    for row in rows:
        cause = f"原因：{row.cause}" if row.cause else "原因未写明"
        yield Draft(
            key=describe_row("deficiency", row.id),
            origin=Origin.DEFICIENCY,
            title=row.remedy or f"研究提出{quoted(row.text)}的整改措施",
            project=RECTIFICATION,
            source=f"{year}年度不足 {row.id}：{row.text}；{cause}",
            note=f"针对不足：{row.text}\n{cause}",
        )
