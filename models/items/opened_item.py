"""What the opening of a year put into a plan, so that doing it again adds nothing and undoes nobody's changes."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.row import Row


class OpenedItem(Row, table=True):
    """One draft made by the opening of a year, known again by where it came from, whatever became of its words."""

    __tablename__ = "opened_item"
    __table_args__ = (UniqueConstraint("plan_id", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="annual_plan.id")
    key: str = Field(max_length=300)
    """`item:12`, `deficiency:3`, `report:hand:2:1`, `node:constitution_day`."""
    item_id: int = Field(foreign_key="work_item.id")
