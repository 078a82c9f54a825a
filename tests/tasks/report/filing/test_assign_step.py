"""A review given to a post: whoever holds it does it, nobody with a hand in it, and without it all is as before."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models.audit import AuditEntry
from models.database import on_record, unit_of_work
from models.errors import BadInputError, ForbiddenError, NotFoundError
from models.ladder.notice import Notice, NoticeState
from models.people.permission import Action
from models.people.person import Role
from models.report.filing import FilingState
from tasks.report.filing.assign_step import assign_step
from tasks.report.filing.review import forward, pass_legal, pass_secrecy, return_, sign_off
from tasks.report.filing.step_posts import assigned_posts, find_post
from tasks.report.filing.waiting import waiting_filings
from tests.filing import FINANCE, FINANCE_HEAD, FilingOffice
from tests.office import FIRST, HANDLER, HEAD, LEADER, SUPERVISOR

LEGAL, SECRECY = FilingState.LEGAL_REVIEW, FilingState.SECRECY_REVIEW


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> FilingOffice:
    return FilingOffice(engine, tmp_path / "home")


def assign(office: FilingOffice, step: FilingState, to: str | None, who: str = SUPERVISOR) -> None:
    with on_record(office.engine) as session:
        organ = office.organ(session)
        post = find_post(session, organ, to) if to else None
        assign_step(session, organ, step, post, by=office.by(session, who, office.today))


def waits_for(office: FilingOffice) -> set[str]:
    with unit_of_work(office.engine) as session:
        return {
            name
            for name in (HANDLER, HEAD, FINANCE_HEAD, LEADER, FIRST, SUPERVISOR)
            if waiting_filings(session, office.organ_id, by=office.by(session, name, office.today))
        }


def test_two_sections_do_the_reviews_and_the_office_needs_no_further_leader(any_engine: Engine, tmp_path: Path) -> None:
    office = FilingOffice(any_engine, tmp_path / "home")
    assign(office, LEGAL, "法规科")
    assign(office, SECRECY, FINANCE)
    office.until("legal_review")
    assert waits_for(office) == {HEAD}
    assert "2025年度报告待您办理“法制审核”" in office.heard(HEAD)[-1]
    assert office.heard(LEADER) == []
    with pytest.raises(ForbiddenError, match=f"已指定岗位办理，{LEADER}不能办理：可由科室负责人{HEAD}办理"):
        office.acting(LEADER, pass_legal, opinion="合法")
    with pytest.raises(ForbiddenError, match=f"{FINANCE_HEAD}不能报告法制审核"):
        office.acting(FINANCE_HEAD, pass_legal, opinion="合法")
    office.acting(HEAD, return_, reason="依据再核", to=FilingState.CONSULTING)
    with pytest.raises(ForbiddenError, match=f"{HEAD}不能退回报告"):
        office.acting(HEAD, return_, reason="再退")
    office.acting(SUPERVISOR, forward, reason="已核")
    office.acting(HEAD, pass_legal, opinion="合法")
    assert waits_for(office) == {FINANCE_HEAD}
    office.acting(FINANCE_HEAD, pass_secrecy)
    office.acting(FIRST, sign_off)
    assert office.filing.state is FilingState.FILING


def test_given_while_the_report_waits_the_holder_is_told_and_whoever_was_asked_need_not(
    any_engine: Engine, tmp_path: Path
) -> None:
    office = FilingOffice(any_engine, tmp_path / "home")
    office.until("legal_review")
    assert "2025年度报告待您办理“法制审核”" in office.heard(LEADER)[-1]
    assign(office, SECRECY, FINANCE)
    assert office.heard(FINANCE_HEAD) == []
    assign(office, LEGAL, "法规科")
    assign(office, LEGAL, "法规科")
    told = [row for row in office.rows(Notice) if (row.subject or "").startswith("filing:")]
    assert [(office.name_of(row.recipient_id), row.state) for row in told] == [
        (LEADER, NoticeState.DROPPED), (HEAD, NoticeState.PENDING),
    ]  # fmt: skip
    assert waits_for(office) == {HEAD}
    office.acting(HEAD, pass_legal, opinion="合法")
    assert "待您办理“保密审查”" in office.heard(FINANCE_HEAD)[-1]


def test_whoever_stands_in_for_the_holder_does_it(office: FilingOffice) -> None:
    assign(office, LEGAL, "法规科")
    office.until("legal_review")
    office.leave(HEAD, first="2026-01-15", last="2026-01-23", deputy=HANDLER)
    office.acting(HANDLER, pass_legal, opinion="合法")
    assert office.filing.state is SECRECY


def test_whoever_had_a_hand_in_it_does_not_and_those_who_review_do_as_before(office: FilingOffice) -> None:
    # The supervisor sends it on, whatever post the review is given to.
    assign(office, LEGAL, "督办员")
    office.until("legal_review")
    assert waits_for(office) == {LEADER}
    with pytest.raises(ForbiddenError, match=f"{SUPERVISOR}已送审、已送法制审核，不能办理.*可由分管领导{LEADER}办理"):
        office.acting(SUPERVISOR, pass_legal, opinion="合法")
    office.acting(LEADER, pass_legal, opinion="合法")


def test_one_post_with_both_reviews_does_the_second_only_where_nobody_else_can(office: FilingOffice) -> None:
    assign(office, LEGAL, "法规科")
    assign(office, SECRECY, "法规科")
    office.until("legal_review")
    office.acting(HEAD, pass_legal, opinion="合法")
    assert waits_for(office) == {LEADER}
    with pytest.raises(ForbiddenError, match=f"{HEAD}已作法制审核，不能办理“报告保密审查”"):
        office.acting(HEAD, pass_secrecy)


def test_taken_back_it_is_as_before_and_all_of_it_is_on_record(office: FilingOffice) -> None:
    assign(office, LEGAL, "法规科")
    assign(office, LEGAL, FINANCE)
    assign(office, LEGAL, None)
    with unit_of_work(office.engine) as session:
        assert assigned_posts(session, office.organ_id) == {}
        entries = session.exec(select(AuditEntry).where(AuditEntry.action == Action.REPORT_ASSIGN)).all()
        assert [(one.actor, (one.after or {})["step"]) for one in entries] == [(SUPERVISOR, "法制审核")] * 3
    office.until("legal_review")
    assert waits_for(office) == {LEADER}


def test_only_the_supervisor_gives_a_review_and_only_to_posts_of_the_organ(office: FilingOffice) -> None:
    with pytest.raises(ForbiddenError, match="不能指定报告审核岗位：可由本单位的督办员办理"):
        assign(office, LEGAL, "法规科", who=LEADER)
    with pytest.raises(BadInputError, match="“领导审签”不能指定：可指定的是法制审核、保密审查"):
        assign(office, FilingState.SIGN_OFF, "法规科")
    with pytest.raises(NotFoundError, match="没有岗位“没有科”"):
        assign(office, LEGAL, "没有科")
    office.hire("赵一", Role.HANDLER, "主任科员")
    office.hire("赵二", Role.HANDLER, "主任科员")
    with pytest.raises(BadInputError, match="有 2 个岗位叫“主任科员”"):
        assign(office, LEGAL, "主任科员")
