"""A report goes up: packed on one machine, received on another, once, and only as its sender packed it."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from joserfc.jwk import OKPKey
from sqlalchemy import Engine
from sqlmodel import col, func, select

from models.audit import AuditEntry
from models.database import on_record, unit_of_work
from models.errors import BadInputError, ForbiddenError, UnconfirmedKeyError
from models.people.organ import Organ
from models.people.permission import Action
from models.report.received_report import ReceivedReport, TrustedKey
from models.report.report import Report, ReportBlock, ReportFigure
from tasks.report.compiling.compile_report import compile_report
from tasks.report.compiling.report_hash import content_hash
from tasks.report.filing.pack_report import pack_report
from tasks.report.upward.receive_report import receive_report
from tasks.report.upward.report_package import read_package
from tasks.report.upward.signing_key import fingerprint_of, spaced
from tasks.report.upward.trust_key import trust_key
from tests.actors import administrator
from tests.filing import vouch
from tests.office import FIRST, SUPERVISOR, Office, day
from tests.upward import CODE, KEY, NAME, SENT, Above, Below, a_package, figure_data, report_data

PRINT = fingerprint_of(KEY)


@pytest.fixture
def below(engine: Engine, tmp_path: Path) -> Below:
    return Below(engine, tmp_path / "below")


@pytest.fixture
def above(other_engine: Engine, tmp_path: Path) -> Above:
    return Above(other_engine, tmp_path / "above")


def kept(above: Above) -> tuple[int, int]:
    """How many reports, how many keys."""
    with unit_of_work(above.engine) as session:
        reports = session.exec(select(func.count(col(ReceivedReport.id)))).one()
        return reports, session.exec(select(func.count(col(TrustedKey.id)))).one()


def test_a_report_arrives_with_its_words_and_its_figures(below: Below, above: Above) -> None:
    packed = below.pack()
    with pytest.raises(UnconfirmedKeyError) as unknown:
        above.receive(packed.content)
    assert spaced(packed.fingerprint) in unknown.value.message
    assert kept(above) == (0, 0)

    receipt = above.receive(packed.content, confirmed=spaced(unknown.value.fingerprint))

    row = receipt.report
    assert (receipt.new, receipt.sender.name, row.year, row.version, row.received_on) == (True, NAME, 2025, 1, SENT)
    assert above.store.read(row.package_sha256) == packed.content
    figures = {figure["code"]: (figure["value"], figure["unit"], figure["row_count"]) for figure in row.figures}
    assert figures["case.cases"] == ("13", "起", 13)
    assert figures["case.fines"] == ("3", "万元", 13)
    with unit_of_work(below.engine) as session:
        own = session.exec(select(Report)).one()
        assert (row.title, row.bound_hash) == (own.title, own.content_hash)
        told = select(ReportFigure).join(ReportBlock, col(ReportBlock.id) == ReportFigure.block_id)
        frozen = {figure.row_hash for figure in session.exec(told.where(col(ReportBlock.withdrawn).is_(False)))}
    assert {figure["row_hash"] for figure in row.figures} == frozen
    texts = [block["text"] for section in row.sections for block in section["blocks"]]
    assert any("办理行政执法案件13起" in text for text in texts)
    assert "rows" not in str(row.figures)


def test_the_same_package_is_packed_to_the_same_bytes_and_received_once(below: Below, above: Above) -> None:
    packed = below.pack()
    assert below.pack() == packed
    first = above.receive(packed.content, confirmed=packed.fingerprint)
    again = above.receive(packed.content)

    assert (again.new, again.report.id) == (False, first.report.id)
    assert kept(above) == (1, 1)
    with unit_of_work(above.engine) as session:
        assert [entry.action for entry in session.exec(select(AuditEntry))] == [Action.RECEIVE_REPORT]


def test_a_revised_report_is_received_beside_the_older_one(below: Below, above: Above) -> None:
    packed = below.pack()
    above.receive(packed.content, confirmed=packed.fingerprint)
    below.revise()
    receipt = above.receive(below.pack().content)

    assert (receipt.new, receipt.report.version) == (True, 2)
    assert kept(above) == (2, 1)


def test_packing_is_on_record(below: Below) -> None:
    packed = below.pack()
    with unit_of_work(below.engine) as session:
        entry = session.exec(select(AuditEntry).order_by(col(AuditEntry.id).desc())).first()
    assert entry is not None
    assert (entry.action, entry.after["sha256"], entry.after["version"]) == (Action.COMPILE, packed.sha256, 1)


def test_what_was_bound_goes_up_as_it_was_bound_or_not_at_all(below: Below, above: Above) -> None:
    packed = below.pack()
    with unit_of_work(below.engine) as session:
        bound = content_hash(session, session.exec(select(Report)).one())
    assert above.receive(packed.content, confirmed=packed.fingerprint).report.bound_hash == bound
    with unit_of_work(below.engine) as session:
        session.exec(select(ReportBlock)).first().text += "另有一事。"  # type: ignore[union-attr]
    with pytest.raises(ForbiddenError, match="第 1 版在送审后被改动过"):
        below.pack()


def test_another_key_is_refused_until_somebody_says_why_it_changed(above: Above) -> None:
    other = OKPKey.generate_key("Ed25519")
    above.receive(a_package(), confirmed=PRINT)
    later = a_package(report_data(version=2), key=other)
    for confirmed in (None, fingerprint_of(other)):
        with pytest.raises(BadInputError, match="换了签名密钥") as refused:
            above.receive(later, confirmed=confirmed)
        assert spaced(PRINT) in refused.value.message
        assert spaced(fingerprint_of(other)) in refused.value.message

    with on_record(above.engine) as session, pytest.raises(BadInputError, match="须写明理由"):
        trust_key(session, above.organ(session), CODE, fingerprint_of(other), by=administrator(SENT))
    with on_record(above.engine) as session:
        organ = above.organ(session)
        by = administrator(day("2026-02-01"))
        trust_key(session, organ, CODE, fingerprint_of(other), by=by, reason="对方更换服务器，已电话核实")
    assert above.receive(later).new
    with pytest.raises(BadInputError, match="换了签名密钥"):
        above.receive(a_package(report_data(version=3)))
    assert kept(above) == (2, 2)


def test_a_fingerprint_that_is_not_the_package_s_is_refused(above: Above) -> None:
    with pytest.raises(BadInputError, match="填写的指纹与青禾县水务局上报包的不一致"):
        above.receive(a_package(), confirmed="0" * 64)
    assert kept(above) == (0, 0)


def test_a_key_confirmed_beforehand_lets_the_first_package_in(above: Above) -> None:
    with on_record(above.engine) as session:
        trust_key(session, above.organ(session), NAME, PRINT, by=administrator(SENT))
    with on_record(above.engine) as session, pytest.raises(BadInputError, match="无需再次核对"):
        trust_key(session, above.organ(session), CODE, PRINT, by=administrator(SENT))
    assert above.receive(a_package()).new


@pytest.mark.parametrize(
    ("report", "told"),
    [
        (report_data(format="something"), "不是年度报告的上报包"),
        (report_data(schema_version=1), "格式版本为 1，已不再使用：请报送单位升级"),
        (report_data(schema_version=3), "格式版本为 3，本系统能读的是 2"),
        (["no object"], "不是年度报告的上报包"),
        (report_data(year=1066), "不合要求的内容（“year”）"),
        (report_data(more="x"), "不合要求的内容（“more”）"),
        (report_data(version=True), "不合要求的内容（“version”）"),
        (report_data(title=""), "不合要求的内容（“title”）"),
        (report_data(snapshot="../../etc"), "不合要求的内容（“snapshot”）"),
        (report_data(organ={"code": "stranger", "name": NAME}), "“stranger”不是青禾县人民政府的下级单位"),
        (report_data(organ={"code": "county", "name": NAME}), "这是青禾县人民政府自己的报告"),
    ],
)
def test_a_report_that_is_none_of_ours_is_refused(above: Above, report: Any, told: str) -> None:
    with pytest.raises(BadInputError) as refused:
        above.receive(a_package(report), confirmed=PRINT)
    assert told in refused.value.message
    assert kept(above) == (0, 0)


@pytest.mark.parametrize(
    "figure",
    [
        figure_data(value="NaN"), figure_data(value="1e999999"), figure_data(value=-1), figure_data(row_count=-1),
        figure_data(code="case; DROP"), figure_data(first_on="2025-13-01"), figure_data(row_hash="b"),
    ],
)  # fmt: skip
def test_a_figure_that_cannot_be_is_refused(above: Above, figure: dict[str, Any]) -> None:
    data = report_data()
    data["sections"][0]["blocks"][0]["figures"] = [figure]
    with pytest.raises(BadInputError) as refused:
        above.receive(a_package(data), confirmed=PRINT)
    assert "不合要求的内容（“sections.0.blocks.0.figures.0" in refused.value.message


def test_what_is_marked_secret_is_not_received(above: Above) -> None:
    data = report_data()
    data["sections"][0]["blocks"][0]["text"] = "秘密★1年"
    with pytest.raises(BadInputError, match="密级标志“秘密★1年”"):
        above.receive(a_package(data), confirmed=PRINT)
    with pytest.raises(BadInputError, match=r"report\.docx"):
        above.receive(a_package(document=b"no word file"), confirmed=PRINT)


def test_the_public_edition_says_that_it_is_and_leaves_internal_matters_out(below: Below) -> None:
    with unit_of_work(below.engine) as session:
        block = session.exec(select(ReportBlock).where(col(ReportBlock.text).contains("行政执法案件13起"))).one()
        block.internal = "不宜公开"
    public, internal = (read_package(below.pack(public=public).content).report for public in (True, False))

    assert (public.edition, internal.edition) == ("public", "internal")
    assert "case.cases" in {figure.code for figure in internal.figures}
    assert "case.cases" not in {figure.code for figure in public.figures}
    assert "行政执法案件13起" not in public.model_dump_json()


def test_the_evidence_is_listed_and_stays_at_home(engine: Engine, tmp_path: Path) -> None:
    office = Office(engine, tmp_path / "home")
    office.assign("普法宣传", due="2026-06-10")
    office.attach("1", "总结.txt", on="2026-06-03", content="做了三场", public=True)
    office.attach("1", "内部.txt", on="2026-06-03")
    on = day("2026-06-12")
    with unit_of_work(engine) as session:
        organ = session.get_one(Organ, office.organ_id)
        compile_report(session, organ, 2026, by=office.by(session, SUPERVISOR, on), on=on)
        vouch(session, organ, 2026)
    listed = {}
    for public in (False, True):
        with on_record(engine) as session:
            report, by = session.exec(select(Report)).one(), office.by(session, SUPERVISOR, on)
            packed = pack_report(session, report, by=by, key=KEY, public=public, draft=True)
        listed[public] = read_package(packed.content).evidence
        assert "做了三场".encode() not in packed.content
    assert [piece.name for piece in listed[False]] == ["总结.txt", "内部.txt"]
    assert [piece.name for piece in listed[True]] == ["总结.txt"]
    assert listed[True][0].sha256 == hashlib.sha256("做了三场".encode()).hexdigest()
    assert listed[True][0].size == len("做了三场".encode())


def test_only_those_who_run_the_office_receive(any_engine: Engine, tmp_path: Path) -> None:
    office = Office(any_engine, tmp_path / "home")
    with unit_of_work(any_engine) as session:
        session.add(Organ(code=CODE, name=NAME, parent_id=office.organ_id))
    with on_record(any_engine) as session:
        organ = session.get_one(Organ, office.organ_id)
        with pytest.raises(ForbiddenError, match="不能接收下级报告"):
            receive_report(
                session, organ, a_package(), by=office.by(session, FIRST, SENT), store=office.store, confirmed=PRINT
            )
    with on_record(any_engine) as session:
        organ = session.get_one(Organ, office.organ_id)
        by = office.by(session, SUPERVISOR, SENT)
        received = receive_report(session, organ, a_package(), by=by, store=office.store, confirmed=PRINT)
        assert received.new
    with on_record(any_engine) as session:
        organ = session.get_one(Organ, office.organ_id)
        by = office.by(session, SUPERVISOR, SENT)
        assert not receive_report(session, organ, a_package(), by=by, store=office.store).new


def test_of_two_who_receive_the_same_at_once_one_does(any_engine: Engine, tmp_path: Path) -> None:
    above, start = Above(any_engine, tmp_path), Barrier(4)
    content = a_package()

    def receive() -> bool:
        start.wait()
        return above.receive(content, confirmed=PRINT).new

    with ThreadPoolExecutor(4) as pool:
        told = [future.result() for future in [pool.submit(receive) for _ in range(4)]]
    assert sorted(told) == [False, False, False, True]
    assert kept(above) == (1, 1)
