"""Whom a comment on an item may name: what the page offers behind an @."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from duban.web.visit import Signed
from models.people.permission import Action
from tasks.acting.authorize import authorize
from tasks.acting.find_seen import seen_item
from tasks.people.mentions import colleagues

router = APIRouter()


@router.get("/items/{item_id:row}/colleagues")
def named(visit: Signed, item_id: int) -> JSONResponse:
    """Everybody of the item's organ in office: what a text calls each, and the units. For whoever may comment."""
    with visit.reading() as session:
        item = seen_item(session, item_id, by=visit.by)
        authorize(session, visit.by, Action.COMMENT_ITEM, item)
        people = colleagues(session, item.organ_id, on=visit.by.on)
    told = [{"called": one.called, "name": one.name, "units": "、".join(one.units)} for one in people]
    return JSONResponse(told, headers={"Cache-Control": "no-store"})
