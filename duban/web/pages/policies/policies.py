"""督办策略: ladders and terms, changed in place, with a sample item's year shown before anything is saved."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from duban.edge import today
from duban.web.policy_form import (
    LEVELS,
    MOST_RUNGS,
    NEW_RUNG,
    NUMBERS,
    OPTIONS,
    PolicyForm,
    form_of,
    posted_form,
)
from duban.web.posted import Sent
from duban.web.refusals import status_of
from duban.web.visit import Signed, Visit
from models.dates.day_override import office_calendar
from models.errors import BadInputError, ConflictError, DubanError, ForbiddenError, NotFoundError
from models.items.plan import AnnualPlan
from models.ladder.firing import Firing, firings
from models.ladder.policy import Policy, ReportingCycle
from models.ladder.reporting_cycle import Period, periods
from models.people.organ import Organ
from models.people.permission import Action
from tasks.acting.authorize import authorize_organ
from tasks.ladder.set_policy import (
    check_may_set,
    list_policies,
    policies_in_use,
    read_policy,
    rungs_of,
    seen_policy,
    set_policy,
    show_policy,
)
from tasks.wording.policy import differences, levels_sentence, rung_of, rung_parts, terms_sentence

router = APIRouter()


@dataclass(frozen=True)
class Sample:
    """A sample item's year: when each rung would speak, from when on it shows yellow, and when it is reported on."""

    issued_on: dt.date
    due_on: dt.date
    until: dt.date
    firings: Sequence[Firing]
    yellow_on: dt.date
    periods: Sequence[Period]


@dataclass(frozen=True)
class InUse:
    """A plan that runs by a frozen copy, and how far the preset of the same name has moved on since."""

    plan: AnnualPlan
    organ: Organ
    policy: Policy
    changed: int | None
    """None where there is no preset of that name any more."""


@router.get("/policies")
def policies(visit: Signed) -> HTMLResponse:
    """The presets, and the copies that plans run by."""
    with visit.reading() as session:
        _require(session, visit)
        presets = list_policies(session)
        sentences = {policy.id: [(rung, rung_parts(rung)) for rung in rungs_of(session, policy)] for policy in presets}
        return visit.page(
            session, "policies/policies.html", menu="/settings", presets=presets, sentences=sentences,
            in_use=_in_use(session, visit), may_set=_may_set(session, visit),
        )  # fmt: skip


@router.get("/policies/{policy_id:row}")
def policy(visit: Signed, policy_id: int, due: str | None = None, issued: str | None = None) -> HTMLResponse:
    """One policy in sentences, with a sample item's year."""
    with visit.reading() as session:
        shown = _find(session, visit, policy_id)
        data = show_policy(session, shown)
        sample, error = _sampled(session, visit, data, issued, due)
        return visit.page(
            session, "policies/policy.html", menu="/settings", status_code=status_of(error) if error else 200,
            policy=shown,
            rungs=[(rung, rung_parts(rung)) for rung in rungs_of(session, shown)], terms=terms_in_words(shown),
            sample=sample, due=due or "", issued=issued or "", error=error.message if error else "",
            may_set=shown.frozen_hash is None and _may_set(session, visit),
            plans=[line for line in _in_use(session, visit) if line.policy.id == shown.id],
        )  # fmt: skip


@router.get("/policies/{policy_id:row}/edit")
def edit(visit: Signed, policy_id: int) -> HTMLResponse:
    """The form of a preset."""
    with visit.reading() as session:
        found = _preset(session, visit, policy_id)
        return _form(session, visit, found, form_of(show_policy(session, found)))


@router.post("/policies/{policy_id:row}/edit")
def change(sent: Sent, policy_id: int) -> Response:
    """Show what it would do, add or take a rung, or save: whatever was asked, nothing typed is lost."""
    visit = sent.visit
    with visit.reading() as session:
        preset = _preset(session, visit, policy_id)
    form = posted_form(preset.name, sent)
    asked = sent.text("do") or "preview"
    due, issued = sent.text("due"), sent.text("issued")
    if asked == "add" or asked.startswith("remove-"):
        _change_rungs(form, asked)
        with visit.reading() as session:
            return _form(session, visit, preset, form, due=due, issued=issued)
    error: DubanError | None = None
    if asked == "save":
        try:
            with visit.writing() as session:
                set_policy(session, form.data(), by=visit.by, shown=_shown(form))
            return visit.go(
                visit.link(f"/policies/{policy_id}"),
                f"策略“{preset.name}”已保存。此后下达的计划按它运行；正在运行的计划不变，要变请在“运行中的副本”里改用。",
            )
        except ForbiddenError:
            raise
        except DubanError as refused:
            error = refused
    with visit.reading() as session:
        if isinstance(error, ConflictError):
            # Whoever has read what changed may save over it: the next save is held against the present state.
            form.shown = form_of(show_policy(session, preset)).shown
        return _form(session, visit, preset, form, due=due, issued=issued, preview=True, error=error)


