"""Ending a link of a ledger's row, for every group of commands that has links."""

from typing import TYPE_CHECKING

from duban.commands.errand import Answer, Errand, answer

if TYPE_CHECKING:
    from models.ledgers.kind import Kind


def unlinked(errand: Errand, kind: "Kind", number: int) -> Answer:
    """End the link and tell so; it stays on record."""
    from tasks.ledgers.link_row import unlink_row

    ended = unlink_row(errand.session, errand.organ, kind, number, by=errand.recorder)
    return answer({"id": ended.id, "removed_on": ended.removed_on}, f"已取消关联 {number}。")
