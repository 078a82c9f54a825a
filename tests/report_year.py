"""A year of a small office, as rows: what the stories about its report are told with."""

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlmodel import Session, col, select

from models.clock import opening_of
from models.database import key
from models.dates.recurrence import occurrences
from models.items.item import Deadline, DeadlineKind, ItemState, WorkItem
from models.items.plan import AnnualPlan, Project
from models.items.progress import ProgressEntry
from models.ledgers.enforcement_case import Outcome, Procedure
from models.people.organ import Organ
from models.people.person import Person, Post, Role, Tenure
from models.people.personal_duty import Duty
from models.report.figure import Figure
from models.report.report import SectionKind
from tasks.ledgers.record_named import record_act, record_case, record_deficiency, record_study
from tasks.report.compiling.blocks import Block
from tasks.report.compiling.compile_report import CompiledReport, compile_report, newest_report
from tasks.report.compiling.keep_draft import read_draft
from tasks.report.compiling.template import STANDARD, ReportTemplate
from tests.actors import administrator

STUDY, ORDER, ENFORCEMENT, PUBLICITY = "强化理论学习", "健全工作机制", "规范行政执法", "落实“谁执法谁普法”责任制"


def day(text: str) -> dt.date:
    """`6-30` is a day of 2025; a day of another year is written in full."""
    return dt.date.fromisoformat(text) if text.count("-") == 2 else dt.date(2025, *map(int, text.split("-")))


class ReportYear:
    """青禾县水务局 in 2025, or another office in another year."""

    def __init__(
        self, session: Session, *projects: str, year: int = 2025, name: str = "青禾县水务局", code: str = "water"
    ) -> None:
        self.session = session
        self.organ = session.exec(select(Organ).where(Organ.code == code)).first() or self._add(
            Organ(code=code, name=name)
        )
        self.plan = self._add(AnnualPlan(organ_id=key(self.organ.id), year=year, title=f"{year}年工作要点"))
        self.projects = {
            name: self._add(Project(plan_id=key(self.plan.id), ordinal=place, name=name))
            for place, name in enumerate(projects or (STUDY, ORDER, ENFORCEMENT, PUBLICITY), start=1)
        }

    def _add(self, row: Any) -> Any:
        self.session.add(row)
        self.session.flush()
        return row

    def item(
        self,
        title: str,
        *,
        project: str | None = None,
        due: str | None = None,
        closed: str | None = None,
        recurrence: str | None = None,
        **more: Any,
    ) -> WorkItem:
        """An item of the named project, else of 健全工作机制, else of the only one there is."""
        group = self.projects[project or (ORDER if ORDER in self.projects else next(iter(self.projects)))]
        number = len(self.session.exec(select(col(WorkItem.id)).where(WorkItem.plan_id == self.plan.id)).all()) + 1
        item: WorkItem = self._add(
            WorkItem(
                plan_id=key(self.plan.id),
                organ_id=key(self.organ.id),
                project_id=key(group.id),
                number=str(number),
                title=title,
                due_on=day(due) if due else None,
                recurrence=recurrence,
                state=ItemState.CLOSED if closed else ItemState.ACTIVE,
                closed_on=day(closed) if closed else None,
                **more,
            )
        )
        if due:
            self.deadline(item, due, done=closed)
        return item

    def deadline(self, item: WorkItem, due: str, *, done: str | None = None) -> None:
        on = day(due)
        self._add(
            Deadline(
                item_id=key(item.id),
                kind=DeadlineKind.OCCURRENCE if item.recurrence else DeadlineKind.FINAL,
                due_on=on,
                original_due_on=on,
                done_on=day(done) if done else None,
            )
        )

    def turns(self, item: WorkItem, *, done: int) -> None:
        """Every turn of a recurring item, the first `done` of them done on their day."""
        start, end = dt.date(self.plan.year, 1, 1), dt.date(self.plan.year, 12, 31)
        for place, turn in enumerate(occurrences(item.recurrence or "", start=start, end=end)):
            self.deadline(item, turn.isoformat(), done=turn.isoformat() if place < done else None)

    def rewrite(self, item: WorkItem, *, recurrence: str) -> WorkItem:
        item.recurrence = recurrence
        self.session.flush()
        return item

    def progress(
        self,
        item: WorkItem,
        on: str,
        text: str = "按计划推进",
        *,
        achievement: str | None = None,
        accepted: bool = True,
    ) -> ProgressEntry:
        now = opening_of(day(on))
        entry: ProgressEntry = self._add(
            ProgressEntry(
                item_id=key(item.id),
                on=day(on),
                text=text,
                achievement=achievement,
                recorded_at=now,
                accepted_at=now if accepted else None,
            )
        )
        return entry

    def case(self, on: str, procedure: Procedure, fine: str = "0", outcome: Outcome = Outcome.STANDS) -> None:
        record_case(
            self.session,
            self.organ,
            by=administrator(day(on)),
            procedure=procedure,
            on=day(on),
            fine=Decimal(fine),
            outcome=outcome,
        )

    def thirteen_cases(self) -> None:
        """Four by simple procedure, nine by ordinary, 30,000 yuan in fines that come out only if added exactly."""
        for month in range(1, 5):
            self.case(f"{month}-10", Procedure.SIMPLE, "100.10")
        for month in range(1, 10):
            self.case(f"{month}-20", Procedure.ORDINARY, "3288.84" if month < 9 else "3288.88")

    def study(self, on: str, topic: str, people: int | None = None) -> None:
        by = administrator(day(on))
        record_study(self.session, self.organ, by=by, on=day(on), topic=topic, people=people)

    def act(self, kind: Duty, on: str, text: str, **more: Any) -> None:
        record_act(self.session, self.organ, by=administrator(day(on)), kind=kind, on=day(on), text=text, **more)

    def deficiency(self, text: str, *, on: str = "12-20", **more: Any) -> None:
        record_deficiency(self.session, self.organ, by=administrator(day(on)), on=day(on), text=text, **more)

    def person(self, name: str, role: Role, *, since: str = "2020-01-01", until: str | None = None) -> Person:
        person: Person = self._add(Person(organ_id=key(self.organ.id), name=name))
        post = self._add(Post(organ_id=key(self.organ.id), title=role.label, role=role))
        self._add(
            Tenure(
                post_id=post.id,
                person_id=key(person.id),
                started_on=day(since),
                ended_on=day(until) if until else None,
            )
        )
        return person

    def compile(self, on: str = "2026-01-15", template: ReportTemplate = STANDARD) -> CompiledReport:
        return compile_report(
            self.session, self.organ, self.plan.year, by=administrator(day(on)), on=day(on), template=template
        )