@router.post("/policies/{policy_id:row}/copy")
def copy(sent: Sent, policy_id: int) -> Response:
    """A new preset that begins as this policy, to be changed."""
    visit, name = sent.visit, sent.text("name")
    try:
        with visit.writing() as session:
            source = _find(session, visit, policy_id)
            if any(preset.name == name for preset in list_policies(session)):
                raise BadInputError(f"已有名为“{name}”的策略：请换一个名称。")
            if not 0 < len(name) <= 100:
                raise BadInputError("请写明新策略的名称，最多 100 字。")
            made = set_policy(session, show_policy(session, source) | {"name": name}, by=visit.by)
    except BadInputError as error:
        if isinstance(error, NotFoundError):
            raise
        with visit.reading() as session:
            source = _find(session, visit, policy_id)
            sample, _ = _sampled(session, visit, show_policy(session, source), None, None)
            return visit.page(
                session, "policies/policy.html", menu="/settings", status_code=status_of(error), policy=source,
                rungs=[(rung, rung_parts(rung)) for rung in rungs_of(session, source)], terms=terms_in_words(source),
                sample=sample, due="", issued="", error=error.message, may_set=_may_set(session, visit), plans=[],
            )  # fmt: skip
    return visit.go(visit.link(f"/policies/{made.id}/edit"), f"已新建策略“{name}”，可在下面修改。")


def terms_in_words(policy: Policy) -> list[tuple[str, str]]:
    """The terms, each with its name."""
    lag = (
        "不按进度亮灯"
        if policy.lag_yellow is None
        else f"{policy.lag_of.label}滞后 {policy.lag_yellow} 个百分点亮黄灯"
        + (f"，超过 {policy.lag_red} 个亮红灯" if policy.lag_red is not None else "")
    )
    monthly = policy.filling in (ReportingCycle.MONTHLY, ReportingCycle.QUARTERLY)
    rules = "、".join(
        f"{label} {policy.evidence_rules.get(code, {}).get('pieces', 0)} 件" for code, label in OPTIONS["importance"]
    )
    return [
        ("临期", f"到期前 {policy.near_days} 个工作日起亮黄灯"),
        ("进度", lag),
        ("延期", f"{levels_sentence(policy.extension_levels)}，至多 {policy.extension_limit} 次"),
        ("调整时限", levels_sentence(policy.adjustment_levels)),
        ("办结审核", levels_sentence(policy.closure_levels)),
        ("转办异议", f"下达后 {policy.objection_days} 个工作日内"),
        ("催办间隔", f"{policy.urge_gap} 个工作日"),
        ("批示时限", f"{terms_sentence(policy.instruction_terms)} {policy.instruction_unit.label}"),
        ("批示办结", f"反馈后 {policy.instruction_close_days} 个工作日内，逾期提醒批示的领导"),
        ("填报", policy.filling.label + (f"，{policy.filling_day} 日前" if monthly else "")),
        ("佐证材料", rules),
        ("中止顺延", policy.suspension_unit.counting),
    ]


def _require(session: Session, visit: Visit) -> None:
    authorize_organ(session, visit.by, Action.POLICY, visit.organ.id)


def _may_set(session: Session, visit: Visit) -> bool:
    try:
        check_may_set(session, visit.by)
    except ForbiddenError:
        return False
    return True


def _find(session: Session, visit: Visit, policy_id: int) -> Policy:
    """A preset, or a copy that a plan of the visitor's organs runs by. Raises ForbiddenError, NotFoundError."""
    _require(session, visit)
    return seen_policy(session, policy_id, by=visit.by)


