"""报送前核对: what does not fit is shown before the version goes out, and its package is made here."""

from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models.audit import AuditEntry
from models.database import unit_of_work
from models.ledgers.enforcement_case import EnforcementCase, Procedure
from models.people.organ import Organ
from models.people.permission import Action
from models.report.received_report import PackageKind
from models.report.report import ReportFigure
from tasks.report.compiling.compile_report import compile_report
from tasks.report.upward.report_package import read_package
from tasks.trail.tell_entry import TAKE_FILE
from tests.filing import vouch
from tests.office import FIRST, HANDLER, SUPERVISOR, Office, day
from tests.web import Web, words_of


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    office = Office(engine, tmp_path / "home")
    office.assign("普法宣传", due="2026-06-10")
    office.today = day("2026-06-12")
    with unit_of_work(engine) as session:
        organ, by = session.get_one(Organ, office.organ_id), office.by(session, SUPERVISOR, "2026-06-12")
        session.add(
            EnforcementCase(
                organ_id=office.organ_id, procedure=Procedure.SIMPLE, decided_on=day("2026-03-01"), recorded_at=by.now
            )
        )
        session.flush()
        compile_report(session, organ, 2026, by=by, on=day("2026-06-12"))
        vouch(session, organ, 2026)
    return office


def test_findings_are_shown_before_submission(office: Office) -> None:
    visitor = Web(office).of(SUPERVISOR)
    words = visitor.read("/reports/1/check")
    assert "不符 0 处" in words
    assert "没有上年度的计划，未作比较" in words
    with unit_of_work(office.engine) as session:
        session.exec(select(ReportFigure).where(ReportFigure.code == "case.cases")).one().value = Decimal(3)
    words = visitor.read("/reports/1/check")
    assert "不符 1 处" in words
    assert "行政执法案件 3起，简易程序案件 1件 + 普通程序案件 0件 = 1起" in words


def test_the_package_is_made_by_who_compiles_and_is_on_record(office: Office) -> None:
    web = Web(office)
    visitor = web.of(SUPERVISOR)
    assert "这一版不是送审的一版：只能打草稿包" in visitor.read("/reports/1/check")
    refused = visitor.post("/reports/1/package", {"edition": "public"})
    assert (refused.status_code, "请上报审签的一版，或打草稿包" in words_of(refused.text)) == (403, True)
    answer = visitor.post("/reports/1/package", {"edition": "public", "kind": "draft"})
    package = read_package(answer.content)
    assert package.report.kind is PackageKind.DRAFT
    assert (package.report.organ.name, package.report.edition, package.report.year) == ("某局", "public", 2026)
    entry, taken = office.rows(AuditEntry)[-2:]
    assert (taken.action, taken.actor) == (TAKE_FILE, SUPERVISOR)
    assert (entry.action, entry.actor, entry.after["fingerprint"]) == (Action.COMPILE, SUPERVISOR, package.fingerprint)
    assert "请选择内部版或公开版" in words_of(visitor.post("/reports/1/package", {"edition": "secret"}).text)

    first = web.of(FIRST)
    assert "生成上报包" not in first.read("/reports/1/check")
    assert first.post("/reports/1/package").status_code == 403
    assert web.of(HANDLER).get("/reports/1/check").status_code == 404
    assert web.of(HANDLER).post("/reports/1/package").status_code == 404
