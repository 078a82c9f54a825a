"""A figure leads back to its rows."""

from decimal import Decimal

import pytest
from sqlalchemy import Engine

from models.database import unit_of_work
from models.errors import NotFoundError
from tasks.report.compiling.trace_figure import trace_figure
from tests.report_year import a_year, day


def test_a_figure_leads_back_to_its_rows(any_engine: Engine) -> None:
    with unit_of_work(any_engine) as session:
        year = a_year(session)
        with pytest.raises(NotFoundError, match="年度报告尚未编制"):
            trace_figure(session, year.organ, 2025, "简易程序案件")
        year.compile()

        [found] = trace_figure(session, year.organ, 2025, "简易程序案件")
        assert (found.value, found.unit) == (Decimal(4), "件")
        assert [(row.row, row.on) for row in found.rows] == [(f"case:{n}", day(f"{n}-10")) for n in range(1, 5)]
        assert found.rows[0].words == "简易程序 100.10 未被变更或撤销"
        with pytest.raises(NotFoundError, match=r"没有名为“案件”的数字；现有：列入计划任务、"):
            trace_figure(session, year.organ, 2025, "案件")
