"""Every action there is leaves exactly its entry. A new one has no place here until somebody tells its story."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func
from sqlmodel import Session, col, select

from models.audit import AuditEntry
from models.database import on_record, unit_of_work
from models.dates.day_override import office_calendar
from models.dates.span import span_named
from models.dates.workdays import DayRule
from models.draws.draw_binding import DrawBinding
from models.items.evidence import Category
from models.items.item import WorkItem
from models.items.plan import AnnualPlan
from models.ladder.message import Message, SendState
from models.ledgers.study_session import KIND as STUDIES
from models.papers.circular import CircularKind
from models.people.organ import Department, Organ
from models.people.permission import Action
from models.people.person import Person, Post, Role
from models.report.report import Report
from models.scores.scoring import ScoreLine
from tasks.draws.pledge import pledge
from tasks.engine.choose_settings import choose_settings
from tasks.files.check_upload import Limits, examine
from tasks.files.file_store import MEGABYTE
from tasks.items.achieve import achieve
from tasks.items.add_item import add_item
from tasks.items.answer_instruction import ask_more, close_instruction, reply, sign_instruction
from tasks.items.attach import attach
from tasks.items.cancel_item import cancel_item
from tasks.items.close import accept, reopen, request_close, send_back
from tasks.items.comment import comment as comment_item
from tasks.items.comment import find_comment, withdraw_comment
from tasks.items.correct_progress import correct_progress
from tasks.items.edit_item import edit_item
from tasks.items.extend import decide_extension, extend
from tasks.items.instruct import find_instruction, instruct
from tasks.items.item_fields import ItemFacts
from tasks.items.milestone import add_milestone
from tasks.items.object_to import object_to
from tasks.items.progress import record_progress
from tasks.items.sign import sign
from tasks.items.snooze import snooze
from tasks.items.split import split
from tasks.items.suspend import resume, suspend
from tasks.items.transfer import transfer
from tasks.items.urge import urge
from tasks.items.withdraw import withdraw
from tasks.ladder.set_policy import list_policies, set_policy, show_policy
from tasks.ledgers.grant_ledger import grant_ledger
from tasks.ledgers.record import record_row
from tasks.ledgers.record_named import record_study
from tasks.notices.find_channels import every_channel
from tasks.notices.receipts.park import park
from tasks.notices.resend import resend
from tasks.notices.try_channel import note_try
from tasks.oversight.compile_brief import compile_brief
from tasks.oversight.compile_circular import compile_circular
from tasks.oversight.take_back_sweep import take_back_sweep
from tasks.people.find import find_item, find_person
from tasks.plan.change_policy import change_policy
from tasks.plan.import_list import import_list
from tasks.plan.issue import issue
from tasks.report.compiling.compile_report import compile_report
from tasks.report.desk.comment_report import comment
from tasks.report.upward.receive_report import receive_report
from tasks.report.upward.signing_key import fingerprint_of
from tasks.scores.appeal import appeal, decide_appeal, find_appeal
from tasks.scores.evaluate import evaluate
from tasks.scores.publish_scores import publish_scores
from tasks.scores.set_scoring_rule import find_rule
from tasks.staff.decide_proposal import confirm_proposal, find_proposal
from tasks.staff.hand_over import hand_over, take_leave
from tasks.trail.verify_audit import verify_audit
from tasks.webhooks.hold_webhooks import make_webhook
from tasks.workdays.import_calendar import import_overrides
from tests.actors import administrator
from tests.draws import NUMBER, Draws
from tests.filing_acts import ACTS as FILING
from tests.ledgers import HEADER, write_xlsx
from tests.office import FIRST, HANDLER, HEAD, LEADER, SUPERVISOR, Office, day
from tests.steps import Prepare, adjusted, answered, assigned, commented, extended, helped, instructed
from tests.upward import CODE, KEY, NAME, a_package

ON = "2026-06-04"
LATER = "2026-07-06"
HALF = span_named("2026-H1")

LOOKING = {Action.VIEW, Action.READ, Action.AUDIT, Action.SYSTEM}
"""They change nothing."""

Act = Callable[[Office, Session], object]


def then(*steps: Prepare) -> Prepare:
    def prepare(office: Office) -> None:
        for step in steps:
            step(office)

    return prepare


def on_item(who: str, act: Callable[..., object], *, on: str = ON, **more: Any) -> Act:
    """`who` acts on item 1."""

    def done(office: Office, session: Session) -> None:
        item = find_item(session, session.get_one(AnnualPlan, office.plan_id), "1")
        act(session, item, by=office.by(session, who, on), **more)

    return done


def on_instruction(who: str, act: Callable[..., object], **more: Any) -> Act:
    return lambda office, session: act(session, find_instruction(session, 1), by=office.by(session, who, ON), **more)


def on_plan(who: str, act: Callable[..., object], *, on: str = ON, **more: Any) -> Act:
    """`who` acts on the plan of the year."""
    return lambda office, session: act(
        session, session.get_one(AnnualPlan, office.plan_id), by=office.by(session, who, on), **more
    )


def published(office: Office) -> None:
    """The first half of the year is scored: 法规科 missed a day."""
    office.assign("普法宣传", due="2026-06-12")
    with unit_of_work(office.engine) as session:
        score(office, session)


def score(office: Office, session: Session) -> None:
    publish_scores(
        session, session.get_one(AnnualPlan, office.plan_id), by=office.by(session, SUPERVISOR, "2026-07-01"),
        from_on=HALF.from_on, until_on=HALF.until_on, rule=find_rule(session, office.organ_id),
    )  # fmt: skip


def complain(office: Office, session: Session) -> None:
    line = session.exec(select(ScoreLine).where(ScoreLine.department_id == office.department_id)).first()
    assert line is not None
    appeal(session, line, by=office.by(session, HEAD, LATER), reason="等待上级文件")


def complained(office: Office) -> None:
    with unit_of_work(office.engine) as session:
        complain(office, session)


def judge(office: Office, session: Session) -> None:
    by = office.by(session, FIRST, "2026-07-08")
    decide_appeal(session, find_appeal(session, 1, by=by), by=by, uphold=False, answer="不属实")


def give_marks(office: Office, session: Session) -> None:
    department = session.get_one(Department, office.department_id)
    evaluate(session, department, HALF, by=office.by(session, LEADER, ON), points="90")


def bring_in_a_list(office: Office, session: Session) -> None:
    rows = [HEADER, [1, "法治", "研讨", None, "法规科", None, None, "6月底前"]]
    file = write_xlsx(office.settings.home / "清单.xlsx", rows)
    by = office.by(session, SUPERVISOR, ON)
    import_list(session, file, by=by, year=office.year, organ_code="bureau")


def bound_to_draw(office: Office) -> None:
    Draws(office).bind()


def pledge_a_number(office: Office, session: Session) -> None:
    pledge(session, session.get_one(DrawBinding, 1), by=office.by(session, LEADER, ON), number=NUMBER)


def note_leave(office: Office, session: Session) -> None:
    by = office.by(session, SUPERVISOR, ON)
    take_leave(session, find_person(session, HANDLER), by=by, from_on=day(ON), until_on=day(ON))


def proposed(office: Office) -> None:
    """The supervisor proposes himself for a post."""
    with on_record(office.engine) as session:
        post = session.exec(select(Post).where(Post.title == "副局长")).one()
        by = office.by(session, SUPERVISOR, ON)
        hand_over(session, post, by=by, to=find_person(session, SUPERVISOR), on=day(LATER))


def confirm_it(office: Office, session: Session) -> None:
    by = office.by(session, FIRST, ON)
    confirm_proposal(session, find_proposal(session, 1, by=by), by=by)


def set_a_day(office: Office, session: Session) -> None:
    rules = [DayRule(day("2026-06-11"), False, "停电")]
    by = office.by(session, SUPERVISOR, ON)
    import_overrides(session, rules, by=by, source="通知.xlsx", organ_id=office.organ_id)


def edit_a_policy(office: Office, session: Session) -> None:
    preset = list_policies(session)[0]
    data = {**show_policy(session, preset), "name": preset.name, "near_days": 4}
    set_policy(session, data, by=office.by(session, SUPERVISOR, ON))


def circulate(office: Office, session: Session) -> None:
    compile_circular(
        session, session.get_one(AnnualPlan, office.plan_id), by=office.by(session, SUPERVISOR, ON),
        kind=CircularKind.WEEK, until=day(ON), calendar=office_calendar(session),
    )  # fmt: skip


def brief(office: Office, session: Session) -> None:
    reader = session.exec(select(Person).where(Person.name == FIRST)).one()
    compile_brief(
        session, session.get_one(AnnualPlan, office.plan_id), reader, by=office.by(session, SUPERVISOR, ON),
        calendar=office_calendar(session),
    )  # fmt: skip


def file(office: Office, session: Session) -> None:
    item = find_item(session, session.get_one(AnnualPlan, office.plan_id), "1")
    attach(
        session, item, by=office.by(session, HANDLER, ON), store=office.store, limits=Limits(MEGABYTE),
        file=examine("总结.txt", io.BytesIO(b"done")), category=Category.ROUTINE,
    )  # fmt: skip


def ask_after(office: Office, session: Session) -> None:
    items = [find_item(session, session.get_one(AnnualPlan, office.plan_id), "1")]
    urge(session, items, by=office.by(session, SUPERVISOR, ON))


def write_down(office: Office, session: Session) -> None:
    organ = session.get_one(Organ, office.organ_id)
    record_study(session, organ, by=office.by(session, SUPERVISOR, ON), on=day(ON), topic="民法典")


def give_a_ledger(office: Office, session: Session) -> None:
    organ = session.get_one(Organ, office.organ_id)
    unit = session.get_one(Department, office.department_id)
    grant_ledger(session, organ, STUDIES, [unit], by=office.by(session, SUPERVISOR, ON))


def granted_a_ledger(office: Office) -> None:
    with unit_of_work(office.engine) as session:
        give_a_ledger(office, session)


def write_down_for_the_unit(office: Office, session: Session) -> None:
    organ, given = session.get_one(Organ, office.organ_id), {"held_on": ON, "topic": "民法典"}
    record_row(session, organ, STUDIES, given, by=office.by(session, HANDLER, ON))


def compile_year(office: Office, session: Session) -> None:
    organ, on = session.get_one(Organ, office.organ_id), "2027-01-15"
    compile_report(session, organ, office.year, by=office.by(session, SUPERVISOR, on), on=day(on))


def compiled(office: Office) -> None:
    with unit_of_work(office.engine) as session:
        compile_year(office, session)


def comment_on_it(office: Office, session: Session) -> None:
    by = office.by(session, FIRST, "2027-01-15")
    comment(session, session.exec(select(Report)).one(), "overview", by=by, text="口径再核一遍")


def with_an_organ_below(office: Office) -> None:
    with unit_of_work(office.engine) as session:
        session.add(Organ(code=CODE, name=NAME, parent_id=office.organ_id))


def receive(office: Office, session: Session) -> None:
    organ, by = session.get_one(Organ, office.organ_id), office.by(session, SUPERVISOR, ON)
    receive_report(session, organ, a_package(), by=by, store=office.store, confirmed=fingerprint_of(KEY))


def tell_another_system(office: Office, session: Session) -> None:
    organ, by = session.get_one(Organ, office.organ_id), office.by(session, "钱管理", ON)
    make_webhook(session, organ, by=by, url="https://oa.example.gov.cn/duban", events=["item.signed"])


def configure(office: Office, session: Session) -> None:
    organ, by = session.get_one(Organ, office.organ_id), office.by(session, "钱管理", ON)
    choose_settings(session, office.settings, organ, {"site_name": "某县督办"}, by=by)


def nothing(_office: Office) -> None:
    """The office as it is founded."""


def given_up(office: Office) -> None:
    """The handler's mail could not be delivered, however often it was tried."""
    office.instruct("1", "请抓紧", due="2026-06-20", on="2026-06-03")
    office.send("2026-06-03")
    with unit_of_work(office.engine) as session:
        for message in session.exec(select(Message)):
            message.state = SendState.PARKED


