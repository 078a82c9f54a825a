"""Years of an office by chance: what people do on which day, told to the office and to its plain double alike."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import TypeVar

from sqlalchemy import Engine

from models.dates.days import DAY
from models.dates.recurrence import occurrences
from models.dates.workdays import DayRule
from models.errors import DubanError, ForbiddenError, NotFoundError
from models.items.extension import ExtensionState
from models.items.item import ItemState
from models.items.lifecycle import OPEN
from models.ladder.notice import NoticeState
from models.ladder.policy import PRESETS
from models.people.person import Role
from tasks.items.answer_instruction import ask_more, close_instruction, reply
from tasks.items.close import reopen
from tasks.items.instruct import instruct
from tasks.items.milestone import add_milestone, reach_milestone
from tasks.items.progress import record_progress
from tasks.items.sign import sign
from tests.oracle import life
from tests.oracle.ladder import sweep
from tests.oracle.lived import OTHER, OWN, SMALL, Lived
from tests.oracle.plain import Away, Item, Seat, Step, Watched, World
from tests.oracle.plain import Tenure as Held
from tests.oracle.post import deliver

RECURRENCES = {
    "FREQ=WEEKLY;BYDAY=FR": 1, "FREQ=MONTHLY;BYMONTHDAY=25": 4, "FREQ=MONTHLY;BYMONTHDAY=-1": 2,
    "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1": 6,
}  # fmt: skip
DECIDING = (Role.SUPERVISOR, Role.LEADER, Role.FIRST_RESPONSIBLE)
Result = TypeVar("Result")


def ladders() -> dict[str, tuple[Step, ...]]:
    return {
        name: tuple(
            Step(
                place, rung["relation"], rung["offset"], rung["unit"], tuple(Role(role) for role in rung["roles"]),
                rung.get("every"), rung.get("times", 0),
            )
            for place, rung in enumerate(rungs, 1)
        )
        for name, rungs in PRESETS.items()
    }  # fmt: skip


class Story:
    """An office and its double; `done` and `refused` count what was tried."""

    def __init__(self, engine: Engine, home: Path, seed: int, *, first: int = 2023) -> None:
        self.chance = Random(seed)
        self.world = World(ladders())
        self.office = Lived(engine, home, self.world, year=first)
        self.first, self.on = first, dt.date(first, 1, 1)
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.hired = 0
        self.gap = 0
        self.presets = self.chance.sample(sorted(PRESETS), 2)
        """Each ladder in use costs every sweep."""
        self.asked: dict[Item, Watched] = {}
        """Items with an extension that waits for an answer, and the day it would move."""
        self.acts: dict[Callable[[], None], int] = {
            self.sign: 20, self.report: 12, self.ask_extension: 6, self.decide_extension: 8, self.suspend: 4,
            self.resume: 8, self.ask_closure: 9, self.accept: 7, self.send_back: 5, self.reopen: 4, self.transfer: 3,
            self.set_milestone: 6, self.reach_milestone: 4, self.take_leave: 6, self.leave_post: 3, self.fill_post: 4,
            self.announce: 3, self.change_plan: 3, self.instruct: 4, self.answer: 8, self.ask_more: 4,
            self.end_instruction: 5,
        }  # fmt: skip
        """What is done, and how often beside the rest."""

    def live(self, until: dt.date) -> None:
        """Each day up to and including `until`, which is the last of a year."""
        while self.on <= until:
            self.day()
            self.on += DAY

    def day(self) -> None:
        if (self.on.month, self.on.day) == (1, 4):
            self.new_year()
        elif self.chance.random() < 0.006:
            self.give_out(self.on.year, 1)
        before = self.chance.random() < 0.4
        if before:
            self.do_something()
        if self.gap:
            self.gap -= 1
        elif self.done["sweep"] and self.chance.random() < 0.2:
            self.gap = self.chance.choice([0, 0, 1, 2, 3, 5, 9, 20, 39])
        else:
            for _ in range(1 + (self.chance.random() < 0.06)):
                self.sweep()
            if self.chance.random() < 0.2:
                self.do_something()
            if self.chance.random() < 0.8:
                self.office.let_go(self.on)
                deliver(self.world, self.on)
        if not before:
            self.do_something()
            if self.world.swept == self.on and self.chance.random() < 0.06:
                self.sweep()  # as after a restart

    def sweep(self) -> None:
        self.office.remind(self.on)
        sweep(self.world, self.on)
        self.done["sweep"] += 1

    def do_something(self) -> None:
        while self.chance.random() < 0.25:
            act = self.chance.choices(list(self.acts), list(self.acts.values()))[0]
            self.attempt(act)

    def attempt(self, act: Callable[[], None]) -> None:
        try:
            act()
        except DubanError:
            self.refused[act.__name__] += 1
        except IndexError:
            """There is nothing to do it to."""
        else:
            self.done[act.__name__] += 1

    # --- what is given out

    def new_year(self) -> None:
        year = self.on.year
        self.office.open_plan(year, self.presets[(year - self.first) % len(self.presets)])
        self.give_out(year, 4)

    def give_out(self, year: int, count: int) -> None:
        if year not in self.office.plans:
            return
        self.office.take(year)
        world, chance = self.world, self.chance
        given: list[tuple[Item, str | None, list[dt.date], list[str]]] = []
        for _ in range(count):
            number = f"{year}-{sum(item.number.startswith(str(year)) for item in world.items) + len(given) + 1}"
            department = chance.choice([OWN, OTHER, OTHER, SMALL])
            handlers = [seat for seat in world.seats if seat.role is Role.HANDLER and seat.department == department]
            leaders = [seat for seat in world.seats if seat.role is Role.LEADER]
            chance.shuffle(leaders)
            item = Item(number, self.office.preset, department, chance.choice([*handlers, None]), None)
            item.leader = leaders[0] if chance.random() < 0.4 else None
            item.further = (leaders[1],) if item.leader and chance.random() < 0.6 else ()
            item.start_on = self.on + chance.randint(-20, 60) * DAY if chance.random() < 0.2 else None
            if item.start_on and item.start_on.year != year:
                item.start_on = None
            recurrence, dues = None, [self.on + chance.randint(0, 120) * DAY]
            if chance.random() < 0.25:
                recurrence = chance.choices(list(RECURRENCES), list(RECURRENCES.values()))[0]
                turns = occurrences(recurrence, start=item.start_on or dt.date(year, 1, 1), end=dt.date(year, 12, 31))
                dues = [day for day in turns if day >= self.on]
                if not dues:
                    continue
            elif item.start_on and item.start_on > dues[0]:
                item.start_on = None
            units = [unit for unit in (OWN, OTHER, SMALL) if unit != department and chance.random() < 0.25]
            self.office.draft(item, due=None if recurrence else dues[0], recurrence=recurrence, units=units)
            given.append((item, recurrence, dues, units))
        self.office.give_out(self.on)
        for item, recurrence, dues, units in given:
            life.give_out(world, item, dues, units=units, on=self.on, kind="occurrence" if recurrence else "final")
            self.done["give_out"] += 1

    # --- what people do to items

    def pick(self, *states: ItemState) -> Item:
        """An item in one of these states, often one of which somebody is about to be told."""
        found = [item for item in self.world.items if item.state in states]
        waiting = {told.item for told in self.world.told if told.state is NoticeState.PENDING}
        told_of = [item for item in found if item in waiting]
        item = self.chance.choice(told_of if told_of and self.chance.random() < 0.5 else found)
        self.office.take(item.year)
        return item

    def doer(self, item: Item) -> str:
        found = self.world.at_level(item, Role.HANDLER, self.on) or self.world.at_level(
            item, Role.DEPARTMENT_HEAD, self.on
        )
        if found is None:
            raise ForbiddenError("没有承办人。")
        return found[0]

    def sign(self) -> None:
        item = self.pick(ItemState.ISSUED, ItemState.ACTIVE)
        receipt = self.chance.choice([one for one in item.receipts if not one.signed])
        who = self.doer(item)
        if receipt.unit:
            found = self.world.answer_of_unit(item, receipt.unit, self.on)
            who = found.who or who
        signed = self.office.do(who, sign, item.number, on=str(self.on))
        units = {key: name for name, key in self.office.departments.items()}
        unit = units[signed.department_id or 0] if signed.unit_id else None
        life.sign(item, unit)

    def report(self) -> None:
        """Progress, now and then with a promise of the day of the next report."""
        item = self.pick(ItemState.ISSUED, ItemState.ACTIVE)
        promise = self.on + self.chance.randint(1, 10) * DAY if self.chance.random() < 0.6 else None
        more = {"content": "按计划推进", "next_report_on": promise}
        entry = self.office.do(self.doer(item), record_progress, item.number, on=str(self.on), **more)
        if entry.department_id is None:
            life.sign(item, None)
            life.report(self.world, item, promise, on=self.on)

    def ask_extension(self) -> None:
        item = self.pick(ItemState.ACTIVE)
        to = max([self.on, *(day.due_on for day in item.days if not day.done)]) + self.chance.randint(1, 40) * DAY
        self.office.extend(item.number, to=str(to), on=str(self.on), who=self.doer(item), late=True)
        self.asked[item] = self.current(item)

    def decide_extension(self) -> None:
        item = self.chance.choice([item for item in self.asked if item.state is ItemState.ACTIVE])
        self.office.take(item.year)
        if self.chance.random() < 0.3:
            decided = self.by_any(lambda who: self.office.refuse(item.number, on=str(self.on), who=who))
        else:
            decided = self.by_any(lambda who: self.office.approve(item.number, on=str(self.on), who=who))
        if decided.state is not ExtensionState.PENDING:
            day = self.asked.pop(item)
            if decided.granted_on:
                life.move(self.world, item, day, decided.granted_on, on=self.on)

    def current(self, item: Item) -> Watched:
        """The item's own next day."""
        own = [day for day in item.days if not day.done and day.name.startswith(("final", "occurrence"))]
        return min(own, key=lambda day: day.due_on)

    def suspend(self) -> None:
        item = self.pick(ItemState.ACTIVE)
        self.by_any(lambda who: self.office.suspend(item.number, on=str(self.on), who=who))
        item.state, item.stopped_on = ItemState.SUSPENDED, self.on
        life.suspend(item)

    def resume(self) -> None:
        item = self.pick(ItemState.SUSPENDED)
        self.by_any(lambda who: self.office.resume(item.number, on=str(self.on), who=who))
        item.state = ItemState.ACTIVE
        life.resume(self.world, item, stopped_on=item.stopped_on, on=self.on)

    def ask_closure(self) -> None:
        item = self.pick(ItemState.ACTIVE)
        whole = self.chance.random() < 0.15
        self.office.ask_closure(item.number, on=str(self.on), who=self.doer(item), whole=whole)
        item.state = ItemState.REQUESTED
        life.claim(item, whole=whole)

    def accept(self) -> None:
        item = self.pick(ItemState.REQUESTED, ItemState.REVIEWED)
        closure = self.by_any(lambda who: self.office.accept(item.number, on=str(self.on), who=who, waive="从略"))
        item.state = closure.state
        if closure.state is not ItemState.REVIEWED:
            life.settle(item)

    def send_back(self) -> None:
        item = self.pick(ItemState.REQUESTED, ItemState.REVIEWED)
        self.by_any(lambda who: self.office.send_back(item.number, on=str(self.on), who=who))
        item.state = ItemState.ACTIVE
        life.send_back(self.world, item, on=self.on)

    def reopen(self) -> None:
        item = self.pick(ItemState.CLOSED)
        due = self.on + self.chance.randint(1, 40) * DAY
        more = {"reason": "上级要求补充", "due_on": due}
        self.by_any(lambda who: self.office.do(who, reopen, item.number, on=str(self.on), **more))
        item.state = ItemState.ACTIVE
        life.set_day(self.world, item, f"final:{due}", due, on=self.on)

    def change_plan(self) -> None:
        """The day of an item is another, or it has fewer turns: what the plan makes of it is the plan's matter."""
        item = self.pick(ItemState.ISSUED, ItemState.ACTIVE)
        to = self.on + self.chance.randint(5, 60) * DAY
        if any(day.name.startswith("occurrence") for day in item.days):
            self.office.change_plan(item, self.on, until=to)
        elif to not in [day.due_on for day in item.days] and (item.start_on or to) <= to:
            self.office.change_plan(item, self.on, due=to)
        days = self.office.days_of(item)
        for day in item.days:
            due, day.done = days.pop(day.name)
            if due != day.due_on:
                life.move(self.world, item, day, due, on=self.on)
        for name, (due, _done) in days.items():
            life.set_day(self.world, item, name, due, on=self.on)

    def transfer(self) -> None:
        item = self.pick(ItemState.ISSUED, ItemState.ACTIVE)
        seat = self.chance.choice([seat for seat in self.world.seats if seat.role is Role.HANDLER])
        self.by_any(lambda who: self.office.give_away(item, seat, who, self.on))
        life.give_away(self.world, item, seat, on=self.on)

    def set_milestone(self) -> None:
        item = self.pick(ItemState.ISSUED, ItemState.ACTIVE)
        due = self.on + self.chance.randint(-3, 40) * DAY
        title = f"节点{len(item.days)}"
        more = {"title": title, "due_on": due}
        self.by_any(lambda who: self.office.do(who, add_milestone, item.number, on=str(self.on), **more))
        life.set_day(self.world, item, f"milestone:{due}", due, on=self.on).title = title

    def reach_milestone(self) -> None:
        item = self.pick(ItemState.ISSUED, ItemState.ACTIVE)
        day = self.chance.choice([day for day in item.days if day.title and not day.done])
        self.by_any(lambda who: self.office.do(who, reach_milestone, item.number, on=str(self.on), title=day.title))
        day.done = True

    def instruct(self) -> None:
        item = self.pick(*OPEN)
        due = self.on + self.chance.randint(0, 20) * DAY
        if f"instruction:{due}" in [day.name for day in item.days] or not self.world.calendar.works(due):
            return
        more = {"content": "报进展", "due_on": due}
        self.by_any(lambda who: self.office.do(who, instruct, item.number, on=str(self.on), **more))
        life.instruct(self.world, item, due, on=self.on)

    def pick_instruction(self, *, answered: bool) -> tuple[Item, Watched]:
        """One that is open, and answered or not."""
        found = [(item, day) for item, day in self.world.open_days() if day.instructed and day.claimed == answered]
        item, day = self.chance.choice(found)
        self.office.take(item.year)
        return item, day

    def answer(self) -> None:
        item, day = self.pick_instruction(answered=False)
        self.office.instructed(day, item, reply, self.doer(item), self.on, content="已办")
        life.answer(day, on=self.on)

    def ask_more(self) -> None:
        item, day = self.pick_instruction(answered=True)
        self.by_any(lambda who: self.office.instructed(day, item, ask_more, who, self.on, content="请附名单"))
        life.ask_more(self.world, item, day, on=self.on)

    def end_instruction(self) -> None:
        item, day = self.pick_instruction(answered=True)
        self.by_any(lambda who: self.office.instructed(day, item, close_instruction, who, self.on, outcome="属实"))
        day.done = True

    def by_any(self, act: Callable[[str], Result]) -> Result:
        """The act by whoever of those who decide may do it. Raises ForbiddenError where nobody may."""
        found = [self.world.of_post([seat], self.on) for seat in self.world.seats if seat.role in DECIDING]
        deciders = list(dict.fromkeys(one[0] for one in found if one))
        self.chance.shuffle(deciders)
        for who in deciders:
            with suppress(ForbiddenError, NotFoundError):
                return act(who)
        raise ForbiddenError("没有可以办理的人。")

    # --- which days are working days

    def announce(self) -> None:
        """Days to come rest or work otherwise than thought, or one that is over turns out to have been one of rest."""
        days = [self.on + self.chance.randint(-6, 25) * DAY for _ in range(self.chance.choice([1, 1, 2, 3]))]
        works = self.world.calendar.works
        rules = [DayRule(day, day > self.on and not works(day), "临时安排") for day in dict.fromkeys(days)]
        self.office.announce(rules, self.on)
        life.announce(self.world, rules, on=self.on)

    # --- who is there

    def take_leave(self) -> None:
        present = sorted({who for seat in self.world.seats if (who := seat.holder(self.on))})
        who = self.chance.choice(present)
        first = self.on + self.chance.randint(-2, 9) * DAY
        last = first + self.chance.choice([0, 1, 4, 9, 20, 45]) * DAY
        if any(one.who == who and one.first <= last and first <= one.last for one in self.world.away):
            return
        deputy = self.chance.choice([None, *present])
        away = Away(who, first, last, deputy if deputy != who else None)
        self.office.go_away(away)
        self.world.away.append(away)

    def leave_post(self) -> None:
        """A post passes to a successor, from in or outside the office, or falls vacant."""
        seat = self.chance.choice([seat for seat in self.world.seats if seat.tenures[-1].last is None])
        last = self.on + self.chance.randint(-1, 5) * DAY
        if seat.tenures[-1].first > last:
            return
        self.office.end(seat, last)
        seat.tenures[-1].last = last
        if self.chance.random() < 0.6:
            self.begin(seat, last + DAY)

    def fill_post(self) -> None:
        vacant = [seat for seat in self.world.seats if seat.tenures[-1].last is not None]
        seat = self.chance.choice(vacant)
        last = seat.tenures[-1].last
        if last is not None and last < self.on:
            self.begin(seat, self.on)

    def begin(self, seat: Seat, on: dt.date) -> None:
        self.hired += 1
        inside = [other.holder(on) for other in self.world.seats if other is not seat]
        who = self.chance.choice([f"新人{self.hired}", f"新人{self.hired}", *filter(None, inside)])
        self.office.begin(seat, who, on)
        seat.tenures.append(Held(who, on))
