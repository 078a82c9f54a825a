"""The terms of an organ's ledgers: the defaults with their sources, and what the organ set or confirmed instead.

A default that no text backed when it was written down (`remembered`) says so until somebody confirms it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from models.actor import Actor
from models.database import key
from models.dates.day_override import office_calendar
from models.errors import BadInputError, NotFoundError
from models.ledgers.kind import Kind
from models.ledgers.kinds import KINDS
from models.ledgers.ledger_term import LedgerTermPolicy
from models.ledgers.term import Term, TermUnit, YearlyTerm
from models.people.organ import Organ
from models.people.permission import Action
from models.typed_text import words_or_none
from tasks.acting.perform import performing_for
from tasks.ledgers.keep_terms import keep_all
from tasks.ledgers.own_terms import own_terms, span_words

MOST = 3650
"""The longest term, in whatever unit."""


@dataclass(frozen=True)
class TermLine:
    """One term as an organ has it. `unit` says in words what the amount counts."""

    kind: Kind
    term: Term | YearlyTerm
    own: LedgerTermPolicy | None

    @property
    def yearly(self) -> bool:
        """Whether the year asks for it, not a row."""
        return isinstance(self.term, YearlyTerm)

    @property
    def minimum(self) -> bool:
        """Whether it is a period that may not be shorter."""
        return isinstance(self.term, Term) and self.term.minimum

    @property
    def amount(self) -> int:
        return self.term.amount if self.own is None else self.own.amount

    @property
    def unit(self) -> TermUnit | str:
        return self.term.unit if self.own is None or self.own.unit is None else self.own.unit

    @property
    def to_confirm(self) -> bool:
        """Whether it is a default that nobody stands behind yet."""
        return self.term.remembered and self.own is None

    @property
    def changed(self) -> bool:
        """Whether it differs from the default."""
        return (self.amount, self.unit) != (self.term.amount, self.term.unit)

    @property
    def runs(self) -> str:
        """From what to what, as the ledger calls it."""
        if isinstance(self.term, YearlyTerm):
            return "每年"
        start, done = (_label(self.kind, name) for name in (self.term.start, self.term.done))
        return f"{start} → {done}"

    @property
    def words(self) -> str:
        """How long, or how much: 7个工作日内, 不少于30天, 每半年1次."""
        return span_words(self.term, self.amount, self.unit)

    @property
    def default(self) -> str:
        return span_words(self.term, self.term.amount, self.term.unit)


def list_terms(session: Session, organ_id: int) -> list[TermLine]:
    """Every term and yearly term of every ledger, in the order of the ledgers."""
    own = own_terms(session, organ_id)
    declared: list[tuple[Kind, Term | YearlyTerm]] = []
    for kind in KINDS.values():
        declared += [(kind, term) for term in kind.terms]
        declared += [(kind, term) for term in kind.yearly]
    return [TermLine(kind, term, own.get((kind.code, term.code))) for kind, term in declared]


def find_term(session: Session, organ_id: int, kind: Kind, code: str) -> TermLine:
    """The term with this code or title. Raises NotFoundError that names them all."""
    lines = [line for line in list_terms(session, organ_id) if line.kind is kind]
    for line in lines:
        if code.strip() in (line.term.code, line.term.title):
            return line
    known = "、".join(f"{line.term.code}（{line.term.title}）" for line in lines)
    raise NotFoundError(f"{kind.title}没有名为“{code}”的时限" + (f"，可用：{known}。" if known else "。"))


def set_term(
    session: Session,
    organ: Organ,
    kind: Kind,
    code: str,
    *,
    amount: int,
    by: Actor,
    unit: TermUnit | None = None,
    note: str | None = None,
) -> TermLine:
    """Set how long the term runs in the organ, or how much its year asks for; open days move with it, on record.

    Without `unit` the unit stays. What the law sets may be made stricter, never laxer. Raises BadInputError,
    NotFoundError for an unknown term, ForbiddenError.
    """
    with performing_for(session, by, Action.POLICY, organ.id):
        line = find_term(session, key(organ.id), kind, code)
        _check(line, amount, unit)
        stored = unit or line.unit
        _keep(session, organ, line, amount, stored if isinstance(stored, TermUnit) else None, note, by)
        return _in_force(session, organ, line, by)


def confirm_term(
    session: Session, organ: Organ, kind: Kind, code: str, *, by: Actor, note: str | None = None
) -> TermLine:
    """Confirm the term as it stands: from now on it is the office's own. Raises as `set_term` does."""
    with performing_for(session, by, Action.POLICY, organ.id):
        line = find_term(session, key(organ.id), kind, code)
        unit = line.unit if isinstance(line.unit, TermUnit) else None
        _keep(session, organ, line, line.amount, unit, note, by)
        return _in_force(session, organ, line, by)


def unit_named(word: str) -> TermUnit:
    """The unit with this code or label (天、工作日、月). Raises BadInputError."""
    for unit in TermUnit:
        if word.strip() in (unit.value, unit.label, unit.label.removeprefix("个")):
            return unit
    known = "、".join(f"{unit.value}（{unit.label.removeprefix('个')}）" for unit in TermUnit)
    raise BadInputError(f"时限单位“{word}”不可用，可用：{known}。")


def _keep(
    session: Session, organ: Organ, line: TermLine, amount: int, unit: TermUnit | None, note: str | None, by: Actor
) -> None:
    note = words_or_none(note, "说明", longest=500)
    row = line.own
    if row is None:
        row = LedgerTermPolicy(
            organ_id=key(organ.id), kind=line.kind.code, term=line.term.code, amount=amount, confirmed_on=by.on
        )
        session.add(row)
    else:
        row.revision += 1
    row.amount, row.unit = amount, unit
    row.confirmed_on, row.confirmed_by_id = by.on, by.person_id
    row.note = note if note is not None else row.note
    session.flush()


def _in_force(session: Session, organ: Organ, line: TermLine, by: Actor) -> TermLine:
    keep_all(session, organ, [line.kind], by=by, calendar=office_calendar(session, organ_id=organ.id))
    return find_term(session, key(organ.id), line.kind, line.term.code)


def _check(line: TermLine, amount: int, unit: TermUnit | None) -> None:
    """What may stand there at all, and what the law leaves to the office."""
    term, title = line.term, f"“{line.term.title}”"
    if isinstance(term, YearlyTerm):
        least = 0 if term.remembered else term.amount
        if unit is not None:
            raise BadInputError(f"{title}按{term.unit}计，不填时限单位。")
        if not least <= amount <= MOST:
            why = f"（{term.source}）" if least else "，填 0 为不要求"
            raise BadInputError(f"{title}的数量“{amount}”不可用：应为 {least} 至 {MOST} 的整数{why}。")
        return
    before = term.amount < 0
    lowest, highest = (-MOST, 0) if before else (0 if term.amount == 0 else 1, MOST)
    if not lowest <= amount <= highest:
        raise BadInputError(f"{title}的期限“{amount}”不可用：应为 {lowest} 至 {highest} 的整数。")
    if term.remembered:
        return
    if unit not in (None, term.unit):
        raise BadInputError(f"{title}依据“{term.source}”按{term.unit.label.removeprefix('个')}计，不能改为别的单位。")
    if amount < term.amount if term.minimum else amount > term.amount:
        bound = "不能更短" if term.minimum else "不能更长"
        raise BadInputError(
            f"{title}的期限“{amount}”不可用：{term.source}，为{line.default}，本单位可以从严，{bound}。"
        )


def _label(kind: Kind, name: str) -> str:
    labels: Mapping[str, str] = {field.name: field.label for field in kind.fields}
    return labels.get(name, name)
