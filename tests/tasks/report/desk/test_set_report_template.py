"""The organ's template: the newest revision counts, every one stays, and what was compiled keeps its own."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models.database import unit_of_work
from models.errors import BadInputError, ConflictError, ForbiddenError
from models.papers.kept_template import KeptTemplate
from models.people.person import Role
from tasks.report.compiling.read_back import read_back
from tasks.report.compiling.template import STANDARD, Numbering, ReportTemplate
from tasks.report.desk.set_report_template import set_report_template, template_for
from tests.desk import DeskYear, on_the_desk

OWN = ReportTemplate(numbering=Numbering.ORDINAL, addressees=("县委",))


@pytest.fixture
def desk(any_engine: Engine) -> Any:
    with unit_of_work(any_engine) as session:
        yield on_the_desk(session)


def test_the_newest_revision_counts_then_the_file_then_the_standard(desk: DeskYear, tmp_path: Path) -> None:
    session, organ = desk.session, desk.year.organ
    assert template_for(session, organ, tmp_path) == STANDARD
    (tmp_path / "report.toml").write_text('title = "{单位}报告"\n', encoding="utf-8")
    assert template_for(session, organ, tmp_path).title == "{单位}报告"
    set_report_template(session, organ, OWN, by=desk.by())
    set_report_template(session, organ, ReportTemplate(copies=("司法局",)), by=desk.by(), seen=1)
    assert template_for(session, organ, tmp_path) == ReportTemplate(copies=("司法局",))
    assert [kept.revision for kept in session.exec(select(KeptTemplate))] == [1, 2]


def test_a_version_keeps_the_template_it_was_compiled_with(desk: DeskYear, tmp_path: Path) -> None:
    first = desk.newest
    set_report_template(desk.session, desk.year.organ, OWN, by=desk.by())
    desk.year.compile(template=template_for(desk.session, desk.year.organ, tmp_path))
    assert read_back(desk.session, desk.newest).template == OWN
    assert read_back(desk.session, desk.newest).addressee == "县委"
    assert read_back(desk.session, first).template == STANDARD


def test_what_changes_nothing_or_overtakes_somebody_is_refused(desk: DeskYear) -> None:
    session, organ = desk.session, desk.year.organ
    set_report_template(session, organ, OWN, by=desk.by())
    with pytest.raises(BadInputError, match="与现行的第 1 版相同"):
        set_report_template(session, organ, OWN, by=desk.by())
    with pytest.raises(ConflictError, match="已改为第 1 版，没有保存"):
        set_report_template(session, organ, STANDARD, by=desk.by(), seen=0)
    with pytest.raises(BadInputError, match="密级标志"):
        set_report_template(session, organ, ReportTemplate(opening="（机密）"), by=desk.by())
    desk.people["监督"] = desk.year.person("监督", Role.AUDITOR).id or 0
    with pytest.raises(ForbiddenError):
        set_report_template(session, organ, STANDARD, by=desk.by("监督"))
