"""A figure is the same number from the rows of a ledger to the paper, to a program, and to the organ above."""

import datetime as dt
import json
from decimal import Decimal

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models.clock import opening_of
from models.database import key, unit_of_work
from models.ledgers.enforcement_case import EnforcementCase, Procedure
from models.people.organ import Organ
from models.report.figure import Figure
from models.report.report import Report, ReportFigure, SectionKind
from tasks.report.compiling.draft import DraftBlock, DraftSection
from tasks.report.compiling.keep_draft import read_draft, write_draft
from tasks.report.compiling.report_hash import content_hash
from tasks.report.figures.count_ledgers import count_ledgers
from tasks.report.upward.report_package import PackedFigure, packed_figure
from tasks.report.upward.sum_below import Reported, add_up

ON = dt.date(2025, 6, 3)
YEAR = dt.date(2025, 1, 1), dt.date(2025, 12, 31)
FINES = "case.fines"


def an_organ(session: Session) -> int:
    organ = Organ(code="a", name="甲局")
    session.add(organ)
    session.flush()
    return key(organ.id)


def counted(session: Session, organ_id: int, fines: list[str]) -> Figure:
    """The fines of so many cases, as the database adds nothing up."""
    for fine in fines:
        session.add(
            EnforcementCase(
                organ_id=organ_id, procedure=Procedure.SIMPLE, decided_on=ON, fine=Decimal(fine),
                recorded_at=opening_of(ON),
            )
        )  # fmt: skip
    session.flush()
    return count_ledgers(session, organ_id, *YEAR)[FINES]


def kept(session: Session, organ_id: int, *figures: Figure, version: int = 1) -> Report:
    """A version with one block that holds the figures."""
    report = Report(
        organ_id=organ_id, year=2025, version=version, title="报告", snapshot="0" * 64, compiled_at=opening_of(ON)
    )
    session.add(report)
    session.flush()
    block = DraftBlock("ledger:case", SectionKind.ACHIEVEMENTS, "罚款。", sources=("case:1",), figures=figures)
    write_draft(session, key(report.id), [DraftSection(SectionKind.ACHIEVEMENTS, "成效", (block,))])
    return report


def read(session: Session, report: Report) -> tuple[Figure, ...]:
    session.expire_all()
    return read_draft(session, report)[0].blocks[0].figures


@pytest.mark.parametrize(
    ("fines", "written", "told"),
    [
        (["0.10", "0.20"], "0.3元", "3e-05"),
        (["30200.00", "1234.56"], "31434.56元", "3.143456"),
        (["10000.00"] * 3, "3万元", "3"),
        (["3333.33", "3333.33", "3333.34"], "1万元", "1"),
        (["0.01"] * 3, "0.03元", "3e-06"),
        (["999999999999.99", "0.01"], "100000000万元", "100000000"),
        (["999999999999.99", "999999999999.99"], "1999999999999.98元", "199999999.999998"),
    ],
)
def test_money_is_exact_from_the_row_to_the_report_and_upward(
    any_engine: Engine, fines: list[str], written: str, told: str
) -> None:
    with unit_of_work(any_engine) as session:
        organ_id = an_organ(session)
        figure = counted(session, organ_id, fines)
        [again] = read(session, kept(session, organ_id, figure))
    upward = PackedFigure.model_validate_json(packed_figure(again).model_dump_json())

    assert figure.written == again.written == written
    assert (again.value, again.row_hash) == (figure.value, figure.row_hash)
    assert json.dumps(again.as_dict()["value"]) == told
    assert upward.value == figure.value


@pytest.mark.parametrize(
    ("values", "written"),
    [
        (["0.1", "0.2"], "0.3起"),
        (["1000000000000000", "0.01"], "1000000000000000.01起"),
        (["999999999999999.99", "0.01"], "1000000000000000起"),
        (["0.333333333333", "0.333333333333", "0.333333333334"], "1起"),
        (["30200.00", "1234.56"], "31434.56起"),
    ],
)
def test_what_the_organs_below_send_is_added_exactly_and_kept_so(
    any_engine: Engine, values: list[str], written: str
) -> None:
    said = [
        packed_figure(Figure("案件", Decimal(value), "起", ("case:1",), code="case.cases", parts=(value,)))
        for value in values
    ]
    sent = [PackedFigure.model_validate_json(one.model_dump_json()) for one in said]
    (found,) = add_up([Reported(f"{place}局", f"received:{place}", (one,)) for place, one in enumerate(sent)])
    assert found.total is not None
    with unit_of_work(any_engine) as session:
        [again] = read(session, kept(session, an_organ(session), found.total))

    assert found.total.written == again.written == written
    assert again.value == sum(map(Decimal, values))


def test_a_version_is_known_by_the_number_not_by_how_it_was_typed(any_engine: Engine) -> None:
    with unit_of_work(any_engine) as session:
        organ_id = an_organ(session)
        hashes = []
        for version, value in enumerate(["3.10", "3.1", "3.1000000000000001"], 1):
            figure = Figure("罚款", Decimal(value), "万元", ("case:1",))
            hashes.append(content_hash(session, kept(session, organ_id, figure, version=version)))
        kept_values = session.exec(select(col(ReportFigure.value))).all()

    assert hashes[0] == hashes[1] != hashes[2]
    assert list(map(str, kept_values)) == ["3.1", "3.1", "3.1000000000000001"]
