"""Snoozing: a person holds what reminds of one deadline until a day."""

import datetime as dt

from sqlmodel import Field

from models.row import Row


class Snooze(Row, table=True):
    """Once for a person and a deadline. Escalations, instructions and urgings are not held."""

    person_id: int = Field(foreign_key="person.id", primary_key=True)
    deadline_id: int = Field(foreign_key="deadline.id", primary_key=True)
    until_on: dt.date
    """The day on which reminders leave again."""
    made_on: dt.date
