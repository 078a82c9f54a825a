"""An office in plain objects: who holds which post when, what is to be done by which day, and the notices about it.

Nothing here knows a table or how the product reckons.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from models.dates.unit import Unit
from models.dates.workdays import DayRule, WorkCalendar
from models.items.item import ItemState
from models.ladder.notice import NoticeKind, NoticeState, Via
from models.ladder.policy import Relation
from models.people.person import LADDER, Role

DAY = dt.timedelta(days=1)
WAYS = list(Via)
"""The nearest first."""


@dataclass(frozen=True)
class Step:
    """A rung of a ladder, by its place from 1."""

    place: int
    relation: Relation
    offset: int
    unit: Unit
    roles: tuple[Role, ...]
    every: int | None = None
    times: int = 0


@dataclass(eq=False)
class Turn:
    """One firing of a rung; `height` tells which of two stands higher."""

    step: Step
    number: int

    def __post_init__(self) -> None:
        self.offset = self.step.offset + self.number * (self.step.every or 0)
        days = self.offset * (7 / 5 if self.step.unit is Unit.WORKING else 1)
        self.height = -days if self.step.relation is Relation.BEFORE else 1000 + days

    def fires_on(self, day: dt.date, works: Callable[[dt.date], bool]) -> dt.date:
        """Day by day: reminders move back from a rest day, all else forward; overdue begins the day after."""
        back = self.step.relation is Relation.BEFORE
        way = -DAY if back else DAY
        fire, left = day, self.offset
        while left:
            fire += way
            left -= self.step.unit is Unit.CALENDAR or works(fire)
        if self.step.relation is Relation.AFTER:
            fire = max(fire, day + DAY)
        while not works(fire):
            fire += way
        return fire


@dataclass(eq=False)
class Tenure:
    who: str
    first: dt.date
    last: dt.date | None = None

    def holds(self, on: dt.date) -> bool:
        return self.first <= on and (self.last is None or on <= self.last)


@dataclass(eq=False)
class Seat:
    """A post: what it answers for, in which department, which departments it is in charge of, and who held it."""

    role: Role
    department: str | None = None
    oversees: tuple[str, ...] = ()
    tenures: list[Tenure] = field(default_factory=list)

    def holder(self, on: dt.date) -> str | None:
        return next((tenure.who for tenure in self.tenures if tenure.holds(on)), None)


@dataclass(frozen=True)
class Away:
    who: str
    first: dt.date
    last: dt.date
    deputy: str | None


@dataclass(eq=False)
class Receipt:
    """What a unit has to sign: the leading one where `unit` is none."""

    unit: str | None
    issued_on: dt.date
    signed: bool = False
    dealt: set[Turn] = field(default_factory=set)
    """The turns that were asked, or whose day passed while nobody was to be asked."""


@dataclass(eq=False)
class Watched:
    """A day an item is supervised by."""

    name: str
    """What it is and for which day it was first set."""
    due_on: dt.date
    armed_on: dt.date
    """What was reached before this day is behind: of it the highest alone still speaks."""
    fresh: bool = True
    """No sweep has looked at it since `armed_on`."""
    title: str = ""
    instructed: bool = False
    """A leader's instruction set it."""
    claimed: bool = False
    claimed_on: dt.date = dt.date.min
    quiet: bool = False
    """Suspended, its closure is asked for, or the instruction was answered."""
    promised: bool = False
    promise_on: dt.date = dt.date.min
    """The day by which a report was promised."""
    reported: list[tuple[dt.date, dt.date]] = field(default_factory=list)
    """When it was reported on, each time with the day until which that held the ladder."""
    kept_on: dt.date = dt.date.min
    """The day on which a promise was kept."""
    done: bool = False
    arming: int = 0
    """How often it was moved: what was told before counts for nothing."""
    dealt: set[Turn] = field(default_factory=set)
    """The turns that were told, and those that will never be."""

    def held(self, day: dt.date) -> bool:
        """Whether what was reported last before the day held the ladder on it."""
        last = [until for on, until in self.reported if on < day][-1:]
        return last != [] and day <= last[0]


@dataclass(eq=False)
class Item:
    number: str
    ladder: str
    department: str
    handler: Seat | None
    leader: Seat | None
    further: tuple[Seat, ...] = ()
    start_on: dt.date | None = None
    state: ItemState = ItemState.ISSUED
    stopped_on: dt.date = dt.date.min
    issued_on: dt.date = dt.date.min
    days: list[Watched] = field(default_factory=list)
    """In the order in which they were set."""
    receipts: list[Receipt] = field(default_factory=list)

    @property
    def year(self) -> int:
        return int(self.number.partition("-")[0])


@dataclass(eq=False)
class Told:
    """A notice of the ladder."""

    item: Item
    day: Watched
    turn: Turn
    unit: str | None
    recipient: str | None
    role: Role
    via: Via
    fire_on: dt.date
    raised_on: dt.date
    send_on: dt.date
    late: bool
    state: NoticeState
    reason: str | None
    due_on: dt.date
    arming: int
    seat: Seat | None
    silent: bool = False
    """The one row of a missed rung that nobody hears: which of its people it names is laid down nowhere."""

    @property
    def kind(self) -> NoticeKind:
        return NoticeKind.ESCALATION if self.turn.step.relation is Relation.AFTER else NoticeKind.REMINDER

    @property
    def stands(self) -> bool:
        return self.state is not NoticeState.DROPPED


@dataclass(frozen=True)
class Answer:
    """Who is told, and how he was found."""

    who: str | None
    via: Via
    role: Role
    seat: Seat | None = None
    """The post of a leader named second or later."""


