"""What people do, as it changes the office of plain objects. What was allowed is not asked here: it was done."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import replace

from models.dates.workdays import DayRule
from models.items.item import ItemState
from models.ladder.notice import NoticeState
from tests.oracle.plain import DAY, Item, Receipt, Seat, Turn, Watched, World


def give_out(
    world: World, item: Item, dues: Iterable[dt.date], *, kind: str, units: Iterable[str], on: dt.date
) -> None:
    """Issue the item: its days are set, and its units are to sign."""
    item.issued_on = on
    world.items.append(item)
    for due in dues:
        set_day(world, item, f"{kind}:{due}", due, on=on)
    item.receipts = [Receipt(unit, on) for unit in (None, *units)]


def set_day(world: World, item: Item, name: str, due: dt.date, *, on: dt.date) -> Watched:
    day = Watched(name, due, max(item.start_on or on, on))
    item.days.append(day)
    return day


def sign(item: Item, unit: str | None) -> None:
    """A unit signs; the leading one's name takes the item into work."""
    for receipt in item.receipts:
        if receipt.unit == unit:
            receipt.signed = True
    if unit is None:
        item.state = ItemState.ACTIVE


def give_away(world: World, item: Item, seat: Seat, *, on: dt.date) -> None:
    """Another person is to do it, in another department or in the same, and to sign anew."""
    item.handler, item.department = seat, seat.department or item.department
    item.issued_on, item.state = on, ItemState.ISSUED
    item.receipts = [Receipt(None, on), *(one for one in item.receipts if one.unit)]


def claim(item: Item, *, whole: bool) -> None:
    """The closure of the item is asked for, or that of the next of several turns: the ladder is quiet meanwhile."""
    left = [day for day in item.days if not day.done]
    turns = sorted((day for day in left if day.name.startswith("occurrence")), key=lambda day: day.due_on)
    for day in turns[:1] if len(turns) > 1 and not whole else left:
        day.quiet = day.claimed = True


def settle(item: Item) -> None:
    for day in item.days:
        day.done |= day.claimed


def send_back(world: World, item: Item, *, on: dt.date) -> None:
    for day in item.days:
        if day.claimed and not day.done and not day.instructed:
            day.claimed = False
            look_again(world, item, day, on=on)


def instruct(world: World, item: Item, due: dt.date, *, on: dt.date) -> None:
    """A leader wants something by a day of its own, whenever the item itself begins."""
    day = set_day(world, item, f"instruction:{due}", due, on=on)
    day.instructed, day.armed_on = True, on


def answer(day: Watched, *, on: dt.date) -> None:
    """The ladder is quiet until the leader asks for more; the first answer counts."""
    if not day.claimed:
        day.claimed = day.quiet = True
        day.claimed_on, day.promised = on, False


def ask_more(world: World, item: Item, day: Watched, *, on: dt.date) -> None:
    """The clock runs again: what was left when it was answered in time is left now, a working day at least."""
    day.claimed, works = False, world.calendar.works
    lay = sum(works(day.claimed_on + n * DAY) for n in range(1, (on - day.claimed_on).days + 1))
    to = max(later(day.due_on, lay, works), later(on, 1, works))
    if day.claimed_on <= day.due_on < to:
        move(world, item, day, to, on=on)
    else:
        look_again(world, item, day, on=on)
    day.armed_on = on


def look_again(world: World, item: Item, day: Watched, *, on: dt.date) -> None:
    """The ladder goes on where it stood."""
    day.quiet = day.promised = False
    day.fresh, day.armed_on = True, max(on, item.start_on or on)


def move(world: World, item: Item, day: Watched, to: dt.date, *, on: dt.date) -> None:
    """Another day arms the ladder anew; what waits for the old one is dropped before it leaves."""
    day.due_on = to
    day.arming += 1
    day.dealt.clear()
    look_again(world, item, day, on=on)


def suspend(item: Item) -> None:
    for day in item.days:
        if not day.done:
            day.quiet, day.promised = True, False


def resume(world: World, item: Item, *, stopped_on: dt.date, on: dt.date) -> None:
    """Days that had not passed when the clock stopped move by the working days of the span; `on` itself runs."""
    stood = sum(world.calendar.works(stopped_on + n * DAY) for n in range((on - stopped_on).days))
    for day in item.days:
        if day.done or day.claimed or not day.quiet:
            continue
        if day.due_on >= stopped_on and stood:
            move(world, item, day, later(day.due_on, stood, world.calendar.works), on=on)
        else:
            look_again(world, item, day, on=on)


def later(day: dt.date, count: int, works: Callable[[dt.date], bool]) -> dt.date:
    while count:
        day += DAY
        count -= works(day)
    return day


def report(world: World, item: Item, promise: dt.date | None, *, on: dt.date) -> None:
    """A promise quiets the ladder until its day has passed; a report without one ends the quiet."""
    for day in item.days:
        if day.done or day.quiet or day.instructed:
            continue
        day.reported.append((on, promise or dt.date.min))
        if promise is not None:
            day.promised, day.fresh = True, True
            day.promise_on = promise
            day.armed_on = max(promise + DAY, item.start_on or promise)
        elif day.promised:
            _keep_promise(world, item, day, on)


def _keep_promise(world: World, item: Item, day: Watched, on: dt.date) -> None:
    """Rungs whose day fell into the promise stay silent."""
    day.promised = False
    if item.start_on is not None and item.start_on > on:
        day.armed_on = item.start_on
        return
    day.fresh, day.armed_on = False, on
    if on <= day.promise_on:
        day.kept_on = on
    fires = world.fires(item.ladder, day.due_on)
    day.dealt.update(turn for turn, fire in fires.items() if fire < on and day.held(fire))


def announce(world: World, rules: Iterable[DayRule], *, on: dt.date) -> None:
    """Some days rest or work otherwise than thought: what was told stays told, what now lies behind is made good."""
    before = world.calendar
    world.count_by(rules)
    swept = world.swept
    for item, day in world.open_days():
        thought = before.fires(world.turns[item.ladder, False], day.due_on)
        for turn, new in world.fires(item.ladder, day.due_on).items():
            old = thought[turn]
            if old <= swept and old < new:
                _keep_from_coming_again(world, day, turn, old, new, swept)
            elif new <= swept < old and not day.fresh and not day.quiet:
                day.fresh, day.armed_on = True, swept + DAY


def _keep_from_coming_again(world: World, day: Watched, turn: Turn, old: dt.date, new: dt.date, swept: dt.date) -> None:
    """On record, too: what was told stands under the new day as well."""
    for told in list(world.told_of[day]):
        if told.turn.step is turn.step and told.fire_on == old:
            state, reason = NoticeState.COLLAPSED, "日历调整前已发"
            world.tell(replace(told, fire_on=new, raised_on=swept, state=state, reason=reason))
