"""The demonstration office: where its files lie, its scripted year, living it day by day, and telling what came.

What happens on a day is done by the functions behind the commands; nothing here knows a rule of its own.
"""

import datetime as dt
import io
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from models.actor import Actor, Channel
from models.clock import day_of, opening_of
from models.database import on_record, reading, unit_of_work
from models.dates.day_override import office_calendar
from models.dates.days import DAY, days_from
from models.dates.rest_day import RestDay
from models.dates.workdays import WorkCalendar
from models.engine.rhythm import LastRun
from models.errors import DubanError
from models.items.evidence import Category
from models.items.item import WorkItem
from models.items.plan import AnnualPlan
from models.ladder.notice import NoticeKind, NoticeState
from models.ledgers.enforcement_case import Procedure
from models.ledgers.kinds import KINDS, kind_named, member_named
from models.people.organ import Organ
from models.people.person import Person, Role
from models.people.personal_duty import Duty
from models.report.report import ReportFigure, SectionKind
from models.settings import Settings
from tasks.access.manage_accounts import invite_all
from tasks.access.set_password import set_by_code
from tasks.engine.show_system import record_run
from tasks.files.check_upload import examine, limits_of
from tasks.files.file_store import FileStore
from tasks.items.answer_instruction import close_instruction, reply
from tasks.items.attach import attach
from tasks.items.close import accept, request_close
from tasks.items.extend import decide_extension, extend
from tasks.items.instruct import instruct, newest_instruction
from tasks.items.progress import record_progress
from tasks.items.sign import open_receipts, sign
from tasks.items.urge import urge
from tasks.ledgers.browse import Wanted, browse
from tasks.ledgers.record import correct_row, record_row
from tasks.ledgers.record_named import money, record_act, record_case, record_deficiency, record_study
from tasks.notices.browse_notices import list_notices
from tasks.notices.deliver import deliver
from tasks.oversight.supervise import supervise
from tasks.people.find import find_item, find_organ, find_person, find_plan, find_role
from tasks.people.people_of import handler_of
from tasks.people.roster import posts_to_hand_over
from tasks.report.compiling.compile_report import newest_report
from tasks.report.compiling.keep_draft import read_draft
from tasks.report.figures.gather_figures import figures_in_text
from tasks.staff.hand_over import hand_over, take_leave

YEAR = 2026
LAST_DAY = dt.date(YEAR, 12, 31)

SLUG = "demonstration"
"""Under this name the last lived day is remembered, apart from the rhythms that a served office has."""


def example(name: str) -> Path:
    """A file of `examples/`: beside the packages in a checkout, inside `duban` where a wheel was installed."""
    package = Path(__file__).resolve().parent
    for folder in (package.parent / "examples", package / "examples"):
        if (folder / name).is_file():
            return folder / name
    raise DubanError(f"没有找到演示文件 examples/{name}：请重新安装本程序，或在源代码目录中运行。")


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


def _publication(office: Office, *, case: str) -> None:
    """The decision of a case is published."""
    kind = KINDS["case"]
    wanted = Wanted(words=case)
    cases = browse(office.session, office.organ, kind, wanted, on=office.today, amounts={}, page=None).rows
    row = next((row for row in cases if row.number == case), None)
    if row is None:
        raise DubanError(f"没有案号为“{case}”的案件。")
    by = office.in_role(Role.SUPERVISOR)
    correct_row(office.session, office.organ, kind, row, {"published_on": office.today}, by=by)


def _ledger(office: Office, *, ledger: str, **given: Any) -> None:
    """A row of any ledger, its fields by their columns."""
    by = office.in_role(Role.SUPERVISOR)
    found = kind_named(ledger)
    record_row(office.session, office.organ, found, {found.day: office.today, **given}, by=by)


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


_ACTS: Mapping[str, Callable[..., None]] = {
    "handover": _handover, "leave": _leave, "receipt": _receipt, "progress": _progress, "evidence": _evidence,
    "extension": _extension, "approval": _approval, "urging": _urging, "instruction": _instruction, "reply": _reply,
    "closure": _closure, "act": _act, "study": _study, "case": _case, "publication": _publication,
    "ledger": _ledger, "deficiency": _deficiency,
}  # fmt: skip
"""What can happen, by the name of its table in the script; on one day in this order."""

Script = Mapping[dt.date, list[tuple[str, dict[str, Any]]]]
"""Per day what happens, each by its name in `_ACTS` with its arguments."""


