"""工作台: what the person has to do today, with the one act for each; for leaders, supervisors and administrators
what they look after besides."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from duban.acts.item import BY_VERB, ItemAct
from duban.web.row_number import RowNumber
from duban.web.visit import Signed, Visit
from models.database import key
from models.dates.day_override import office_calendar
from models.dates.workdays import WorkCalendar
from models.errors import NotFoundError
from models.items.item import ItemState
from models.items.lifecycle import OPEN
from models.items.plan import AnnualPlan
from models.ladder.light import Light
from models.people.permission import Action
from models.people.person import Role
from tasks.acting.authorize import organs_within, seats
from tasks.engine.show_system import Queue, show_queue
from tasks.lists.browse_items import ItemListing
from tasks.lists.choose_items import Choice, NamedList
from tasks.lists.count_work import Number, count_work, list_counted, open_in_other_years
from tasks.lists.list_unreported import Unreported, Unsigned, owed_period, unreported, unsigned
from tasks.notices.browse_notices import count_unread_escalations
from tasks.notices.receipts.outage import ChannelOutage, outages
from tasks.oversight.compile_brief import gather_brief
from tasks.oversight.gather_work import Group, Work, WorkLine, gather_work
from tasks.oversight.list_escalated import list_escalated
from tasks.papers.brief import Brief
from tasks.report.filing.waiting import waiting_filings
from tasks.staff.decide_proposal import ProposalLine, waiting_proposals

router = APIRouter()

VERBS = {
    Action.SIGN: ("sign",),
    Action.REPORT: ("report",),
    Action.REQUEST_CLOSE: ("request-close",),
    Action.MILESTONE: ("reached",),
    Action.SIGN_INSTRUCTION: ("sign-instruction",),
    Action.REPLY: ("reply",),
    Action.CLOSE_INSTRUCTION: ("close-instruction",),
    Action.DECIDE_EXTENSION: ("approve", "refuse"),
    Action.ACCEPT: ("accept", "return"),
    Action.RETURN: ("transfer", "return"),
}
"""The forms of the item page that a line leads to: the primary one, then the other answer to a request."""
LEADING = frozenset({Role.LEADER, Role.FIRST_RESPONSIBLE})
WATCHING = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
"""Who is told on the desk that a channel is down."""


@dataclass(frozen=True)
class LinkedCount:
    """A number on the page and where its rows are."""

    label: str
    count: int
    path: str
    more: bool = False


@dataclass(frozen=True)
class Owing:
    """What one unit has not done: reports that did not come, those of them overdue, items not signed for."""

    unit: str
    department_id: int | None
    unfiled: int
    passed: int
    unsigned: int


@router.get("/")
def workbench(visit: Signed) -> HTMLResponse:
    """What whoever is signed in has to do."""
    with visit.reading() as session:
        plan = visit.plan_or_none(session)
        roles = {seat.role for seat in seats(session, visit.looking)}
        organ_id = key(visit.organ.id)
        queue = (
            show_queue(session, [organ_id], on=visit.on, now=visit.now)
            if Role.ADMINISTRATOR in roles and organ_id in organs_within(session, visit.by, Action.SYSTEM)
            else None
        )
        proposals = waiting_proposals(session, organ_id, by=visit.by)
        watches = bool(roles & WATCHING) and organ_id in organs_within(session, visit.by, Action.VIEW)
        down = outages(session, organ_id) if watches else []
        if plan is None:
            may_plan = organ_id in organs_within(session, visit.by, Action.PLAN)
            return visit.page(
                session, "workbench/workbench_none.html", menu="/", may_plan=may_plan, queue=queue, down=down,
                proposals=proposals,
            )  # fmt: skip
        return _workbench(session, visit, plan, roles, queue, down, proposals)


@router.get("/mine/{what}")
def counted(visit: Signed, what: str, department: RowNumber = None) -> HTMLResponse:
    """The rows behind a number on the page that the list of items has no filter for."""
    with visit.reading() as session:
        plan = visit.plan(session)
        calendar = office_calendar(session, organ_id=plan.organ_id)
        if what in ("unfiled", "unsigned"):
            _check_overseen(session, visit, plan)
            rows: Sequence[Unreported | Unsigned] = (
                unreported(session, plan, on=visit.on, calendar=calendar)
                if what == "unfiled"
                else unsigned(session, plan, on=visit.on)
            )
            if department is not None:
                rows = [row for row in rows if (row.item.department_id or 0) == department]
            return visit.page(session, "workbench/work_owed.html", menu="/", what=what, rows=rows)
        number = next((one for one in Number if one.value == what), None)
        if number is None:
            raise NotFoundError("没有这个清单。")
        choice = Choice(department=department) if department else Choice(standing=NamedList.MINE)
        lines = list_counted(session, plan, choice, number, by=visit.looking, calendar=calendar)
        return visit.page(session, "workbench/work_rows.html", menu="/", number=number, lines=lines, plan=plan)


def _workbench(
    session: Session,
    visit: Visit,
    plan: AnnualPlan,
    roles: set[Role],
    queue: Queue | None,
    down: Sequence[ChannelOutage],
    proposals: Sequence[ProposalLine],
) -> HTMLResponse:
    calendar = office_calendar(session, organ_id=plan.organ_id)
    work = gather_work(session, plan, by=visit.looking, calendar=calendar)
    leads = bool(roles & LEADING)
    brief = gather_brief(session, plan, visit.person, by=visit.looking, calendar=calendar) if leads else None
    supervises = Role.SUPERVISOR in roles and plan.organ_id in organs_within(session, visit.looking, Action.VIEW)
    return visit.page(
        session,
        "workbench/workbench.html",
        menu="/",
        plan=plan,
        work=work,
        groups=Group,
        acts=_acts,
        mine=_figures(session, visit, plan, calendar),
        led=_led(session, visit, plan, calendar, work, brief) if brief else [],
        escalated=list_escalated(session, plan, by=visit.looking, calendar=calendar) if leads else [],
        may_instruct=plan.organ_id in organs_within(session, visit.by, Action.INSTRUCT) or Role.LEADER in roles,
        brief=brief,
        owing=_owing(session, visit, plan, calendar) if supervises else None,
        unread=count_unread_escalations(session, plan.organ_id, on=visit.on) if supervises else 0,
        period=owed_period(session, plan, on=visit.on, calendar=calendar),
        queue=queue,
        down=down,
        proposals=proposals,
        others=open_in_other_years(session, plan, by=visit.looking),
        filings=waiting_filings(session, plan.organ_id, by=visit.looking),
        may_issue=plan.policy_id is None and plan.organ_id in organs_within(session, visit.by, Action.ISSUE),
    )


def _acts(line: WorkLine) -> tuple[ItemAct, ...]:
    """The acts a line offers, the primary one first; none for what has a page of its own."""
    return tuple(BY_VERB[verb] for verb in VERBS.get(line.action, ()))


def _figures(session: Session, visit: Visit, plan: AnnualPlan, calendar: WorkCalendar) -> tuple[str, list[LinkedCount]]:
    """The numbers of whoever does items: a head's are those of the department. Nothing for others."""
    filled = seats(session, visit.looking)
    headed = next((s for s in filled if s.role is Role.DEPARTMENT_HEAD and s.department_id and not s.for_id), None)
    if headed is not None:
        title, choice = "本科室的任务", Choice(department=headed.department_id)
        query: dict[str, object] = {"department": headed.department_id}
    elif any(seat.role is Role.HANDLER for seat in filled):
        title, choice = "我承办的任务", Choice(standing=NamedList.MINE)
        query = {"only": NamedList.MINE.value}
    else:
        return "", []
    listed: dict[Number, dict[str, object]] = {
        Number.OPEN: {"state": [str(state) for state in OPEN]},
        Number.OVERDUE: {"light": str(Light.RED)},
        Number.DONE: {"state": str(ItemState.CLOSED)},
    }
    counts = count_work(session, plan, choice, by=visit.looking, calendar=calendar)
    return title, [
        LinkedCount(
            one.what.label,
            one.count,
            visit.link("/items", **query, **listed[one.what])
            if one.what in listed
            else visit.link(f"/mine/{one.what.value}", department=query.get("department")),
        )
        for one in counts
    ]


