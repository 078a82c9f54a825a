"""Who may read a year-end report by the pages: asked in one place by every page that shows one."""

from sqlmodel import Session

from duban.web.visit import Visit
from models.database import key
from models.errors import NotFoundError
from models.people.permission import Action
from models.report.report import Report
from tasks.acting.authorize import organs_within


def may_read_reports(session: Session, visit: Visit) -> bool:
    """The report tells of the whole organ: whoever sees all of it reads it, and whoever compiles it."""
    organ_id = key(visit.organ.id)
    return any(organ_id in organs_within(session, visit.looking, action) for action in (Action.VIEW, Action.COMPILE))


def may_edit_reports(session: Session, visit: Visit) -> bool:
    """Whether the visitor compiles the organ's reports, and so may edit them."""
    return visit.organ.id in organs_within(session, visit.by, Action.COMPILE)


def readable_report(session: Session, visit: Visit, report_id: int) -> Report:
    """The report with this number. Raises NotFoundError, the same for one there is not and for one not to be known."""
    found = session.get(Report, report_id)
    if found is None or found.organ_id != visit.organ.id or not may_read_reports(session, visit):
        raise NotFoundError("没有这份报告，或者它不在您的查看范围内。")
    return found
