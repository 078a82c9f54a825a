"""年度计划: the years of the organ; gaps filled in place, imports taken back, the issue foreseen and done."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from duban.web.attachment import XLSX, attachment
from duban.web.attempt import attempt
from duban.web.background.jobs import start_job
from duban.web.background.plan_work import EXPORT, PREVIEW
from duban.web.posted import Posted, Sent
from duban.web.refusals import status_of
from duban.web.visit import Signed, Visit
from models.batch import ImportBatch
from models.database import rehearsing
from models.dates.day_override import office_calendar
from models.errors import BadInputError, DubanError, ForbiddenError, ManyMessagesError, NotFoundError
from models.items.plan import AnnualPlan
from models.ladder.lookback import Lookback
from models.ladder.policy import DEFAULT_PRESET, Policy
from models.ledgers.kinds import member_named
from models.people.permission import Action
from tasks.acting.authorize import authorize_organ, organs_within
from tasks.engine.take_job import own_jobs
from tasks.ladder.set_policy import find_policy, list_policies, rungs_of
from tasks.notices.ask_first import asking_first
from tasks.people.find_posts import names_to_offer
from tasks.plan.batches import batches_of, items_of_batch
from tasks.plan.change_policy import versions_of
from tasks.plan.export_list import export_list
from tasks.plan.fill_plan import (
    FIELDS,
    FillRefusedError,
    GapRow,
    Typed,
    fill_plan,
    gap_rows,
    unanswered_items,
    understood,
)
from tasks.plan.issue import foresee_issue, issue
from tasks.plan.sum_plans import PlanInNumbers, items_in, sum_plans
from tasks.plan.undo_import import undo_import, undo_stopped_by
from tasks.wording.policy import rung_sentence

router = APIRouter()
ROWS = 30
"""Gaps that are filled on one page."""
SHOWN = 20
"""Rows of what is only told."""
DIRECT = 2000
"""Items of a plan that is exported while its person waits."""


@router.get("/plans")
def plans(visit: Signed) -> HTMLResponse:
    """The years of the organ."""
    with visit.reading() as session:
        found = sum_plans(session, visit.organ, by=visit.looking)
        return visit.page(
            session, "plan/plans.html", menu="/plans", plans=found, may_plan=_may(session, visit, Action.PLAN),
            may_issue=_may(session, visit, Action.ISSUE), next_year=visit.now.year + 1,
        )  # fmt: skip


@router.get("/plans/{plan_id:row}")
def plan(visit: Signed, plan_id: int, page: int = 1) -> HTMLResponse:
    """One year: what is missing, who does not answer, what was imported."""
    with visit.reading() as session:
        return _plan_page(session, visit, _plan(session, visit, plan_id), page=page)


@router.post("/plans/{plan_id:row}/fill")
def fill(sent: Sent, plan_id: int) -> Response:
    """Save what was typed into the gaps, or only say how it would be read."""
    visit, rows = sent.visit, _typed(sent)
    page = sent.number("page", "页码") or 1
    with visit.reading() as session:
        found = _plan(session, visit, plan_id)
        authorize_organ(session, visit.by, Action.PLAN, found.organ_id)
        if sent.text("do") == "check":
            said, errors = _readings(found, rows)
            return _plan_page(session, visit, found, page=page, typed=rows, said=said, errors=errors)
    try:
        with visit.writing() as session:
            count = fill_plan(session, session.get_one(AnnualPlan, plan_id), [*rows.values()], by=visit.by)
    except FillRefusedError as refused:
        with visit.reading() as session:
            found = _plan(session, visit, plan_id)
            said, _ = _readings(found, rows)
            return _plan_page(
                session, visit, found, page=page, typed=rows, said=said, errors=refused.errors, error=refused.message,
                status_code=status_of(refused),
            )  # fmt: skip
    words = f"已保存 {count} 项。" if count else "没有改动，未保存。"
    return visit.go(visit.link(f"/plans/{plan_id}", page=page if page > 1 else None) + "#gaps", words)


@router.get("/plans/{plan_id:row}/batches/{batch_id:row}/undo")
def ask_undo(visit: Signed, plan_id: int, batch_id: int) -> HTMLResponse:
    """What taking an import back does, before it is done."""
    with visit.reading() as session:
        return _undo_page(session, visit, _plan(session, visit, plan_id), batch_id)


@router.post("/plans/{plan_id:row}/batches/{batch_id:row}/undo")
def undo(sent: Sent, plan_id: int, batch_id: int) -> Response:
    """Take an import back."""
    visit = sent.visit
    with visit.reading() as session:
        found = _plan(session, visit, plan_id)
        _batch(session, found, batch_id)
    with attempt(
        visit,
        lambda session, error: _undo_page(
            session, visit, found, batch_id, error=error.message, status_code=status_of(error)
        ),
        told=ForbiddenError,
    ) as session:
        done = undo_import(session, batch_id, by=visit.by)
    words = f"已撤销批次 {done.batch}（“{done.file_name}”）：删去任务 {done.deleted} 项，恢复 {done.restored} 项。"
    return visit.go(visit.link(f"/plans/{plan_id}") + "#batches", words)


@router.get("/plans/{plan_id:row}/issue")
def ask_issue(visit: Signed, plan_id: int, policy: str = "", past: Lookback = Lookback.NONE) -> HTMLResponse:
    """Whom issuing reaches, before it is done, and what is to become of days that are over already."""
    with visit.reading() as session:
        return _issue_page(session, visit, _plan(session, visit, plan_id), policy, past)


@router.post("/plans/{plan_id:row}/issue")
def issue_it(sent: Sent, plan_id: int) -> Response:
    """Issue every complete draft of the plan."""
    visit, preset = sent.visit, sent.text("policy") or DEFAULT_PRESET
    lookback = member_named(Lookback, sent.text("past") or Lookback.NONE.value)
    with visit.reading() as session:
        found = _plan(session, visit, plan_id)
    with attempt(
        visit,
        lambda session, error: _issue_page(
            session, visit, found, "", lookback, error=error, status_code=status_of(error)
        ),
        told=BadInputError,
    ) as session:
        plan = session.get_one(AnnualPlan, plan_id)
        calendar = office_calendar(session, organ_id=plan.organ_id)
        sure = sent.ticked("sure")
        with asking_first(session, visit.served.settings, by=visit.by, calendar=calendar, sure=sure):
            done = issue(session, plan, by=visit.by, preset=preset, lookback=lookback)
    left = f"还有 {len(done.incomplete)} 项缺少要素，未下达：补齐后可再次下达。" if done.incomplete else ""
    turns = f"周期性任务在下达前已过的 {done.left_out} 期不计。" if done.left_out else ""
    ended = f"其中 {done.finished} 项原已办结，直接销号。" if done.finished else ""
    past = f"下达前已过的时限 {len(done.past)} 个，{lookback.label}：{lookback.explained}。" if done.past else ""
    return visit.go(visit.link(f"/plans/{plan_id}"), f"已下达 {done.issued} 项任务。{ended}{turns}{past}{left}")


@router.get("/plans/{plan_id:row}/export.xlsx")
def export(visit: Signed, plan_id: int) -> Response:
    """The plan as a list that can be filled in and imported again."""
    with visit.reading() as session:
        found = _plan(session, visit, plan_id)
        authorize_organ(session, visit.looking, Action.VIEW, found.organ_id)
        count = items_in(session, found)
        if count > DIRECT:
            raise BadInputError(f"计划有 {count} 项任务，导出需要一些时间：请在计划页点“导出”，在后台进行。")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "plan.xlsx"
            export_list(session, found, path, on=visit.on)
            return attachment(path.read_bytes(), f"{found.title}.xlsx", XLSX)


@router.post("/plans/{plan_id:row}/export")
def export_in_background(sent: Sent, plan_id: int) -> Response:
    """The same for a large plan."""
    visit = sent.visit
    with visit.reading() as session:
        found = _plan(session, visit, plan_id)
        authorize_organ(session, visit.by, Action.VIEW, found.organ_id)
    return visit.go(visit.link(f"/jobs/{start_job(visit, EXPORT, f'导出“{found.title}”', {'plan': plan_id})}"))


@router.post("/plans/{plan_id:row}/preview")
def rehearse(sent: Sent, plan_id: int) -> Response:
    """Begin to live the plan's year ahead of time."""
    visit = sent.visit
    with visit.reading() as session:
        found = _plan(session, visit, plan_id)
        authorize_organ(session, visit.by, Action.PLAN, found.organ_id)
    asked = {"plan": plan_id, "next": visit.link(f"/plans/{plan_id}/preview")}
    return visit.go(visit.link(f"/jobs/{start_job(visit, PREVIEW, f'推演“{found.title}”全年提醒', asked)}"))


