"""The items of a plan as a person may see them, all at once: those due first at the top, those without a day last."""

from sqlmodel import Session

from models.actor import Actor
from models.item import ItemState
from models.light import Light
from models.organ import Department
from models.plan import AnnualPlan
from models.workdays import WorkCalendar
from tasks.lists.browse_items import ListedItem, Listing
from tasks.lists.choose_items import Choice, Standing


def list_items(
    session: Session,
    plan: AnnualPlan,
    *,
    by: Actor,
    calendar: WorkCalendar,
    state: ItemState | None = None,
    light: Light | None = None,
    department: Department | None = None,
    standing: Standing | None = None,
) -> list[ListedItem]:
    """Every item of `tasks.lists.browse_items` that is asked for, as `by` may see it on its day."""
    choice = Choice(
        states=frozenset({state} if state else ()),
        lights=frozenset({light} if light else ()),
        department=department.id if department else None,
        standing=standing,
    )
    return list(Listing(session, plan, by=by, calendar=calendar, choice=choice).lines())
