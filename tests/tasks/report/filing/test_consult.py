"""Departments asked for their opinion: by ordinary items with ordinary reminders, answered, adopted or not."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from models.database import unit_of_work
from models.errors import BadInputError, ConflictError, ForbiddenError, NotFoundError
from models.items.item import ItemState, WorkItem
from models.report.filing import FilingState
from models.report.filing_rows import Adoption, Consultation
from tasks.report.filing.consult import opine, settle_opinion
from tasks.report.filing.deadlines import watched_item
from tasks.report.filing.review import forward, submit
from tests.filing import FINANCE, FINANCE_HEAD, FilingOffice
from tests.office import FIRST, HANDLER, HEAD, LEADER, OUTSIDER, SUPERVISOR, day

OWN = "法规科"


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> FilingOffice:
    made = FilingOffice(engine, tmp_path / "home")
    made.acting(SUPERVISOR, submit)
    return made


def sub_items(office: FilingOffice) -> list[WorkItem]:
    """The departments' items, in the order in which they were asked."""
    with unit_of_work(office.engine) as session:
        query = select(WorkItem).where(col(WorkItem.title).like("反馈%")).order_by(col(WorkItem.id))
        return list(session.exec(query))


def test_each_department_is_reminded_until_it_has_replied(any_engine: Engine, tmp_path: Path) -> None:
    office = FilingOffice(any_engine, tmp_path / "home")
    office.acting(SUPERVISOR, submit, on="2026-01-15")
    office.consult(FINANCE, OWN, due="2026-01-21", on="2026-01-15")

    office.fast_forward("2026-01-16")
    for head in (FINANCE_HEAD, HEAD):
        office.inbox(head).expect("请于 2026-01-21 前反馈对2025年度报告的意见")

    office.reply(FINANCE_HEAD, FINANCE, on="2026-01-16")
    office.fast_forward("2026-01-23")
    late = office.inbox(HEAD).expect("反馈2025年度报告意见（法规科）", "逾期")
    assert "财务科" not in late
    told = [row for row in office.notices() if row["recipient"] == FINANCE_HEAD and str(row["fired_on"]) > "2026-01-16"]
    assert [row for row in told if row["state"] == "sent"] == []

    done, owing = sub_items(office)
    assert (done.state, str(done.closed_on), str(done.signed_on)) == (ItemState.CLOSED, "2026-01-16", "2026-01-16")
    assert owing.state is ItemState.ISSUED


def test_the_sub_items_hang_on_the_item_of_the_report_and_are_counted_by_its_number(office: FilingOffice) -> None:
    office.consult(FINANCE, OWN, due="2026-01-20")
    with unit_of_work(office.engine) as session:
        parent = watched_item(session, office.organ_id, 2025)
    assert parent is not None
    assert [(item.parent_id, item.number) for item in sub_items(office)] == [
        (parent.id, f"{parent.number}-1"), (parent.id, f"{parent.number}-2"),
    ]  # fmt: skip


def test_without_an_item_in_the_plan_departments_are_asked_all_the_same(engine: Engine, tmp_path: Path) -> None:
    office = FilingOffice(engine, tmp_path / "home", items=False)
    office.acting(SUPERVISOR, submit)
    office.consult(FINANCE, due="2026-01-20")
    assert [(one.item_id, str(one.due_on)) for one in office.rows(Consultation)] == [(None, "2026-01-20")]
    office.reply(FINANCE_HEAD, FINANCE, "补充数据")
    assert office.rows(Consultation)[0].opinion == "补充数据"


@pytest.mark.parametrize(("who", "may"), [(HANDLER, True), (HEAD, True), (LEADER, False), (FIRST, False),
                                          (SUPERVISOR, False), (FINANCE_HEAD, False), (OUTSIDER, False)])  # fmt: skip
def test_only_people_of_the_department_reply_for_it(office: FilingOffice, who: str, may: bool) -> None:
    office.consult(OWN, due="2026-01-20")
    if may:
        office.reply(who, OWN, "同意")
        assert office.name_of(office.rows(Consultation)[0].person_id) == who
        return
    with pytest.raises(ForbiddenError, match=r"不能反馈报告意见（法规科）：可由科室负责人、承办人办理"):
        office.reply(who, OWN, "同意")
    assert office.rows(Consultation)[0].replied_on is None


