"""What a new office does first: put away when somebody says so."""

from fastapi import APIRouter
from fastapi.responses import Response

from duban.web.posted import Sent
from tasks.engine.first_steps import put_steps_away

router = APIRouter()


@router.post("/first-steps/away")
def put_away(sent: Sent) -> Response:
    """Show the first steps no more."""
    visit = sent.visit
    with visit.writing() as session:
        put_steps_away(session, visit.served.settings, visit.organ, by=visit.by)
    return visit.go(visit.link("/"), "起步清单已收起；各项仍可在“设置”和“帮助”中找到。")