@router.get("/plans/{plan_id:row}/preview")
def preview(visit: Signed, plan_id: int) -> Response:
    """The reminders of the plan's year, as they were last rehearsed by this person."""
    with visit.reading() as session:
        found = _plan(session, visit, plan_id)
        authorize_organ(session, visit.looking, Action.PLAN, found.organ_id)
        own = own_jobs(session, visit.person, kind=PREVIEW, most=20)
        done = next((job for job in own if job.result and job.parameters.get("plan") == plan_id), None)
        return visit.page(
            session,
            "plan/plan_preview.html",
            menu="/plans",
            plan=found,
            job=done,
            told=(done.result or {}) if done else {},
        )


def _may(session: Session, visit: Visit, action: Action) -> bool:
    return visit.organ.id in organs_within(session, visit.by, action)


def _plan(session: Session, visit: Visit, plan_id: int) -> AnnualPlan:
    """The plan, of the organ looked at. Raises NotFoundError."""
    found = session.get(AnnualPlan, plan_id)
    if found is None or found.organ_id != visit.organ.id:
        raise NotFoundError("没有这份年度计划，或者它不在您的查看范围内。")
    return found


def _batch(session: Session, found: AnnualPlan, batch_id: int) -> ImportBatch:
    batch = session.get(ImportBatch, batch_id)
    if batch is None or batch.plan_id != found.id:
        raise NotFoundError(f"没有编号为 {batch_id} 的导入批次。")
    return batch


