"""One at a time works on an organ's reports: whoever comes second waits, and then finds what the first did."""

from sqlmodel import Session

from models.organ import Organ


def hold_reports(session: Session, organ_id: int | None) -> None:
    """Hold the organ's reports until the transaction ends; nothing else of the organ waits for it."""
    # Without the key: rows that point to the organ are written meanwhile.
    session.get_one(Organ, organ_id, with_for_update={"key_share": True})
