"""Figures are counted from rows: each can say which, and none is rounded or guessed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session

from models.database import unit_of_work
from models.ledgers.enforcement_case import Outcome, Procedure
from models.report.figure import Figure, count
from tasks.report.compiling.quoted import quoted_figures
from tasks.report.figures.gather_figures import figures_of_year, gather_figures
from tests.report_year import ReportYear, day


def written(session: Session, year: ReportYear, on: str = "2026-01-15") -> dict[str, str]:
    session.flush()
    found = gather_figures(session, year.organ, year.plan, on=day(on))
    return {figure.name: figure.written for figure in found}


def test_the_year_of_a_real_office_comes_out_to_the_yuan(any_engine: Engine) -> None:
    with unit_of_work(any_engine) as session:
        year = ReportYear(session)
        year.thirteen_cases()
        year.study("4-2", "行政处罚法", 12)
        year.study("9-2", "民法典", 15)

        assert (
            written(session, year).items()
            >= {
                "列入计划任务": "0项",
                "完成任务": "0项",
                "按时完成任务": "0项",
                "集中学习研讨": "2次",
                "学习研讨参加人次": "27人次",
                "行政执法案件": "13起",
                "简易程序案件": "4件",
                "普通程序案件": "9件",
                "罚款金额": "3万元",
                "被变更或撤销案件": "0起",
                "已公开的执法决定": "0件",
            }.items()
        )


def test_only_days_of_the_year_and_of_the_own_office_count(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session)
        for on in ("2024-12-31", "2025-01-01", "2025-12-31", "2026-01-01"):
            year.case(on, Procedure.ORDINARY, "20000", Outcome.REVOKED)

        session.flush()
        found = figures_of_year(session, year.organ, year.plan, on=day("2026-01-15"))

    assert found["case.cases"].rows == ("case:2", "case:3")
    assert found["case.overturned"].rows == ("case:2", "case:3")
    assert found["case.fines"].written == "4万元"


def test_while_the_year_runs_it_ends_on_the_day_of_the_report(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session)
        year.case("6-30", Procedure.SIMPLE)
        year.case("7-1", Procedure.SIMPLE)

        assert written(session, year, on="6-30")["行政执法案件"] == "1起"


def test_people_are_not_summed_where_one_session_does_not_say_how_many(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session)
        year.study("4-2", "行政处罚法", 12)
        year.study("9-2", "民法典")

        assert "学习研讨参加人次" not in written(session, year)


@pytest.mark.parametrize(
    ("due", "closed", "expected"),
    [
        ("6-30", "6-30", ("1项", "1项")),
        ("6-30", "7-1", ("1项", "0项")),
        ("6-30", None, ("0项", "0项")),
        ("12-31", "2026-01-05", ("0项", "0项")),
        (None, "3-1", ("1项", "1项")),
    ],
    ids=["on its due day is in time", "a day late", "open", "after the year", "without a deadline"],
)
def test_finished_and_in_time(engine: Engine, due: str | None, closed: str | None, expected: tuple[str, str]) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session)
        year.item("修订工作规则", due=due, closed=closed)

        found = written(session, year)

    assert (found["完成任务"], found["按时完成任务"]) == expected


def test_a_recurring_item_is_finished_when_every_turn_of_the_year_is_done(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session)
        for done in (4, 3):
            item = year.item("评查案卷", recurrence="FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1")
            year.turns(item, done=done)

        assert written(session, year)["完成任务"] == "1项"


@given(st.lists(st.integers(min_value=1, max_value=10**9), unique=True))
def test_a_count_has_as_many_rows_as_its_value(row_ids: list[int]) -> None:
    figure = count("案件", "起", "case", row_ids)

    assert figure.value == len(figure.rows)
    assert figure.written == f"{len(row_ids)}起"


@given(st.decimals(min_value=0, max_value=10**11, places=6, allow_nan=False))
def test_a_number_is_written_exactly_and_without_an_exponent(value: Decimal) -> None:
    written = Figure("罚款金额", value, "万元", ()).written
    text = written.removesuffix("元").removesuffix("万")

    assert Decimal(text) == (value if "万" in written else value * 10_000)
    assert ("万" in written) == (value == round(value, 2))
    assert set(text) <= set("0123456789.")
    assert text == "0" or not ("." in text and text.endswith("0"))


def test_the_same_rows_have_the_same_hash_and_others_another() -> None:
    def hash_of(*rows: str) -> str:
        return Figure("x", Decimal(1), "项", rows).row_hash

    assert hash_of("case:1", "case:2") == hash_of("case:1", "case:2")
    assert len({hash_of(), hash_of("case:1"), hash_of("case:1", "case:2"), hash_of("case:12")}) == 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("开展普法活动10余次，发放资料近2000份。", [("开展普法活动", "10次", True), ("发放资料", "2000份", True)]),
        ("办结案件13起，罚款3.5万元。", [("办结案件", "13起", False), ("罚款", "3.5万元", False)]),
        ("20余场宣讲覆盖全县", [("20余场宣讲覆盖全县", "20场", True)]),
        ("2025年6月30日印发〔2025〕3号文件", []),
        ("完善“三项制度”", []),
        ("印发《检查3次，整改4件》通知，办结5件", [("印发《检查3次，整改4件》通知，办结5件", "5件", False)]),
    ],
)
def test_figures_in_a_sentence_are_quoted_as_they_stand(text: str, expected: list[tuple[str, str, bool]]) -> None:
    found = quoted_figures(text, "progress:7")

    assert [(figure.name, figure.written, figure.approximate) for figure in found] == expected
    assert {figure.rows for figure in found} <= {("progress:7",)}
