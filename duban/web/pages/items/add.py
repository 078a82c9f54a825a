"""新增任务: one item by hand, as a draft or issued with a look at whom that reaches; and the office's 常用事项."""

from collections.abc import Mapping

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from duban.acts.item_hand import ADD
from duban.web.acts.kept import KEEP, form_address, put_by
from duban.web.attempt import attempt
from duban.web.items.item_form import form_of, typed_in
from duban.web.posted import Posted, Sent
from duban.web.refusals import status_of
from duban.web.visit import Signed, Visit
from models.database import key, rehearsing
from models.dates.day_override import office_calendar
from models.errors import BadInputError, DubanError, ManyMessagesError
from models.items.item import WorkItem
from models.items.plan import AnnualPlan
from models.ladder.lookback import Lookback
from models.ladder.policy import DEFAULT_PRESET
from models.ledgers.kinds import member_named
from models.people.kept_form import KeptForm
from models.people.permission import Action
from tasks.access.keep_draft import draft_at, drop_draft
from tasks.acting.authorize import authorize_organ
from tasks.acting.find_seen import seen_item
from tasks.items.add_item import add_item
from tasks.items.keep_template import drop_template, find_template, keep_template, templates_of
from tasks.items.read_typed import read_typed
from tasks.notices.ask_first import asking_first
from tasks.plan.issue import foresee_issue, issue

router = APIRouter()


@router.get("/items/new")
def ask_new(visit: Signed, template: str = "") -> HTMLResponse:
    """The form, empty or filled from a template of the office."""
    with visit.reading() as session:
        known = template.isascii() and template.isdecimal() and len(template) < 10
        if known:
            return _form(session, visit, find_template(session, key(visit.organ.id), int(template)).fields)
        draft = draft_at(session, key(visit.person.id), form_address(visit.request.url))
        return _form(session, visit, dict(draft.fields) if draft else {}, draft=draft)


@router.post("/items/new")
def add(sent: Sent) -> Response:
    """Add it, or only say how it would be read, or keep it as a template."""
    visit, what = sent.visit, sent.text("do")
    if sent.ticked(KEEP):
        return put_by(sent)
    typed = typed_in(sent)
    if what == "check":
        with visit.reading() as session:
            try:
                read_typed(session, visit.plan(session), typed, by=visit.by)
            except BadInputError as error:
                return _form(session, visit, typed, error, sent)
            return _form(session, visit, typed, sent=sent)
    with attempt(visit, lambda session, error: _form(session, visit, typed, error, sent)) as session:
        if what == "keep":
            kept = keep_template(session, key(visit.organ.id), sent.text("template_name"), typed, by=visit.by)
            return visit.go(visit.link("/items/new", template=kept.id), f"已存为常用事项“{kept.name}”。")
        plan = visit.plan(session)
        facts = read_typed(session, plan, typed, by=visit.by)
        item = add_item(session, plan, facts, by=visit.by, number=sent.text("number"))
        drop_draft(session, key(visit.person.id), form_address(visit.request.url))
        issues = what == "issue" and plan.policy_id is not None and not item.missing
        lacks = f"，还缺{'、'.join(item.missing)}" if item.missing else ""
        said = None if issues else f"已新增任务 {item.number}，存为拟办{lacks}。"
        return visit.go(visit.link(f"/items/{item.id}{'/issue' if issues else ''}"), said)


@router.post("/items/templates/{template_id:row}/delete")
def forget(sent: Sent, template_id: int) -> Response:
    """Delete a template."""
    visit = sent.visit
    with visit.writing() as session:
        template = find_template(session, key(visit.organ.id), template_id)
        name = template.name
        drop_template(session, template, by=visit.by)
    return visit.go(visit.link("/items/new"), f"已删除常用事项“{name}”。")


@router.get("/items/{item_id:row}/issue")
def ask_issue(visit: Signed, item_id: int, past: Lookback = Lookback.NONE) -> HTMLResponse:
    """Whom issuing this one draft reaches, before it is done."""
    with visit.reading() as session:
        return _issue_page(session, visit, item_id, past)


@router.post("/items/{item_id:row}/issue")
def issue_one(sent: Sent, item_id: int) -> Response:
    """Issue the draft."""
    visit = sent.visit
    lookback = member_named(Lookback, sent.text("past") or Lookback.NONE.value)
    with attempt(
        visit, lambda session, error: _issue_page(session, visit, item_id, lookback, error), told=BadInputError
    ) as session:
        item = seen_item(session, item_id, by=visit.by)
        plan = session.get_one(AnnualPlan, item.plan_id)
        calendar = office_calendar(session, organ_id=plan.organ_id)
        with asking_first(session, visit.served.settings, by=visit.by, calendar=calendar, sure=sent.ticked("sure")):
            issue(session, plan, by=visit.by, lookback=lookback, only=item)
        number = item.number
    return visit.go(visit.link(f"/items/{item_id}"), f"任务 {number} 已下达。")


def _form(
    session: Session, visit: Visit, typed: Mapping[str, str], error: DubanError | None = None,
    sent: Posted | None = None, draft: KeptForm | None = None,
) -> HTMLResponse:  # fmt: skip
    plan = visit.plan(session)
    authorize_organ(session, visit.by, Action.ADD_ITEM, plan.organ_id)
    return visit.page(
        session, "items/item_add.html", menu="/items", plan=plan, templates=templates_of(session, plan.organ_id),
        number=sent.text("number") if sent else typed.get("number", ""), draft=draft,
        template_name=sent.text("template_name") if sent else "",
        title=ADD.title, status_code=status_of(error) if error else 200,
        **form_of(session, plan, typed, by=visit.by, error=error),
    )  # fmt: skip


def _issue_page(
    session: Session, visit: Visit, item_id: int, lookback: Lookback, error: DubanError | None = None
) -> HTMLResponse:
    item = seen_item(session, item_id, by=visit.by)
    authorize_organ(session, visit.by, Action.ISSUE, item.organ_id)
    calendar = office_calendar(session, organ_id=item.organ_id)
    with rehearsing(visit.served.database) as scratch:
        draft = scratch.get_one(WorkItem, item_id)
        foreseen = foresee_issue(
            scratch, scratch.get_one(AnnualPlan, draft.plan_id), by=visit.by, preset=DEFAULT_PRESET, calendar=calendar,
            lookback=lookback, only=draft,
        )  # fmt: skip
    return visit.page(
        session, "items/item_issue.html", menu="/items", item=item, foreseen=foreseen, lookback=lookback,
        lookbacks=list(Lookback), error=error.message if error else "",
        many=error if isinstance(error, ManyMessagesError) else None, status_code=status_of(error) if error else 200,
    )  # fmt: skip