def read_script(path: Path) -> Script:
    """The scripted year. A table `on` several days happens on each of them."""
    with path.open("rb") as file:
        tables = tomllib.load(file)
    script: dict[dt.date, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for name in _ACTS:
        for row in tables.pop(name, []):
            days = row.pop("on")
            for day in days if isinstance(days, list) else [days]:
                script[day].append((name, row))
    if tables:
        raise DubanError(f"{path.name} 中有不认识的部分：{'、'.join(tables)}；可用：{'、'.join(_ACTS)}。")
    return script


def open_accounts(engine: Engine, day: str, password: str) -> int:
    """Everybody who holds a post on the day gets an account with this password; how many got one."""
    now = opening_of(dt.date.fromisoformat(day))
    with on_record(engine) as session:
        made = invite_all(session, find_organ(session, None), by=Actor("本机管理员", Channel.COMMAND, day_of(now), now))
        for account in made:
            set_by_code(session, account.shown, password, now=now)
    return len(made)


def days_to_live(engine: Engine) -> list[dt.date]:
    """The days of the year that have not been lived yet: from the day of issue on, or after the last one lived."""
    with reading(engine) as session:
        lived = session.get(LastRun, SLUG)
        issued_on = find_plan(session, find_organ(session, None), YEAR).issued_on
    if issued_on is None:
        raise DubanError(f"{YEAR} 年度计划尚未下达。")
    first = lived.on + DAY if lived else issued_on
    return days_from(first, LAST_DAY)


def live(engine: Engine, settings: Settings, script: Script, days: Iterable[dt.date]) -> None:
    """Each morning the sweep and the mail, then what people do that day.

    A day's acts and the note that it was lived are one transaction and the morning repeats itself harmlessly, so
    a year that was broken off goes on where it stopped, with nothing done twice.
    """
    for day in days:
        with unit_of_work(engine) as session:
            rhythm = Actor("每日督办", Channel.RHYTHM, day, opening_of(day))
            supervise(session, by=rhythm, calendar=office_calendar(session))
        deliver(engine, settings, now=opening_of(day), on=day)
        with on_record(engine) as session:
            organ = find_organ(session, None)
            office = Office(session, organ, find_plan(session, organ, YEAR), office_calendar(session), day, settings)
            for name, more in script.get(day, []):
                _ACTS[name](office, **more)
            record_run(session, SLUG, on=day, now=opening_of(day))


@dataclass(frozen=True)
class PersonTold:
    """What one person was sent in the year."""

    name: str
    reminders: int
    escalations: int
    first_on: dt.date
    last_on: dt.date


def tell_year(session: Session, plan: AnnualPlan) -> tuple[list[PersonTold], list[dict[str, Any]]]:
    """Who was sent how much of the plan, most first; and what was escalated to the first responsible person."""
    sent = [row for row in list_notices(session, plan=plan) if row["state"] == NoticeState.SENT]
    people = []
    for name, group in groupby(sorted(sent, key=lambda row: str(row["recipient"])), key=lambda row: row["recipient"]):
        rows = list(group)
        escalations = sum(row["kind"] == NoticeKind.ESCALATION for row in rows)
        days = [row["fired_on"] for row in rows]
        people.append(PersonTold(name, len(rows) - escalations, escalations, min(days), max(days)))
    people.sort(key=lambda person: (-person.escalations, -person.reminders, person.name))
    top = [row for row in sent if row["role"] == Role.FIRST_RESPONSIBLE and row["kind"] == NoticeKind.ESCALATION]
    return people, top


def report_figures(session: Session, organ: Organ) -> list[tuple[str, ReportFigure]]:
    """The figures of the year's newest report in its order, each with the heading of its part."""
    report = newest_report(session, organ, YEAR)
    return [(one.part, one.figure) for one in figures_in_text(session, report)] if report else []


def announced_items(session: Session, organ: Organ) -> int:
    """How many items the year's newest report announces for the next."""
    report = newest_report(session, organ, YEAR)
    sections = read_draft(session, report) if report else []
    return sum(len(section.blocks) for section in sections if section.kind is SectionKind.NEXT_YEAR)


def in_short(rows: Iterable[str]) -> str:
    """Row names with neighbours drawn together: `case:1–4、9`."""
    ids: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        table, _, number = row.partition(":")
        ids[table].append(int(number))
    return "；".join(f"{table}:{'、'.join(_spans(sorted(numbers)))}" for table, numbers in ids.items())


def _spans(numbers: list[int]) -> list[str]:
    spans = []
    for _, group in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        run = [number for _, number in group]
        spans.append(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}")
    return spans