def try_mail(office: Office, session: Session) -> None:
    person, by = find_person(session, HANDLER), office.by(session, SUPERVISOR, ON)
    note_try(session, person, every_channel()["mail"], by=by)


def waits_to_leave(office: Office) -> None:
    """The handler's mail is made up and has not left."""
    given_up(office)
    with unit_of_work(office.engine) as session:
        for message in session.exec(select(Message)):
            message.state, message.sent_at = SendState.WAITING, None


def keep_it(office: Office, session: Session) -> None:
    message = session.exec(select(Message).order_by(col(Message.id))).first()
    assert message is not None
    park(session, message, reason="内容有误", by=office.by(session, SUPERVISOR, ON))


def send_again(office: Office, session: Session) -> None:
    message = session.exec(select(Message).order_by(col(Message.id))).first()
    assert message is not None
    resend(session, message, by=office.by(session, SUPERVISOR, ON))


def take_comment_back(office: Office, session: Session) -> None:
    made = find_comment(session, session.exec(select(WorkItem)).one(), 1)
    withdraw_comment(session, made, by=office.by(session, HANDLER, ON))


def swept_wrongly(office: Office) -> None:
    office.sweep("2026-06-29")


def take_it_back(office: Office, session: Session) -> None:
    take_back_sweep(session, day("2026-06-29"), by=office.by(session, SUPERVISOR, ON), reason="日期写错")


