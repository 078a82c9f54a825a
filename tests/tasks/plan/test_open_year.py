"""A year is opened from what the last one left: each draft says where it came from, and nothing is done twice."""

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models.database import key
from models.errors import ForbiddenError, NotFoundError
from models.items.item import ItemState, WorkItem
from models.items.plan import AnnualPlan, Project
from models.ledgers.leadership_act import KIND as ACTS
from models.ledgers.publicity import KIND as PUBLICITY
from models.migrate import seed_presets
from models.people.organ import Department, Organ
from models.people.person import Role
from models.report.report import SectionKind
from tasks.ladder.arm import issue_plan
from tasks.ledgers.terms import confirm_term, set_term
from tasks.plan.open_year import OpenedYear, open_year
from tasks.plan.opening.draft import Origin
from tasks.report.compiling.compile_report import compile_report
from tasks.report.compiling.find_report import find_report
from tasks.report.desk.edit_block import add_block, edit_block
from tasks.report.desk.mark_block import withdraw_block
from tests.actors import administrator
from tests.report_year import ENFORCEMENT, STUDY, ReportYear, a_year, day

QUARTERLY = "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1"
JANUARY = administrator(dt.date(2026, 1, 20))


def told_year(session: Session) -> ReportYear:
    """A reported year with something of every kind that a year leaves."""
    year = a_year(session)
    department = Department(organ_id=key(year.organ.id), name="法规科")
    session.add(department)
    session.flush()
    year.item(
        "开展法治培训", project=ENFORCEMENT, recurrence=QUARTERLY, due_text="每季度", department_id=department.id,
        deliverable="培训记录",
    )  # fmt: skip
    year.item("年初三次督查", project=STUDY, recurrence="FREQ=WEEKLY;UNTIL=20250131", closed="1-31")
    year.deficiency("执法力量不足", cause="编制少")
    year.person("陈督办", Role.SUPERVISOR)
    return year


def opened(session: Session, year: ReportYear) -> OpenedYear:
    return open_year(session, year.organ, 2026, by=JANUARY)


def drafts(session: Session, *, year: int = 2026) -> dict[str, WorkItem]:
    query = select(WorkItem).join(AnnualPlan).where(AnnualPlan.year == year).order_by(col(WorkItem.id))
    return {item.title: item for item in session.exec(query)}


@pytest.mark.parametrize("reported", [True, False])
def test_standing_work_comes_round_with_its_day_and_without_the_year_that_is_over(
    any_engine: Engine, reported: bool
) -> None:
    with Session(any_engine) as session:
        year = ReportYear(session, STUDY)
        year.item("制定2025年学法计划", due="3-31", closed="3-20", due_text="3月底前", yearly=True)
        year.item("修订规则", closed="3-20")
        if reported:
            year.compile()
        opened(session, year)
        found = drafts(session)

    assert "修订规则" not in found
    item = found["制定学法计划"]
    assert (item.due_text, item.due_on, item.yearly) == ("3月底前", dt.date(2026, 3, 31), True)


