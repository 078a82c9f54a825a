"""设置: what this person may set and look into, each with what it is for."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from duban.web.frame import GROUPS, SettingsLine
from duban.web.visit import Signed, Visit
from models.people.permission import Action
from tasks.acting.authorize import organs_within
from tasks.engine.choose_settings import may_choose

router = APIRouter()


@router.get("/settings")
def settings(visit: Signed) -> HTMLResponse:
    """The hub."""
    with visit.reading() as session:
        return visit.page(session, "settings.html", menu="/settings", groups=open_lines(session, visit))


def open_lines(session: Session, visit: Visit) -> list[tuple[str, list[SettingsLine]]]:
    """What the person may open for the organ looked at, by group; a group of nothing is left out."""
    wanted = {line.action for _, lines in GROUPS for line in lines if line.action is not None}
    may = {action for action in wanted if visit.organ.id in organs_within(session, visit.by, action)}
    if not may_choose(session, visit.organ, by=visit.by):
        may.discard(Action.CONFIGURE)
    shown = [(title, [line for line in lines if line.action is None or line.action in may]) for title, lines in GROUPS]
    return [(title, lines) for title, lines in shown if lines]
