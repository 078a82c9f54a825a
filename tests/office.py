"""A small office for stories: a fixed cast, a clock that can be pushed, mail that can be read.

The cast answers for one department; the outsider belongs to another organ and must see nothing.
"""

import datetime as dt
import email
import email.policy
import io
import mailbox
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, col, select

from models.actor import Actor, Channel
from models.clock import opening_of
from models.database import key, unit_of_work
from models.dates.day_override import office_calendar
from models.dates.rest_day import RestDay
from models.dates.unit import Unit
from models.items.evidence import Category, Evidence
from models.items.extension import Extension
from models.items.item import Deadline, DeadlineMove, Importance, ItemLeader, ItemState, ItemUnit, WorkItem
from models.items.plan import AnnualPlan, Project
from models.ladder.lookback import Lookback
from models.ladder.notice import Notice
from models.ladder.policy import Policy, Relation, Rung
from models.migrate import seed_presets
from models.papers.document import Document
from models.people.organ import Department, Organ
from models.people.permission import Action
from models.people.person import Leave, Oversight, Person, Post, Role, Tenure
from models.settings import Settings
from tasks.files.check_upload import Limits, examine
from tasks.files.file_store import MEGABYTE, FileStore
from tasks.items.attach import attach
from tasks.items.close import Closure, accept, request_close, send_back
from tasks.items.edit_item import edit_item
from tasks.items.extend import decide_extension, extend
from tasks.items.instruct import Given, instruct
from tasks.items.item_fields import ItemFacts
from tasks.items.progress import record_progress
from tasks.items.sign import sign as take_item
from tasks.items.suspend import resume, suspend
from tasks.items.urge import urge
from tasks.ladder.arm import IssueResult
from tasks.ladder.remind import SweepResult
from tasks.notices.browse_notices import list_notices
from tasks.notices.deliver import DeliveryResult, deliver
from tasks.oversight.supervise import supervise
from tasks.people.find import find_item, find_person
from tasks.people.people_of import handler_of
from tasks.plan.issue import issue
from tests.told import first_told_once, told_once

HANDLER, HEAD, LEADER, FIRST, SUPERVISOR, OUTSIDER = "李承办", "王科长", "张副局", "刘局长", "陈督办", "赵外人"
CAST = {
    HANDLER: (Role.HANDLER, "科员"),
    HEAD: (Role.DEPARTMENT_HEAD, "科长"),
    LEADER: (Role.LEADER, "副局长"),
    FIRST: (Role.FIRST_RESPONSIBLE, "局长"),
    SUPERVISOR: (Role.SUPERVISOR, "督办员"),
}
Result = TypeVar("Result")
Made = TypeVar("Made", bound=SQLModel)
LONG_AGO = dt.date(2000, 1, 1)


def day(text: str | dt.date) -> dt.date:
    return text if isinstance(text, dt.date) else dt.date.fromisoformat(text)


def text_of(mail: EmailMessage) -> str:
    """What the mail says as text, whatever else it says it as."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@dataclass
class Inbox:
    """One person's mail; `expect` takes what a story expects out of it."""

    name: str
    mails: list[EmailMessage]
    seen: set[int] = field(default_factory=set)

    def expect(self, *words: str) -> str:
        """A mail not expected before that holds all these words; returns its text."""
        for place, mail in enumerate(self.mails):
            text = f"{mail['Subject']}\n{text_of(mail)}"
            if place not in self.seen and all(word in text for word in words):
                self.seen.add(place)
                return text
        raise AssertionError(
            f"{self.name} got no mail with {words}; got {[str(mail['Subject']) for mail in self.mails]}"
        )