def _typed(sent: Posted) -> dict[int, Typed]:
    """The rows as they were sent, by item."""
    rows: dict[int, Typed] = {}
    for written in sent.texts("item"):
        if not written.isdecimal() or len(written) > 15:
            raise BadInputError("表单不完整：请刷新页面后再填。")
        try:
            shown = json.loads(sent.text(f"was-{written}") or "{}")
        except json.JSONDecodeError as error:
            raise BadInputError("表单不完整：请刷新页面后再填。") from error
        was = {name: str(shown.get(name, "")) for name in FIELDS} if isinstance(shown, dict) else {}
        typed = {name: sent.text(f"{name}-{written}") for name in FIELDS}
        rows[int(written)] = Typed(int(written), was, typed, sent.ticked(f"sure-{written}"))
    return rows


def _readings(found: AnnualPlan, rows: Mapping[int, Typed]) -> tuple[dict[int, str], dict[tuple[int, str], str]]:
    """How the due texts that were typed are read, and those that cannot be."""
    said: dict[int, str] = {}
    errors: dict[tuple[int, str], str] = {}
    for item_id, row in rows.items():
        if "due" in row.changes:
            try:
                meaning = understood(row.changes["due"], found.year)
                said[item_id] = meaning.note.removeprefix(f"{meaning.text}：")
            except BadInputError as error:
                errors[item_id, "due"] = error.message
    return said, errors


