"""The year-end report: every sentence has its rows, every number its count, and what is missing is asked for."""

from decimal import Decimal

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session, col, select

from models.actor import Actor, Channel
from models.audit import AuditEntry
from models.clock import opening_of
from models.database import key, on_record, unit_of_work
from models.dates.workdays import WorkCalendar
from models.errors import BadInputError, ForbiddenError, NotFoundError
from models.items.instruction import Instruction
from models.items.item import Deadline, WorkItem
from models.ledgers.enforcement_case import EnforcementCase, Outcome, Procedure
from models.ledgers.leadership_act import LeadershipAct
from models.people.organ import Organ
from models.people.permission import Action
from models.people.person import Person, Role
from models.people.personal_duty import Duty
from models.report.report import Report, ReportBlock, ReportFigure, SectionKind
from tasks.ladder.arm import reschedule
from tasks.papers.official_document import render
from tasks.report.compiling.compile_report import compile_report, newest_report, report_day
from tasks.report.compiling.template import ReportTemplate
from tasks.report.desk.mark_block import restore_block
from tasks.report.output.lay_out_report import lay_out_report
from tests.actors import administrator
from tests.report_year import (
    ENFORCEMENT,
    ORDER,
    PUBLICITY,
    STUDY,
    ReportYear,
    a_year,
    blocks,
    day,
    figures,
    offered,
    texts,
)

ACHIEVEMENTS = SectionKind.ACHIEVEMENTS
DEFICIENCIES = SectionKind.DEFICIENCIES
FIRST = SectionKind.FIRST_RESPONSIBLE
TOGETHER = f"{ORDER}，{ENFORCEMENT}，{PUBLICITY}"
"""The heading of three projects with one sentence each."""
BY = administrator(day("2026-01-15"))


def test_a_year_is_told_in_four_parts(any_engine: Engine) -> None:
    with unit_of_work(any_engine) as session:
        report = a_year(session).compile()

    assert [(section.number, section.heading) for section in report.sections] == [
        ("一、", "2025年推进法治政府建设的主要举措和成效"),
        ("二、", "推进法治政府建设存在的不足和原因"),
        ("三、", "主要负责人履行推进法治建设第一责任人职责情况"),
        ("四、", "2026年推进法治政府建设的主要安排"),
    ]
    assert report.title == "青禾县水务局2025年度法治政府建设情况报告"
    assert [(block.heading, block.text) for block in blocks(report, ACHIEVEMENTS)] == [
        (None, "全年列入计划任务4项，完成3项，其中按时完成2项。"),
        (STUDY, "制定学法计划。"),
        (STUDY, "围绕“行政处罚法”“民法典”专题开展法治学习研讨2次。"),
        (TOGETHER, "修订工作规则。"),
        (
            TOGETHER,
            "办理行政执法案件13起，其中简易程序4件、普通程序9件，作出罚款处罚3万元，"
            "未发生行政处罚决定被变更或者撤销的情况。",
        ),
        (TOGETHER, "宪法宣传周期间开展普法活动10余次。"),
    ]
    assert [block.internal is not None for block in blocks(report, ACHIEVEMENTS)] == [True, *[False] * 5]


def test_what_fell_short_is_told_only_where_somebody_says_so(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = a_year(session)
        report = year.compile()

        assert texts(report, DEFICIENCIES) == ["普法渠道较为单一。账号缺少专人维护。"]
        assert offered(year, DEFICIENCIES) == [
            f"“{ORDER}”方面有1项任务未按时完成：“修订工作规则”（时限6月30日，7月8日完成）。",
            f"“{ENFORCEMENT}”方面有1项任务未按时完成：“开展案卷评查”（时限10月31日，尚未完成）。"
            "据进展记录：评查人员尚未到位。",
        ]
        newest = newest_report(session, year.organ, 2025)
        assert newest is not None
        restore_block(session, newest, "missed:project:2", by=BY)
        told = texts(year.compile("2026-01-16"), DEFICIENCIES)
        assert told[1:] == [f"“{ORDER}”方面有1项任务未按时完成：“修订工作规则”（时限6月30日，7月8日完成）。"]


def test_what_is_offered_goes_with_its_reason(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session, ORDER)
        item = year.item("修订工作规则", due="12-31")
        year.compile("2026-01-15")
        assert len(offered(year, DEFICIENCIES)) == 1
        session.exec(select(Deadline)).one().done_on = item.closed_on = day("12-31")
        session.flush()

        year.compile("2026-01-16")

        assert offered(year, DEFICIENCIES) == []


@pytest.mark.parametrize(
    ("due", "due_text", "closed", "expected"),
    [
        ("12-31", None, "2026-01-06", "（时限12月31日，次年1月6日完成）"),
        ("12-31", None, "12-31", None),
        ("2026-06-30", None, None, None),
        (None, None, None, "（未定时限，尚未完成）"),
        (None, "尽快", None, "（时限尽快，尚未完成）"),
    ],
    ids=["done after the year", "done on its day", "due next year", "nobody set a day", "only words"],
)
def test_an_item_falls_short_by_its_own_day(
    engine: Engine, due: str | None, due_text: str | None, closed: str | None, expected: str | None
) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session, ORDER)
        year.item("修订工作规则", due=due, closed=closed, due_text=due_text)
        year.compile()
        found = offered(year, DEFICIENCIES)

    assert (expected in found[0]) if expected else found == []


