"""A report on its way: by whom each step is done, what it binds, and what keeps it from going further."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from models.database import on_record, unit_of_work
from models.errors import BadInputError, ConflictError, DubanError, ForbiddenError
from models.people.person import Role
from models.report.filing import FLOW, FilingAct, FilingState, FilingStep
from models.report.filing_rows import Adoption, Consultation
from models.report.report import Report
from tasks.people.find import find_person
from tasks.report.compiling.compile_report import newest_report
from tasks.report.compiling.report_hash import content_hash, short_hash
from tasks.report.desk.edit_block import edit_block
from tasks.report.filing.addressees import addressees_of
from tasks.report.filing.consult import settle_opinion
from tasks.report.filing.review import forward, pass_legal, pass_secrecy, return_, sign_off, submit
from tasks.report.filing.send import archive, note_receipt, publish, send
from tasks.report.filing.step import find_filing, open_acts, steps_of
from tests.filing import COPY, FINANCE, FINANCE_HEAD, TO, FilingOffice
from tests.office import FIRST, HANDLER, HEAD, LEADER, OUTSIDER, SUPERVISOR, day

SITE = "https://www.example.gov.cn/2025"


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> FilingOffice:
    return FilingOffice(engine, tmp_path / "home")


def log(office: FilingOffice) -> list[tuple[str, str, str]]:
    """Who did what, and where it led."""
    with unit_of_work(office.engine) as session:
        rows = steps_of(session, find_filing(session, office.organ(session), office.report_year))
    return [(office.name_of(row.person_id) or "", row.deed.label, row.to_state.label) for row in rows]


def edit(office: FilingOffice, text: str, *, on: str) -> Report:
    """The supervisor changes the study sentence at the desk."""
    with on_record(office.engine) as session:
        report = newest_report(session, office.organ(session), office.report_year)
        assert report is not None
        block = edit_block(
            session, report, "ledger:study", by=office.by(session, SUPERVISOR, on), text=text, basis="会议记录"
        )  # fmt: skip
        assert block.text == text
    return office.newest


def test_from_the_draft_to_the_archive_with_a_return_on_the_way(any_engine: Engine, tmp_path: Path) -> None:
    office = FilingOffice(any_engine, tmp_path / "home")
    first = office.newest

    office.acting(SUPERVISOR, submit, on="2026-01-16")
    office.consult(FINANCE, "法规科", due="2026-01-23", on="2026-01-16")
    office.reply(FINANCE_HEAD, FINANCE, "学习次数请再核实", on="2026-01-19")
    office.reply(HANDLER, "法规科", on="2026-01-20")
    with pytest.raises(ForbiddenError, match="财务科的意见尚未处理"):
        office.acting(SUPERVISOR, forward, on="2026-01-20")
    number = office.rows(Consultation)[0].id
    office.acting(SUPERVISOR, settle_opinion, number, on="2026-01-20", adoption=Adoption.YES)
    office.acting(SUPERVISOR, forward, on="2026-01-20")
    office.acting(LEADER, return_, on="2026-01-21", reason="学习次数未改")
    assert (office.filing.state, office.filing.report_id) == (FilingState.DRAFTING, first.id)

    second = edit(office, "围绕“行政处罚法”专题开展法治学习研讨1次，人员到齐。", on="2026-01-21")
    assert (second.version, second.content_hash) == (first.version + 1, None)
    bound = office.filing.content_hash
    with unit_of_work(any_engine) as session:
        assert content_hash(session, session.get_one(Report, first.id)) == bound

    office.acting(SUPERVISOR, submit, on="2026-01-22")
    office.acting(SUPERVISOR, forward, on="2026-01-22")
    office.acting(LEADER, pass_legal, on="2026-01-23", opinion="内容合法")
    office.hire("周督办", Role.SUPERVISOR, "督办员")
    office.acting("周督办", pass_secrecy, on="2026-01-26")
    office.acting(FIRST, sign_off, on="2026-01-27", seen=short_hash(office.filing.content_hash))
    office.acting(SUPERVISOR, send, TO[0], on="2026-01-28", way="机要交换")
    assert office.filing.state is FilingState.FILING
    office.acting(SUPERVISOR, send, TO[1], on="2026-01-29", way="公文系统")
    office.acting(SUPERVISOR, send, COPY, on="2026-01-29", way="公文系统")
    office.acting(SUPERVISOR, note_receipt, TO[0], on="2026-01-30", number="收文〔2026〕12号")
    office.acting(SUPERVISOR, publish, SITE, on="2026-03-02")
    office.acting(SUPERVISOR, archive, on="2026-03-05", number="2026-WS-0012", place="档案室A3")

    filing = office.filing
    assert filing.state is FilingState.ARCHIVED
    assert (str(filing.approved_on), str(filing.delivered_on), str(filing.published_on)) == (
        "2026-01-27", "2026-01-29", "2026-03-02",
    )  # fmt: skip
    assert (filing.report_id, filing.round, filing.filed_late, filing.published_late) == (second.id, 2, False, False)
    assert log(office) == [
        (SUPERVISOR, "送审", "征求意见"), (SUPERVISOR, "征求意见", "征求意见"), (FINANCE_HEAD, "反馈意见", "征求意见"),
        (HANDLER, "反馈意见", "征求意见"), (SUPERVISOR, "处理意见", "征求意见"), (SUPERVISOR, "送法制审核", "法制审核"),
        (LEADER, "退回", "起草"), (SUPERVISOR, "送审", "征求意见"), (SUPERVISOR, "送法制审核", "法制审核"),
        (LEADER, "通过法制审核", "保密审查"), ("周督办", "通过保密审查", "领导审签"), (FIRST, "审签", "报送"),
        (SUPERVISOR, "报送", "报送"), (SUPERVISOR, "报送", "公开"), (SUPERVISOR, "报送", "公开"),
        (SUPERVISOR, "登记回执", "公开"), (SUPERVISOR, "公开", "公开"), (SUPERVISOR, "归档", "归档"),
    ]  # fmt: skip
    signed = [row for row in office.rows(FilingStep) if row.deed is FilingAct.SIGN]
    assert [(row.report_id, row.content_hash) for row in signed] == [(second.id, filing.content_hash)]


# --- what a signature stands for ----------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["legal_review", "secrecy_review", "sign_off", "filing", "publishing"])
def test_a_version_changed_behind_the_programs_back_goes_no_further(office: FilingOffice, state: str) -> None:
    office.until(state)
    office.tamper()
    acts: dict[str, Callable[[], object]] = {
        "legal_review": lambda: office.acting(LEADER, pass_legal, opinion="合法"),
        "secrecy_review": lambda: office.acting(LEADER, pass_secrecy),
        "sign_off": lambda: office.acting(FIRST, sign_off, accepting="已核"),
        "filing": lambda: office.acting(SUPERVISOR, send, TO[0], way="专人送达"),
        "publishing": lambda: office.acting(SUPERVISOR, publish, SITE),
    }
    before = office.filing
    with pytest.raises(ForbiddenError, match=r"内容与送审时.*不符，不能继续办理：请退回，核实后重新送审"):
        acts[state]()
    assert office.filing == before


def test_a_changed_version_cannot_be_sent_on_again_as_if_it_were_the_same(office: FilingOffice) -> None:
    office.until("sign_off")
    office.tamper()
    office.acting(FIRST, return_, reason="内容被改动")
    with pytest.raises(ForbiddenError, match="送审过，其后内容被改动"):
        office.acting(SUPERVISOR, submit)


@pytest.mark.parametrize("state", ["consulting", "sign_off"])
def test_nothing_is_filed_or_published_before_it_is_signed(office: FilingOffice, state: str) -> None:
    office.until(state)
    with pytest.raises(ForbiddenError, match="环节，不能报送：须在“报送”、“公开”环节办理"):
        office.acting(SUPERVISOR, send, TO[0], way="专人送达")
    with pytest.raises(ForbiddenError, match="环节，不能公开：须在“公开”环节办理"):
        office.acting(SUPERVISOR, publish, SITE)
    with unit_of_work(office.engine) as session:
        # Even where the step itself was set by other means.
        find_filing(session, office.organ(session), 2025).state = FilingState.PUBLISHING
    with pytest.raises(ForbiddenError, match="尚未审签，不能办理"):
        office.acting(SUPERVISOR, publish, SITE)


def test_one_signs_the_very_version_one_has_read(office: FilingOffice) -> None:
    office.until("sign_off")
    read = short_hash(office.filing.content_hash)
    office.acting(FIRST, return_, reason="补充")
    edit(office, "年内学习1次。", on="2026-01-16")
    office.until("sign_off")
    with pytest.raises(ConflictError, match="已换成另一版"):
        office.acting(FIRST, sign_off, seen=read, accepting="已核")
    office.acting(FIRST, sign_off, seen=short_hash(office.filing.content_hash), accepting="已核")
    assert office.filing.state is FilingState.FILING


def test_a_signature_does_not_outlive_a_return_before_it(office: FilingOffice) -> None:
    office.until("publishing")
    office.acting(FIRST, return_, reason="落款有误", to=FilingState.SIGN_OFF)
    assert office.filing.approved_on is None
    office.acting(FIRST, sign_off)
    assert office.filing.state is FilingState.FILING


# --- who may do which step, and when ------------------------------------------------------------------------------

MAY = {
    FilingState.DRAFTING: {SUPERVISOR: "送审 处理意见"},
    FilingState.CONSULTING: {
        SUPERVISOR: "征求意见 处理意见 送法制审核 调整报送对象 退回", LEADER: "退回", FIRST: "退回",
    },
    FilingState.LEGAL_REVIEW: {
        SUPERVISOR: "调整报送对象 退回", LEADER: "通过法制审核 退回", FIRST: "退回",
    },
    FilingState.SECRECY_REVIEW: {
        SUPERVISOR: "调整报送对象 退回", LEADER: "通过保密审查 退回", FIRST: "退回",
    },
    FilingState.SIGN_OFF: {SUPERVISOR: "调整报送对象 退回", LEADER: "退回", FIRST: "审签 退回"},
    FilingState.FILING: {SUPERVISOR: "报送 登记回执 调整报送对象 退回", LEADER: "退回", FIRST: "退回"},
    FilingState.PUBLISHING: {
        SUPERVISOR: "报送 登记回执 公开 归档 调整报送对象 退回", LEADER: "退回", FIRST: "退回",
    },
    FilingState.ARCHIVED: {},
}  # fmt: skip
"""Who may do what for the organ at each step, once the supervisor sent it on; opinions are the departments', whoever is
not named may nothing."""


@pytest.mark.parametrize("state", FilingState, ids=str)
def test_who_may_do_what_at_each_step(office: FilingOffice, state: FilingState) -> None:
    office.until("consulting")
    with Session(office.engine) as session:
        filing = find_filing(session, office.organ(session), 2025)
        filing.state = state
        for name in (HANDLER, HEAD, LEADER, FIRST, SUPERVISOR, OUTSIDER):
            by = office.by(session, name, office.today)
            assert {act.label for act in open_acts(session, by, filing)} == set(MAY[state].get(name, "").split()), name


REFUSED: dict[str, Callable[[FilingOffice], object]] = {
    "送审": lambda office: office.acting(SUPERVISOR, submit),
    "通过法制审核": lambda office: office.acting(LEADER, pass_legal, opinion="合法"),
    "通过保密审查": lambda office: office.acting(LEADER, pass_secrecy),
    "审签": lambda office: office.acting(FIRST, sign_off, accepting="已核"),
    "报送": lambda office: office.acting(SUPERVISOR, send, TO[0], way="专人送达"),
    "公开": lambda office: office.acting(SUPERVISOR, publish, SITE),
    "归档": lambda office: office.acting(SUPERVISOR, archive, number="1", place="档案室"),
    "退回": lambda office: office.acting(FIRST, return_, reason="再改"),
}


@pytest.mark.parametrize("state", ["consulting", "legal_review", "sign_off", "publishing"])
def test_an_act_out_of_turn_is_refused_with_the_step_it_stands_at(office: FilingOffice, state: str) -> None:
    office.until(state)
    here = FilingState(state)
    for act, try_it in REFUSED.items():
        line = next(line for known, line in FLOW.items() if known.label == act and known is not FilingAct.CONSULT)
        if here in line.sources:
            continue
        with pytest.raises(ForbiddenError, match=f"现在“{here.label}”环节，不能{act}"):
            try_it(office)


@pytest.mark.parametrize("who", [HANDLER, HEAD, LEADER, SUPERVISOR, OUTSIDER])
def test_nobody_but_the_first_responsible_person_signs(office: FilingOffice, who: str) -> None:
    office.until("sign_off")
    with pytest.raises(ForbiddenError, match=f"{who}不能审签报告：可由本单位的第一责任人办理"):
        office.acting(who, sign_off, accepting="已核")


def test_a_deputy_signs_for_the_first_responsible_person_on_leave(office: FilingOffice) -> None:
    office.until("sign_off")
    office.leave(FIRST, first="2026-01-19", last="2026-01-23", deputy=HEAD)
    with pytest.raises(ForbiddenError):
        office.acting(HEAD, sign_off, on="2026-01-16")
    office.acting(HEAD, sign_off, on="2026-01-19")
    row = office.rows(FilingStep)[-1]
    assert (office.name_of(row.person_id), office.name_of(row.for_id)) == (HEAD, FIRST)


def test_nobody_looks_over_what_he_sent_on_himself(office: FilingOffice) -> None:
    office.until("legal_review")
    with pytest.raises(
        ForbiddenError, match=r"陈督办已送审、已送法制审核，不能办理“报告法制审核”，.*：可由分管领导张副局办理"
    ):
        office.acting(SUPERVISOR, pass_legal, opinion="合法")
    office.hire("周督办", Role.SUPERVISOR, "督办员")
    office.acting(LEADER, pass_legal, opinion="合法")
    for who, done in ((SUPERVISOR, "已送审、已送法制审核"), (LEADER, "已作法制审核")):
        with pytest.raises(ForbiddenError, match=rf"{who}{done}，不能办理“报告保密审查”，.*：可由督办员周督办办理"):
            office.acting(who, pass_secrecy)
    office.acting("周督办", pass_secrecy)


def test_the_only_one_left_to_sign_reviews_nothing(office: FilingOffice) -> None:
    office.until("legal_review")
    with pytest.raises(
        ForbiddenError, match=r"刘局长是本单位唯一可以审签本报告的人，不能办理“报告法制审核”，.*分管领导张副局办理"
    ):
        office.acting(FIRST, pass_legal, opinion="合法")


def test_one_does_both_reviews_where_the_office_has_no_other_reviewer(office: FilingOffice) -> None:
    office.until("legal_review")
    office.acting(LEADER, pass_legal, opinion="合法")
    office.acting(LEADER, pass_secrecy)
    office.acting(FIRST, sign_off)
    assert office.filing.state is FilingState.FILING


def test_of_two_who_may_sign_the_one_who_reviewed_does_not(office: FilingOffice) -> None:
    office.hire("郑局长", Role.FIRST_RESPONSIBLE, "局长")
    office.until("legal_review")
    office.acting("郑局长", pass_legal, opinion="合法")
    office.acting(LEADER, pass_secrecy)
    with pytest.raises(ForbiddenError, match=r"郑局长已作法制审核，不能办理“审签报告”，.*：可由第一责任人刘局长办理"):
        office.acting("郑局长", sign_off)
    office.acting(FIRST, sign_off)


def test_where_an_office_has_nobody_left_it_is_told_who_may_and_the_organ_above_does(office: FilingOffice) -> None:
    office.vacate(LEADER, on="2026-01-10")
    office.until("legal_review")
    with pytest.raises(
        ForbiddenError,
        match=r"刘局长是本单位唯一.*：本单位现在没有别人可以办理，请先在“人员”中登记另一位督办员、分管领导",
    ):
        office.acting(FIRST, pass_legal, opinion="合法")
    with pytest.raises(ForbiddenError):
        office.acting(OUTSIDER, pass_legal, opinion="合法")
    with unit_of_work(office.engine) as session:
        office.organ(session).parent_id = find_person(session, OUTSIDER).organ_id
    with pytest.raises(ForbiddenError, match="可由上级单位的第一责任人赵外人办理，或者本单位现在没有别人"):
        office.acting(SUPERVISOR, pass_legal, opinion="合法")
    office.acting(OUTSIDER, pass_legal, opinion="合法")
    office.hire("周督办", Role.SUPERVISOR, "督办员")
    with pytest.raises(ForbiddenError, match=r"赵外人属上级单位，不能办理“报告保密审查”，.*：可由督办员周督办办理"):
        office.acting(OUTSIDER, pass_secrecy)


# --- returned -----------------------------------------------------------------------------------------------------


def test_a_return_leads_to_an_earlier_step_only_and_says_why(office: FilingOffice) -> None:
    office.until("secrecy_review")
    with pytest.raises(BadInputError, match="不能从“保密审查”退到“领导审签”：可退到起草、征求意见、法制审核。"):
        office.acting(FIRST, return_, reason="再看", to=FilingState.SIGN_OFF)
    with pytest.raises(BadInputError, match="退回的理由不能为空"):
        office.acting(FIRST, return_, reason=" ")
    office.acting(FIRST, return_, reason="法律依据再核", to=FilingState.LEGAL_REVIEW)
    assert office.filing.state is FilingState.LEGAL_REVIEW
    office.acting(LEADER, pass_legal, opinion="已核")


def test_what_was_archived_is_not_returned(office: FilingOffice) -> None:
    office.published()
    office.acting(SUPERVISOR, archive, number="1", place="档案室")
    with pytest.raises(ForbiddenError, match="现在“归档”环节，不能退回"):
        office.acting(FIRST, return_, reason="再看")


def test_a_report_corrected_after_filing_is_filed_anew_but_was_not_late(office: FilingOffice) -> None:
    office.until("publishing")
    office.today = day("2026-03-10")
    office.acting(FIRST, return_, reason="更正数字")
    office.until("publishing")
    filing = office.filing
    assert (str(filing.delivered_on), filing.filed_late, filing.round) == ("2026-01-15", False, 2)
    with unit_of_work(office.engine) as session:
        assert {str(one.sent_on) for one in addressees_of(session, filing, main=True)} == {"2026-03-10"}


# --- once, whoever comes ------------------------------------------------------------------------------------------


def at_once(office: FilingOffice, *acts: tuple[str, object, dict[str, object]]) -> list[str]:
    """All of them at the same moment, each in a transaction of its own; what each was told, empty for who did it."""
    ready_all = Barrier(len(acts))

    def go(who: str, act: object, more: dict[str, object]) -> str:
        with on_record(office.engine) as session:
            filing = find_filing(session, office.organ(session), 2025)
            by = office.by(session, who, office.today)
            ready_all.wait()
            try:
                act(session, filing, by=by, **more)  # type: ignore[operator]
            except DubanError as error:
                session.rollback()
                return error.message
        return ""

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(lambda one: go(*one), acts))


def _once(any_engine: Engine, office: FilingOffice, acts: list[tuple[str, object, dict[str, object]]]) -> list[str]:
    if any_engine.dialect.name == "postgresql":
        return at_once(office, *acts)
    # SQLite takes its lock when a transaction begins: who comes second begins after the first has ended.
    return [_alone(office, *one) for one in acts]


def _alone(office: FilingOffice, who: str, act: object, more: dict[str, object]) -> str:
    try:
        office.acting(who, act, **more)  # type: ignore[arg-type]
    except DubanError as error:
        return error.message
    return ""


def test_of_two_at_once_one_signs_and_the_other_is_told(any_engine: Engine, tmp_path: Path) -> None:
    office = FilingOffice(any_engine, tmp_path / "home")
    office.until("sign_off")
    told = _once(any_engine, office, [(FIRST, sign_off, {}), (FIRST, sign_off, {})])
    assert sorted(map(bool, told)) == [False, True]
    assert "现在“报送”环节，不能审签" in max(told)
    assert [row.deed for row in office.rows(FilingStep)].count(FilingAct.SIGN) == 1


def test_of_a_signature_and_a_return_at_once_one_counts(any_engine: Engine, tmp_path: Path) -> None:
    """Whichever is first; the other is told where the report stands. A return may also follow the signature."""
    office = FilingOffice(any_engine, tmp_path / "home")
    office.until("sign_off")
    told = _once(any_engine, office, [(LEADER, return_, {"reason": "再改"}), (FIRST, sign_off, {})])
    assert office.filing.state is FilingState.DRAFTING
    assert told[0] == ""
    assert told[1] == "" or "现在“起草”环节，不能审签" in told[1]
    assert office.filing.approved_on is None


def test_sent_on_twice_it_is_bound_once(any_engine: Engine, tmp_path: Path) -> None:
    office = FilingOffice(any_engine, tmp_path / "home")
    office.acting(SUPERVISOR, submit)
    with pytest.raises(ForbiddenError, match="现在“征求意见”环节，不能送审"):
        office.acting(SUPERVISOR, submit)
    assert len(office.rows(FilingStep)) == 1


def test_the_next_is_told_and_what_was_done_is_told_no_more(office: FilingOffice) -> None:
    office.until("legal_review")
    assert office.heard(SUPERVISOR) == []
    (words,) = office.heard(LEADER)
    assert "2025年度报告待您办理“法制审核”" in words
    office.hire("周督办", Role.SUPERVISOR, "督办员")
    office.acting(LEADER, pass_legal, opinion="合法")
    assert ["保密审查" in words for words in office.heard("周督办")] == [True]
    assert office.heard(LEADER) == office.heard(FIRST) == []


def test_without_an_item_nobody_is_told_and_nothing_fails(engine: Engine, tmp_path: Path) -> None:
    office = FilingOffice(engine, tmp_path / "home", items=False)
    office.until("publishing")
    assert office.notices() == []