def a_year(session: Session) -> ReportYear:
    """One of everything that a report tells."""
    year = ReportYear(session)
    year.item("制定学法计划", project=STUDY, due="3-31", closed="3-20", deliverable="学法计划1份")
    late = year.item("修订工作规则", due="6-30", closed="7-8")
    open_item = year.item("开展案卷评查", project=ENFORCEMENT, due="10-31")
    year.progress(open_item, "11-5", "评查人员尚未到位。")
    week = year.item("开展宪法宣传周活动", project=PUBLICITY, due="12-8", closed="12-6")
    year.progress(week, "12-6", achievement="宪法宣传周期间开展普法活动10余次")
    year.thirteen_cases()
    year.study("4-2", "行政处罚法")
    year.study("9-2", "民法典")
    year.act(Duty.DEPLOY, "2-11", "主持召开办公会，部署年度工作。", document_number="青水纪〔2025〕3号")
    year.act(Duty.SUPERVISE, "7-2", "现场督办工作规则修订", item=late)
    year.deficiency("一是普法渠道较为单一", cause="账号缺少专人维护。", remedy="配备专人运营普法账号")
    return year


def blocks(report: CompiledReport, kind: SectionKind) -> tuple[Block, ...]:
    """The blocks of one part; none where the report leaves it out."""
    return next((section.blocks for section in report.sections if section.kind is kind), ())


def texts(report: CompiledReport, kind: SectionKind, heading: str | None = None) -> list[str]:
    """What a part says, under one heading or in all."""
    return [block.text for block in blocks(report, kind) if heading is None or block.heading == heading]


def figures(report: CompiledReport) -> dict[str, Figure]:
    """Every figure of the report by name."""
    return {figure.name: figure for section in report.sections for block in section.blocks for figure in block.figures}


def offered(year: ReportYear, kind: SectionKind) -> list[str]:
    """What the newest version's part only offers, until a person takes it in."""
    report = newest_report(year.session, year.organ, year.plan.year)
    assert report is not None
    parts = read_draft(year.session, report)
    return [block.text for part in parts if part.kind is kind for block in part.blocks if block.offered]
