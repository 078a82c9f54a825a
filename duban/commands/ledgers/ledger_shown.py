"""Rows of a ledger on the terminal, and what was done in a line or as data."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.commands.errand import Answer, Errand, answer
from duban.edge import table

if TYPE_CHECKING:
    from models.ledgers.kind import Kind
    from tasks.ledgers.browse import Wanted

KindArgument = Annotated[str, typer.Argument(metavar="台账", help="代码或名称，见 duban ledger kinds。")]


def rows_of(errand: Errand, kind: "Kind", wanted: "Wanted") -> tuple[list[dict[str, Any]], list[list[str]]]:
    """The rows wanted, as data and in words, the newest first."""
    from models.database import key
    from tasks.ledgers.browse import browse
    from tasks.ledgers.own_terms import amounts
    from tasks.ledgers.tell_row import Teller

    session, owner = errand.session, errand.sole_organ
    found = browse(session, owner, kind, wanted, on=errand.day, amounts=amounts(session, key(owner.id)), page=None)
    teller = Teller(session, kind, found.rows)
    lines = [[str(row.id), *(teller.words(row, field) for field in kind.fields)] for row in found.rows]
    return [teller.data(row) for row in found.rows], lines


def list_rows(errand: Errand, kind: "Kind", wanted: "Wanted") -> Answer:
    """The rows wanted, as a table or as data."""
    rows, lines = rows_of(errand, kind, wanted)
    if not rows:
        return answer(rows, f"{kind.title}：没有。")
    told = [place for place in range(len(lines[0])) if any(line[place] for line in lines)]
    shown = table(*(["编号", *(field.label for field in kind.fields)][place] for place in told), title=kind.title)
    for line in lines:
        shown.add_row(*(line[place] for place in told))
    return answer(rows, shown)
