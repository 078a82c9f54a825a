"""Working on a report block by block: what is done stays, is on record, and nobody writes over anybody unseen."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models.actor import Actor
from models.audit import AuditEntry
from models.database import on_record, unit_of_work
from models.errors import BadInputError, ConflictError, ForbiddenError, NotFoundError
from models.people.organ import Organ
from models.people.person import Role
from models.people.personal_duty import Duty
from models.report.report import Report, ReportFigure, SectionKind
from models.report.report_desk import EditKind, ReportEdit
from tasks.report.compiling.compile_report import compile_report
from tasks.report.compiling.read_back import read_back
from tasks.report.desk.arrange_blocks import merge_blocks, move_block, sentence_ends, split_block
from tasks.report.desk.at_desk import copy_version
from tasks.report.desk.edit_block import add_block, confirm_block, edit_block
from tasks.report.desk.mark_block import (
    adopt_compiled,
    keep_own,
    mark_figure,
    mark_internal,
    mark_public,
    restore_block,
    withdraw_block,
)
from tests.desk import CHEN, LIU, DeskYear, on_the_desk
from tests.report_year import ENFORCEMENT, ORDER, PUBLICITY

CASES, OVERVIEW, WEEK = "ledger:case", "overview", "progress:2"


@pytest.fixture
def session(any_engine: Engine) -> Any:
    with unit_of_work(any_engine) as session:
        yield session


@pytest.fixture
def desk(session: Session) -> DeskYear:
    return on_the_desk(session)


def texts(desk: DeskYear) -> list[str]:
    return [block.text for block in read_back(desk.session, desk.newest).blocks]


def test_an_edit_is_a_persons_until_it_is_the_compilers_again(desk: DeskYear) -> None:
    was = desk.block(WEEK).text
    edit_block(desk.session, desk.newest, WEEK, by=desk.by(), text="宣传周开展活动多场。", heading="法治宣传")
    block = desk.block(WEEK)
    assert (block.text, block.heading, block.titled) == ("宣传周开展活动多场。", "法治宣传", True)
    assert (block.compiled, block.author_id) == (was, desk.people[CHEN])
    edit_block(desk.session, desk.newest, WEEK, by=desk.by(LIU), text=was)
    assert (desk.block(WEEK).compiled, desk.block(WEEK).author_id) == (None, None)
    edits = desk.session.exec(select(ReportEdit)).all()
    assert [(edit.kind, edit.actor, edit.before, edit.after) for edit in edits] == [
        (EditKind.TEXT, CHEN, was, "宣传周开展活动多场。"),
        (EditKind.HEADING, CHEN, f"{ORDER}，{ENFORCEMENT}，{PUBLICITY}", "法治宣传"),
        (EditKind.TEXT, LIU, "宣传周开展活动多场。", was),
    ]
    with pytest.raises(BadInputError, match="没有改动"):
        edit_block(desk.session, desk.newest, WEEK, by=desk.by(), text=was, heading="法治宣传")


def test_of_two_who_saw_the_same_the_second_is_told(desk: DeskYear) -> None:
    seen = desk.seen(OVERVIEW)
    edit_block(desk.session, desk.newest, OVERVIEW, by=desk.by(LIU), text="任务基本完成。", seen=seen)
    with pytest.raises(ConflictError, match="这一段已由刘督办改文字，没有保存。现为：“任务基本完成。”"):
        edit_block(desk.session, desk.newest, OVERVIEW, by=desk.by(), text="任务大部完成。", seen=seen)
    assert desk.block(OVERVIEW).text == "任务基本完成。"


def test_a_bound_version_never_changes_and_work_goes_on_in_the_next(desk: DeskYear) -> None:
    bound, before = desk.bind(), texts(desk)
    seen = desk.seen(OVERVIEW)
    edit_block(desk.session, bound, OVERVIEW, by=desk.by(), text="任务基本完成。", seen=seen)
    newest = desk.newest
    assert (newest.version, newest.based_on_id, newest.content_hash) == (2, bound.id, None)
    assert [block.text for block in read_back(desk.session, bound).blocks] == before
    assert texts(desk) == ["任务基本完成。", *before[1:]]
    with pytest.raises(ConflictError, match="已有第 2 版，第 1 版不再改动"):
        edit_block(desk.session, bound, OVERVIEW, by=desk.by(), text="又改。")


def test_a_copy_is_equal_in_all_but_its_number(desk: DeskYear) -> None:
    mark_internal(desk.session, desk.newest, CASES, by=desk.by(), reason="涉及个案")
    report = desk.bind()
    copied = copy_version(desk.session, report, by=desk.by())
    one, other = read_back(desk.session, report), read_back(desk.session, copied)
    assert (one.sections, one.opening, one.title) == (other.sections, other.opening, other.title)
    assert (copied.version, copied.snapshot) == (2, report.snapshot)


def test_neighbours_merge_with_sources_and_figures_of_both(desk: DeskYear) -> None:
    first, second = desk.block("item:1"), desk.block("ledger:study")
    joined = first.text + second.text
    figures = {figure.name for figure in desk.session.exec(select(ReportFigure)) if figure.block_id == second.id}
    merge_blocks(desk.session, desk.newest, "item:1", by=desk.by())
    block = desk.block("item:1")
    assert (block.text, block.origins, block.compiled) == (joined, ["item:1", "ledger:study"], None)
    kept = {figure.name for figure in desk.session.exec(select(ReportFigure)) if figure.block_id == block.id}
    assert figures <= kept
    assert "ledger:study" not in desk.listed()
    assert "ledger:study" in desk.listed(withdrawn=True)
    desk.year.study("10-10", "宪法")
    desk.year.compile("2026-01-16")
    assert "法治学习研讨3次" in desk.block("item:1").text
    assert "ledger:study" not in desk.listed()


def test_a_block_is_split_behind_a_sentence_and_stays_split(desk: DeskYear) -> None:
    edit_block(desk.session, desk.newest, CASES, by=desk.by(), text="办理案件13起。罚款3万元。")
    assert sentence_ends(desk.block(CASES).text) == [8]
    _, other = split_block(desk.session, desk.newest, CASES, by=desk.by(), at=8)
    assert (desk.block(CASES).text, other.text) == ("办理案件13起。", "罚款3万元。")
    keys = desk.listed()
    assert keys[keys.index(CASES) + 1] == other.key
    assert [figure.name for figure in desk.session.exec(select(ReportFigure)) if figure.block_id == other.id] == [
        "罚款金额"
    ]
    desk.year.study("10-10", "宪法")
    desk.year.compile("2026-01-16")
    assert [desk.block(key).text for key in (CASES, other.key)] == ["办理案件13起。", "罚款3万元。"]
    with pytest.raises(BadInputError, match="1 至 7，现为 8"):
        split_block(desk.session, desk.newest, CASES, by=desk.by(), at=8)


def test_a_block_moves_within_its_part_and_to_another(desk: DeskYear) -> None:
    report = desk.newest
    move_block(desk.session, report, WEEK, by=desk.by(), after=OVERVIEW)
    assert desk.listed()[:2] == [OVERVIEW, WEEK]
    assert desk.block(WEEK).heading is None
    move_block(desk.session, report, OVERVIEW, by=desk.by(), before="deficiency:1")
    keys = desk.listed()
    assert keys[keys.index("deficiency:1") - 1] == OVERVIEW
    move_block(desk.session, report, OVERVIEW, by=desk.by(), section=SectionKind.OTHER)
    assert [section.heading for section in read_back(desk.session, report).sections][-1] == "其他需要报告的情况"
    assert desk.listed()[-1] == OVERVIEW
    desk.year.study("10-10", "宪法")
    desk.year.compile("2026-01-16")
    assert (desk.listed()[0], desk.listed()[-1]) == (WEEK, OVERVIEW)
    with pytest.raises(BadInputError, match="它自己"):
        move_block(desk.session, desk.newest, WEEK, by=desk.by(), after=WEEK)
    with pytest.raises(BadInputError, match="写明一处"):
        move_block(desk.session, desk.newest, WEEK, by=desk.by())


def test_what_is_withdrawn_is_kept_and_comes_back_to_its_place(desk: DeskYear) -> None:
    before = desk.listed()
    withdraw_block(desk.session, desk.newest, CASES, by=desk.by(), reason="另行报告")
    assert desk.listed() == [key for key in before if key != CASES]
    assert not any("行政执法案件" in text for text in texts(desk))
    desk.year.study("10-10", "宪法")
    desk.year.compile("2026-01-16")
    assert CASES not in desk.listed()
    restore_block(desk.session, desk.newest, CASES, by=desk.by())
    assert desk.listed() == before
    with pytest.raises(BadInputError, match="没有撤下"):
        restore_block(desk.session, desk.newest, CASES, by=desk.by())


def test_what_is_written_by_hand_asks_for_a_basis_until_it_has_one(desk: DeskYear) -> None:
    block = add_block(
        desk.session,
        desk.newest,
        by=desk.by(),
        section=SectionKind.ACHIEVEMENTS,
        text="与邻县建立协作机制。",
        after=CASES,
    )
    assert (block.heading, block.unverified) == (desk.block(CASES).heading, True)
    keys = desk.listed()
    assert keys[keys.index(CASES) + 1] == block.key
    confirm_block(desk.session, desk.newest, block.key, by=desk.by(), basis="协作协议（青水发〔2025〕8号）")
    assert (desk.block(block.key).unverified, desk.block(block.key).sources) == (
        False, ["word:协作协议（青水发〔2025〕8号）"],
    )  # fmt: skip
    desk.year.study("10-10", "宪法")
    desk.year.compile("2026-01-16")
    assert desk.block(block.key).text == "与邻县建立协作机制。"


def test_a_proposal_that_was_vouched_for_is_marked_no_more_until_it_changes(desk: DeskYear) -> None:
    deputy = desk.year.person("张副局", Role.LEADER)
    desk.year.act(Duty.DEPLOY, "8-1", "部署自查", person=deputy)
    desk.year.compile("2026-01-15")
    key = "act:3"
    assert desk.block(key).unverified
    confirm_block(desk.session, desk.newest, key, by=desk.by(), basis="经核实属实")
    text = desk.block(key).text
    desk.year.study("10-10", "宪法")
    desk.year.compile("2026-01-16")
    assert (desk.block(key).unverified, desk.block(key).was_compiled, desk.block(key).text) == (False, None, text)


def test_changed_sources_are_shown_and_a_person_decides(desk: DeskYear) -> None:
    edit_block(desk.session, desk.newest, "ledger:study", by=desk.by(), text="集中学习两次。")
    was = desk.block("ledger:study").compiled
    desk.year.study("10-10", "宪法")
    desk.year.compile("2026-01-16")
    block = desk.block("ledger:study")
    assert (block.text, block.was_compiled) == ("集中学习两次。", was)
    assert "3次" in (block.compiled or "")
    keep_own(desk.session, desk.newest, "ledger:study", by=desk.by())
    assert (desk.block("ledger:study").text, desk.block("ledger:study").was_compiled) == ("集中学习两次。", None)
    adopt_compiled(desk.session, desk.newest, "ledger:study", by=desk.by())
    block = desk.block("ledger:study")
    assert ("3次" in block.text, block.compiled, block.author_id) == (True, None, None)


def test_adopting_the_new_text_takes_the_pieces_of_the_old_away(desk: DeskYear) -> None:
    edit_block(desk.session, desk.newest, "ledger:study", by=desk.by(), text="集中学习2次。主题两个。")
    _, other = split_block(desk.session, desk.newest, "ledger:study", by=desk.by(), at=7)
    desk.year.study("10-10", "宪法")
    desk.year.compile("2026-01-16")
    adopt_compiled(desk.session, desk.newest, "ledger:study", by=desk.by())
    assert other.key not in desk.listed()
    assert "3次" in desk.block("ledger:study").text


def test_a_mark_says_why_and_is_taken_off_again(desk: DeskYear) -> None:
    mark_internal(desk.session, desk.newest, CASES, by=desk.by(), reason="涉及未公开案件")
    assert desk.block(CASES).internal == "涉及未公开案件"
    mark_public(desk.session, desk.newest, CASES, by=desk.by())
    assert desk.block(CASES).internal is None
    mark_figure(desk.session, desk.newest, CASES, "罚款金额", by=desk.by(), reason="未公开")
    marked = {figure.name: figure.internal for figure in desk.session.exec(select(ReportFigure)) if figure.internal}
    assert marked == {"罚款金额": "未公开"}
    with pytest.raises(BadInputError, match="这个数字已是如此"):
        mark_figure(desk.session, desk.newest, CASES, "case.fines", by=desk.by(), reason="未公开")
    with pytest.raises(NotFoundError, match="没有名为“没收”的数字；现有："):
        mark_figure(desk.session, desk.newest, CASES, "没收", by=desk.by(), reason="未公开")


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda s, r, by: edit_block(s, r, OVERVIEW, by=by, text=" "), "文字不能为空"),
        (lambda s, r, by: edit_block(s, r, OVERVIEW, by=by, text="字" * 20_001), "超过 20000 字"),
        (lambda s, r, by: edit_block(s, r, OVERVIEW, by=by, text="案情（机密）已报。"), "密级标志“（机密）”"),
        (lambda s, r, by: edit_block(s, r, "item:99", by=by, text="有。"), "没有“item:99”这一段"),
        (lambda s, r, by: merge_blocks(s, r, OVERVIEW, by=by, with_="deficiency:1"), "相邻的一段"),
        (lambda s, r, by: keep_own(s, r, OVERVIEW, by=by), "来源没有变化"),
        (lambda s, r, by: adopt_compiled(s, r, OVERVIEW, by=by), "没有可以采用的新文"),
        (lambda s, r, by: mark_public(s, r, "deficiency:1", by=by), "本来就是公开的"),
        (lambda s, r, by: mark_internal(s, r, OVERVIEW, by=by, reason=""), "不公开的原因不能为空"),
        (lambda s, r, by: confirm_block(s, r, OVERVIEW, by=by, basis=""), "依据不能为空"),
    ],
)
def test_what_cannot_be_done_says_why_and_leaves_the_report_as_it_was(
    desk: DeskYear, act: Callable[[Session, Report, Any], object], said: str
) -> None:
    before = read_back(desk.session, desk.newest)
    with pytest.raises(BadInputError, match=said):
        act(desk.session, desk.newest, desk.by())
    assert read_back(desk.session, desk.newest) == before


def test_only_who_compiles_may_edit(desk: DeskYear) -> None:
    auditor = desk.year.person("监督", Role.AUDITOR)
    desk.people["监督"] = auditor.id or 0
    with pytest.raises(ForbiddenError, match="监督不能编制年度报告"):
        edit_block(desk.session, desk.newest, OVERVIEW, by=desk.by("监督"), text="有。")


def test_every_act_leaves_one_entry_with_before_and_after(any_engine: Engine) -> None:
    with unit_of_work(any_engine) as session:
        desk = on_the_desk(session)
        by, was = desk.by(), desk.block(OVERVIEW).text
    acts: list[Callable[[Session, Report], object]] = [
        lambda s, r: edit_block(s, r, OVERVIEW, by=by, text="任务基本完成。另有一句。"),
        lambda s, r: split_block(s, r, OVERVIEW, by=by, at=7),
        lambda s, r: merge_blocks(s, r, OVERVIEW, by=by),
        lambda s, r: move_block(s, r, OVERVIEW, by=by, section=SectionKind.OTHER),
        lambda s, r: add_block(s, r, by=by, section=SectionKind.OTHER, text="另有一事。"),
    ]
    for act in acts:
        with on_record(any_engine) as session:
            known = len(session.exec(select(AuditEntry)).all())
            report = session.exec(select(Report)).one()
            act(session, report)
        with Session(any_engine) as session:
            left = session.exec(select(AuditEntry).order_by(col(AuditEntry.id))).all()[known:]
            assert [(entry.action, entry.actor) for entry in left] == [("compile", CHEN)]
    with Session(any_engine) as session:
        first = session.exec(select(AuditEntry).order_by(col(AuditEntry.id))).all()[-len(acts)]
        [name] = [name for name in first.before if name.startswith("report_block:")]
        assert (first.before[name]["text"], first.after[name]["text"]) == (was, "任务基本完成。另有一句。")


def test_of_an_edit_and_a_compilation_at_once_neither_is_lost(any_engine: Engine) -> None:
    """Whichever comes first: an edit is carried into the new version, or told that there is one."""
    with unit_of_work(any_engine) as session:
        desk = on_the_desk(session)
        by, organ_id = desk.by(), desk.year.organ.id
        desk.year.study("10-10", "宪法")

    def edit() -> str:
        try:
            with on_record(any_engine) as session:
                report = session.exec(select(Report).where(Report.version == 1)).one()
                edit_block(session, report, OVERVIEW, by=by, text="任务基本完成。")
        except ConflictError as error:
            return error.message
        return "已保存"

    def compile_again() -> str:
        with on_record(any_engine) as session:
            organ = session.get_one(Organ, organ_id)
            compile_report(session, organ, 2025, by=by, on=by.on)
        return "已编制"

    with ThreadPoolExecutor(2) as pool:
        said, done = pool.submit(edit), pool.submit(compile_again)
        told = said.result(30)
        assert done.result(30) == "已编制"
    with Session(any_engine) as session:
        newest = session.exec(select(Report).where(Report.version == 2)).one()
        first = next(read_back(session, newest).blocks)
    assert (first.text == "任务基本完成。", "已有第 2 版" in told) in ((True, False), (False, True))


def test_of_two_edits_at_once_one_is_told_of_the_other(any_engine: Engine) -> None:
    with unit_of_work(any_engine) as session:
        desk = on_the_desk(session)
        people, seen = [desk.by(CHEN), desk.by(LIU)], desk.seen(OVERVIEW)

    def edit(by: Actor) -> str:
        try:
            with on_record(any_engine) as session:
                report = session.exec(select(Report)).one()
                edit_block(session, report, OVERVIEW, by=by, text=f"{by.name}写的。", seen=seen)
        except ConflictError as error:
            return error.message
        return "已保存"

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(edit, people))
    assert told[0] == "已保存"
    assert "改文字，没有保存" in told[1]
