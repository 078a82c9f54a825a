"""What the first responsible person did in person (四个亲自): the rows behind the report's third part."""

import datetime as dt

from sqlalchemy import Index
from sqlmodel import Field

from models.coded import Coded, coded
from models.row import Row


class Duty(Coded):
    """The four duties: 重要工作亲自部署、重大问题亲自过问、重点环节亲自协调、重要任务亲自督办."""

    DEPLOY = "deploy", "部署"
    INQUIRE = "inquire", "过问"
    COORDINATE = "coordinate", "协调"
    SUPERVISE = "supervise", "督办"


class LeadershipAct(Row, table=True):
    """One dated act of a leader, by document or meeting, on an item or free-standing."""

    __tablename__ = "leadership_act"
    __table_args__ = (Index("ix_leadership_act_organ_id_on", "organ_id", "on"),)

    id: int | None = Field(default=None, primary_key=True)
    organ_id: int = Field(foreign_key="organ.id")
    person_id: int | None = Field(default=None, foreign_key="person.id")
    item_id: int | None = Field(default=None, foreign_key="work_item.id")
    instruction_id: int | None = Field(default=None, foreign_key="instruction.id")
    """The instruction this act consists of."""
    kind: Duty = Field(sa_type=coded(Duty))
    on: dt.date
    text: str = Field(max_length=2000)
    document_number: str | None = Field(default=None, max_length=100)
    recorded_at: dt.datetime
