"""Rows of a ledger as people and programs read them: people by name, items by number."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqlmodel import Session, col, select

from models.coded import Coded
from models.figure import plain
from models.item import WorkItem
from models.ledgers.field import FieldType, LedgerField
from models.ledgers.kind import Kind
from models.person import Person
from models.plan import AnnualPlan


def program_name(field: LedgerField) -> str:
    """What a program calls the field: a person or an item is told by name, not by its row."""
    return field.name.removesuffix("_id") if field.takes in (FieldType.ITEM, FieldType.PERSON) else field.name


class Teller:
    """Tells rows of one kind; whom and what they point to is asked for at once."""

    def __init__(self, session: Session, kind: Kind, rows: Iterable[Any]) -> None:
        self.kind = kind
        wanted: dict[FieldType, set[int]] = {FieldType.PERSON: set(), FieldType.ITEM: set()}
        pointing = [field for field in kind.columns if field.takes in wanted]
        for row in rows:
            for field in pointing:
                value = getattr(row, field.name)
                if value is not None:
                    wanted[field.takes].add(value)
        self.people: dict[int | None, str] = {}
        self.items: dict[int | None, tuple[str, str, int]] = {}
        if people := wanted[FieldType.PERSON]:
            named = select(Person.id, Person.name).where(col(Person.id).in_(people))
            self.people = dict(session.exec(named).all())
        if items := wanted[FieldType.ITEM]:
            query = select(WorkItem.id, WorkItem.number, WorkItem.title, AnnualPlan.year).join(AnnualPlan)
            for item_id, number, title, year in session.exec(query.where(col(WorkItem.id).in_(items))):
                self.items[item_id] = number, title, year

    def words(self, row: Any, field: LedgerField) -> str:
        """The field as a page shows it; empty where nothing is known."""
        value = getattr(row, field.name)
        if value is None:
            return ""
        match field.takes:
            case FieldType.PERSON:
                return self.people.get(value, "")
            case FieldType.ITEM:
                number, title, _ = self.items.get(value, ("", "", 0))
                return f"{number} {title}".strip()
            case FieldType.MONEY:
                return f"{value:,.2f}"
            case FieldType.YES_NO:
                return "是" if value else "否"
            case FieldType.DECIMAL:
                return plain(value)
        return str(getattr(value, "label", value))

    def typed(self, row: Any, field: LedgerField) -> str:
        """The field as a form holds it and an import reads it."""
        value = getattr(row, field.name)
        if value is None:
            return ""
        match field.takes:
            case FieldType.ITEM:
                number, _, year = self.items.get(value, ("", "", 0))
                day = getattr(row, self.kind.day)
                return number if day is None or year == day.year else ""
            case FieldType.MONEY:
                return f"{value:.2f}".removesuffix(".00")
            case FieldType.CHOICE:
                return str(value.value)
        return self.words(row, field)

    def data(self, row: Any) -> dict[str, Any]:
        """The row as a program reads it: codes of choices, names of people, numbers of items."""
        told: dict[str, Any] = {"id": row.id, "revision": row.revision}
        for field in self.kind.columns:
            value = getattr(row, field.name)
            if value is not None:
                match field.takes:
                    case FieldType.PERSON:
                        value = self.people.get(value)
                    case FieldType.ITEM:
                        value = self.items[value][0] if value in self.items else None
                    case FieldType.MONEY | FieldType.DECIMAL:
                        value = plain_number(value)
            told[program_name(field)] = value.value if isinstance(value, Coded) else value
        told |= {"batch": row.batch_id, "withdrawn_on": row.withdrawn_on, "withdrawn_reason": row.withdrawn_reason}
        return told


def plain_number(number: Decimal) -> int | float:
    """As JSON has it."""
    return int(number) if number == number.to_integral_value() else float(number)