def test_a_draft_with_a_day_next_year_does_not_fall_short(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session, ORDER)
        year.item("修订工作规则").due_on = day("2026-06-30")

        assert blocks(year.compile(), DEFICIENCIES)[0].unsupported


def test_a_recurring_item_is_named_once_however_many_turns_it_missed(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session, ORDER)
        year.turns(year.item("报送情况", recurrence="FREQ=MONTHLY;BYMONTHDAY=25"), done=10)

        year.compile()
        assert offered(year, DEFICIENCIES) == [
            f"“{ORDER}”方面有1项任务未按时完成：“报送情况”（时限11月25日等多期，尚未完成）。"
        ]


def test_a_turn_that_was_taken_back_was_never_missed(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session, ORDER)
        item = year.item("报送情况", recurrence="FREQ=MONTHLY;BYMONTHDAY=25")
        year.turns(item, done=10)
        reschedule(
            session,
            year.rewrite(item, recurrence="FREQ=MONTHLY;BYMONTH=1,10;BYMONTHDAY=25"),
            reason="调整",
            on=day("12-30"),
            now=opening_of(day("12-30")),
        )

        assert texts(year.compile(), ACHIEVEMENTS)[0] == "全年列入计划任务1项，完成1项，其中按时完成1项。"


def test_an_achievement_counts_once_it_is_accepted_and_in_its_own_year(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session, PUBLICITY)
        item = year.item("开展宪法宣传周活动")
        year.progress(item, "12-1", achievement="尚未采纳", accepted=False)
        year.progress(item, "2024-12-31", achievement="去年的事")
        year.progress(item, "2026-01-01", achievement="来年的事")
        year.progress(item, "12-4", achievement="后做的事")
        year.progress(item, "3-1", achievement="先做的事。")

        assert texts(year.compile(), ACHIEVEMENTS, PUBLICITY) == ["先做的事。", "后做的事。"]


def test_a_project_without_results_stays_and_asks_for_them(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session, ORDER)
        year.item("修订工作规则")

        block = blocks(year.compile(), ACHIEVEMENTS)[-1]

    assert (block.heading, block.sources, block.unsupported) == (ORDER, (), True)


@pytest.mark.parametrize(
    ("projects", "heading"),
    [
        (("规范行政执法", "加强执法保障"), "规范行政执法"),
        (("加强执法保障", "规范行政执法"), "规范行政执法"),
        (("落实“谁执法谁普法”责任制",), "其他工作"),
        (("落实“谁执法谁普法”责任制", "推进严格规范公正文明执法"), "推进严格规范公正文明执法"),
    ],
)
def test_a_ledger_stands_where_it_belongs_else_for_itself(
    engine: Engine, projects: tuple[str, ...], heading: str
) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session, *projects)
        year.item("任务", project=projects[0])
        year.case("5-1", Procedure.SIMPLE)

        found = [block.heading for block in blocks(year.compile(), ACHIEVEMENTS) if "执法案件" in block.text]

    assert found == [heading]


def test_nothing_is_said_of_a_ledger_that_nobody_kept(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session)
        year.item("任务")

        assert "执法" not in "".join(texts(year.compile(), ACHIEVEMENTS)).replace("谁执法谁普法", "")


