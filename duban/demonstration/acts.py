"""What people do in the demonstration, day by day, as its script tells it.

Each act is done by the function behind its command; nothing here knows a rule of its own.
"""

import datetime as dt
import io
import tomllib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import Session

from models.actor import Actor, Channel
from models.clock import opening_of
from models.dates.rest_day import RestDay
from models.dates.workdays import WorkCalendar
from models.errors import DubanError
from models.items.evidence import Category
from models.items.item import WorkItem
from models.items.plan import AnnualPlan
from models.ledgers.enforcement_case import Procedure
from models.ledgers.kinds import kind_named, member_named
from models.people.organ import Organ
from models.people.person import Person, Role
from models.people.personal_duty import Duty
from models.settings import Settings
from tasks.files.check_upload import examine, limits_of
from tasks.files.file_store import FileStore
from tasks.items.answer_instruction import close_instruction, reply
from tasks.items.attach import attach
from tasks.items.close import accept, request_close
from tasks.items.comment import comment
from tasks.items.extend import decide_extension, extend
from tasks.items.instruct import instruct, newest_instruction
from tasks.items.progress import record_progress
from tasks.items.sign import open_receipts, sign
from tasks.items.urge import urge
from tasks.ledgers.browse import Wanted, browse
from tasks.ledgers.record import correct_row, record_row
from tasks.ledgers.record_named import money, record_act, record_case, record_deficiency, record_study
from tasks.people.find import find_item, find_person, find_role
from tasks.people.people_of import handler_of
from tasks.people.roster import posts_to_hand_over
from tasks.staff.hand_over import hand_over, take_leave


@dataclass(frozen=True)
class Office:
    """Where the acts of a day take place."""

    session: Session
    organ: Organ
    plan: AnnualPlan
    calendar: WorkCalendar
    today: dt.date
    settings: Settings

    @property
    def now(self) -> dt.datetime:
        return opening_of(self.today)

    def item(self, number: str) -> WorkItem:
        return find_item(self.session, self.plan, number)

    def by(self, person: Person) -> Actor:
        """That person, acting today at the command line."""
        return Actor(person.name, Channel.COMMAND, self.today, self.now, person.id)

    def in_role(self, role: Role) -> Actor:
        """Whoever holds the organ's post of this role."""
        person = find_role(self.session, self.organ, role, self.today)
        if person is None:
            raise DubanError(f"{self.today} 没有在任的{role.label}。")
        return self.by(person)

    def doing(self, item: WorkItem) -> Actor:
        """Whoever does the item today, a deputy included."""
        person = handler_of(self.session, item, self.today)
        if person is None:
            raise DubanError(f"任务 {item.number} 在 {self.today} 无人承办。")
        return self.by(person)

    def heading(self, department_id: int | None) -> Actor:
        """The head of a department today."""
        role = Role.DEPARTMENT_HEAD
        head = find_role(self.session, self.organ, role, self.today, department_id=department_id)
        if head is None:
            raise DubanError("配合科室没有负责人。")
        return self.by(head)

    def judging(self, item: WorkItem) -> Actor:
        """Who reviews the item's closure: the supervisor, or the first responsible person of the supervisor's own."""
        supervisor = self.in_role(Role.SUPERVISOR)
        own = self.doing(item).person_id == supervisor.person_id
        return self.in_role(Role.FIRST_RESPONSIBLE) if own else supervisor


def _receipt(office: Office, *, items: list[str]) -> None:
    """Whoever does an item signs for it, and the heads of the cooperating departments for theirs."""
    for number in items:
        item = office.item(number)
        sign(office.session, item, by=office.doing(item))
        for receipt in open_receipts(office.session, item):
            sign(office.session, item, by=office.heading(receipt.department_id))


def _progress(office: Office, *, item: str, text: str, **more: Any) -> None:
    found = office.item(item)
    record_progress(office.session, found, by=office.doing(found), content=text, **more)


def _evidence(office: Office, *, item: str, name: str, text: str, category: str = Category.ROUTINE.label) -> None:
    found = office.item(item)
    attach(
        office.session, found, by=office.doing(found), store=FileStore(office.settings.evidence_store),
        limits=limits_of(office.settings), file=examine(name, io.BytesIO(text.encode())),
        category=member_named(Category, category),
    )  # fmt: skip


def _extension(office: Office, *, item: str, to: dt.date, reason: str, progress: str) -> None:
    found = office.item(item)
    extend(office.session, found, by=office.doing(found), to=to, reason=reason, progress=progress)


def _approval(office: Office, *, item: str, person: str) -> None:
    leader = office.by(find_person(office.session, person, office.organ))
    decide_extension(office.session, office.item(item), by=leader, approve=True)


def _urging(office: Office, *, items: list[str]) -> None:
    urge(office.session, [office.item(number) for number in items], by=office.in_role(Role.SUPERVISOR))


def _instruction(office: Office, *, item: str, text: str, due: dt.date) -> None:
    leader = office.in_role(Role.FIRST_RESPONSIBLE)
    instruct(office.session, office.item(item), by=leader, content=text, due_on=due, rest=RestDay.KEEP)


def _reply(office: Office, *, item: str, text: str, outcome: str | None = None) -> None:
    found = office.item(item)
    instruction = newest_instruction(office.session, found)
    if instruction is None:
        raise DubanError(f"任务 {item} 没有批示。")
    reply(office.session, instruction, by=office.doing(found), content=text)
    if outcome is not None:
        leader = office.in_role(Role.FIRST_RESPONSIBLE)
        close_instruction(office.session, instruction, by=leader, outcome=outcome)


