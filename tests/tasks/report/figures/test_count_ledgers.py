"""Figures over ledgers: counted by SQL in two statements, each with the rows behind it."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import col

from models.clock import opening_of
from models.database import key, reading, unit_of_work
from models.ledgers.enforcement_case import EnforcementCase, Outcome, Procedure
from models.ledgers.kind import Kind
from models.ledgers.kinds import KINDS
from models.ledgers.measure import Measure, Share
from models.ledgers.study_session import StudySession
from tasks.report.figures.count_ledgers import count_ledgers, figure_of, statement_over
from tests.report_year import ReportYear, day
from tests.web import statements

YEAR = day("2025-01-01"), day("2025-12-31")


def declared(*measures: Measure, shares: tuple[Share, ...] = ()) -> Kind:
    """A ledger of cases that counts something else."""
    return Kind(
        code="case", title="案件", unit="起", table=EnforcementCase, day="decided_on", purpose="", fields=(), called=(),
        measures=measures, shares=shares,
    )  # fmt: skip


SIMPLE = col(EnforcementCase.procedure) == Procedure.SIMPLE


def test_a_figure_is_its_rows_its_period_and_its_definition(any_engine: Engine) -> None:
    with unit_of_work(any_engine) as session:
        year = ReportYear(session)
        for on, fine in (("2024-12-31", "9"), ("3-1", "200.50"), ("6-30", "0"), ("12-31", "100.10")):
            year.case(on, Procedure.SIMPLE, fine)
        session.flush()
        found = count_ledgers(session, key(year.organ.id), *YEAR)

    fines = found["case.fines"]
    assert (fines.value, fines.written) == (Decimal("0.03006"), "300.6元")
    assert (fines.rows, fines.parts) == (("case:2", "case:4"), ("200.5", "100.1"))
    assert (fines.first_on, fines.last_on, fines.definition) == (*YEAR, "罚款合计，按决定书")
    assert found["case.cases"].rows == ("case:2", "case:3", "case:4")


def test_a_changed_fine_is_a_changed_figure_though_its_rows_are_the_same(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session)
        year.case("3-1", Procedure.SIMPLE, "200")
        year.case("3-2", Procedure.SIMPLE, "300")
        session.flush()
        before = count_ledgers(session, key(year.organ.id), *YEAR)["case.fines"]
        session.get_one(EnforcementCase, 1).fine = Decimal(300)
        session.get_one(EnforcementCase, 2).fine = Decimal(200)
        session.flush()
        after = count_ledgers(session, key(year.organ.id), *YEAR)["case.fines"]

    assert (before.value, before.rows) == (after.value, after.rows)
    assert before.row_hash != after.row_hash


def test_a_withdrawn_row_counts_nowhere(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session)
        year.case("3-1", Procedure.SIMPLE, "200", Outcome.REVOKED)
        session.flush()
        session.get_one(EnforcementCase, 1).withdrawn_on = day("4-1")
        session.flush()
        found = count_ledgers(session, key(year.organ.id), *YEAR)

    assert {figure.value for code, figure in found.items() if code.startswith("case.")} == {Decimal(0)}


def test_a_share_is_a_part_of_a_whole_and_of_nothing_there_is_none(any_engine: Engine) -> None:
    kind = declared(
        Measure("all", "案件", "起", ""), Measure("simple", "简易", "起", "", SIMPLE),
        shares=(Share("share", "简易占比", "", "simple", "all"),),
    )  # fmt: skip
    with unit_of_work(any_engine) as session:
        year = ReportYear(session)
        organ_id = key(year.organ.id)
        assert "case.share" not in count_ledgers(session, organ_id, *YEAR, kinds=[kind])
        for procedure in (Procedure.SIMPLE, Procedure.ORDINARY, Procedure.ORDINARY):
            year.case("3-1", procedure)
        session.flush()
        share = count_ledgers(session, organ_id, *YEAR, kinds=[kind])["case.share"]

    assert share.written == "33.3%"
    assert (share.rows, share.parts) == (("case:1", "case:2", "case:3"), ("1", "0", "0"))


def test_different_values_are_counted_once_each_by_their_first_row(any_engine: Engine) -> None:
    kind = declared(Measure("titles", "案由", "种", "", distinct="title"))
    with unit_of_work(any_engine) as session:
        year = ReportYear(session)
        for title in ("占用通道", "未报备", "占用通道", None):
            row = EnforcementCase(
                organ_id=key(year.organ.id), title=title, procedure=Procedure.SIMPLE, decided_on=day("3-1"),
                recorded_at=opening_of(day("3-1")),
            )  # fmt: skip
            session.add(row)
            session.flush()
        found = count_ledgers(session, key(year.organ.id), *YEAR, kinds=[kind])["case.titles"]

    assert (found.value, found.rows) == (Decimal(2), ("case:1", "case:2"))


def test_what_stands_is_counted_whenever_its_day_is(any_engine: Engine) -> None:
    kind = declared(Measure("ever", "历年案件", "起", "", standing=True), Measure("cases", "案件", "起", ""))
    with unit_of_work(any_engine) as session:
        year = ReportYear(session)
        for on in ("2020-01-01", "3-1"):
            year.case(on, Procedure.SIMPLE)
        session.flush()
        found = count_ledgers(session, key(year.organ.id), *YEAR, kinds=[kind])

    assert (found["case.ever"].value, found["case.cases"].value) == (Decimal(2), Decimal(1))


def test_a_sum_that_has_to_be_whole_is_none_while_a_row_is_silent(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session)
        year.study("4-2", "行政处罚法", 12)
        year.study("9-2", "民法典")
        session.flush()
        organ_id = key(year.organ.id)
        assert "study.people" not in count_ledgers(session, organ_id, *YEAR)
        session.get_one(StudySession, 2).people = 15
        session.flush()
        assert count_ledgers(session, organ_id, *YEAR)["study.people"].written == "27人次"


@settings(max_examples=25)
@given(st.lists(st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False), max_size=6))
def test_a_sum_of_money_is_exact(amounts: list[Decimal]) -> None:
    texts = "\x1e".join(f"{place}\x1f{amount}" for place, amount in enumerate(amounts, start=1))
    kind = declared(Measure("fines", "罚款", "元", "", total="fine"))

    figure = figure_of(kind, kind.measures[0], texts, *YEAR)

    assert figure is not None
    assert figure.value == sum(amounts, Decimal(0))
    assert sum(map(Decimal, figure.parts), Decimal(0)) == figure.value


def test_all_ledgers_take_two_statements(engine: Engine) -> None:
    """Which of them the organ keeps, and what is counted from those."""
    with unit_of_work(engine) as session:
        year = ReportYear(session)
        year.case("3-1", Procedure.SIMPLE, "200")
        year.study("6-30", "宪法", people=5)
        organ_id = key(year.organ.id)
    with reading(engine) as session:
        session.connection()
        assert statements(engine, lambda: count_ledgers(session, organ_id, *YEAR)) == 2


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_every_declared_figure_is_counted_from_an_empty_ledger(any_engine: Engine, kind: Kind) -> None:
    with unit_of_work(any_engine) as session:
        organ_id = key(ReportYear(session).organ.id)
        found = count_ledgers(session, organ_id, *YEAR, kinds=[kind])
        # An organ that keeps none is not asked what is counted from them.
        texts = session.execute(statement_over((kind,)), {"organ": organ_id, "first": YEAR[0], "until": YEAR[1]}).one()

    assert set(texts) == {None}
    assert {f"{kind.code}.{measure.code}" for measure in kind.measures if not measure.whole} <= found.keys()
    assert all(figure.value == 0 for figure in found.values())


def figures_of(kind: Kind) -> list[Measure | Share]:
    return [*kind.measures, *kind.shares]


def test_no_two_figures_bear_one_name_or_one_code() -> None:
    named = [figure.name for kind in KINDS.values() for figure in figures_of(kind)]
    assert len(named) == len(set(named))
    for kind in KINDS.values():
        codes = [figure.code for figure in figures_of(kind)]
        assert len(codes) == len(set(codes))


def test_cross_checks_speak_of_figures_that_exist() -> None:
    codes = {f"{kind.code}.{figure.code}" for kind in KINDS.values() for figure in figures_of(kind)}
    for kind in KINDS.values():
        for check in kind.cross_checks:
            assert {check.left, *check.right} <= codes
