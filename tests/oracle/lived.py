"""The office itself, for a story of several years: a plan a year, three departments, two leaders, whoever is hired."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import col, select

from models.clock import opening_of
from models.database import key, unit_of_work
from models.dates.day_override import office_calendar
from models.dates.workdays import DayRule
from models.errors import BadInputError
from models.items.instruction import Instruction
from models.items.item import Deadline, ItemLeader, ItemUnit, WorkItem
from models.items.plan import AnnualPlan, Project
from models.ladder.notice import Notice, NoticeState
from models.ladder.policy import Rung
from models.people.person import Oversight, Person, Role, Tenure
from tasks.items.transfer import transfer
from tasks.ladder.arm import reschedule
from tasks.ladder.recheck import recheck
from tasks.ladder.remind import remind
from tasks.ladder.reproject import reproject
from tasks.people.find import find_item, find_person
from tasks.plan.issue import issue
from tasks.workdays.import_calendar import import_overrides
from tests.actors import administrator
from tests.office import FIRST, HANDLER, HEAD, LEADER, LONG_AGO, SUPERVISOR, Office
from tests.oracle.plain import Away, Item, Seat, Watched, World
from tests.oracle.plain import Tenure as Held

OWN, OTHER, SMALL = "法规科", "办公室", "财务科"


@dataclass
class Lived(Office):
    """Beside the cast of every story a department with two handlers, one with a head alone, and another leader."""

    posts: dict[Seat, int] = field(default_factory=dict)
    plans: dict[int, tuple[int, str]] = field(default_factory=dict)
    """By year the plan and the preset it is issued with."""

    def __init__(self, engine: Engine, home: Path, world: World, *, year: int) -> None:
        super().__init__(engine, home, year=year)
        self.posts, self.plans = {}, {}
        self.departments = {OWN: self.department_id, OTHER: self.department(OTHER), SMALL: self.department(SMALL)}
        for who, role, title, department, oversees in (
            (HANDLER, Role.HANDLER, "科员", OWN, ()), (HEAD, Role.DEPARTMENT_HEAD, "科长", OWN, ()),
            (LEADER, Role.LEADER, "副局长", None, (OWN,)), (FIRST, Role.FIRST_RESPONSIBLE, "局长", None, ()),
            (SUPERVISOR, Role.SUPERVISOR, "督办员", None, ()), ("吴主任", Role.DEPARTMENT_HEAD, "主任", OTHER, ()),
            ("郑文书", Role.HANDLER, "文书", OTHER, ()), ("冯干事", Role.HANDLER, "干事", OTHER, ()),
            ("钱科长", Role.DEPARTMENT_HEAD, "科长", SMALL, ()),
            ("孙副局", Role.LEADER, "副局长", None, (OTHER, SMALL)),
        ):  # fmt: skip
            with unit_of_work(engine) as session:
                found = session.exec(select(Person).where(Person.name == who)).first()
                if found is None:
                    inside = self.departments[department] if department else None
                    post = self._seat(session, self.organ_id, who, role, title, inside)
                    session.add_all(Oversight(department_id=self.departments[one], post_id=post) for one in oversees)
                else:
                    post = self._post_of(session, who)
            seat = Seat(role, department, oversees, [Held(who, LONG_AGO)])
            world.seats.append(seat)
            self.posts[seat] = post

    def open_plan(self, year: int, preset: str) -> None:
        with unit_of_work(self.engine) as session:
            plan = session.exec(select(AnnualPlan).where(AnnualPlan.year == year)).first()
            if plan is None:
                plan = AnnualPlan(organ_id=self.organ_id, year=year, title=f"{year}年度工作要点")
                session.add(plan)
                session.flush()
            session.add(Project(plan_id=key(plan.id), ordinal=1, name="法治建设"))
            self.plans[year] = key(plan.id), preset

    def take(self, year: int) -> None:
        """Speak of the plan of that year from now on."""
        self.plan_id, self.preset = self.plans[year]

    def draft(self, item: Item, *, due: dt.date | None, recurrence: str | None, units: Iterable[str]) -> None:
        with unit_of_work(self.engine) as session:
            project = session.exec(select(Project).where(Project.plan_id == self.plan_id)).one()
            row = WorkItem(
                plan_id=self.plan_id,
                organ_id=self.organ_id,
                project_id=key(project.id),
                number=item.number,
                title=f"任务{item.number}",
                due_on=due,
                start_on=item.start_on,
                recurrence=recurrence,
                handler_post_id=self.posts[item.handler] if item.handler else None,
                leader_post_id=self.posts[item.leader] if item.leader else None,
                department_id=self.departments[item.department],
            )
            session.add(row)
            session.flush()
            for place, unit in enumerate(units, 1):
                session.add(
                    ItemUnit(item_id=key(row.id), ordinal=place, department_id=self.departments[unit], text=unit)
                )
            for place, seat in enumerate(item.further, 2):
                session.add(ItemLeader(item_id=key(row.id), post_id=self.posts[seat], ordinal=place))

    def give_out(self, on: dt.date) -> None:
        """Issue what was drafted, whoever is in office."""
        with unit_of_work(self.engine) as session:
            issue(session, session.get_one(AnnualPlan, self.plan_id), by=administrator(on), preset=self.preset)

    def give_away(self, item: Item, seat: Seat, who: str, on: dt.date) -> None:
        """`who` gives the item to whoever holds the post."""
        holder = seat.holder(on)
        with unit_of_work(self.engine) as session:
            row = find_item(session, session.get_one(AnnualPlan, self.plan_id), item.number)
            to = find_person(session, holder) if holder else None
            transfer(session, row, by=self.by(session, who, on), reason="职责划转", handler=to)
            if row.handler_post_id != self.posts[seat]:
                raise BadInputError("另有岗位")

    def instructed(
        self, day: Watched, item: Item, act: Callable[..., object], who: str, on: dt.date, **more: str
    ) -> None:
        """What somebody does to the instruction that set the day."""
        with unit_of_work(self.engine) as session:
            row = find_item(session, session.get_one(AnnualPlan, self.plan_id), item.number)
            found = select(Instruction).join(Deadline, col(Deadline.id) == Instruction.deadline_id)
            set_on = Deadline.original_due_on == dt.date.fromisoformat(day.name.partition(":")[2])
            given = session.exec(found.where(Instruction.item_id == row.id, set_on)).one()
            act(session, given, by=self.by(session, who, on), **more)

    def change_plan(self, item: Item, on: dt.date, *, due: dt.date | None = None, until: dt.date | None = None) -> None:
        """The list is imported again with another day, or with no turns after a day."""
        with unit_of_work(self.engine) as session:
            row = find_item(session, session.get_one(AnnualPlan, self.plan_id), item.number)
            row.due_on = due or row.due_on
            if until and row.recurrence:
                row.recurrence = f"{row.recurrence.partition(';UNTIL')[0]};UNTIL={until:%Y%m%d}"
            reschedule(session, row, reason="清单更正", on=on, now=opening_of(on))

    def days_of(self, item: Item) -> dict[str, tuple[dt.date, bool]]:
        """By name each day of the item, and whether it is settled."""
        return {
            f"{day.kind}:{day.original_due_on}": (day.due_on, bool(day.done_on)) for day in self.deadlines(item.number)
        }

    def begin(self, seat: Seat, who: str, on: dt.date) -> None:
        """`who`, hired where nobody is called so, holds the post from a day."""
        with unit_of_work(self.engine) as session:
            person = session.exec(select(Person).where(Person.name == who)).first()
            if person is None:
                person = Person(organ_id=self.organ_id, name=who)
                session.add(person)
                session.flush()
            session.add(Tenure(post_id=self.posts[seat], person_id=key(person.id), started_on=on))

    def end(self, seat: Seat, last: dt.date) -> None:
        """Whoever holds the post does so up to the day."""
        with unit_of_work(self.engine) as session:
            held = select(Tenure).where(Tenure.post_id == self.posts[seat], col(Tenure.ended_on).is_(None))
            session.exec(held).one().ended_on = last

    def go_away(self, away: Away) -> None:
        self.leave(away.who, first=str(away.first), last=str(away.last), deputy=away.deputy)

    def announce(self, rules: list[DayRule], on: dt.date) -> None:
        with unit_of_work(self.engine) as session:
            before = office_calendar(session)
            import_overrides(session, rules, by=administrator(on), source="通知")
            reproject(session, before=before, after=office_calendar(session), on=on, now=opening_of(on))

    def remind(self, on: dt.date) -> None:
        """The sweep alone: sheets are another matter."""
        with unit_of_work(self.engine) as session:
            remind(session, on=on, now=opening_of(on), calendar=office_calendar(session))

    def let_go(self, on: dt.date) -> None:
        """What a delivery does but for speaking to a mail server: a second look, and what may leave is gone."""
        with unit_of_work(self.engine) as session:
            recheck(session, on=on)
            waiting = select(Notice).where(Notice.state == NoticeState.PENDING, col(Notice.send_on) <= on)
            for notice in session.exec(waiting):
                notice.state = NoticeState.SENT

    def told_rows(self) -> list[tuple[object, ...]]:
        """Every notice of the ladder, by names."""
        with unit_of_work(self.engine) as session:
            names = {person.id: person.name for person in session.exec(select(Person))}
            items = {item.id: item.number for item in session.exec(select(WorkItem))}
            days = {day.id: f"{day.kind}:{day.original_due_on}" for day in session.exec(select(Deadline))}
            rungs = {rung.id: rung.ordinal for rung in session.exec(select(Rung))}
            return [
                (
                    row.raised_on, items[row.item_id], days[row.deadline_id], rungs[key(row.rung_id)],
                    names.get(row.recipient_id), row.role, row.via, row.fire_on, row.send_on, row.late, row.kind,
                    row.state, row.reason, row.due_on,
                )
                for row in session.exec(select(Notice).where(col(Notice.rung_id).is_not(None)))
            ]  # fmt: skip
