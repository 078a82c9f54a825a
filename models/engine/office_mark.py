"""Marks: by what a process tells that it has the same keys and the same files as the others of its office."""

from sqlmodel import Field

from models.row import Row


class OfficeMark(Row, table=True):
    """What the office goes by, under a name: the fingerprint of a key, or the word that lies in the store."""

    __tablename__ = "office_mark"

    name: str = Field(primary_key=True, max_length=50)
    value: str = Field(max_length=64)