SCENARIOS: dict[Action, tuple[Prepare, Act]] = FILING | {
    Action.SIGN: (assigned(sign=False), on_item(HANDLER, sign)),
    Action.OBJECT: (assigned(sign=False), on_item(HANDLER, object_to, reason="不属于本科室")),
    Action.TRANSFER: (
        then(assigned(), lambda office: office.hire("周承办")),
        lambda office, session: on_item(
            SUPERVISOR, transfer, reason="人员调整", handler=find_person(session, "周承办")
        )(office, session),
    ),
    Action.SPLIT: (helped, on_item(SUPERVISOR, split)),
    Action.REPORT: (assigned(), on_item(HANDLER, record_progress, content="完成一半", percent=50)),
    Action.ATTACH: (assigned(), file),
    Action.MILESTONE: (assigned(), on_item(HANDLER, add_milestone, title="方案报审", due_on=day("2026-06-18"))),
    Action.EXTEND: (
        assigned(), on_item(HANDLER, extend, to=day("2026-07-10"), reason="上级要求调整", progress="完成一半"),
    ),
    Action.DECIDE_EXTENSION: (then(assigned(), extended), on_item(LEADER, decide_extension, approve=True)),
    Action.DECIDE_ADJUSTMENT: (
        then(assigned(), adjusted),
        on_item(LEADER, decide_extension, approve=True, action=Action.DECIDE_ADJUSTMENT),
    ),
    Action.URGE: (assigned(), ask_after),
    Action.INSTRUCT: (assigned(), on_item(LEADER, instruct, content="请抓紧", due_on=day("2026-06-22"))),
    Action.SIGN_INSTRUCTION: (then(assigned(), instructed), on_instruction(HANDLER, sign_instruction)),
    Action.REPLY: (then(assigned(), instructed), on_instruction(HANDLER, reply, content="已在办")),
    Action.ASK_MORE: (
        then(assigned(), instructed, answered), on_instruction(LEADER, ask_more, content="请附名单"),
    ),
    Action.CLOSE_INSTRUCTION: (
        then(assigned(), instructed, answered), on_instruction(LEADER, close_instruction, outcome="已落实"),
    ),
    Action.ADD_ITEM: (lambda _office: None, on_plan(SUPERVISOR, add_item, facts=ItemFacts({"title": "制度清理"}))),
    Action.EDIT: (
        assigned(), on_item(SUPERVISOR, edit_item, wanted=ItemFacts({"title": "普法宣传月"}), reason="改名")
    ),
    Action.ADJUST: (
        assigned(),
        on_item(
            SUPERVISOR, edit_item, reason="计划调整", adjust=True,
            wanted=ItemFacts({"due_text": "7月10日", "due_on": day("2026-07-10"), "recurrence": None}),
        ),
    ),
    Action.CANCEL: (assigned(), on_item(SUPERVISOR, cancel_item, reason="上级取消")),
    Action.SUSPEND: (assigned(), on_item(SUPERVISOR, suspend, reason="等待上级批复")),
    Action.RESUME: (
        then(assigned(), lambda office: office.suspend("1", on="2026-06-02")), on_item(SUPERVISOR, resume),
    ),
    Action.REQUEST_CLOSE: (assigned(), on_item(HANDLER, request_close, statement="已办结")),
    Action.ACCEPT: (
        then(assigned(), lambda office: office.ask_closure("1", on="2026-06-03")),
        on_item(SUPERVISOR, accept, waive="现场核实"),
    ),
    Action.RETURN: (
        then(assigned(), lambda office: office.ask_closure("1", on="2026-06-03")),
        on_item(SUPERVISOR, send_back, reason="材料不全"),
    ),
    Action.REOPEN: (
        then(assigned(), lambda office: office.close("1", on="2026-06-03")),
        on_item(SUPERVISOR, reopen, reason="群众反映", due_on=day("2026-08-31")),
    ),
    Action.SNOOZE: (assigned(), on_item(HANDLER, snooze, until_on=day("2026-06-10"))),
    Action.WITHDRAW: (
        then(assigned(), lambda office: office.ask_closure("1", on="2026-06-03")),
        on_item(HANDLER, withdraw, reason="还差一份材料"),
    ),
    Action.CORRECT: (
        then(assigned(), lambda office: office.report("1", percent=60, on="2026-06-03")),
        on_item(HANDLER, correct_progress, content="完成四成", percent=40, reason="误填"),
    ),
    Action.ACHIEVE: (
        then(assigned(), lambda office: office.close("1", on="2026-06-03")),
        on_item(SUPERVISOR, achieve, achievement="举办宣传活动3场。"),
    ),
    Action.COMMENT_ITEM: (assigned(), on_item(HANDLER, comment_item, content=f"@{LEADER} 请看初稿")),
    Action.WITHDRAW_COMMENT: (then(assigned(), commented), take_comment_back),
    Action.PLAN: (nothing, bring_in_a_list),
    Action.ISSUE: (assigned(issue=False), on_plan(SUPERVISOR, issue)),
    Action.POLICY: (nothing, edit_a_policy),
    Action.CHANGE_POLICY: (
        assigned(), on_plan(SUPERVISOR, change_policy, preset="三级预警", reason="办法已修订"),
    ),
    Action.STAFF: (nothing, note_leave),
    Action.CONFIRM_STAFF: (proposed, confirm_it),
    Action.CALENDAR: (nothing, set_a_day),
    Action.RECORD: (nothing, write_down),
    Action.RECORD_UNIT: (granted_a_ledger, write_down_for_the_unit),
    Action.GRANT_LEDGER: (nothing, give_a_ledger),
    Action.DRAW_NUMBER: (bound_to_draw, pledge_a_number),
    Action.COMPILE: (assigned(), compile_year),
    Action.RECEIVE_REPORT: (with_an_organ_below, receive),
    Action.COMMENT: (then(assigned(), compiled), comment_on_it),
    Action.CIRCULATE: (assigned(), circulate),
    Action.BRIEF: (assigned(), brief),
    Action.SCORE: (assigned(), score),
    Action.EVALUATE: (nothing, give_marks),
    Action.APPEAL: (published, complain),
    Action.DECIDE_APPEAL: (then(published, complained), judge),
    Action.PARK: (then(assigned(), waits_to_leave), keep_it),
    Action.RESEND: (then(assigned(), given_up), send_again),
    Action.TRY_CHANNEL: (lambda office: None, try_mail),
    Action.TAKE_BACK_SWEEP: (then(assigned(), swept_wrongly), take_it_back),
    Action.INTEGRATE: (lambda office: office.hire("钱管理", Role.ADMINISTRATOR, "管理员"), tell_another_system),
    Action.CONFIGURE: (lambda office: office.hire("钱管理", Role.ADMINISTRATOR, "管理员"), configure),
}  # fmt: skip
"""For each action how the office comes to where it can be done, and the doing of it."""

