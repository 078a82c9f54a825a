"""工作台: what the person has to do today, with the one act for each; for leaders, supervisors and administrators
what they look after besides."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from duban.acts.item import BY_VERB, ItemAct
from duban.web.items.item_list import MOST_SELECTED
from duban.web.visit import Signed, Visit
from models.database import key
from models.dates.day_override import office_calendar
from models.dates.workdays import WorkCalendar
from models.items.item import ItemState
from models.items.lifecycle import OPEN
from models.items.plan import AnnualPlan
from models.ladder.light import Light
from models.people.permission import Action
from models.people.person import Role
from tasks.acting.authorize import may_instruct, organs_within, seats
from tasks.engine.first_steps import FirstSteps, first_steps
from tasks.engine.show_system import Queue, show_queue
from tasks.ladder.status import near_day
from tasks.lists.browse_items import FEWEST
from tasks.lists.choose_items import Choice, NamedList
from tasks.lists.count_work import Number, count_work
from tasks.lists.list_unreported import owed_periods, unreported, unsigned
from tasks.notices.browse_notices import count_unread_escalations
from tasks.notices.receipts.outage import ChannelOutage, outages
from tasks.oversight.compile_brief import gather_brief
from tasks.oversight.gather_ledger_days import gather_ledger_days
from tasks.oversight.gather_work import gather_work
from tasks.oversight.list_desk import DeskList, desk_listing
from tasks.oversight.list_escalated import list_escalated
from tasks.oversight.work_line import Group, Work, WorkLine
from tasks.papers.brief import Brief
from tasks.people.find import plan_of_year, plans_of
from tasks.report.filing.owed import report_days
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
    Action.CLOSE_INSTRUCTION: ("close-instruction", "ask-more"),
    Action.DECIDE_EXTENSION: ("approve", "refuse"),
    Action.DECIDE_ADJUSTMENT: ("approve-adjustment", "refuse-adjustment"),
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


@dataclass(frozen=True)
class Owing:
    """What one unit has not done: reports that did not come, those of them overdue, items not signed for."""

    unit: str
    department_id: int | None
    unfiled: int
    passed: int
    unsigned: int


@dataclass(frozen=True)
class Around:
    """What an administrator or a second person is told besides: how the system stands, proposals, channels down, and
    what a new office does first."""

    queue: Queue | None
    proposals: Sequence[ProposalLine]
    down: Sequence[ChannelOutage]
    steps: FirstSteps | None


@router.get("/")
def workbench(visit: Signed) -> HTMLResponse:
    """What whoever is signed in has to do, whatever year it is of."""
    with visit.reading() as session:
        organ_id = key(visit.organ.id)
        plan = plan_of_year(session, organ_id, visit.on.year) or next(iter(plans_of(session, organ_id)), None)
        roles = {seat.role for seat in seats(session, visit.looking)}
        queue = (
            show_queue(session, [organ_id], on=visit.on, now=visit.now)
            if Role.ADMINISTRATOR in roles and organ_id in organs_within(session, visit.by, Action.SYSTEM)
            else None
        )
        watches = bool(roles & WATCHING) and organ_id in organs_within(session, visit.by, Action.VIEW)
        down = outages(session, organ_id) if watches else []
        steps = first_steps(session, visit.served.settings, visit.organ, by=visit.by)
        around = Around(queue, waiting_proposals(session, organ_id, by=visit.by), down, steps)
        if plan is None:
            may_plan = organ_id in organs_within(session, visit.by, Action.PLAN)
            return visit.page(session, "workbench/workbench_none.html", menu="/", may_plan=may_plan, around=around)
        return _workbench(session, visit, plan, roles, around)


def acts_of(line: WorkLine) -> tuple[ItemAct, ...]:
    """The acts a line offers, the primary one first; none for what has a page of its own."""
    return tuple(BY_VERB[verb] for verb in VERBS.get(line.action, ()))


def _workbench(session: Session, visit: Visit, plan: AnnualPlan, roles: set[Role], around: Around) -> HTMLResponse:
    organ, by = visit.organ, visit.looking
    organ_id = key(organ.id)
    calendar = office_calendar(session, organ_id=organ_id)
    work = gather_work(session, organ, by=by, calendar=calendar)
    leads = bool(roles & LEADING)
    supervises = Role.SUPERVISOR in roles and organ_id in organs_within(session, by, Action.VIEW)
    looked_after = [DeskList.LED] * leads + [DeskList.RED] * supervises
    brief = gather_brief(session, organ, visit.person, by=by, calendar=calendar) if leads else None
    return visit.page(
        session,
        "workbench/workbench.html",
        menu="/",
        plan=plan,
        ledger_days=gather_ledger_days(
            session,
            plan.organ_id,
            by=visit.looking,
            calendar=calendar,
            near=near_day(session, plan, on=visit.on, calendar=calendar),
        ),
        work=work,
        acts=acts_of,
        to_sign=list(dict.fromkeys(line.item_id for line in work.lines if line.action is Action.SIGN))[:MOST_SELECTED],
        mine=_figures(session, visit, plan, calendar),
        led=_led(session, visit, calendar, work, brief) if brief else [],
        escalated=list_escalated(session, organ, by=by, calendar=calendar) if leads else [],
        looked_after=[
            (what, desk_listing(session, organ, what, by=by, calendar=calendar).page(size=FEWEST))
            for what in looked_after
        ],
        may_instruct=may_instruct(session, visit.by, organ_id),
        brief=brief,
        owing=_owing(session, visit, calendar) if supervises else None,
        unread=count_unread_escalations(session, organ_id, on=visit.on) if supervises else 0,
        periods=[one.period for one in owed_periods(session, organ, on=visit.on, calendar=calendar)],
        report_days=report_days(session, organ, by=by, calendar=calendar),
        filings=waiting_filings(session, organ_id, by=by),
        may_issue=plan.policy_id is None and organ_id in organs_within(session, visit.by, Action.ISSUE),
        around=around,
    )


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
            visit.link("/items", year=plan.year, **query, **listed[one.what])
            if one.what in listed
            else visit.link(f"/mine/{one.what.value}", year=plan.year, department=query.get("department")),
        )
        for one in counts
    ]


def _led(session: Session, visit: Visit, calendar: WorkCalendar, work: Work, brief: Brief) -> list[LinkedCount]:
    """The three numbers of a leader."""
    red = desk_listing(session, visit.organ, DeskList.LED_RED, by=visit.looking, calendar=calendar).count()
    waits = sum(line.decision is not None or line.appeal is not None for line in work.lines)
    return [
        LinkedCount("红灯", red, visit.link(f"/mine/{DeskList.LED_RED.value}")),
        LinkedCount("待批", waits + work.rest.get(Group.DECIDING, 0), "#deciding" if waits else "#work"),
        LinkedCount("批示未复", brief.unanswered, "#instructions"),
    ]


def _owing(session: Session, visit: Visit, calendar: WorkCalendar) -> list[Owing]:
    """What each unit has not filed or signed, most first."""
    late = unreported(session, visit.organ, on=visit.on, calendar=calendar)
    fresh = unsigned(session, visit.organ, on=visit.on)
    missing = Counter((row.item.unit, row.item.department_id) for row in late)
    passed = Counter((row.item.unit, row.item.department_id) for row in late if row.passed)
    unseen = Counter((row.item.unit, row.item.department_id) for row in fresh)
    units = sorted(missing.keys() | unseen.keys(), key=lambda unit: (-missing[unit] - unseen[unit], unit[0]))
    return [Owing(*unit, missing[unit], passed[unit], unseen[unit]) for unit in units]