def _plan_page(
    session: Session,
    visit: Visit,
    found: AnnualPlan,
    *,
    page: int = 1,
    typed: Mapping[int, Typed] | None = None,
    said: Mapping[int, str] | None = None,
    errors: Mapping[tuple[int, str], str] | None = None,
    error: str = "",
    status_code: int = 200,
) -> HTMLResponse:
    numbers = sum_plans(session, visit.organ, by=visit.looking, plan=found)[0]
    may_plan = _may(session, visit, Action.PLAN)
    whole = visit.organ.id in organs_within(session, visit.looking, Action.VIEW)
    pages = max(1, -(-numbers.incomplete // ROWS))
    page = min(max(1, page), pages)
    rows: list[GapRow] = []
    if may_plan:
        rows = gap_rows(session, found, on=visit.by.on, limit=ROWS, offset=(page - 1) * ROWS)
    departments, people = names_to_offer(session, visit.organ) if rows else ([], [])
    open_ones = numbers.items - numbers.closed
    unanswered = unanswered_items(session, found, on=visit.on) if whole and open_ones <= DIRECT else []
    batches = batches_of(session, found, most=SHOWN) if whole else []
    newest = next((one.batch for one in batches if one.batch.undone_at is None), None)
    return visit.page(
        session, "plan/plan.html", menu="/plans", plan=found, numbers=numbers, policy=_policy(session, found),
        may_plan=may_plan, may_issue=_may(session, visit, Action.ISSUE), whole=whole,
        may_add=_may(session, visit, Action.ADD_ITEM), may_change=_may(session, visit, Action.CHANGE_POLICY),
        versions=versions_of(session, found),
        rows=rows, number=page, pages=pages, fields=FIELDS, departments=departments, people=people,
        typed=typed or {}, said_as=said or {}, errors=errors or {}, error=error, status_code=status_code,
        was={row.item.id: json.dumps(row.shown, ensure_ascii=False) for row in rows},
        gone=[item_id for item_id, _ in (errors or {}) if item_id not in {row.item.id for row in rows}],
        unanswered=unanswered[:SHOWN], more=max(0, len(unanswered) - SHOWN),
        batches=batches, stopped=undo_stopped_by(session, newest) if newest is not None and may_plan else "",
        direct=numbers.items <= DIRECT,
    )  # fmt: skip


def _policy(session: Session, found: AnnualPlan) -> Policy | None:
    return session.get(Policy, found.policy_id) if found.policy_id else None


def _undo_page(
    session: Session, visit: Visit, found: AnnualPlan, batch_id: int, *, error: str = "", status_code: int = 200
) -> HTMLResponse:
    authorize_organ(session, visit.by, Action.PLAN, found.organ_id)
    batch = _batch(session, found, batch_id)
    items = items_of_batch(session, batch, most=SHOWN)
    error = error or undo_stopped_by(session, batch)
    return visit.page(
        session, "plan/plan_undo.html", menu="/plans", plan=found, batch=batch, created=items.created,
        restored=items.changed, made=items.made, rewritten=items.rewritten, error=error, status_code=status_code,
    )  # fmt: skip


def _issue_page(
    session: Session, visit: Visit, found: AnnualPlan, policy: str, lookback: Lookback, *,
    error: DubanError | None = None, status_code: int = 200,
) -> HTMLResponse:  # fmt: skip
    authorize_organ(session, visit.by, Action.ISSUE, found.organ_id)
    presets = list_policies(session) if found.policy_id is None else []
    frozen = _policy(session, found)
    if frozen is not None:
        chosen = frozen
    else:
        names = [preset.name for preset in presets]
        wanted = policy or (DEFAULT_PRESET if DEFAULT_PRESET in names else names[0] if names else DEFAULT_PRESET)
        chosen = find_policy(session, wanted)
    calendar = office_calendar(session, organ_id=found.organ_id)
    with rehearsing(visit.served.database) as scratch:
        foreseen = foresee_issue(
            scratch, scratch.get_one(AnnualPlan, found.id), by=visit.by, preset=chosen.name, calendar=calendar,
            lookback=lookback,
        )  # fmt: skip
    numbers: PlanInNumbers = sum_plans(session, visit.organ, by=visit.looking, plan=found)[0]
    return visit.page(
        session, "plan/plan_issue.html", menu="/plans", plan=found, numbers=numbers, presets=presets, chosen=chosen,
        ladder=[rung_sentence(rung) for rung in rungs_of(session, chosen)], foreseen=foreseen, lookback=lookback,
        lookbacks=list(Lookback), shown=SHOWN, error=error.message if error else "",
        many=error if isinstance(error, ManyMessagesError) else None, status_code=status_code,
    )  # fmt: skip
