"""What stands on a desk to be looked after, over all years: what a leader is in charge of, what of the organ is red."""

from sqlmodel import Session

from models.actor import Actor
from models.coded import Coded
from models.dates.workdays import WorkCalendar
from models.items.lifecycle import OPEN
from models.ladder.light import Light
from models.people.organ import Organ
from models.people.permission import Action
from tasks.lists.browse_items import ItemListing
from tasks.lists.choose_items import Choice
from tasks.lists.order_items import Order, Sorting

RED = frozenset({Light.RED, Light.BEHIND})
BY_LIGHT = Sorting(Order.LIGHT)
"""Red first, and of what shines alike the earliest day."""


class DeskList(Coded):
    """Whose items these are."""

    LED = "led", "我分管的在办任务"
    LED_RED = "led-red", "我分管的红灯"
    RED = "red", "全单位的红灯"


def desk_listing(session: Session, organ: Organ, what: DeskList, *, by: Actor, calendar: WorkCalendar) -> ItemListing:
    """The items, none for whoever is not in charge of any or, of the whole organ, does not supervise it."""
    permits = Action.URGE if what is DeskList.RED else Action.INSTRUCT
    lights = frozenset[Light]() if what is DeskList.LED else RED
    choice = Choice(states=frozenset(OPEN), lights=lights, permits=permits)
    return ItemListing(session, organ, by=by, calendar=calendar, choice=choice, sorting=BY_LIGHT)
