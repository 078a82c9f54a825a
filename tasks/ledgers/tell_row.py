"""Rows of a ledger as people and programs read them: people by name, items by number."""

from collections.abc import Iterable
from typing import Any

from sqlmodel import Session, col, select

from models.coded import Coded
from models.exact import decimal_text, number
from models.items.item import WorkItem
from models.items.plan import AnnualPlan
from models.ledgers.field import FieldType, LedgerField
from models.ledgers.kind import Kind
from models.people.person import Person
from tasks.people.find import names_of


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
        self.people = names_of(session, Person, wanted[FieldType.PERSON])
        self.items: dict[int | None, tuple[str, str, int]] = {}
        if items := wanted[FieldType.ITEM]:
            query = select(WorkItem.id, WorkItem.number, WorkItem.title, AnnualPlan.year).join(AnnualPlan)
            for item_id, called, title, year in session.exec(query.where(col(WorkItem.id).in_(items))):
                self.items[item_id] = called, title, year

    def words(self, row: Any, field: LedgerField) -> str:
        """The field as a page shows it; empty where nothing is known."""
        value = getattr(row, field.name)
        if value is None:
            return ""
        match field.takes:
            case FieldType.PERSON:
                return self.people.get(value, "")
            case FieldType.ITEM:
                called, title, _ = self.items.get(value, ("", "", 0))
                return f"{called} {title}".strip()
            case FieldType.MONEY:
                return f"{value:,.2f}"
            case FieldType.YES_NO:
                return "是" if value else "否"
            case FieldType.DECIMAL:
                return decimal_text(value)
        return str(getattr(value, "label", value))

    def typed(self, row: Any, field: LedgerField) -> str:
        """The field as a form holds it and an import reads it."""
        value = getattr(row, field.name)
        if value is None:
            return ""
        match field.takes:
            case FieldType.ITEM:
                called, _, year = self.items.get(value, ("", "", 0))
                day = getattr(row, self.kind.day)
                return called if day is None or year == day.year else ""
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
                        value = number(value)
            told[program_name(field)] = value.value if isinstance(value, Coded) else value
        told |= {"batch": row.batch_id, "withdrawn_on": row.withdrawn_on, "withdrawn_reason": row.withdrawn_reason}
        return told
