"""The days of a report as ordinary items of the year in which they fall: the law's two, and the organ's own."""

import datetime as dt
import re
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from models.actor import Actor
from models.database import key
from models.errors import BadInputError
from models.items.item import WorkItem
from models.items.lifecycle import OPEN
from models.items.plan import AnnualPlan, Project
from models.people.organ import Organ
from models.people.permission import Action
from models.people.person import Post, Role, Tenure
from models.report.filing import enforcement_last_day, legal_last_day, public_last_day
from models.report.filing_rows import ReportTerm
from models.typed_text import words_or_none
from tasks.acting.audit import recorded
from tasks.acting.authorize import authorize_organ
from tasks.acting.perform import performing_for
from tasks.report.compiling.next_year import STATUTORY
from tasks.report.figures.enforcement_tables import enforces_law

LAW = "法治政府建设与责任落实督察工作规定"
OWN, FILE, PUBLISH, TABLES = "own", "file", "publish", "tables"
_VERBS = {FILE: "报送", PUBLISH: "公开"}
_ENFORCEMENT = "行政执法"
_SOURCE = "filing:{year}:{code}"


@dataclass(frozen=True)
class FilingItem:
    """One item that a report's day is: `code` tells it from the others, whatever a person calls it later."""

    code: str
    title: str
    due_on: dt.date
    deliverable: str
    basis: str


def statutory_items(
    year: int, *, own_on: dt.date | None = None, note: str | None = None, enforces: bool = False
) -> list[FilingItem]:
    """The items that the report of `year` brings about in the year after it, in the order of their days.

    `own_on` is the organ's own day, left out unless it is before the law's. Who `enforces` the law publishes its yearly
    tables too.
    """
    name = f"{year}年度法治政府建设年度报告"
    items = [
        FilingItem(FILE, f"报送{name}", legal_last_day(year), "报送的年度报告及回执", f"{LAW}：每年3月1日前报送"),
        FilingItem(PUBLISH, f"公开{name}", public_last_day(year), "公开的网址或报刊", f"{LAW}：每年4月1日前公开"),
    ]
    if enforces:
        tables = f"公开{year}年度行政执法统计年报"
        basis = "国办发〔2018〕118号：每年1月31日前公开上年度数据"
        items.append(FilingItem(TABLES, tables, enforcement_last_day(year), "公开的网址", basis))
    if own_on is not None and own_on < legal_last_day(year):
        why = f"本单位自定时限{f'（{note}）' if note else ''}"
        items.append(FilingItem(OWN, f"完成{name}定稿并报送", own_on, "定稿并报送的年度报告", why))
    return sorted(items, key=lambda one: one.due_on)


def own_day(session: Session, organ_id: int, year: int) -> dt.date | None:
    """The organ's own day for the report of `year`, in the year after it."""
    term = report_term(session, organ_id)
    return _own_day(term, year) if term else None


def _own_day(term: ReportTerm, year: int) -> dt.date:
    month, day = map(int, term.own_day.split("-"))
    # 29 February is the last of the month in any year.
    return legal_last_day(year) if (month, day) == (2, 29) else dt.date(year + 1, month, day)


def report_term(session: Session, organ_id: int) -> ReportTerm | None:
    """What the organ set for itself."""
    return session.exec(select(ReportTerm).where(ReportTerm.organ_id == organ_id)).first()


def set_report_term(session: Session, organ: Organ, own: str, *, by: Actor, note: str | None = None) -> ReportTerm:
    """Set the organ's own day, written 02-10. Raises BadInputError for no day, or none before the law's."""
    written = own.strip()
    try:
        if not re.fullmatch(r"\d\d?-\d\d?", written):
            raise ValueError
        month, day = map(int, written.split("-"))
        dt.date(2024, month, day)
    except ValueError as error:
        raise BadInputError(f"自定日“{written[:40]}”无法识别：请写成 月-日，如 02-10。") from error
    if (month, day) >= (3, 1):
        raise BadInputError(f"自定日 {written} 不早于法定的 3 月 1 日：自定日只能提前，如 02-10。")
    with performing_for(session, by, Action.REPORT_FILE, organ.id):
        term = report_term(session, key(organ.id)) or ReportTerm(organ_id=key(organ.id), own_day="")
        term.own_day, term.note = f"{month:02}-{day:02}", words_or_none(note, "说明", longest=300)
        session.add(term)
    return term


