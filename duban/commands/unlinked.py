"""Ending a link of a ledger's row, for every group of commands that has links."""

from typing import TYPE_CHECKING

import typer

from duban.edge import edge, print_json, say, today

if TYPE_CHECKING:
    from models.ledgers.kind import Kind


def unlinked(
    context: typer.Context, kind: "Kind", number: int, as_: str | None, on: str | None, organ: str | None, as_json: bool
) -> None:
    """End the link and tell so; it stays on record."""
    from tasks.ledgers.link_row import unlink_row

    reach = edge(context)
    with reach.writing() as session:
        by = reach.recorder(session, as_, today(on), organ)
        ended = unlink_row(session, reach.organ_for(session, by, organ), kind, number, by=by)
        data = {"id": ended.id, "removed_on": ended.removed_on}
    if as_json:
        print_json(data)
    else:
        say(f"已取消关联 {number}。")
