"""查找: everything of the organ that holds the words typed above every page, in groups."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from duban.web.row_number import RowNumber
from duban.web.visit import Signed
from models.errors import BadInputError
from models.words import LONGEST
from tasks.acting.find_seen import seen_numbered
from tasks.search.find import search
from tasks.search.sources import SearchGroup

router = APIRouter()


@router.get("/search")
def find(
    visit: Signed,
    q: Annotated[str, Query()] = "",
    group: Annotated[str, Query(max_length=20)] = "",
    page: RowNumber = 1,
) -> Response:
    """What was found of each group, or of one page by page. A number alone that is an item's leads to the item."""
    chosen = next((one for one in SearchGroup if one.value == group), None)
    asked, wrong, status = q.strip(), "", 200
    with visit.reading() as session:
        plan = visit.plan_or_none(session)
        short = asked and len(asked) <= LONGEST and "\0" not in asked
        if short and plan and not group and (item := seen_numbered(session, plan, asked, by=visit.looking)):
            return visit.go(visit.link(f"/items/{item.id}"))
        try:
            found = search(session, visit.organ, asked, by=visit.looking, group=chosen, page=page or 1)
        except BadInputError as error:
            found, wrong, status = search(session, visit.organ, "", by=visit.looking), error.message, 400
        return visit.page(
            session, "search.html", status_code=status, asked=asked[:LONGEST], found=found, chosen=chosen, wrong=wrong
        )