@pytest.mark.parametrize("reported", [True, False])
def test_a_year_is_drawn_from_what_the_last_one_left(any_engine: Engine, reported: bool) -> None:
    with Session(any_engine) as session:
        year = told_year(session)
        if reported:
            year.compile()
        made = opened(session, year)
        found = drafts(session)
        projects = {item.title: session.get_one(Project, item.project_id).name for item in found.values()}
    assert {draft.title: draft.origin for draft in made.made if draft.origin is not Origin.NODE} == {
        "开展案卷评查": Origin.UNFINISHED,
        "开展法治培训": Origin.RECURRING,
        "配备专人运营普法账号": Origin.DEFICIENCY,
        "研究提出“执法力量不足”的整改措施": Origin.DEFICIENCY,
        "公开2025年度行政执法统计年报": Origin.STATUTORY,
        "报送2025年度法治政府建设年度报告": Origin.STATUTORY,
        "公开2025年度法治政府建设年度报告": Origin.STATUTORY,
    }
    training, review = found["开展法治培训"], found["开展案卷评查"]
    assert (training.recurrence, training.due_text, training.deliverable) == (QUARTERLY, "每季度", "培训记录")
    assert (training.missing, review.missing) == ([], ["完成时限", "责任人"])
    assert (projects["开展法治培训"], projects["研究提出“执法力量不足”的整改措施"]) == (ENFORCEMENT, "落实整改措施")
    assert found["研究提出“执法力量不足”的整改措施"].note == "针对不足：执法力量不足\n原因：编制少"
    assert "原时限 2025-10-31" in str(review.source)
    assert all(item.source for item in found.values())
    assert ("2025年度报告第1版“下一年度主要安排”" in str(training.source)) is reported
    assert {item.state for item in found.values()} == {ItemState.DRAFT}
    assert made.report_version == (1 if reported else None)


def test_opening_again_adds_nothing_and_keeps_what_people_changed(engine: Engine) -> None:
    with Session(engine) as session:
        year = told_year(session)
        year.compile()
        first = opened(session, year)
        training = drafts(session)["开展法治培训"]
        training.title = "开展全员法治培训"
        session.flush()
        again = opened(session, year)
        told = [draft for draft in first.made if draft.origin is not Origin.STATUTORY]
        assert ([draft.title for draft in again.made], again.known) == ([], len(told))
        assert "开展法治培训" not in drafts(session)
        # The newer report tells of the new plan's own items; that brings nothing back either.
        year.compile("2026-02-10")
        assert opened(session, year).made == []
        year.deficiency("培训覆盖不足", remedy="扩大培训范围", on="12-30")
        assert [draft.title for draft in opened(session, year).made] == ["扩大培训范围"]


def test_what_people_did_to_the_report_counts(engine: Engine) -> None:
    with Session(engine) as session:
        year = told_year(session)
        year.person("张编写", Role.SUPERVISOR)
        year.compile()
        report = find_report(session, year.organ, 2025)
        withdraw_block(session, report, "next:item:3", by=JANUARY)
        edit_block(session, report, "next:deficiency:1", by=JANUARY, text="6月底前由法规科牵头配齐专人。")
        add_block(
            session, report, by=JANUARY, section=SectionKind.NEXT_YEAR, heading="加强队伍建设",
            text="9月底前组织执法人员轮训。每半年开展一次执法考试。",
        )  # fmt: skip
        made = opened(session, year)
        found = drafts(session)
        project = session.get_one(Project, found["9月底前组织执法人员轮训"].project_id).name
        legal = session.exec(select(Department.id).where(Department.name == "法规科")).one()
        assert opened(session, year).made == []
    assert "开展案卷评查" not in found
    assert made.left_out == ["开展案卷评查"]
    edited = found["6月底前由法规科牵头配齐专人"]
    assert (edited.due_on, edited.note) == (
        day("2026-06-30"),
        "针对不足：一是普法渠道较为单一\n原因：账号缺少专人维护。",
    )
    assert (found["9月底前组织执法人员轮训"].due_on, project) == (day("2026-09-30"), "加强队伍建设")
    (exam,) = (item for title, item in found.items() if "执法考试" in title)
    assert (exam.unconfirmed, exam.department_id) == (True, None)
    assert legal is not None


def test_an_item_in_the_same_words_is_not_made_again(engine: Engine) -> None:
    with Session(engine) as session:
        told_year(session)
        later = ReportYear(session, ENFORCEMENT, year=2026)
        later.item("开展 案卷评查", due="2026-05-31")
        made = open_year(session, later.organ, 2026, by=JANUARY)
        assert "开展案卷评查" not in [draft.title for draft in made.made]
        assert made.known == 1
        assert made.plan == "2026年工作要点"