def nearness(answer: Answer) -> tuple[int, int]:
    return WAYS.index(answer.via), list(Role).index(answer.role)


class Calendar:
    """Which days count, and when each turn of a ladder fires by them."""

    def __init__(self, rules: Iterable[DayRule]) -> None:
        self.works = cache(WorkCalendar(rules).is_working)
        self._fires = dict[tuple[int, dt.date], dict[Turn, dt.date]]()

    def fires(self, turns: list[Turn], day: dt.date) -> dict[Turn, dt.date]:
        key = id(turns), day
        if key not in self._fires:
            self._fires[key] = {turn: turn.fires_on(day, self.works) for turn in turns}
        return self._fires[key]


@dataclass
class World:
    """The office and all that was told in it."""

    ladders: dict[str, tuple[Step, ...]]
    seats: list[Seat] = field(default_factory=list)
    away: list[Away] = field(default_factory=list)
    rules: dict[dt.date, DayRule] = field(default_factory=dict)
    items: list[Item] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    swept: dt.date = dt.date.min
    """The last day swept; before the first sweep that of the first issue."""
    told_of: defaultdict[Watched, list[Told]] = field(default_factory=lambda: defaultdict(list))
    keys: set[tuple[object, ...]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.turns = {
            (name, unsigned): [
                Turn(step, number)
                for step in ladder
                if (step.relation is Relation.UNSIGNED) == unsigned
                for number in range(step.times + 1 if step.every else 1)
            ]
            for name, ladder in self.ladders.items()
            for unsigned in (False, True)
        }
        self.count_by(())

    def count_by(self, rules: Iterable[DayRule]) -> None:
        """From now on these days, too, rest or work otherwise than officially."""
        self.rules |= {rule.on: rule for rule in rules}
        self.calendar = Calendar(self.rules.values())

    def fires(self, ladder: str, day: dt.date, *, unsigned: bool = False) -> dict[Turn, dt.date]:
        """When each turn of a ladder fires for that due day, or, if it asks who has not signed, that day of issue."""
        return self.calendar.fires(self.turns[ladder, unsigned], day)

    def tell(self, told: Told) -> None:
        """One rung, one deadline as it is due, one recipient and unit, once; moved it counts anew."""
        key = (told.fire_on, told.day, told.arming, told.turn.step, told.recipient, told.unit)
        if key not in self.keys:
            self.keys.add(key)
            self.told.append(told)
            self.told_of[told.day].append(told)

    def of_post(self, seats: Iterable[Seat], on: dt.date) -> tuple[str, Via] | None:
        """A holder who is there, else the deputy of one who is away and has one who is there."""
        held = [holder for seat in seats if (holder := seat.holder(on))]
        leaves = {leave.who: leave for leave in self.away if leave.first <= on <= leave.last}
        for holder in held:
            if holder not in leaves:
                return holder, Via.HOLDER
        for holder in held:
            deputy = leaves[holder].deputy
            if deputy is not None and deputy not in leaves:
                return deputy, Via.DEPUTY
        return None

    def at_level(self, item: Item, role: Role, on: dt.date) -> tuple[str, Via] | None:
        """Who answers for the item in a role; a named leader goes before those in charge of the department."""
        match role:
            case Role.HANDLER:
                groups = [[item.handler] if item.handler else []]
            case Role.LEADER:
                charged = [seat for seat in self.seats if item.department in seat.oversees]
                groups = [[item.leader] if item.leader else [], charged]
            case Role.DEPARTMENT_HEAD:
                groups = [[seat for seat in self.seats if seat.role is role and seat.department == item.department]]
            case _:
                groups = [[seat for seat in self.seats if seat.role is role]]
        return next((found for group in groups if (found := self.of_post(group, on))), None)

    def answer(self, item: Item, role: Role, on: dt.date) -> Answer:
        """Who is told in a role: a level that nobody fills passes to the next one up, at last to the supervisor."""
        climb = [*LADDER[LADDER.index(role) :], Role.SUPERVISOR] if role in LADDER else [role, Role.FIRST_RESPONSIBLE]
        for level in climb:
            found = self.at_level(item, level, on)
            if found:
                return Answer(found[0], found[1] if level is role else Via.NEXT_LEVEL, role)
        return Answer(None, Via.NOBODY, role)

    def answer_of_leader(self, item: Item, seat: Seat, on: dt.date) -> Answer:
        """A leader named second or later answers for himself, else whoever is next above."""
        found = self.of_post([seat], on)
        if found:
            return Answer(*found, Role.LEADER, seat)
        above = self.answer(item, Role.FIRST_RESPONSIBLE, on)
        return Answer(above.who, Via.NEXT_LEVEL if above.who else Via.NOBODY, Role.LEADER, seat)

    def answer_of_unit(self, item: Item, unit: str, on: dt.date) -> Answer:
        """A cooperating unit is answered for by its own head, else by whoever is in charge of the item."""
        found = self.of_post(
            [seat for seat in self.seats if seat.role is Role.DEPARTMENT_HEAD and seat.department == unit], on
        )
        if found:
            return Answer(*found, Role.DEPARTMENT_HEAD)
        above = self.answer(item, Role.LEADER, on)
        return Answer(above.who, Via.NEXT_LEVEL if above.who else Via.NOBODY, Role.DEPARTMENT_HEAD)

    def open_days(self) -> Iterator[tuple[Item, Watched]]:
        """Each day that somebody still works towards, suspended ones and those whose closure is asked for included."""
        for item in self.items:
            for day in item.days:
                if not day.done:
                    yield item, day
