"""The form of a ledger: its fields asked as they are declared, and what was typed into them."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.responses import HTMLResponse
from sqlmodel import Session

from duban.web.ask import Ask, ask_of
from duban.web.posted import Posted
from duban.web.refusals import status_of
from duban.web.visit import Visit
from models.errors import DubanError
from models.field import FieldType
from models.ledgers.field import LedgerField
from models.ledgers.kind import Kind
from tasks.ledgers.read_values import ValuesRefusedError
from tasks.ledgers.row_history import RowChange
from tasks.people.find_posts import names_to_offer


def asks(kind: Kind) -> list[Ask]:
    """What the form of a ledger asks, in order."""
    return [ask_of(field, _options(field)) for field in kind.columns]


def _options(field: LedgerField) -> list[tuple[str, str]] | None:
    if field.takes is FieldType.YES_NO:
        return [("yes", "是"), ("no", "否")]
    return [(str(member.value), member.label) for member in field.choices] if field.choices is not None else None


def given(kind: Kind, sent: Posted) -> dict[str, str]:
    """What was typed, by column; only the fields that the form had."""
    return {field.name: sent.text(field.name) for field in kind.columns if field.name in sent.form}


def ledger_form(
    session: Session,
    visit: Visit,
    kind: Kind,
    typed: Mapping[str, str],
    *,
    row: Any = None,
    seen: int | None = None,
    error: DubanError | None = None,
    changes: Sequence[RowChange] = (),
) -> HTMLResponse:
    """The form of a new row, or of `row` to be corrected, with what was typed and what is wrong beside it.

    `seen` is the revision that the form stands on; `changes` is what others did meanwhile.
    """
    problems = error.problems if isinstance(error, ValuesRefusedError) else []
    wrong: dict[str, str] = {}
    for problem in problems:
        wrong.setdefault(problem.name, problem.accepted)
    people = names_to_offer(session, visit.organ)[1] if any(ask.kind == "person" for ask in asks(kind)) else []
    return visit.page(
        session, "ledgers/ledger_form.html", menu="/ledgers", kind=kind, asks=asks(kind), typed=typed, row=row,
        people=people, told={name for name, value in typed.items() if value},
        seen=row.revision if row is not None and seen is None else seen, wrong=wrong, changes=changes,
        error=error.message if error else "", status_code=status_of(error) if error else 200,
        files=row is None and kind.code == "act",
    )  # fmt: skip