def _led(
    session: Session, visit: Visit, plan: AnnualPlan, calendar: WorkCalendar, work: Work, brief: Brief
) -> list[LinkedCount]:
    """The three numbers of a leader."""
    red = Choice(lights=frozenset({Light.RED, Light.BEHIND}))
    count = ItemListing(session, plan, by=visit.looking, calendar=calendar, choice=red).count()
    waits = sum(line.decision is not None or line.appeal is not None for line in work.lines)
    return [
        LinkedCount("红灯", count, visit.link("/items", light=[str(light) for light in sorted(red.lights)])),
        LinkedCount("待批", waits, "#deciding" if waits else "#work", Group.DECIDING in work.cut),
        LinkedCount("批示未复", brief.unanswered, "#instructions"),
    ]


def _owing(session: Session, visit: Visit, plan: AnnualPlan, calendar: WorkCalendar) -> list[Owing]:
    """What each unit has not filed or signed, most first."""
    late = unreported(session, plan, on=visit.on, calendar=calendar)
    fresh = unsigned(session, plan, on=visit.on)
    missing = Counter((row.item.unit, row.item.department_id) for row in late)
    passed = Counter((row.item.unit, row.item.department_id) for row in late if row.passed)
    unseen = Counter((row.item.unit, row.item.department_id) for row in fresh)
    units = sorted(missing.keys() | unseen.keys(), key=lambda unit: (-missing[unit] - unseen[unit], unit[0]))
    return [Owing(*unit, missing[unit], passed[unit], unseen[unit]) for unit in units]


def _check_overseen(session: Session, visit: Visit, plan: AnnualPlan) -> None:
    """Raises NotFoundError for whoever may not look at the organ as a whole."""
    if plan.organ_id not in organs_within(session, visit.looking, Action.VIEW):
        raise NotFoundError("没有这个清单,或者它不在您的查看范围内。")