def test_decisions_that_fell_and_a_single_procedure_are_told_as_they_are(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session)
        year.item("任务")
        year.case("5-1", Procedure.ORDINARY, outcome=Outcome.CHANGED)
        year.case("5-2", Procedure.ORDINARY, outcome=Outcome.REVOKED)

        report = year.compile()

    assert texts(report, ACHIEVEMENTS, ENFORCEMENT) == [
        "办理行政执法案件2起，均适用普通程序，其中2起的处罚决定被变更或者撤销。"
    ]
    assert figures(report)["简易程序案件"].value == 0


def test_every_number_in_a_text_is_the_number_that_was_counted(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        report = a_year(session).compile()

    found = figures(report)
    assert {name: found[name].written for name in ("行政执法案件", "罚款金额", "被变更或撤销案件", "集中学习研讨")} == {
        "行政执法案件": "13起",
        "罚款金额": "3万元",
        "被变更或撤销案件": "0起",
        "集中学习研讨": "2次",
    }
    assert len(found["罚款金额"].rows) == 13
    for section in report.sections:
        for block in section.blocks:
            for figure in block.figures:
                assert not figure.value or figure.approximate or figure.written in block.text
                assert set(figure.rows) <= set(block.sources)


def test_an_approximate_figure_stays_approximate(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        figure = figures(a_year(session).compile())["宪法宣传周期间开展普法活动"]

    assert (figure.written, figure.approximate, figure.rows) == ("10次", True, ("progress:2",))


def test_the_duties_on_record_stand_in_one_sentence_and_the_missing_are_asked_for(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        report = a_year(session).compile()

    assert [(block.heading, block.text, block.unsupported) for block in blocks(report, FIRST)] == [
        (
            None,
            "青禾县水务局主要负责人切实履行推进法治建设第一责任人职责，"
            "对法治政府建设重要工作亲自部署、重要任务亲自督办。",
            False,
        ),
        (None, "主持召开办公会，部署年度工作。", False),
        (None, "现场督办工作规则修订。", False),
        (None, "没有亲自过问、协调的履职记录，请补记后重新编制，或者删去本条。", True),
    ]


def hear(year: ReportYear, on: str, text: str) -> None:
    year.act(Duty.INQUIRE, on, text)
    year.session.exec(select(LeadershipAct).where(LeadershipAct.text == text)).one().hearing = True
    year.session.flush()


def instruct(year: ReportYear, item: WorkItem, by: Person, on: str, text: str) -> None:
    year.deadline(item, on)
    deadline = year.session.exec(select(Deadline.id).order_by(col(Deadline.id).desc())).first()
    instruction = Instruction(
        organ_id=key(year.organ.id), item_id=key(item.id), deadline_id=key(deadline), text=text,
        person_id=key(by.id), kind=Duty.COORDINATE, on=day(on), recorded_at=opening_of(day(on)),
    )  # fmt: skip
    year.session.add(instruction)
    year.session.flush()
    act = LeadershipAct(
        organ_id=key(year.organ.id), item_id=item.id, instruction_id=instruction.id, kind=Duty.COORDINATE, on=day(on),
        text=f"就“{item.title}”批示：{text}", recorded_at=opening_of(day(on)),
    )  # fmt: skip
    year.session.add(act)
    year.session.flush()


def test_acts_are_told_by_subject_and_instructions_counted_their_words_kept_inside(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session, "普法宣传", "规范执法")
        items = {name: year.item(f"{name}事项", project=name) for name in ("普法宣传", "规范执法")}
        year.act(Duty.SUPERVISE, "3-1", "督办案卷评查", item=items["规范执法"])
        year.act(Duty.DEPLOY, "5-1", "部署宪法宣传周", item=items["普法宣传"])
        hear(year, "6-1", "听取上半年法治工作汇报")
        hear(year, "12-1", "听取全年法治工作汇报")
        first = year.person("刘局长", Role.FIRST_RESPONSIBLE)
        for on in ("7-1", "8-1"):
            instruct(year, items["规范执法"], first, on, f"{on}前办结")
        told = [(block.text, block.internal) for block in blocks(year.compile(), FIRST)]

    assert told == [
        (
            "青禾县水务局主要负责人切实履行推进法治建设第一责任人职责，对法治政府建设重要工作亲自部署、"
            "重大问题亲自过问、重点环节亲自协调、重要任务亲自督办。",
            None,
        ),
        ("听取上半年法治工作汇报；听取全年法治工作汇报，先后听取汇报2次。", None),
        ("部署宪法宣传周。", None),
        ("督办案卷评查。", None),
        ("就规范执法等工作作出批示2次，督促抓好落实。", None),
        ("就“规范执法事项”批示：7-1前办结。", "批示原文不公开"),
        ("就“规范执法事项”批示：8-1前办结。", "批示原文不公开"),
    ]


def test_an_act_of_somebody_else_is_for_a_person_to_judge(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session)
        year.item("任务")
        first = year.person("刘局长", Role.FIRST_RESPONSIBLE, until="6-30")
        deputy = year.person("张副局", Role.LEADER)
        year.act(Duty.DEPLOY, "6-30", "在任", person=first)
        year.act(Duty.DEPLOY, "7-1", "已离任", person=first)
        year.act(Duty.DEPLOY, "8-1", "分管", person=deputy)
        overview, *told, _ = blocks(year.compile(), FIRST)

    assert [(block.text, block.unverified) for block in told] == [
        ("在任。", False),
        ("已离任。", True),
        ("分管。", True),
    ]
    assert overview.sources[1:] == ("act:1",)


def test_the_same_rows_are_the_same_version_and_the_same_bytes(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = a_year(session)
        first, again = year.compile(), year.compile()
        other_day = year.compile("2026-01-16")
        year.study("10-10", "宪法")
        changed = year.compile("2026-01-16")

        assert [report.version for report in (first, again, other_day, changed)] == [1, 1, 2, 3]
        assert render(lay_out_report(first)) == render(lay_out_report(again))
        assert [report.version for report in session.exec(select(Report).order_by(col(Report.version)))] == [1, 2, 3]
    assert first.snapshot == again.snapshot != changed.snapshot


def test_what_was_compiled_is_kept_as_it_was(any_engine: Engine) -> None:
    with unit_of_work(any_engine) as session:
        report = a_year(session).compile()
        session.expire_all()

        in_order = select(ReportBlock).order_by(col(ReportBlock.section_id), col(ReportBlock.ordinal))
        kept = [block for block in session.exec(in_order) if not block.offered]
        told = [block for section in report.sections for block in section.blocks]
        assert [(block.heading, block.text, block.sources, block.unsupported) for block in kept] == [
            (block.heading, block.text, list(block.sources), block.unsupported) for block in told
        ]
        [fines] = session.exec(select(ReportFigure).where(ReportFigure.name == "罚款金额")).all()
        assert (fines.value, fines.unit, len(fines.rows)) == (Decimal(3), "万元", 13)
        assert fines.row_hash == figures(report)["罚款金额"].row_hash


def test_the_number_of_statements_does_not_grow_with_the_rows(engine: Engine) -> None:
    def statements(items: int) -> int:
        """How many it takes to compile the report of so many items."""
        seen: list[str] = []
        with unit_of_work(engine) as session:
            year = ReportYear(session, *(f"项目{items}之{place}" for place in range(3)), year=2000 + items)
            for place in range(items):
                year.item(f"任务{place}", project=f"项目{items}之{place % 3}", due="2001-06-30")
            session.flush()
            event.listen(engine, "before_cursor_execute", lambda *call: seen.append(call[2]))
            year.compile("2100-01-15")
        return len(seen)

    assert 10 <= statements(3) == statements(40)


def test_a_year_without_plan_without_items_or_yet_to_come_is_refused(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session)

        with pytest.raises(BadInputError, match="计划中没有任务"):
            year.compile()
        with pytest.raises(BadInputError, match="2025 年度尚未开始"):
            year.compile("2024-12-31")
        with pytest.raises(NotFoundError, match="没有 2024 年度计划"):
            compile_report(session, year.organ, 2024, by=administrator(day("2025-01-15")), on=day("2025-01-15"))


@pytest.mark.parametrize(
    ("year", "expected"), [(2024, "2025-01-15"), (2025, "2026-01-15"), (2021, "2022-01-17"), (2022, "2023-01-16")]
)
def test_a_report_is_dated_on_a_working_day_in_the_middle_of_january(year: int, expected: str) -> None:
    assert report_day(year, WorkCalendar()) == day(expected)


def test_each_new_version_leaves_one_entry_and_the_same_again_none(any_engine: Engine) -> None:
    with unit_of_work(any_engine) as session:
        a_year(session)
    for _ in range(2):
        with on_record(any_engine) as session:
            organ = session.exec(select(Organ)).one()
            report = compile_report(session, organ, 2025, by=BY, on=BY.on)
    with Session(any_engine) as session:
        (entry,) = session.exec(select(AuditEntry).where(AuditEntry.action == Action.COMPILE))
    assert (entry.organ_id, entry.before) == (organ.id, {})
    assert entry.after == {
        "year": 2025, "version": 1, "title": report.title, "snapshot": report.snapshot, "dated_on": "2026-01-15",
    }  # fmt: skip


def test_who_may_not_compile_is_refused_and_a_rhythm_may(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = a_year(session)
        auditor = year.person("监督", Role.AUDITOR)
        for by in (Actor("监督", Channel.WEB, BY.on, BY.now, auditor.id), Actor("无名", Channel.API, BY.on, BY.now)):
            with pytest.raises(ForbiddenError, match="不能编制年度报告"):
                compile_report(session, year.organ, 2025, by=by, on=BY.on)
        rhythm = Actor("年度报告编制", Channel.RHYTHM, BY.on, BY.now)
        assert compile_report(session, year.organ, 2025, by=rhythm, on=BY.on).version == 1


def linked(session: Session, item: WorkItem) -> None:
    session.exec(select(EnforcementCase)).all()[0].item_id = item.id
    session.flush()


def test_a_ledger_stands_with_the_item_its_rows_are_linked_to_else_where_the_office_has_it(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session, "健全机制", "规范行政执法")
        item = year.item("执法检查", project="健全机制")
        year.case("5-1", Procedure.SIMPLE)

        def heading(**template: object) -> str | None:
            told = blocks(year.compile(template=ReportTemplate.model_validate(template)), ACHIEVEMENTS)
            return next(block.heading for block in told if block.key == "ledger:case")

        assert heading() == "规范行政执法"
        assert heading(ledger_headings={"case": "监督检查"}) == "监督检查"
        linked(session, item)
        assert heading(ledger_headings={"case": "监督检查"}) == "健全机制"


def test_an_achievement_that_tells_the_same_rows_takes_the_figures_in(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session, "规范行政执法")
        item = year.item("办理案件")
        year.progress(item, "12-1", achievement="办理案件13起，罚款3万元，检查企业40家。")
        year.thirteen_cases()
        linked(session, item)

        told = blocks(year.compile(), ACHIEVEMENTS)[1:]

    [block] = told
    found = {figure.name: len(figure.rows) for figure in block.figures}
    assert (block.key, block.text) == ("progress:1", "办理案件13起，罚款3万元，检查企业40家。")
    assert found == {"行政执法案件": 13, "罚款金额": 13, "检查企业": 1}
    assert {"progress:1", "case:1", "case:13"} <= set(block.sources)


def test_an_achievement_that_tells_another_number_leaves_the_ledger_beside_it(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session, "规范行政执法")
        item = year.item("办理案件")
        year.progress(item, "12-1", achievement="办理案件12起。")
        year.thirteen_cases()

        assert [block.key for block in blocks(year.compile(), ACHIEVEMENTS)[1:]] == ["progress:1", "ledger:case"]


def test_paragraphs_of_one_sentence_go_together_and_one_that_asks_stays_apart(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session, "甲项工作", "乙项工作", "丙项工作", "丁项工作")
        for name in ("甲项工作", "丙项工作"):
            for title in ("修订规则", "清理文件"):
                year.item(title, project=name, closed="6-1")
        year.item("召开例会", project="乙项工作", closed="6-1")
        year.item("组织宣讲", project="丁项工作")

        told = blocks(year.compile(), ACHIEVEMENTS)[1:]

    assert [(block.heading, block.text[:4]) for block in told] == [
        ("甲项工作", "修订规则"), ("甲项工作", "清理文件"),
        ("乙项工作，丙项工作", "召开例会"), ("乙项工作，丙项工作", "修订规则"), ("乙项工作，丙项工作", "清理文件"),
        ("丁项工作", "本项工作"),
    ]  # fmt: skip


def test_items_of_a_heading_stand_in_the_order_of_the_plan(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session, ORDER)
        for number, title, closed in (("10", "第三", "1-5"), ("2", "第二", "9-1"), ("1", "第一", "6-1")):
            year.item(title, closed=closed).number = number
        session.flush()

        assert texts(year.compile(), ACHIEVEMENTS, ORDER) == ["第一。", "第二。", "第三。"]
