"""What of the office's people nobody brings about alone: proposed, and confirmed or declined by a second person."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models.audit import AuditEntry
from models.database import key, on_record, unit_of_work
from models.errors import ForbiddenError
from models.people.organ import Organ
from models.people.person import OFFICERS, Leave, Post, Role, Tenure
from models.people.staff_proposal import ProposalState, StaffProposal
from tasks.acting.authorize import seats
from tasks.people.find import find_person
from tasks.staff.change_contact import change_contact
from tasks.staff.decide_proposal import confirm_proposal, decline_proposal, find_proposal, waiting_proposals
from tasks.staff.hand_over import hand_over, leave_office, take_leave
from tasks.staff.import_people import enlist, import_people
from tasks.staff.officers import check_separate, join_officers, officers_of
from tasks.staff.second_person import GUARDED
from tests.actors import administrator
from tests.ledgers import write_xlsx
from tests.office import FIRST, HANDLER, HEAD, LEADER, SUPERVISOR, Office, day

ON = "2026-06-04"
NEW, CLERK = "周新人", "吴科员"


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path)
    made.hire(CLERK)
    return made


def acts(office: Office, who: str | None, act: Callable[..., Any], *args: Any, **more: Any) -> Any:
    with on_record(office.engine) as session:
        by = office.by(session, who, ON) if who else administrator(day(ON))
        return act(session, *args, by=by, **more)


def passes_on(office: Office, who: str | None, title: str, to: str, *, on: str = ON) -> Any:
    """The post of this title goes to somebody."""

    def go(session: Session, by: Any) -> Any:
        post = session.exec(select(Post).where(Post.organ_id == office.organ_id, Post.title == title)).first()
        assert post is not None
        return hand_over(session, post, by=by, to=find_person(session, to), on=day(on))

    return acts(office, who, go)


def goes_away(office: Office, who: str, person: str, deputy: str | None, *, first: str = ON, last: str = ON) -> Any:
    def go(session: Session, by: Any) -> Any:
        stand_in = find_person(session, deputy) if deputy else None
        away = find_person(session, person)
        return take_leave(session, away, by=by, from_on=day(first), until_on=day(last), deputy=stand_in)

    return acts(office, who, go)


def enters(office: Office, who: str | None, name: str, role: str, **more: str) -> Any:
    text = {"姓名": name, "角色": role, "部门": "", "职务": "", "邮箱": "", "手机": "", "代理人": "", "单位代码": "",
            "上级单位": ""} | more  # fmt: skip
    return acts(office, who, lambda session, by: enlist(
        session, session.get_one(Organ, office.organ_id), text, by=by, on=day(ON)
    ))  # fmt: skip


def decides(office: Office, who: str | None, act: Callable[..., Any] = confirm_proposal, **more: Any) -> Any:
    """The newest proposal."""
    number = key(office.rows(StaffProposal)[-1].id)
    return acts(office, who, lambda session, by: act(session, find_proposal(session, number, by=by), by=by, **more))


def roles(office: Office, name: str, *, on: str = ON) -> set[Role]:
    with Session(office.engine) as session:
        return {seat.role for seat in seats(session, office.by(session, name, on))}


# --- appointments --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("title", ["科员", "科长", "副局长", "局长"])
def test_nobody_appoints_himself_to_any_post(office: Office, title: str) -> None:
    before = roles(office, SUPERVISOR)
    asked = passes_on(office, SUPERVISOR, title, SUPERVISOR)
    assert (asked.state, asked.why) == (ProposalState.PENDING, "陈督办提出由本人任职")
    assert roles(office, SUPERVISOR) == before


@pytest.mark.parametrize("role", GUARDED)
def test_nobody_fills_alone_a_post_that_leads_runs_or_watches_the_office(office: Office, role: Role) -> None:
    done = enters(office, SUPERVISOR, NEW, role.label)
    assert done.proposed == 1
    assert roles(office, NEW) == set()
    assert decides(office, FIRST).state is ProposalState.CONFIRMED
    assert roles(office, NEW) == {role}


def test_what_was_proposed_twice_waits_once(office: Office) -> None:
    first = passes_on(office, SUPERVISOR, "局长", SUPERVISOR)
    assert passes_on(office, SUPERVISOR, "局长", SUPERVISOR).id == first.id
    assert len(office.rows(StaffProposal)) == 1


def test_an_ordinary_appointment_takes_effect_at_once(office: Office) -> None:
    assert isinstance(passes_on(office, SUPERVISOR, "科长", CLERK), Tenure)
    assert office.rows(StaffProposal) == []
    assert Role.DEPARTMENT_HEAD in roles(office, CLERK)


def test_the_administrator_at_the_machine_does_all_of_it_alone(office: Office) -> None:
    assert isinstance(passes_on(office, None, "局长", SUPERVISOR), Tenure)
    enters(office, None, NEW, "管理员")
    assert roles(office, NEW) == {Role.ADMINISTRATOR}
    assert office.rows(StaffProposal) == []


def test_whoever_acts_for_somebody_does_not_appoint_that_person_alone(office: Office) -> None:
    office.leave(SUPERVISOR, first=ON, last=ON, deputy=CLERK)
    asked = passes_on(office, CLERK, "副局长", SUPERVISOR)
    assert (asked.state, asked.why) == (ProposalState.PENDING, "吴科员提出由陈督办任职")


def test_a_list_brings_in_the_rest_and_proposes_these(office: Office, tmp_path: Path) -> None:
    file = write_xlsx(
        tmp_path / "名册.xlsx",
        [
            ["单位", "部门", "姓名", "职务", "角色", "邮箱", "手机", "代理人"],
            ["某局", "法规科", NEW, "科员", "承办人", "", "", ""],
            ["某局", "", "孙审计", "审计员", "审计员", "", "", ""],
            ["某局", "", SUPERVISOR, "副局长", "分管领导", "", "", ""],
            ["某局", "", LEADER, "副局长", "分管领导", "", "", SUPERVISOR],
        ],
    )
    done = acts(office, SUPERVISOR, lambda session, by: import_people(session, file, by=by, on=day(ON)))
    assert done.proposed == 3
    assert (roles(office, NEW), roles(office, "孙审计")) == ({Role.HANDLER}, set())
    assert roles(office, SUPERVISOR) == {Role.SUPERVISOR}
    assert {row.why for row in office.rows(StaffProposal)} == {
        "“监督检查”的任职须由第二人确认", "陈督办提出由本人任职", "陈督办提出由本人代理分管领导张副局",
    }  # fmt: skip


def test_a_post_confirmed_late_counts_from_then(office: Office) -> None:
    passes_on(office, SUPERVISOR, "副局长", SUPERVISOR, on="2026-06-01")
    decides(office, FIRST)
    with Session(office.engine) as session:
        begun = session.exec(select(Tenure).order_by(col(Tenure.id).desc())).first()
        assert begun is not None
        assert str(begun.started_on) == ON


# --- deputies ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", [FIRST, LEADER, HEAD])
def test_nobody_makes_himself_the_deputy_of_whose_consent_counts(office: Office, person: str) -> None:
    asked = goes_away(office, SUPERVISOR, person, SUPERVISOR)
    assert asked.state is ProposalState.PENDING
    assert (office.rows(Leave), roles(office, SUPERVISOR)) == ([], {Role.SUPERVISOR})
    decides(office, FIRST)
    assert len(office.rows(Leave)) == 1
    assert roles(office, SUPERVISOR) > {Role.SUPERVISOR}


def test_a_usual_deputy_is_one_too(office: Office) -> None:
    def usual(session: Session, by: Any) -> Any:
        leader, deputy = find_person(session, LEADER), find_person(session, SUPERVISOR)
        return change_contact(session, leader, by=by, email="l@x.test", mobile="", deputy=deputy)

    asked = acts(office, SUPERVISOR, usual)
    assert asked.state is ProposalState.PENDING
    with Session(office.engine) as session:
        assert (find_person(session, LEADER).email, find_person(session, LEADER).deputy_id) == ("l@x.test", None)
    decides(office, FIRST)
    asked = goes_away(office, SUPERVISOR, LEADER, None)
    assert asked.why == "陈督办提出由本人代理分管领导张副局"


def test_anybody_elses_deputy_is_registered_at_once(office: Office) -> None:
    assert isinstance(goes_away(office, SUPERVISOR, LEADER, HEAD), Leave)
    assert isinstance(goes_away(office, SUPERVISOR, CLERK, SUPERVISOR), Leave)


# --- who confirms --------------------------------------------------------------------------------------------------


def test_neither_who_proposed_it_nor_who_is_to_profit_confirms(office: Office) -> None:
    office.hire("郑安全", Role.SECURITY, "安全管理员")
    passes_on(office, "郑安全", "副局长", "郑安全")
    told = r"郑安全提出了这件提请、是要任职或代理的人，不能办理“确认任职代理”.*第一责任人刘局长办理"
    with pytest.raises(ForbiddenError, match=told):
        decides(office, "郑安全")
    passes_on(office, SUPERVISOR, "局长", "郑安全")
    with pytest.raises(ForbiddenError, match=r"郑安全是要任职或代理的人，不能办理“确认任职代理”"):
        decides(office, "郑安全")
    decides(office, FIRST, decline_proposal, reason="另有安排")
    with pytest.raises(ForbiddenError, match="已于 2026-06-04 办理"):
        decides(office, FIRST)


def test_a_deputy_of_the_proposer_does_not_confirm_in_his_place(office: Office) -> None:
    """The supervisor proposes himself and is then made the deputy of whoever confirms, by somebody else."""
    passes_on(office, SUPERVISOR, "副局长", SUPERVISOR)
    office.leave(FIRST, first=ON, last=ON, deputy=SUPERVISOR)
    with pytest.raises(ForbiddenError, match="不能办理“确认任职代理”"):
        decides(office, SUPERVISOR)


@pytest.mark.parametrize("who", [LEADER, HEAD, HANDLER])
def test_nobody_else_confirms(office: Office, who: str) -> None:
    passes_on(office, SUPERVISOR, "副局长", SUPERVISOR)
    with pytest.raises(ForbiddenError, match="可由本单位的第一责任人、安全管理员办理"):
        decides(office, who)


def test_declined_nothing_comes_of_it_and_the_proposer_may_withdraw(office: Office) -> None:
    passes_on(office, SUPERVISOR, "副局长", SUPERVISOR)
    assert decides(office, FIRST, decline_proposal, reason="人选不妥").state is ProposalState.DECLINED
    passes_on(office, SUPERVISOR, "副局长", SUPERVISOR)
    assert decides(office, SUPERVISOR, decline_proposal, reason="填错").state is ProposalState.WITHDRAWN
    assert roles(office, SUPERVISOR) == {Role.SUPERVISOR}
    with Session(office.engine) as session:
        last = session.exec(select(AuditEntry.action).order_by(col(AuditEntry.id))).all()
    assert last == ["staff", "confirm_staff", "staff", "staff"]


def test_it_waits_for_whoever_may_and_for_nobody_else(office: Office) -> None:
    passes_on(office, SUPERVISOR, "副局长", SUPERVISOR)
    with Session(office.engine) as session:
        waits = {
            name: len(waiting_proposals(session, office.organ_id, by=office.by(session, name, ON)))
            for name in (FIRST, SUPERVISOR, LEADER, HEAD)
        }
    assert waits == {FIRST: 1, SUPERVISOR: 0, LEADER: 0, HEAD: 0}


def test_the_administrator_at_the_machine_confirms_where_nobody_is_left(office: Office) -> None:
    passes_on(office, SUPERVISOR, "局长", SUPERVISOR)
    office.vacate(FIRST, on=ON)
    with pytest.raises(ForbiddenError, match=r"本机管理员（命令行，不加 --as）办理|可由本单位的第一责任人"):
        decides(office, SUPERVISOR)
    assert decides(office, None).state is ProposalState.CONFIRMED


# --- setting an office up ------------------------------------------------------------------------------------------


@pytest.fixture
def fresh(office: Office) -> Office:
    """The first administrator alone: nobody has ever held a post from which appointments are confirmed."""
    with unit_of_work(office.engine) as session:
        for tenure in session.exec(select(Tenure)):
            session.delete(tenure)
    office.hire("首管", Role.ADMINISTRATOR, "系统管理员")
    return office


def test_whoever_sets_an_office_up_does_it_alone_until_it_has_somebody_who_confirms(fresh: Office) -> None:
    enters(fresh, "首管", NEW, "第一责任人")
    assert roles(fresh, NEW) == {Role.FIRST_RESPONSIBLE}
    assert enters(fresh, "首管", "孙审计", "审计员").proposed == 1
    assert roles(fresh, "孙审计") == set()


def test_taking_them_out_of_office_again_gives_nobody_a_free_hand(fresh: Office) -> None:
    enters(fresh, "首管", NEW, "第一责任人")
    acts(fresh, "首管", lambda session, by: leave_office(session, find_person(session, NEW), by=by, on=day(ON)))
    assert enters(fresh, "首管", "孙审计", "审计员").proposed == 1


def test_of_a_first_list_all_is_brought_in(fresh: Office, tmp_path: Path) -> None:
    head = ["单位", "部门", "姓名", "职务", "角色", "邮箱", "手机", "代理人"]
    rows = [["某局", "", f"新{role.label}", role.label, role.label, "", "", ""] for role in GUARDED]
    file = write_xlsx(tmp_path / "名册.xlsx", [head, *rows])
    done = acts(fresh, "首管", lambda session, by: import_people(session, file, by=by, on=day(ON)))
    assert done.proposed == 0
    assert {role for role in GUARDED if roles(fresh, f"新{role.label}") == {role}} == set(GUARDED)


# --- three officers ------------------------------------------------------------------------------------------------


def officers(office: Office) -> None:
    for role in OFFICERS:
        office.hire(f"任{role.label}", role, role.label)


@pytest.mark.parametrize("also", OFFICERS)
@pytest.mark.parametrize("role", OFFICERS)
def test_nobody_holds_two_of_the_officers_posts_or_stands_in_for_a_second(
    office: Office, role: Role, also: Role
) -> None:
    if role is also:
        return
    officers(office)
    name = f"任{role.label}"
    with pytest.raises(ForbiddenError, match=r"三员分立：.+将同时担任或代理.+请另选一人"):
        passes_on(office, None, also.label, name)
    with pytest.raises(ForbiddenError, match="三员分立"):
        goes_away(office, SUPERVISOR, f"任{also.label}", name)
    with pytest.raises(ForbiddenError, match="三员分立"):
        enters(office, None, name, also.label)
    usual = {"email": "", "mobile": ""}
    with pytest.raises(ForbiddenError, match="三员分立"):
        acts(office, None, lambda session, by: change_contact(
            session, find_person(session, f"任{also.label}"), by=by, deputy=find_person(session, name), **usual
        ))  # fmt: skip


def test_a_small_office_joins_them_at_the_machine_only_and_parts_them_once_they_are_two(office: Office) -> None:
    officers(office)

    def join(who: str | None, joined: bool) -> None:
        acts(office, who, lambda session, by: join_officers(
            session, session.get_one(Organ, office.organ_id), by=by, joined=joined
        ))  # fmt: skip

    for who in (SUPERVISOR, FIRST, "任安全管理员"):
        with pytest.raises(ForbiddenError, match="只能由本机管理员"):
            join(who, joined=True)
    join(None, joined=True)
    passes_on(office, None, "监督检查", "任管理员")
    with Session(office.engine) as session:
        person = find_person(session, "任管理员")
        assert officers_of(session, office.organ_id, on=day(ON))[key(person.id)] == {Role.ADMINISTRATOR, Role.AUDITOR}
    with pytest.raises(ForbiddenError, match="任管理员将同时担任或代理管理员、监督检查"):
        join(None, joined=False)
    passes_on(office, None, "监督检查", CLERK, on="2026-06-05")
    with Session(office.engine) as session:
        check_separate(session, office.organ_id, None, on=dt.date(2026, 6, 5))


def test_confirming_keeps_the_officers_apart_too(office: Office) -> None:
    officers(office)
    passes_on(office, SUPERVISOR, "监督检查", CLERK)
    passes_on(office, None, "管理员", CLERK)
    with pytest.raises(ForbiddenError, match="三员分立：吴科员将同时担任或代理管理员、监督检查"):
        decides(office, FIRST)
