"""A bound version stays as it is; whoever goes on working does so on a copy, the next version."""

from sqlalchemy import insert
from sqlmodel import Session, col

from models.actor import Actor
from models.database import key
from models.permission import Action
from models.report import Report
from tasks.acting.perform import performing_for
from tasks.report.compiling.hold_reports import hold_reports
from tasks.report.compiling.keep_draft import read_draft, write_draft


def fork_report(session: Session, report: Report, *, by: Actor) -> Report:
    """The next version, for editing, equal to `report` in all but its number. Raises ForbiddenError."""
    with performing_for(session, by, Action.COMPILE, report.organ_id) as record:
        hold_reports(session, report.organ_id)
        copied = copy_version(session, report, by=by)
        record.after |= {"year": copied.year, "version": copied.version, "title": copied.title}
    return copied


def copy_version(session: Session, report: Report, *, by: Actor) -> Report:
    """The same inside an act that is on record already."""
    draft = read_draft(session, report)
    values = report.model_dump(exclude={"id", "content_hash"}) | {
        "version": report.version + 1, "based_on_id": report.id, "compiled_at": by.now,
    }  # fmt: skip
    # A statement of its own, as the blocks are: the entry tells of a copy, not of a thousand rows.
    made = session.execute(insert(Report).returning(col(Report.id)), [values]).scalar_one()
    write_draft(session, key(made), draft)
    return session.get_one(Report, made)