def test_what_came_in_by_the_report_with_its_rhythm_is_not_made_again(engine: Engine) -> None:
    with Session(engine) as session:
        year = told_year(session)
        plan = ReportYear(session, ENFORCEMENT, year=2026)
        plan.item("每季度开展法治培训", project=ENFORCEMENT)

        opened(session, year)

        assert [title for title in drafts(session) if "法治培训" in title] == ["每季度开展法治培训"]


def test_nothing_is_issued_and_an_issued_plan_only_gains_drafts(engine: Engine) -> None:
    with Session(engine) as session:
        seed_presets(session)
        year = told_year(session)
        opened(session, year)
        plan = session.exec(select(AnnualPlan).where(AnnualPlan.year == 2026)).one()
        assert (plan.policy_id, plan.issued_on) == (None, None)
        issue_plan(session, plan, on=dt.date(2026, 1, 21))
        assert drafts(session)["开展法治培训"].state is ItemState.ISSUED
        year.deficiency("培训覆盖不足", on="12-30")
        opened(session, year)
        assert drafts(session)["研究提出“培训覆盖不足”的整改措施"].state is ItemState.DRAFT
        assert drafts(session)["开展法治培训"].state is ItemState.ISSUED


def test_a_year_without_a_year_before_it_cannot_be_opened(engine: Engine) -> None:
    with Session(engine) as session:
        year = told_year(session)
        with pytest.raises(NotFoundError, match="没有 2029 年度的计划和报告"):
            open_year(session, year.organ, 2030, by=administrator(dt.date(2030, 1, 6)))
        assert drafts(session, year=2030) == {}


def test_the_days_of_the_year_stand_in_the_plan_by_rule(engine: Engine) -> None:
    with Session(engine) as session:
        year = told_year(session)
        made = opened(session, year)
        found = {title: item for title, item in drafts(session).items() if "普法宣传" in title}
    defence = found["开展全民国防教育日普法宣传"]
    assert (defence.due_on, defence.missing) == (day("2026-09-19"), ["责任人"])
    assert "请提前安排" in str(defence.note)
    assert str(defence.source).startswith("普法节点 9月19日：《国防教育法》")
    assert found["开展国家宪法日普法宣传"].note is None
    assert made.count(Origin.NODE) == len(found) == 5
    assert "国际禁毒日（6月26日）" in made.nodes


def test_what_the_ledgers_will_owe_is_told_beforehand(engine: Engine) -> None:
    with Session(engine) as session:
        year = told_year(session)
        confirm_term(session, year.organ, ACTS, "hearing", by=JANUARY)
        confirm_term(session, year.organ, PUBLICITY, "constitution_day", by=JANUARY)
        set_term(session, year.organ, PUBLICITY, "civil_code_month", amount=0, by=JANUARY)
        made = opened(session, year)
    assert made.yearly == [
        "2026-12-04 普法活动：国家宪法日普法活动1次", "2026-06-30 履职记录：上半年听取汇报1次",
        "2026-12-31 履职记录：下半年听取汇报1次",
    ]  # fmt: skip
    # What the office left to its ledger, or does not ask, is no item beside it.
    nodes = {draft.title for draft in made.made if draft.origin is Origin.NODE}
    assert nodes == {"开展全民国家安全教育日普法宣传", "开展全民国防教育日普法宣传", "开展宪法宣传周普法宣传"}


def test_only_who_makes_plans_opens_a_year(engine: Engine) -> None:
    with Session(engine) as session:
        year = told_year(session)
        stranger = Organ(code="else", name="别局")
        session.add(stranger)
        session.flush()
        handler = year.person("李承办", Role.HANDLER)
        with pytest.raises(ForbiddenError, match="督办员"):
            open_year(session, year.organ, 2026, by=replace(JANUARY, name="李承办", person_id=handler.id))
        assert compile_report(session, year.organ, 2025, by=JANUARY, on=JANUARY.on).version == 1
