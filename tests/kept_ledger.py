"""One ledger of a small office, for the tests of its kind: rows go in as people enter them, figures come out."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from models.database import key, reading, unit_of_work
from models.dates.workdays import WorkCalendar
from models.ledgers.kind import Kind
from models.people.organ import Organ
from models.report.figure import Figure
from tasks.ledgers.record import record_row, withdraw_row
from tasks.report.compiling.blocks import Block
from tasks.report.compiling.ledgers import each_opening, ledger_blocks
from tasks.report.compiling.material import ProjectRow
from tasks.report.compiling.template import STANDARD
from tasks.report.figures.count_ledgers import count_ledgers, list_ledgers
from tests.actors import administrator

WRITTEN_ON = dt.date(2025, 12, 31)
CALENDAR = WorkCalendar()


class KeptLedger:
    """The ledger of one kind in 2025. Days are written as `2025-01-24`."""

    def __init__(self, engine: Engine, kind: Kind) -> None:
        self.engine, self.kind = engine, kind
        with unit_of_work(engine) as session:
            organ = Organ(code="bureau", name="某局")
            session.add(organ)
            session.flush()
            self.organ_id = key(organ.id)

    def keep(self, **given: Any) -> int:
        """Record a row; answers its id."""
        with unit_of_work(self.engine) as session:
            row = record_row(session, self._organ(session), self.kind, given, by=administrator(WRITTEN_ON))
            return key(row.id)

    def row(self, row_id: int) -> Any:
        with unit_of_work(self.engine) as session:
            return session.get_one(self.kind.table, row_id)

    def withdraw(self, row_id: int) -> None:
        with unit_of_work(self.engine) as session:
            row = session.get_one(self.kind.table, row_id)
            withdraw_row(session, self._organ(session), self.kind, row, "登记有误", by=administrator(WRITTEN_ON))

    def _organ(self, session: Session) -> Organ:
        return session.get_one(Organ, self.organ_id)

    def figures(self, first: str = "2025-01-01", until: str = "2025-12-31") -> dict[str, Figure]:
        """Every figure of the kind, by its code within the ledger."""
        with reading(self.engine) as session:
            found = count_ledgers(
                session, self.organ_id, dt.date.fromisoformat(first), dt.date.fromisoformat(until), kinds=[self.kind]
            )
        return {code.removeprefix(f"{self.kind.code}."): figure for code, figure in found.items()}

    def written(self, *codes: str, until: str = "2025-12-31") -> dict[str, str]:
        """What the figures of these codes read (all of them without any)."""
        found = self.figures(until=until)
        return {code: figure.written for code, figure in found.items() if not codes or code in codes}

    def block(self, *projects: str) -> Block | None:
        """The ledger's paragraph in a report of 2025 on a plan with these projects; None where it says nothing."""
        placed, extra = ledger_blocks(self._material(*projects), STANDARD)
        blocks = [*extra, *(block for of_project in placed.values() for block in of_project)]
        return next((block for block in blocks if block.key == f"ledger:{self.kind.code}"), None)

    def _material(self, *projects: str) -> Any:
        first, until = dt.date(2025, 1, 1), WRITTEN_ON
        with reading(self.engine) as session:
            return SimpleNamespace(
                figures=count_ledgers(session, self.organ_id, first, until),
                listings=list_ledgers(session, self.organ_id, first, until),
                projects=[ProjectRow(place, name) for place, name in enumerate(projects, 1)],
                year=2025,
                linked={},
            )

    def says_each_way(self) -> list[Block]:
        """The paragraph with each of its openings."""
        block = self.block()
        return list(each_opening(block, self._material())) if block else []

    def says(self) -> str:
        """The text of that paragraph."""
        block = self.block()
        return block.text if block else ""


def problems(kind: Kind, /, **values: Any) -> list[str]:
    """The fields that the kind's check finds wrong; days as texts."""
    return [name for name, _ in kind.check({name: _typed(value) for name, value in values.items()})]


def last_day(kind: Kind, term: str, /, **row: Any) -> str | None:
    """The day that a term gives a row, by its default length."""
    found = next(one for one in kind.terms if one.code == term)
    values: dict[str, Any] = {field.name: None for field in kind.fields} | {"withdrawn_on": None}
    values |= {name: _typed(value) for name, value in row.items()}
    due = found.due_on(SimpleNamespace(**values), CALENDAR, found.amount, found.unit)
    return due.isoformat() if due else None


def _typed(value: Any) -> Any:
    if type(value) is str and len(value) == 10 and value[4] == value[7] == "-":
        return dt.date.fromisoformat(value)
    return value