def test_a_department_replies_once_for_each_time_it_is_asked(office: FilingOffice) -> None:
    with pytest.raises(NotFoundError, match="没有向法规科征求 2025 年度报告的意见"):
        office.reply(HEAD, OWN)
    office.consult(OWN, due="2026-01-20")
    with pytest.raises(ConflictError, match="已向法规科征求意见，尚未反馈"):
        office.consult(OWN, due="2026-01-21")
    office.reply(HEAD, OWN)
    with pytest.raises(ConflictError, match="法规科已于 2026-01-15 反馈意见"):
        office.reply(HANDLER, OWN)
    office.consult(OWN, due="2026-01-22")
    office.reply(HANDLER, OWN, "再提一条")
    assert [one.opinion for one in office.rows(Consultation)] == [None, "再提一条"]


@pytest.mark.parametrize(
    ("names", "due", "words"),
    [((), "2026-01-20", "请至少选择一个科室"), ((OWN,), "2026-01-14", "反馈时限 2026-01-14 已经过去")],
)
def test_what_is_asked_has_a_department_and_a_day_to_come(
    office: FilingOffice, names: tuple[str, ...], due: str, words: str
) -> None:
    with pytest.raises(BadInputError, match=words):
        office.consult(*names, due=due)


def test_an_opinion_carries_no_secrets(office: FilingOffice) -> None:
    office.consult(OWN, due="2026-01-20")
    with pytest.raises(BadInputError, match="密级标志"):
        office.reply(HEAD, OWN, "附件（机密）不宜写入")


def settle(office: FilingOffice, adoption: Adoption, reason: str | None = None) -> None:
    number = office.rows(Consultation)[0].id
    office.acting(SUPERVISOR, settle_opinion, number, adoption=adoption, reason=reason)


@pytest.mark.parametrize(
    ("adoption", "reason", "refused"),
    [
        (Adoption.YES, None, False), (Adoption.YES, "已改", False), (Adoption.PARTLY, None, True),
        (Adoption.PARTLY, "只改第二处", False), (Adoption.NO, None, True), (Adoption.NO, " ", True),
        (Adoption.NO, "与事实不符", False),
    ],
)  # fmt: skip
def test_what_is_not_taken_up_whole_needs_a_reason(
    office: FilingOffice, adoption: Adoption, reason: str | None, refused: bool
) -> None:
    office.consult(OWN, due="2026-01-20")
    office.reply(HEAD, OWN, "请补充数据")
    if refused:
        with pytest.raises(BadInputError, match=f"{adoption.label}的，请写明理由"):
            settle(office, adoption, reason)
        return
    settle(office, adoption, reason)
    one = office.rows(Consultation)[0]
    assert (one.adoption, one.reason, str(one.settled_on)) == (adoption, reason, "2026-01-15")


@pytest.mark.parametrize(("replied", "words"), [(True, "法规科没有提出意见"), (False, "法规科尚未反馈意见")])
def test_there_has_to_be_an_opinion_to_deal_with(office: FilingOffice, replied: bool, words: str) -> None:
    office.consult(OWN, due="2026-01-20")
    if replied:
        office.reply(HEAD, OWN)
    with pytest.raises(BadInputError, match=words):
        settle(office, Adoption.YES)


def test_it_goes_on_without_whoever_is_silent_only_with_a_reason(office: FilingOffice) -> None:
    office.consult(FINANCE, OWN, due="2026-01-20")
    office.reply(HEAD, OWN)
    with pytest.raises(ForbiddenError, match="财务科尚未反馈意见：请等待反馈，或写明不再等待的理由"):
        office.acting(SUPERVISOR, forward, on="2026-01-22")
    office.acting(SUPERVISOR, forward, on="2026-01-22", reason="逾期未反馈，视为无意见")
    silent, replied = office.rows(Consultation)
    assert (str(silent.waived_on), silent.reason, silent.open) == ("2026-01-22", "逾期未反馈，视为无意见", False)
    assert silent.late(day("2026-01-22")) is True
    assert replied.waived_on is None
    assert {item.state for item in sub_items(office)} == {ItemState.CLOSED}


def test_nobody_asked_needs_a_reason_too(office: FilingOffice) -> None:
    with pytest.raises(ForbiddenError, match="尚未向任何科室征求意见：请先征求，或写明不征求的理由"):
        office.acting(SUPERVISOR, forward)
    office.acting(SUPERVISOR, forward, reason="不涉及其他科室")
    assert office.filing.state is FilingState.LEGAL_REVIEW


def test_an_opinion_still_comes_in_while_the_report_is_drafted_anew(office: FilingOffice) -> None:
    from tasks.report.filing.review import return_

    office.consult(OWN, due="2026-01-20")
    office.acting(FIRST, return_, reason="先改一稿")
    office.acting(HEAD, opine, office.unit(OWN), opinion="第二部分过简")
    assert office.rows(Consultation)[0].opinion == "第二部分过简"
