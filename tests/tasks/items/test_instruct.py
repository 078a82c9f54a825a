"""Instructions: what the stories of the closed loop do not tell."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from models.audit import AuditEntry
from models.database import on_record, reading
from models.errors import ForbiddenError, NotFoundError
from models.items.plan import AnnualPlan
from models.people.organ import Department
from tasks.items.answer_instruction import close_instruction, reply, sign_instruction
from tasks.items.instruct import find_instruction, instruct_freely
from tests.office import HEAD, LEADER, OUTSIDER, SUPERVISOR, Office, day

ON = "2026-06-08"


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    office = Office(engine, tmp_path / "home")
    office.assign("普法宣传", due="2026-06-30")
    office.instruct("1", "请抓紧", due="2026-06-20", on="2026-06-05", who=LEADER)
    return office


def refusal(session: Session, office: Office, who: str, number: int) -> str:
    """What somebody hears who answers the instruction with this number."""
    words = set()
    by = office.by(session, who, ON)
    for act in (
        lambda: sign_instruction(session, find_instruction(session, number), by=by),
        lambda: reply(session, find_instruction(session, number), by=by, content="已在办"),
        lambda: close_instruction(session, find_instruction(session, number), by=by, outcome="已落实"),
    ):
        with pytest.raises((NotFoundError, ForbiddenError)) as refused:
            act()
        words.add(refused.value.message)
    return " / ".join(sorted(words))


def test_to_a_stranger_an_instruction_that_is_there_and_one_that_is_not_sound_alike(office: Office) -> None:
    with reading(office.engine) as session:
        there, missing = refusal(session, office, OUTSIDER, 1), refusal(session, office, OUTSIDER, 2)
    assert there == "没有编号为 1 的批示，或者它不在您的查看范围内；可用 duban instruct list 查看。"
    assert missing == there.replace(" 1 ", " 2 ")


def test_whoever_may_see_the_item_is_told_who_may_close_it(office: Office) -> None:
    with reading(office.engine) as session:
        by = office.by(session, HEAD, ON)
        with pytest.raises(
            ForbiddenError, match="王科长不能对任务 1 办结批示：可由督办员陈督办、分管领导张副局、第一责任人刘局长办理"
        ):
            close_instruction(session, find_instruction(session, 1), by=by, outcome="已落实")


def test_who_does_not_lead_a_department_is_told_so_and_not_of_an_item_nobody_asked_for(office: Office) -> None:
    def give(session: Session, who: str) -> None:
        plan = session.get_one(AnnualPlan, office.plan_id)
        instruct_freely(
            session, plan, by=office.by(session, who, ON), content="请办", due_on=day("2026-06-18"), title="信访件",
            department=session.get_one(Department, other),
        )  # fmt: skip

    other = office.department("财务科", head="钱科长")
    for who in (LEADER, OUTSIDER):
        with reading(office.engine) as session, pytest.raises(ForbiddenError, match=f"^{who}不能向财务科批示交办："):
            give(session, who)


def test_a_free_instruction_of_a_deputy_names_the_leader_in_both_its_entries(office: Office) -> None:
    office.leave(LEADER, first=ON, last=ON, deputy=SUPERVISOR)
    with on_record(office.engine) as session:
        plan, own = session.get_one(AnnualPlan, office.plan_id), session.get_one(Department, office.department_id)
        by = office.by(session, SUPERVISOR, ON)
        due_on = day("2026-06-18")
        instruct_freely(session, plan, by=by, content="请办", due_on=due_on, title="信访件", department=own)
    entries = office.rows(AuditEntry)[-2:]
    assert [(entry.action, office.name_of(entry.for_id)) for entry in entries] == [("instruct", LEADER)] * 2


def test_a_deputy_s_slip_names_the_supervisor(office: Office) -> None:
    office.leave(SUPERVISOR, first=ON, last=ON, deputy=HEAD)
    office.urge("1", on=ON, who=HEAD)
    entries = office.rows(AuditEntry)[-2:]
    assert [(entry.action, office.name_of(entry.for_id)) for entry in entries] == [("urge", SUPERVISOR)] * 2
