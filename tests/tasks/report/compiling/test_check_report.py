"""What is seen of a year's figures before its report goes out, from rows."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import select

from models.clock import opening_of
from models.database import key, unit_of_work
from models.items.plan import AnnualPlan
from models.ledgers.enforcement_case import EnforcementCase, Procedure
from models.people.organ import Organ
from models.report.report import Report, ReportFigure
from tasks.report.compiling.check_report import check_report, check_year
from tasks.report.figures.check_figures import Severity, last_year_figures
from tests.office import day
from tests.upward import Below


def add_year(below: Below, year: int, cases: int) -> None:
    """A plan of the year, and that many cases in it, one a month."""
    with unit_of_work(below.engine) as session:
        organ = session.exec(select(Organ)).one()
        session.add(AnnualPlan(organ_id=key(organ.id), year=year, title="工作要点"))
        for month in range(1, cases + 1):
            session.add(
                EnforcementCase(
                    organ_id=key(organ.id), procedure=Procedure.SIMPLE, decided_on=dt.date(year, month, 5),
                    recorded_at=opening_of(dt.date(year, month, 5)),
                )
            )  # fmt: skip


def test_a_report_is_compared_with_the_year_before(engine: Engine, tmp_path: Path) -> None:
    below = Below(engine, tmp_path)
    with unit_of_work(engine) as session:
        alone = check_report(session, session.exec(select(Report)).one())
    assert (alone.wrong, alone.to_look_at, alone.compared) == ([], [], False)

    add_year(below, 2024, 3)
    with unit_of_work(engine) as session:
        found = check_year(session, session.exec(select(Organ)).one(), 2025, on=day("2026-01-20"))
    assert found.report is not None
    words = [finding.words for finding in found.to_look_at]
    assert "行政执法案件本年 13起，上年 3起（增加 333%），请核对是否属实。" in words
    assert "普通程序案件本年 9件，上年 0件（上年没有），请核对是否属实。" in words
    assert "简易程序案件" not in "".join(words)
    assert (found.wrong, found.compared) == ([], True)
    assert found.marks["unverified"] > 0


def test_a_frozen_figure_that_no_longer_fits_its_parts_is_wrong(engine: Engine, tmp_path: Path) -> None:
    Below(engine, tmp_path)
    with unit_of_work(engine) as session:
        frozen = session.exec(select(ReportFigure).where(ReportFigure.code == "case.simple")).one()
        frozen.value = Decimal(5)
    with unit_of_work(engine) as session:
        found = check_report(session, session.exec(select(Report)).one())
    assert [(finding.severity, finding.codes[0]) for finding in found.findings] == [(Severity.WRONG, "case.cases")]


def test_while_the_year_runs_it_is_compared_with_the_same_part_of_the_last(any_engine: Engine, tmp_path: Path) -> None:
    below = Below(any_engine, tmp_path)
    add_year(below, 2026, 2)
    with unit_of_work(any_engine) as session:
        organ = session.exec(select(Organ)).one()
        part = last_year_figures(session, organ, 2026, until=day("2026-03-15"))
        whole = last_year_figures(session, organ, 2026)
        none = last_year_figures(session, organ, 2025)
        checked = check_year(session, organ, 2026, on=day("2026-03-15"))

    assert part is not None
    assert whole is not None
    cases = [{figure.code: figure.value for figure in figures}["case.cases"] for figures in (part, whole)]
    assert cases == [5, 13]
    assert none is None
    assert checked.report is None
    words = [finding.words for finding in checked.findings]
    assert "普通程序案件本年 0件，上年 2件（本年没有），请核对是否属实。" in words
    assert not any(told.startswith("行政执法案件") for told in words)


def test_last_year_is_as_it_was_reported_whatever_became_of_its_rows(engine: Engine, tmp_path: Path) -> None:
    below = Below(engine, tmp_path)
    with unit_of_work(engine) as session:
        for case in session.exec(select(EnforcementCase)):
            case.withdrawn_on = day("2026-02-01")
    add_year(below, 2026, 0)
    with unit_of_work(engine) as session:
        figures = last_year_figures(session, session.exec(select(Organ)).one(), 2026)
    assert figures is not None
    told = {figure.code: figure.value for figure in figures}
    assert (int(told["case.cases"]), int(told["case.published"])) == (13, 0)