def ensure_filing_items(session: Session, plan: AnnualPlan, *, by: Actor) -> list[WorkItem]:
    """Put the days of last year's report into the plan as drafts, those that are not there yet; none twice.

    A person looks at them, and issues them with the plan. Raises ForbiddenError.
    """
    standing = authorize_organ(session, by, Action.PLAN, plan.organ_id)
    # Of two at once the second waits, and finds what the first made.
    session.refresh(plan, with_for_update=True)
    year = plan.year - 1
    term = report_term(session, plan.organ_id)
    wanted = statutory_items(
        year, own_on=_own_day(term, year) if term else None, note=term.note if term else None,
        enforces=enforces_law(session, plan.organ_id),
    )  # fmt: skip
    known = filing_items(session, plan.organ_id, year)
    missing = [one for one in wanted if one.code not in known]
    if not missing:
        return []
    with recorded(
        session, by, Action.PLAN, organ_id=plan.organ_id, for_id=standing.seat.for_id, reason=f"{year}年度报告的时限"
    ):
        project, post = _project(session, plan), _supervisor(session, plan.organ_id, by)
        made = []
        for one in missing:
            item = WorkItem(
                plan_id=key(plan.id), organ_id=plan.organ_id, project_id=key(project.id),
                number=_free_number(session, plan), title=one.title, deliverable=one.deliverable, due_on=one.due_on,
                note=one.basis, source=_source(year, one.code), handler_post_id=post.id if post else None,
                department_id=post.department_id if post else None,
            )  # fmt: skip
            session.add(item)
            session.flush()
            made.append(item)
    return made


def filing_items(session: Session, organ_id: int, year: int) -> dict[str, WorkItem]:
    """The items of the report of `year` that there are, by their codes: those made here, and those that came in with
    the list, where the report's own section on the next year names them."""
    codes = {_source(year, code): code for code in (OWN, FILE, PUBLISH, TABLES)}
    query = (
        select(WorkItem, Project.name)
        .join(AnnualPlan, col(AnnualPlan.id) == WorkItem.plan_id)
        .join(Project, col(Project.id) == WorkItem.project_id)
        .where(AnnualPlan.organ_id == organ_id, AnnualPlan.year == year + 1, col(WorkItem.parent_id).is_(None))
        .where(col(WorkItem.source).in_(codes) | (Project.name == STATUTORY))
        .order_by(col(WorkItem.id))
    )
    items: dict[str, WorkItem] = {}
    for item, project in session.exec(query):
        code = codes.get(item.source or "")
        if code is None and project == STATUTORY:
            named = (code for code, verb in _VERBS.items() if verb in item.title)
            code = TABLES if _ENFORCEMENT in item.title else next(named, None)
        if code is not None:
            items.setdefault(code, item)
    return items


def watched_item(session: Session, organ_id: int, year: int) -> WorkItem | None:
    """The item by which the report's way is watched: that of the filing, issued and not done; None where none is."""
    found = filing_items(session, organ_id, year).get(FILE)
    return found if found is not None and found.state in OPEN else None


def _source(year: int, code: str) -> str:
    return _SOURCE.format(year=year, code=code)


def _project(session: Session, plan: AnnualPlan) -> Project:
    project = session.exec(select(Project).where(Project.plan_id == plan.id, Project.name == STATUTORY)).first()
    if project is None:
        last = session.exec(select(func.max(Project.ordinal)).where(Project.plan_id == plan.id)).one() or 0
        project = Project(plan_id=key(plan.id), ordinal=last + 1, name=STATUTORY)
        session.add(project)
        session.flush()
    return project


def _free_number(session: Session, plan: AnnualPlan) -> str:
    """年报1, 年报2 and so on, but for those that a list gave to other items."""
    given = set(session.exec(select(WorkItem.number).where(WorkItem.plan_id == plan.id)))
    place = 1
    while f"年报{place}" in given:
        place += 1
    return f"年报{place}"


def _supervisor(session: Session, organ_id: int, by: Actor) -> Post | None:
    """The post of the organ's supervisor on the day, who brings the report on its way; None where nobody holds one."""
    return session.exec(
        select(Post)
        .join(Tenure, col(Tenure.post_id) == Post.id)
        .where(Post.organ_id == organ_id, Post.role == Role.SUPERVISOR, col(Tenure.started_on) <= by.on)
        .where(col(Tenure.ended_on).is_(None) | (col(Tenure.ended_on) >= by.on))
        .order_by(col(Post.id))
    ).first()