class Office:
    """Tells a story: assign, fast-forward, look into inboxes."""

    def __init__(self, engine: Engine, home: Path, *, year: int = 2026, preset: str = "常规", **settings: Any) -> None:
        self.engine, self.year, self.preset = engine, year, preset
        self.settings = Settings(home=home, **settings)
        self.today = dt.date(year, 6, 1)
        """Where stories begin, so that few empty days are lived; set it for a story of another season."""
        self._inboxes: dict[str, Inbox] = {}
        self.begun: set[str] = set()
        """The acts that were told already, so that only the first of each is looked up."""
        self.store = FileStore(f"memory://{uuid4().hex}")
        self.organ_id, self.department_id, self.plan_id = told_once(engine, ("office", year), self._founded)

    def _founded(self) -> tuple[int, int, int]:
        """The organ, its department and its plan, as the database numbers them."""
        with unit_of_work(self.engine) as session:
            seed_presets(session)
            return self._found(session)

    def _found(self, session: Session) -> tuple[int, int, int]:
        organ = Organ(code="bureau", name="某局")
        other = Organ(code="other", name="别局")
        session.add_all([organ, other])
        session.flush()
        department = Department(organ_id=key(organ.id), name="法规科")
        session.add(department)
        session.flush()
        for name, (role, title) in CAST.items():
            inside = role in (Role.HANDLER, Role.DEPARTMENT_HEAD)
            self._seat(session, key(organ.id), name, role, title, department.id if inside else None)
        self._seat(session, key(other.id), OUTSIDER, Role.FIRST_RESPONSIBLE, "局长", None)
        leader = session.exec(select(Post).where(Post.role == Role.LEADER)).one()
        session.add(Oversight(department_id=key(department.id), post_id=key(leader.id)))
        plan = AnnualPlan(organ_id=key(organ.id), year=self.year, title=f"{self.year}年度工作要点")
        session.add(plan)
        session.flush()
        return key(organ.id), key(department.id), key(plan.id)

    def _seat(
        self, session: Session, organ_id: int, name: str, role: Role, title: str, department_id: int | None
    ) -> int:
        person = Person(organ_id=organ_id, name=name, email=f"p{len(name.encode())}{ord(name[0])}@office.test")
        post = Post(organ_id=organ_id, department_id=department_id, title=title, role=role)
        session.add_all([person, post])
        session.flush()
        session.add(Tenure(post_id=key(post.id), person_id=key(person.id), started_on=LONG_AGO))
        return key(post.id)

    def hire(self, name: str, role: Role = Role.HANDLER, title: str = "科员") -> None:
        inside = role in (Role.HANDLER, Role.DEPARTMENT_HEAD)
        with unit_of_work(self.engine) as session:
            self._seat(session, self.organ_id, name, role, title, self.department_id if inside else None)

    def _post_of(self, session: Session, name: str) -> int:
        person = find_person(session, name)
        held = select(Tenure).where(Tenure.person_id == person.id).order_by(col(Tenure.id))
        return session.exec(held).all()[-1].post_id

    def succeed(self, leaving: str, by: str, *, on: str) -> None:
        """`by` takes over the post of `leaving` on a day."""
        with unit_of_work(self.engine) as session:
            post = self._post_of(session, leaving)
            old = session.exec(select(Tenure).where(Tenure.post_id == post)).one()
            old.ended_on = day(on) - dt.timedelta(days=1)
            person = session.exec(select(Person).where(Person.name == by)).first()
            if person is None:
                person = Person(organ_id=self.organ_id, name=by, email=f"new{ord(by[0])}@office.test")
                session.add(person)
                session.flush()
            session.add(Tenure(post_id=post, person_id=key(person.id), started_on=day(on)))

    def vacate(self, name: str, *, on: str) -> None:
        with unit_of_work(self.engine) as session:
            for held in session.exec(select(Tenure).where(Tenure.person_id == find_person(session, name).id)):
                held.ended_on = day(on) - dt.timedelta(days=1)

    def leave(self, name: str, *, first: str, last: str, deputy: str | None = None) -> None:
        with unit_of_work(self.engine) as session:
            stand_in = find_person(session, deputy).id if deputy else None
            person = find_person(session, name)
            session.add(Leave(person_id=key(person.id), from_on=day(first), until_on=day(last), deputy_id=stand_in))

    def ladder(self, *rungs: tuple[Relation, int, Unit, list[Role]], name: str = "本例", **more: Any) -> None:
        """Use a ladder of the story's own for the next issue."""
        with unit_of_work(self.engine) as session:
            policy = Policy(name=name)
            session.add(policy)
            session.flush()
            for place, (relation, offset, unit, roles) in enumerate(rungs, 1):
                session.add(
                    Rung(
                        policy_id=key(policy.id),
                        ordinal=place,
                        relation=relation,
                        offset=offset,
                        unit=unit,
                        roles=[role.value for role in roles],
                        **more,
                    )
                )
        self.preset = name

    @first_told_once
    def assign(
        self,
        title: str,
        *,
        due: str | None = None,
        to: str | None = HANDLER,
        leaders: tuple[str, ...] = (),
        start: str | None = None,
        recurrence: str | None = None,
        number: str | None = None,
        issue: bool = True,
        on: str | None = None,
        department: bool = True,
        sign: bool = True,
        helping: tuple[int, ...] = (),
        importance: Importance = Importance.NORMAL,
    ) -> str:
        """Add an item to the plan, issue it and have it signed for; returns its number."""
        with unit_of_work(self.engine) as session:
            project = session.exec(select(Project).where(Project.plan_id == self.plan_id)).first()
            if project is None:
                project = Project(plan_id=self.plan_id, ordinal=1, name="法治建设")
                session.add(project)
                session.flush()
            count = len(session.exec(select(WorkItem.id).where(WorkItem.plan_id == self.plan_id)).all())
            posts = [self._post_of(session, leader) for leader in leaders]
            item = WorkItem(
                plan_id=self.plan_id,
                organ_id=self.organ_id,
                project_id=key(project.id),
                number=number or str(count + 1),
                title=title,
                due_on=day(due) if due else None,
                start_on=day(start) if start else None,
                handler_post_id=self._post_of(session, to) if to else None,
                leader_post_id=posts[0] if posts else None,
                department_id=self.department_id if department else None,
                recurrence=recurrence,
                importance=importance,
            )
            session.add(item)
            session.flush()
            for place, unit in enumerate(helping, 1):
                name = session.get_one(Department, unit).name
                session.add(ItemUnit(item_id=key(item.id), ordinal=place, department_id=unit, text=name))
            for place, post in enumerate(posts[1:], 2):
                session.add(ItemLeader(item_id=key(item.id), post_id=post, ordinal=place))
            given = item.number
        if issue:
            self.issue(on=on, sign=sign)
        return given

    def issue(self, *, on: str | None = None, sign: bool = True, lookback: Lookback = Lookback.NONE) -> IssueResult:
        """Issue what is complete; with `sign`, whoever is to do an item signs for it at once, where somebody is."""
        at = day(on) if on else self.today
        with unit_of_work(self.engine) as session:
            plan = session.get_one(AnnualPlan, self.plan_id)
            result = issue(session, plan, by=self.by(session, SUPERVISOR, at), preset=self.preset, lookback=lookback)
        with unit_of_work(self.engine) as session:
            fresh = select(WorkItem).where(WorkItem.plan_id == self.plan_id, WorkItem.state == ItemState.ISSUED)
            for item in session.exec(fresh.order_by(col(WorkItem.id))).all() if sign else []:
                does = handler_of(session, item, at)
                if does is not None:
                    take_item(session, item, by=self.by(session, does.name, at))
        return result

    def department(self, name: str, head: str | None = None) -> int:
        """A further department, with a head; returns its id."""
        with unit_of_work(self.engine) as session:
            made = Department(organ_id=self.organ_id, name=name)
            session.add(made)
            session.flush()
            if head is not None:
                self._seat(session, self.organ_id, head, Role.DEPARTMENT_HEAD, "科长", made.id)
            return key(made.id)

    def by(self, session: Session, name: str, on: str | dt.date) -> Actor:
        """That person, acting on a day at nine in the morning."""
        at = day(on)
        return Actor(name, Channel.COMMAND, at, opening_of(at), find_person(session, name).id)

    def do(self, who: str, act: Callable[..., Result], number: str, *, on: str, **more: Any) -> Result:
        """`who` does something to an item: `office.do(HANDLER, suspend, "1", on="2026-06-01", reason="…")`."""
        return self._do(lambda session, item: act(session, item, by=self.by(session, who, on), **more), number)

    def extend(
        self,
        number: str,
        *,
        to: str,
        on: str,
        who: str = HANDLER,
        reason: str = "上级要求调整",
        progress: str = "已完成一半",
        **more: Any,
    ) -> Extension:
        """Whoever does the item asks for a later day."""
        return self.do(who, extend, number, on=on, to=day(to), reason=reason, progress=progress, **more)

    def approve(self, number: str, *, on: str, who: str = LEADER, to: str | None = None) -> Extension:
        """An extension is approved at the level whose turn it is, to the day named, else to the one asked for."""
        return self.do(who, decide_extension, number, on=on, approve=True, to=day(to) if to else None)

    def refuse(self, number: str, *, on: str, who: str = LEADER, comment: str | None = "须按期完成") -> Extension:
        return self.do(who, decide_extension, number, on=on, approve=False, comment=comment)

    def adjust(self, number: str, *, to: str, on: str, who: str = SUPERVISOR, reason: str = "计划调整") -> None:
        """The supervisor moves the item's day, or asks for it where the policy has that approved."""
        wanted = ItemFacts({"due_text": to, "due_on": day(to), "recurrence": None, "unconfirmed": False})
        self.do(who, edit_item, number, on=on, wanted=wanted, reason=reason, adjust=True)

    def decide_adjustment(
        self, number: str, *, on: str, who: str = LEADER, approve: bool = True, comment: str | None = None
    ) -> Extension:
        """An adjustment that was asked for is answered at the level whose turn it is."""
        return self.do(
            who, decide_extension, number, on=on, approve=approve, comment=comment, action=Action.DECIDE_ADJUSTMENT
        )

    def adjusting_at_once(self) -> None:
        """Every policy lets the supervisor move a day without anybody's approval."""
        with unit_of_work(self.engine) as session:
            for policy in session.exec(select(Policy)):
                policy.adjustment_levels = []

    def suspend(self, number: str, *, on: str, who: str = SUPERVISOR, reason: str = "等待上级批复") -> None:
        self.do(who, suspend, number, on=on, reason=reason)

    def resume(self, number: str, *, on: str, who: str = SUPERVISOR) -> None:
        self.do(who, resume, number, on=on)

    def ask_closure(self, number: str, *, on: str, who: str = HANDLER, whole: bool = False) -> None:
        """Whoever does the item asks for its closure and waits."""
        self.do(who, request_close, number, on=on, statement="已办结", whole=whole)

    def accept(self, number: str, *, on: str, who: str = SUPERVISOR, waive: str | None = None) -> Closure:
        return self.do(who, accept, number, on=on, waive=waive)

    def send_back(self, number: str, *, on: str, who: str = SUPERVISOR, reason: str = "材料不全") -> None:
        self.do(who, send_back, number, on=on, reason=reason)

    def instruct(
        self, number: str, content: str, *, due: str, on: str, who: str = LEADER, notice: Notice | None = None
    ) -> Given:
        return self.do(who, instruct, number, on=on, content=content, due_on=day(due), rest=RestDay.KEEP, notice=notice)

    def urge(self, *numbers: str, on: str, who: str = SUPERVISOR, demand: str | None = None) -> Document:
        """One slip about these items."""
        with unit_of_work(self.engine) as session:
            plan = session.get_one(AnnualPlan, self.plan_id)
            items = [find_item(session, plan, number) for number in numbers]
            return urge(session, items, by=self.by(session, who, on), demand=demand)

    def attach(
        self,
        number: str,
        name: str = "总结.txt",
        *,
        on: str,
        who: str = HANDLER,
        category: Category = Category.ROUTINE,
        content: str | None = None,
        **more: Any,
    ) -> Evidence:
        """A piece of evidence, kept in memory; its content is its name unless told."""
        return self.do(
            who,
            attach,
            number,
            on=on,
            store=self.store,
            limits=Limits(MEGABYTE),
            file=examine(name, io.BytesIO((content or name).encode())),
            category=category,
            **more,
        )

    def rows(self, table: type[Made]) -> list[Made]:
        """Every row of a table, in the order in which they were made."""
        with unit_of_work(self.engine) as session:
            made = table.metadata.tables[str(table.__tablename__)]
            return list(session.exec(select(table).order_by(*made.primary_key)))

    def name_of(self, person_id: int | None) -> str | None:
        with unit_of_work(self.engine) as session:
            return session.get_one(Person, person_id).name if person_id else None

    def deadlines(self, number: str) -> list[Deadline]:
        """The item's days, in the order in which they were set."""

        def act(session: Session, item: WorkItem) -> list[Deadline]:
            found = session.exec(select(Deadline).where(Deadline.item_id == item.id).order_by(col(Deadline.id)))
            return list(found)

        return self._do(act, number)

    def explained(self, number: str) -> tuple[str, list[tuple[str, str, str, str | None]]]:
        """The first day the item was given, and each move of it: from, to, why in a word, and who answers for it."""
        first = self.deadlines(number)[0]
        moves = [move for move in self.rows(DeadlineMove) if move.deadline_id == first.id]
        return str(first.original_due_on), [
            (str(move.from_on), str(move.to_on), move.cause.label, self.name_of(move.person_id)) for move in moves
        ]

    def sweep(self, on: str | dt.date) -> SweepResult:
        at = day(on)
        with unit_of_work(self.engine) as session:
            rhythm = Actor("每日督办", Channel.RHYTHM, at, opening_of(at))
            return supervise(session, by=rhythm, calendar=office_calendar(session)).swept

    def send(self, on: str | dt.date, *, at: dt.time | None = None, quiet: bool = False) -> DeliveryResult:
        now = opening_of(day(on))
        now = now.replace(hour=at.hour, minute=at.minute) if at else now
        return deliver(self.engine, self.settings, now=now, on=day(on), quiet=quiet)

    def fast_forward(self, to: str | dt.date, *, send: bool = True) -> None:
        """Live each day up to and including `to`: sweep in the morning, then deliver."""
        while self.today <= day(to):
            self.sweep(self.today)
            if send:
                self.send(self.today)
            self.today += dt.timedelta(days=1)

    def close(self, number: str, *, on: str, whole: bool = False) -> Closure:
        """Whoever does the item asks for its closure, and the supervisor accepts at once, waiving evidence."""

        def act(session: Session, item: WorkItem) -> Closure:
            does = handler_of(session, item, day(on))
            by = self.by(session, does.name if does else HANDLER, on)
            request_close(session, item, by=by, statement="已办结", whole=whole)
            return accept(session, item, by=self.by(session, SUPERVISOR, on), waive="例证从略")

        return self._do(act, number)

    def report(
        self, number: str, text: str = "按计划推进", *, on: str, next_report: str | None = None, **more: Any
    ) -> None:
        def act(session: Session, item: WorkItem) -> None:
            does = handler_of(session, item, day(on))
            record_progress(
                session,
                item,
                by=self.by(session, does.name if does else HANDLER, on),
                content=text,
                next_report_on=day(next_report) if next_report else None,
                **more,
            )

        self._do(act, number)

    def _do(self, act: Callable[[Session, WorkItem], Result], number: str) -> Result:
        with unit_of_work(self.engine) as session:
            return act(session, find_item(session, session.get_one(AnnualPlan, self.plan_id), number))

    def item(self, number: str) -> WorkItem:
        return self._do(lambda _session, item: item, number)

    def notices(self, *, on: str | None = None) -> list[dict[str, Any]]:
        with unit_of_work(self.engine) as session:
            return list_notices(session, on=day(on) if on else None)

    def told(self, *, on: str | None = None) -> list[tuple[str, str, str | None]]:
        """(day, rung, recipient) of every notice of the ladder that is to be sent or was."""
        return [
            (str(row["fired_on"]), row["rung"], row["recipient"])
            for row in self.notices(on=on)
            if row["state"] in ("pending", "sent") and row["kind"] in ("reminder", "escalation")
        ]

    def heard(self, name: str, *, on: str | None = None) -> list[str]:
        """What other people's acts told somebody, a line each."""
        return [
            row["why"]
            for row in self.notices(on=on)
            if row["recipient"] == name
            and row["state"] in ("pending", "sent")
            and row["kind"] not in ("reminder", "escalation")
        ]

    def keys(self) -> set[tuple[Any, ...]]:
        with unit_of_work(self.engine) as session:
            rows = session.exec(select(Notice))
            return {(row.fire_on, row.deadline_id, row.rung_id, row.recipient_id) for row in rows}

    def mails(self) -> list[EmailMessage]:
        if not self.settings.maildir.exists():
            return []
        box = mailbox.Maildir(self.settings.maildir, create=False)
        made = [
            email.message_from_bytes(box.get_bytes(name), policy=email.policy.default) for name, _mail in box.items()
        ]
        return sorted(made, key=lambda mail: str(mail["Message-ID"]))

    def inbox(self, name: str) -> Inbox:
        with unit_of_work(self.engine) as session:
            address = find_person(session, name).email
        box = self._inboxes.setdefault(name, Inbox(name, []))
        box.mails = [mail for mail in self.mails() if mail["To"] == address]
        return box

    def expect_nothing_else(self) -> None:
        """Every mail of every person named in the story so far has been expected, and nobody else got any."""
        for box in list(self._inboxes.values()):
            box = self.inbox(box.name)
            rest = [str(mail["Subject"]) for place, mail in enumerate(box.mails) if place not in box.seen]
            assert not rest, f"{box.name} also got {rest}"
        known = sum(len(box.mails) for box in self._inboxes.values())
        assert len(self.mails()) == known, "somebody the story does not name got mail"