def _preset(session: Session, visit: Visit, policy_id: int) -> Policy:
    """A preset the visitor may change. Raises ForbiddenError, NotFoundError."""
    found = _find(session, visit, policy_id)
    check_may_set(session, visit.by)
    if found.frozen_hash is not None:
        raise ForbiddenError("这是正在运行的计划所用的副本，不能修改。请修改同名的策略，再在计划页“改用督办策略”。")
    return found


def _in_use(session: Session, visit: Visit) -> list[InUse]:
    rows = policies_in_use(session, by=visit.by, most=50)
    presets = {policy.name: show_policy(session, policy) for policy in list_policies(session)}
    copies = {policy.id: show_policy(session, policy) for policy in {row[2].id: row[2] for row in rows}.values()}
    return [
        InUse(
            plan, organ, used, len(differences(copies[used.id], presets[used.name])) if used.name in presets else None
        )
        for plan, organ, used in rows
    ]


def _sampled(
    session: Session, visit: Visit, data: Mapping[str, Any], issued: str | None, due: str | None
) -> tuple[Sample | None, DubanError | None]:
    """The sample's year, or why there is none."""
    year = visit.year or visit.on.year
    try:
        due_on = today(due) if due else dt.date(year, 6, 30)
        issued_on = today(issued) if issued else min(dt.date(due_on.year, 3, 1), due_on)
        if not issued_on <= due_on or (due_on - issued_on).days > 800:
            raise BadInputError(f"样例的下达日 {issued_on} 应在时限 {due_on} 之前，相距不超过两年。")
        _, terms, rungs = read_policy(data)
    except DubanError as error:
        return None, error
    calendar = office_calendar(session)
    until = dt.date(due_on.year, 12, 31)
    ladder = [rung_of(rung, place) for place, rung in enumerate(rungs, 1)]
    owed = periods(
        ReportingCycle(terms["filling"]), since=issued_on, until=due_on, day=terms["filling_day"], calendar=calendar
    )
    return Sample(
        issued_on, due_on, until,
        firings(ladder, issued_on=issued_on, due_on=due_on, until=until, calendar=calendar),
        calendar.add(due_on, -terms["near_days"]), list(owed),
    ), None  # fmt: skip


def _change_rungs(form: PolicyForm, asked: str) -> None:
    if asked == "add":
        if len(form.rungs) < MOST_RUNGS:
            form.rungs.append(dict(NEW_RUNG))
        return
    place = asked.removeprefix("remove-")
    if place.isdecimal() and int(place) < len(form.rungs):
        del form.rungs[int(place)]


def _shown(form: PolicyForm) -> dict[str, Any]:
    """The policy as it was when the form was made. Raises BadInputError where the page does not say."""
    try:
        found = json.loads(form.shown)
        if not isinstance(found, dict) or not isinstance(found.get("rungs"), list):
            raise ValueError
    except ValueError as error:
        raise BadInputError("页面已过期：请刷新后再改。") from error
    return found


def _form(
    session: Session,
    visit: Visit,
    policy: Policy,
    form: PolicyForm,
    *,
    due: str = "",
    issued: str = "",
    preview: bool = True,
    error: DubanError | None = None,
) -> HTMLResponse:
    sample, wrong = None, None
    if preview:
        try:
            sample, wrong = _sampled(session, visit, form.data(), issued, due)
        except BadInputError as refused:
            wrong = refused
    said = error or wrong
    changed = _changes(form)
    return visit.page(
        session, "policies/policy_edit.html", menu="/settings", status_code=status_of(said) if said else 200,
        policy=policy,
        form=form, numbers=NUMBERS, levels=LEVELS, options=OPTIONS, sample=sample, due=due, issued=issued,
        changed=changed, error=said.message if said else "",
    )  # fmt: skip


def _changes(form: PolicyForm) -> list[str]:
    """What a save would change, in words; nothing where the form is not right yet."""
    try:
        name, terms, rungs = read_policy(form.data())
        plain = {term: str(value) if isinstance(value, str) else value for term, value in terms.items()}
        wanted = {"name": name, **plain, "rungs": [_as_shown(rung) for rung in rungs]}
        return differences(_shown(form), wanted)
    except (DubanError, KeyError, ValueError):
        return []


def _as_shown(rung: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, str) else value for name, value in rung.items()}