ENTRIES = {Action.URGE: 2}
"""A slip about several items is an act, and each item urged is one: for all others one entry."""


def test_every_action_that_changes_something_is_told_of() -> None:
    assert SCENARIOS.keys() | LOOKING == set(Action)
    assert SCENARIOS.keys().isdisjoint(LOOKING)


@pytest.mark.parametrize("action", SCENARIOS, ids=str)
def test_an_act_leaves_exactly_its_entry(any_engine: Engine, tmp_path: Path, action: Action) -> None:
    office = Office(any_engine, tmp_path)
    prepare, act = SCENARIOS[action]
    prepare(office)
    with Session(any_engine) as session:
        known = len(session.exec(select(AuditEntry.id)).all())
    with on_record(any_engine) as session:
        act(office, session)
    with Session(any_engine) as session:
        left = session.exec(select(AuditEntry).order_by(col(AuditEntry.id)).offset(known)).all()
        assert [entry.action for entry in left] == [action] * ENTRIES.get(action, 1)
        assert all(entry.actor_id is not None and (entry.before or entry.after) for entry in left)
        chain = verify_audit(session, by=administrator(day(ON)), organ_id=None)
        assert (chain.broken, chain.entries) == (None, known + len(left))
        item = session.exec(select(func.min(WorkItem.id))).one()  # the item itself, not one split from it
        assert {entry.item_id for entry in left} <= {None, item}
