"""Texts → the values of a ledger's row, with everything that is wrong told field by field."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, select

from models.database import key
from models.errors import BadInputError
from models.items.item import WorkItem
from models.items.plan import AnnualPlan
from models.items.plan_item import of_plan
from models.ledgers.field import FieldType, LedgerField
from models.ledgers.kind import Kind
from models.people.organ import Organ
from models.people.person import Person
from tasks.ledgers.read_cell import is_nothing, read_cell
from tasks.reading.cells import CellRefusedError, number, plain

_QUOTED = 40
"""Characters of what was typed that a problem repeats."""


@dataclass(frozen=True)
class FieldProblem:
    """One thing wrong with one field: what was written there, and what is wrong and would be accepted."""

    name: str
    label: str
    text: str
    accepted: str

    whole: bool = False
    """Whether `accepted` says by itself what it is about."""

    def told(self) -> str:
        """In one sentence."""
        return self.accepted if self.whole else f"{self.label}“{self.text[:_QUOTED]}”不可用：{self.accepted}"


class ValuesRefusedError(BadInputError):
    """所填内容有误。"""

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        said = "；".join(problem.told().removesuffix("。") for problem in problems)
        super().__init__(f"{said}。")
        self.problems = list(problems)


class Known:
    """What fields say and point to in an organ: items by number in the plan of a year, people by name. Asked once."""

    def __init__(self, session: Session, organ: Organ) -> None:
        self._session, self._organ = session, organ
        self._items: dict[int, dict[str, int] | None] = {}
        self._people: dict[str, set[int]] | None = None
        self._cells: dict[tuple[str, type, Any, bool], Any] = {}

    def cell(self, field: LedgerField, said: Any, *, wan: bool) -> Any:
        """What the field says, each distinct cell read once. Raises CellRefusedError."""
        place = field.name, type(said), said, wan
        if place not in self._cells:
            self._cells[place] = read_cell(field, said, wan=wan)
        return self._cells[place]

    def item(self, said: Any, year: int | None) -> int:
        """The item. Raises CellRefusedError."""
        if isinstance(said, WorkItem):
            if said.organ_id != self._organ.id:
                raise CellRefusedError(f"任务 {said.number} 不是{self._organ.name}的任务。")
            return key(said.id)
        if year is None:
            raise CellRefusedError("看不出是哪一年计划的任务：请先填写日期。")
        if year not in self._items:
            self._items[year] = self._of_year(year)
        items = self._items[year]
        if items is None:
            raise CellRefusedError(f"{self._organ.name}没有 {year} 年度计划：有关任务请不填。")
        found = items.get(number(said))
        if found is None:
            raise CellRefusedError(f"{year} 年度计划中没有编号为“{plain(said)[:_QUOTED]}”的任务；编号见任务清单。")
        return found

    def _of_year(self, year: int) -> dict[str, int] | None:
        plan = select(AnnualPlan.id).where(AnnualPlan.organ_id == self._organ.id, AnnualPlan.year == year)
        plan_id = self._session.exec(plan).first()
        if plan_id is None:
            return None
        rows = self._session.exec(select(WorkItem.number, WorkItem.id).where(WorkItem.plan_id == plan_id, of_plan()))
        return {number: key(item_id) for number, item_id in rows}

    def person(self, said: Any) -> int:
        """The person, by name, mobile number or mail address. Raises CellRefusedError."""
        if isinstance(said, Person):
            return key(said.id)
        if self._people is None:
            self._people = defaultdict(set)
            own = select(Person.id, Person.name, Person.mobile, Person.email)
            for person_id, *names in self._session.exec(own.where(Person.organ_id == self._organ.id)):
                for name in filter(None, names):
                    self._people[name].add(key(person_id))
        word = plain(said)
        found = self._people.get(word) or set()
        if len(found) == 1:
            return next(iter(found))
        if found:
            raise CellRefusedError(f"有 {len(found)} 位“{word}”，请改用手机号或邮箱指明。")
        raise CellRefusedError(f"没有登记“{word[:_QUOTED]}”这个人：请从列表中选择，或先在人员中登记。")


def read_values(
    kind: Kind, given: Mapping[str, Any], known: Known, *, wan: Iterable[str] = (), year: int | None = None
) -> tuple[dict[str, Any], list[FieldProblem]]:
    """The values of the fields given, by column, and what is wrong with them; a field left open has its default.

    `given` is by column and may hold texts, a sheet's cells or values typed already. `wan` are the fields whose
    amounts are in 10,000 yuan. An item is looked for in the year of the row's day, else in `year`.
    """
    found: dict[str, Any] = {}
    problems: list[FieldProblem] = []
    for field in sorted(kind.columns, key=lambda field: field.takes is FieldType.ITEM):
        if field.name not in given:
            continue
        said = given[field.name]
        try:
            if is_nothing(said):
                found[field.name] = field.default
            elif field.takes is FieldType.ITEM:
                if any(problem.name == kind.day for problem in problems):
                    continue  # without its day nobody knows which year's number it is
                day = found.get(kind.day)
                found[field.name] = known.item(said, day.year if day else year)
            elif field.takes is FieldType.PERSON:
                found[field.name] = known.person(said)
            else:
                value = known.cell(field, said, wan=field.name in wan)
                found[field.name] = field.default if value is None else value
        except CellRefusedError as refusal:
            problems.append(_problem(field, said, str(refusal)))
    return found, problems


def check_values(kind: Kind, values: Mapping[str, Any], *, wrong: Iterable[str] = ()) -> list[FieldProblem]:
    """What is wrong with a whole row: required fields left open, then what the kind checks between its fields.

    Fields already known to be `wrong` are not asked for again.
    """
    known = set(wrong)
    problems = [
        _problem(field, "", f"{field.label}不能为空。", whole=True)
        for field in kind.columns
        if field.required and values.get(field.name) is None and field.name not in known
    ]
    if known or problems:
        return problems
    return [
        _problem(kind.field(name), words_of(values.get(name)), said if said.endswith("。") else f"{said}。", whole=True)
        for name, said in kind.check(values)
    ]


def words_of(value: Any) -> str:
    """A value as a problem repeats it."""
    if isinstance(value, WorkItem):
        return value.number
    return "" if value is None else str(getattr(value, "label", getattr(value, "name", value)))


def _problem(field: LedgerField, said: Any, accepted: str, *, whole: bool = False) -> FieldProblem:
    text = said.strip() if isinstance(said, str) else words_of(said) if said is not None else ""
    return FieldProblem(field.name, field.label, text, accepted, whole)
