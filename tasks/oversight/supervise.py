"""A day's supervision: what is due is raised, and a rung that carries a sheet (督办单) has it drawn up, once."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import key
from models.dates.workdays import WorkCalendar
from models.items.item import Deadline, WorkItem
from models.ladder.notice import Notice, NoticeState
from models.ladder.policy import Rung
from models.papers.document import Document, DocumentKind
from tasks.acting.audit import recorded
from tasks.ladder.remind import SweepResult, remind
from tasks.papers.draw_up import draw_up
from tasks.papers.facts import to_facts
from tasks.papers.write_sheet import escalation_sheet


@dataclass(frozen=True)
class DayResult:
    """The sweep of a day and the sheets it drew up."""

    swept: SweepResult
    sheets: list[Document]


def supervise(session: Session, *, by: Actor, calendar: WorkCalendar) -> DayResult:
    """Sweep the day and draw up the sheets of the rungs reached; run again, nothing new comes of it."""
    swept = remind(session, on=by.on, now=by.now, calendar=calendar)
    sheets = draw_up_sheets(session, by=by) if swept.raised else []
    if swept.raised or swept.skipped:
        with recorded(session, by, "supervise", organ_id=None) as record:
            record.after |= {"raised": swept.raised, "skipped": swept.skipped, "sheets": len(sheets)}
    return DayResult(swept, sheets)


def draw_up_sheets(session: Session, *, by: Actor) -> list[Document]:
    """A numbered sheet for each item whose ladder reached a rung with one on the day: one a deadline, rung and turn."""
    reached = session.exec(
        select(col(Notice.deadline_id), col(Notice.rung_id), col(Notice.fire_on))
        .join(Rung, col(Rung.id) == Notice.rung_id)
        .where(Notice.raised_on == by.on, col(Rung.document).is_not(None), Notice.state != NoticeState.COLLAPSED)
        .distinct()
        .order_by(col(Notice.deadline_id), col(Notice.rung_id), col(Notice.fire_on))
    ).all()
    drawn = []
    for deadline_id, rung_id, fire_on in reached:
        deadline, rung = session.get_one(Deadline, deadline_id), session.get_one(Rung, rung_id)
        item = session.get_one(WorkItem, deadline.item_id)
        about = f"rung:{deadline_id}:{rung_id}:{fire_on}"
        known = select(Document.id).where(
            Document.organ_id == item.organ_id, Document.kind == DocumentKind.SHEET, Document.about == about
        )
        if session.exec(known).first() is not None:
            continue
        kind = rung.document or DocumentKind.SHEET.label
        with recorded(session, by, "draw_up", organ_id=item.organ_id, item_id=item.id):
            drawn.append(
                draw_up(
                    session,
                    organ_id=item.organ_id,
                    kind=DocumentKind.SHEET,
                    title=f"{kind}:{item.title}",
                    issued_on=by.on,
                    by=by,
                    item_id=key(item.id),
                    about=about,
                    facts=to_facts(escalation_sheet(session, item, deadline, kind=kind, colour=rung.colour, by=by)),
                )
            )
    return drawn
