"""The hash under which a version is signed: the same content the same, any change of content another."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models.database import unit_of_work
from models.report.report import Report, ReportBlock, ReportFigure, ReportSection
from tasks.report.compiling.report_hash import content_hash, short_hash
from tasks.report.desk.at_desk import copy_version
from tests.actors import administrator
from tests.report_year import a_year, day

CHANGES: dict[str, Callable[[Session], object]] = {
    "title": lambda session: setattr(one(session, Report), "title", "另一个标题"),
    "paper": lambda session: setattr(one(session, Report), "paper", {**(one(session, Report).paper or {}), "a": 1}),
    "heading of a part": lambda session: setattr(one(session, ReportSection), "heading", "另"),
    "text": lambda session: setattr(one(session, ReportBlock), "text", "另"),
    "heading": lambda session: setattr(one(session, ReportBlock), "heading", "另"),
    "withdrawn": lambda session: setattr(one(session, ReportBlock), "withdrawn", True),
    "proposal": lambda session: setattr(one(session, ReportBlock), "proposal", not one(session, ReportBlock).proposal),
    "internal": lambda session: setattr(one(session, ReportBlock), "internal", "内部"),
    "sources": lambda session: setattr(one(session, ReportBlock), "sources", ["item:99"]),
    "value": lambda session: setattr(one(session, ReportFigure), "value", 99.5),
    "rows": lambda session: setattr(one(session, ReportFigure), "rows", ["case:99"]),
    "row hash": lambda session: setattr(one(session, ReportFigure), "row_hash", "0" * 64),
    "unit": lambda session: setattr(one(session, ReportFigure), "unit", "件"),
    "figure gone": lambda session: session.delete(one(session, ReportFigure)),
}


def one(session: Session, table: type[Any]) -> Any:
    return session.exec(select(table)).first()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session:
        year = a_year(session)
        year.compile()
        yield session


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_is_changed_shows(session: Session, what: str) -> None:
    report = session.exec(select(Report)).one()
    before = content_hash(session, report)
    CHANGES[what](session)
    assert content_hash(session, report) != before


def test_a_copy_says_the_same_under_another_number(session: Session) -> None:
    report = session.exec(select(Report)).one()
    copied = copy_version(session, report, by=administrator(day("2026-01-16")))
    assert (copied.version, content_hash(session, copied)) == (2, content_hash(session, report))


def test_what_a_person_left_on_the_desk_beside_the_text_is_no_content(session: Session) -> None:
    report = session.exec(select(Report)).one()
    before = content_hash(session, report)
    block = session.exec(select(ReportBlock)).first()
    assert block is not None
    block.placed, block.titled = True, True
    assert content_hash(session, report) == before


def test_both_databases_give_the_same_hash(any_engine: Engine, other_engine: Engine) -> None:
    """Whatever the numbers of the rows are: in the second database nothing else was there before."""
    found = []
    for place, engine in enumerate((any_engine, other_engine)):
        with unit_of_work(engine) as session:
            year = a_year(session)
            if place == 0:
                year.compile("2026-01-14")
            year.compile()
            report = session.exec(select(Report).order_by(col(Report.version).desc())).first()
            assert report is not None
            found.append(content_hash(session, report))
    assert found[0] == found[1]
    assert (len(found[0]), short_hash(found[0]), short_hash(None)) == (64, found[0][:12], "")
