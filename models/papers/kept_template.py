"""How an organ's reports are put together (报告体例), kept as data; every revision stays."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from models.row import Row


class KeptTemplate(Row, table=True):
    """One revision of an organ's template; the newest counts. `data` is what `ReportTemplate` takes."""

    __tablename__ = "report_template"
    __table_args__ = (UniqueConstraint("organ_id", "revision"),)

    id: int | None = Field(default=None, primary_key=True)
    organ_id: int = Field(foreign_key="organ.id")
    revision: int
    data: dict[str, Any] = Field(sa_type=JSON)
    set_by_id: int | None = Field(default=None, foreign_key="person.id")
    set_at: dt.datetime
