"""常用事项: an item that an office gives out again and again, kept to fill the form of the next one."""

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from models.row import Row


class ItemTemplate(Row, table=True):
    """`fields` holds what is typed into the form of an item, by the names of its fields."""

    __tablename__ = "item_template"
    __table_args__ = (UniqueConstraint("organ_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    organ_id: int = Field(foreign_key="organ.id")
    name: str = Field(max_length=40)
    fields: dict[str, str] = Field(sa_type=JSON)