def _comment(office: Office, *, item: str, text: str, person: str | None = None, copies: Sequence[str] = ()) -> None:
    """Somebody, or whoever does the item, says something about it."""
    found = office.item(item)
    by = office.by(find_person(office.session, person, office.organ)) if person else office.doing(found)
    reach = [find_person(office.session, name, office.organ) for name in copies]
    comment(office.session, found, by=by, content=text, copies=reach)


def _closure(office: Office, *, item: str) -> None:
    """Asked for with a piece of evidence, and accepted the same day."""
    found = office.item(item)
    what = found.deliverable or found.title
    _evidence(office, item=item, name=f"{what}.txt", text=f"{office.today} {found.title}：{what}\n")
    request_close(office.session, found, by=office.doing(found), statement=f"{what}已完成")
    accept(office.session, found, by=office.judging(found))


def _act(office: Office, *, kind: str, text: str, item: str | None = None, document_number: str | None = None) -> None:
    record_act(
        office.session, office.organ, by=office.in_role(Role.SUPERVISOR), kind=member_named(Duty, kind),
        on=office.today, text=text, item=office.item(item) if item else None, document_number=document_number,
    )  # fmt: skip


def _study(office: Office, *, topic: str, people: int) -> None:
    by = office.in_role(Role.SUPERVISOR)
    record_study(office.session, office.organ, by=by, on=office.today, topic=topic, people=people)


def _case(office: Office, *, number: str, title: str, procedure: str, fine: str) -> None:
    record_case(
        office.session, office.organ, by=office.in_role(Role.SUPERVISOR), on=office.today,
        procedure=member_named(Procedure, procedure), fine=money(fine), number=number, title=title,
    )  # fmt: skip


def _ledger(office: Office, *, ledger: str, **given: Any) -> None:
    """A row of any ledger, its fields by their columns."""
    by = office.in_role(Role.SUPERVISOR)
    found = kind_named(ledger)
    record_row(office.session, office.organ, found, {found.day: office.today, **given}, by=by)


def _fill(office: Office, *, ledger: str, day: str, row: str = "", **more: Any) -> None:
    """What a row of a ledger tells is done today, and more that is known with it: the one row, of those these words
    find, that lacks this day.
    """
    kind, wanted = kind_named(ledger), Wanted(words=row)
    found = browse(office.session, office.organ, kind, wanted, on=office.today, amounts={}, page=None).rows
    lacking = [one for one in found if getattr(one, day) is None]
    if len(lacking) != 1:
        raise DubanError(f"{kind.title}“{row}”缺 {day} 的有 {len(lacking)} 行，应恰有一行。")
    by = office.in_role(Role.SUPERVISOR)
    correct_row(office.session, office.organ, kind, lacking[0], {day: office.today, **more}, by=by)


def _deficiency(office: Office, *, text: str, cause: str, remedy: str, item: str | None = None) -> None:
    record_deficiency(
        office.session, office.organ, by=office.in_role(Role.SUPERVISOR), on=office.today, text=text, cause=cause,
        remedy=remedy, item=office.item(item) if item else None,
    )  # fmt: skip


def _handover(office: Office, *, to: str, **named: str) -> None:
    former = find_person(office.session, named["from"], office.organ)
    successor = find_person(office.session, to, office.organ)
    for post in posts_to_hand_over(office.session, former, None, office.organ, on=office.today):
        hand_over(office.session, post, by=office.in_role(Role.SUPERVISOR), to=successor, on=office.today)


def _leave(office: Office, *, person: str, until: dt.date) -> None:
    away = find_person(office.session, person, office.organ)
    by = office.in_role(Role.SUPERVISOR)
    take_leave(office.session, away, by=by, from_on=office.today, until_on=until)


ACTS: Mapping[str, Callable[..., None]] = {
    "handover": _handover, "leave": _leave, "receipt": _receipt, "progress": _progress, "evidence": _evidence,
    "extension": _extension, "approval": _approval, "urging": _urging, "instruction": _instruction, "reply": _reply,
    "comment": _comment, "closure": _closure, "act": _act, "study": _study, "case": _case, "ledger": _ledger,
    "fill": _fill, "deficiency": _deficiency,
}  # fmt: skip
"""What can happen, by the name of its table in the script; on one day in this order."""

Script = Mapping[dt.date, list[tuple[str, dict[str, Any]]]]
"""Per day what happens, each by its name in `ACTS` with its arguments."""


def read_script(path: Path, calendar: WorkCalendar, *, issued_on: dt.date) -> Script:
    """The scripted year. A table `on` several days happens on each of them; what falls on a day of rest, in a year for
    which the script was not written, happens on the working day before, and nothing before the plan is issued.

    Raises DubanError for a table that is no act.
    """
    with path.open("rb") as file:
        tables = tomllib.load(file)
    script: dict[dt.date, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for name in ACTS:
        for row in tables.pop(name, []):
            days = row.pop("on")
            for day in days if isinstance(days, list) else [days]:
                script[max(calendar.on_or_before(day), issued_on)].append((name, row))
    if tables:
        raise DubanError(f"{path.name} 中有不认识的部分：{'、'.join(tables)}；可用：{'、'.join(ACTS)}。")
    return script
