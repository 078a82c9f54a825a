"""What the plan and the evidence of a year cover: the indicators as a tree, and duties against items."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from duban.web.pages.ledgers.ledgers import may_do, years_of
from duban.web.visit import Signed
from models.database import key
from models.people.permission import Action
from tasks.ledgers.duty_gaps import duty_gaps
from tasks.ledgers.find_row import authorize_ledgers
from tasks.ledgers.indicator_tree import indicator_tree

router = APIRouter()


@router.get("/ledgers/indicator/tree")
def tree(visit: Signed) -> HTMLResponse:
    """The systems of the year level by level, with support and own score; what is missing first."""
    with visit.reading() as session:
        authorize_ledgers(session, visit.looking, key(visit.organ.id))
        year, years = years_of(session, visit)
        root = indicator_tree(session, visit.organ, year)
        return visit.page(
            session, "ledgers/indicator_tree.html", menu="/ledgers", root=root, year=year, years=years,
            missing=[leaf for leaf in root.leaves() if not leaf.covered],
            may_record=may_do(session, visit, Action.RECORD),
        )  # fmt: skip


@router.get("/ledgers/duty/gaps")
def gaps(visit: Signed) -> HTMLResponse:
    """Duties that no item of the year does, and items that no duty asks for."""
    with visit.reading() as session:
        authorize_ledgers(session, visit.looking, key(visit.organ.id))
        year, years = years_of(session, visit)
        found = duty_gaps(session, visit.organ, year, on=visit.on)
        return visit.page(
            session, "ledgers/duty_gaps.html", menu="/ledgers", found=found, year=year, years=years,
            may_record=may_do(session, visit, Action.RECORD),
        )  # fmt: skip
