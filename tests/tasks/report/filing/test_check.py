"""What is found before a report is signed: put right, accepted with a reason, or not passed at all."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models.database import on_record, unit_of_work
from models.errors import BadInputError, ForbiddenError
from models.report.filing import FilingState, FilingStep
from models.report.filing_rows import AddresseeKind
from models.report.report import Report, ReportBlock
from tasks.report.compiling.compile_report import compile_report, newest_report
from tasks.report.compiling.report_hash import content_hash
from tasks.report.compiling.template import ReportTemplate
from tasks.report.desk.comment_report import comment, comments_of, resolve_comment
from tasks.report.desk.edit_block import edit_block
from tasks.report.filing.addressees import add_addressee, drop_addressee
from tasks.report.filing.check import FilingFinding, FindingKind, NotReadyError, ready
from tasks.report.filing.review import pass_secrecy, sign_off, submit
from tasks.report.filing.step import filing_of, find_filing
from tasks.report.output.edition import edition_of
from tasks.report.output.lay_out_report import lay_out_report
from tests.filing import COPY, FINANCE, TO, FilingOffice, vouch
from tests.office import FIRST, LEADER, SUPERVISOR


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> FilingOffice:
    return FilingOffice(engine, tmp_path / "home")


def kinds(office: FilingOffice) -> list[str]:
    with unit_of_work(office.engine) as session:
        report = newest_report(session, office.organ(session), 2025)
        assert report is not None
        return [one.kind.label for one in ready(session, report, on=office.today)]


def unverify(office: FilingOffice) -> None:
    with unit_of_work(office.engine) as session:
        session.exec(select(ReportBlock).where(ReportBlock.key == "ledger:study")).one().proposal = True


def unaddressed(office: FilingOffice) -> None:
    with unit_of_work(office.engine) as session:
        report = newest_report(session, office.organ(session), 2025)
        assert report is not None
        template = ReportTemplate(copies=(COPY,)).model_dump(mode="json")
        report.paper = (report.paper or {}) | {"template": template, "addressee": None}


def commented(office: FilingOffice) -> int:
    with on_record(office.engine) as session:
        report = newest_report(session, office.organ(session), 2025)
        assert report is not None
        made = comment(session, report, "ledger:study", by=office.by(session, FIRST, office.today), text="口径再核")
        return made.id or 0


def test_what_must_be_there_is_missed_when_the_report_is_sent_on_each_with_the_way_to_mend_it(
    office: FilingOffice,
) -> None:
    unverify(office)
    unaddressed(office)
    number = commented(office)
    with pytest.raises(NotReadyError) as refused:
        office.acting(SUPERVISOR, submit)
    assert [one.kind.label for one in refused.value.findings] == ["缺主送", "待核", "批注未处理"]
    assert refused.value.message.startswith("不能送审，请先处理 3 处。缺主送：没有主送机关，")
    for command in (
        "（duban report template set 文件.toml，再 duban report compile --year 2025）。",
        "（duban report confirm ledger:study --year 2025 --basis 依据）。",
        "（duban report comments --year 2025，再 duban report resolve 编号 --year 2025）。",
    ):
        assert command in refused.value.message
    with unit_of_work(office.engine) as session:
        assert filing_of(session, office.organ(session), 2025) is None

    with on_record(office.engine) as session:
        organ, by = office.organ(session), office.by(session, SUPERVISOR, office.today)
        report = newest_report(session, organ, 2025)
        assert report is not None
        resolve_comment(session, report, number, by=by, answer="已核")
        compile_report(
            session, organ, 2025, by=by, on=by.on, template=ReportTemplate(addressees=TO, copies=(COPY,))
        )  # fmt: skip
        vouch(session, organ, 2025)
    office.acting(SUPERVISOR, submit)
    assert office.filing.state is FilingState.CONSULTING


def test_a_refusal_names_ten_and_counts_the_rest(office: FilingOffice) -> None:
    found = [FilingFinding(FindingKind.UNVERIFIED, f"“某部分”中“第{place}段”", f"hand:{place}") for place in range(12)]
    with unit_of_work(office.engine) as session:
        said = NotReadyError(found, 2025, office.by(session, SUPERVISOR, office.today)).message
    assert said.count("待核：") == 10
    assert said.endswith("另有 2 处。")


def test_what_is_not_verified_passes_with_a_reason_only_and_stays_in_the_log(office: FilingOffice) -> None:
    office.until("secrecy_review")
    # As a version stands that was sent on before this was looked at.
    unverify(office)
    assert kinds(office) == ["待核"]
    with unit_of_work(office.engine) as session:
        bound = find_filing(session, office.organ(session), 2025)
        bound.content_hash = content_hash(session, session.get_one(Report, bound.report_id))
    with pytest.raises(ForbiddenError, match="通过保密审查前还有 1 处待看：待核："):
        office.acting(LEADER, pass_secrecy)
    office.acting(LEADER, pass_secrecy, reason="台账已核对")
    with pytest.raises(ForbiddenError, match="审签前还有 1 处待看"):
        office.acting(FIRST, sign_off)
    office.acting(FIRST, sign_off, accepting="以台账为准")
    found = [row.findings for row in office.rows(FilingStep)[-2:]]
    assert [len(lines) for lines in found] == [1, 1]
    assert "待核：“2025年推进法治政府建设的主要举措和成效”中“围绕‘行政处罚法’专题开展法治学习研讨1次" in found[1][0]


def test_quotation_marks_within_a_quotation_are_single(office: FilingOffice) -> None:
    unverify(office)
    with unit_of_work(office.engine) as session:
        session.exec(select(ReportBlock).where(ReportBlock.key == "ledger:study")).one().text = "“普法”一项未完成。"
    with pytest.raises(NotReadyError) as refused:
        office.acting(SUPERVISOR, submit)
    assert "中“‘普法’一项未完成”" in refused.value.message


def test_nothing_found_needs_no_reason(office: FilingOffice) -> None:
    assert kinds(office) == []
    office.until("secrecy_review")
    office.acting(LEADER, pass_secrecy)
    office.acting(FIRST, sign_off)
    assert office.filing.state is FilingState.FILING


def test_a_secrecy_marking_is_passed_with_no_reason_at_all(office: FilingOffice) -> None:
    with unit_of_work(office.engine) as session:
        session.exec(select(ReportBlock).where(ReportBlock.key == "ledger:study")).one().text = "学习会议（机密）1次。"
    assert kinds(office)[0] == "密级标志"
    with pytest.raises(ForbiddenError, match=r"先处理 1 处。密级标志：.*“（机密）”.*report edit ledger:study"):
        office.acting(SUPERVISOR, submit)


def test_a_report_for_nobody_cannot_be_signed(office: FilingOffice) -> None:
    office.until("sign_off")
    for name in TO:
        office.acting(SUPERVISOR, drop_addressee, name, reason="不再报送")
    with pytest.raises(ForbiddenError, match="不能审签：缺主送"):
        office.acting(FIRST, sign_off, accepting="不需要")
    office.acting(SUPERVISOR, add_addressee, "某县委依法治县办", AddresseeKind.MAIN)
    office.acting(FIRST, sign_off)


def test_a_comment_is_found_until_it_is_settled(office: FilingOffice) -> None:
    commented(office)
    assert kinds(office) == ["批注未处理"]
    with on_record(office.engine) as session:
        report = newest_report(session, office.organ(session), 2025)
        assert report is not None
        number = comments_of(session, report)[0].id or 0
        resolve_comment(session, report, number, by=office.by(session, SUPERVISOR, office.today), answer="已核")
    assert kinds(office) == []


def test_a_number_that_nothing_bears_out_is_found(office: FilingOffice) -> None:
    with on_record(office.engine) as session:
        report = newest_report(session, office.organ(session), 2025)
        assert report is not None
        by = office.by(session, SUPERVISOR, office.today)
        edit_block(session, report, "ledger:study", by=by, text="年内学习研讨77次。")
    assert kinds(office) == ["数字无据"]


def test_what_the_signer_accepted_is_not_printed(office: FilingOffice) -> None:
    def printed(*, public: bool) -> str:
        with unit_of_work(office.engine) as session:
            report = newest_report(session, office.organ(session), 2025)
            assert report is not None
            return repr(lay_out_report(edition_of(session, report, public=public).compiled))

    with on_record(office.engine) as session:
        report = newest_report(session, office.organ(session), 2025)
        assert report is not None
        edit_block(session, report, "ledger:study", by=office.by(session, SUPERVISOR, office.today), text="研讨77次。")
    office.until("sign_off")
    assert "研讨77次〔数字无据〕" in printed(public=False)
    with pytest.raises(BadInputError, match="公开版中还有数字无据 1 处"):
        printed(public=True)

    office.acting(FIRST, sign_off, accepting="以会议记录为准")
    for public in (True, False):
        assert "研讨77次。" in printed(public=public)
        assert "〔数字无据〕" not in printed(public=public)


def test_an_opinion_that_is_owed_or_not_dealt_with_is_found(office: FilingOffice) -> None:
    office.until("consulting")
    office.consult(FINANCE, "法规科", due="2026-01-20")
    assert kinds(office) == ["意见未了结", "意见未了结"]
    office.reply("钱科长", FINANCE)
    office.reply("王科长", "法规科", "请补充")
    assert kinds(office) == ["意见未了结"]
