import datetime as dt
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from models.database import open_engine, unit_of_work
from models.ledgers.enforcement_case import Procedure
from models.people.organ import Organ
from models.report.report import SectionKind
from tasks.report.compiling.compile_report import compile_report
from tests.actors import administrator
from tests.databases import lay_sqlite
from tests.office import Office
from tests.report_year import ReportYear, blocks, texts

ON = dt.date(2027, 1, 15)


@given(st.lists(st.tuples(st.dates(dt.date(2026, 3, 1), dt.date(2026, 12, 31)), st.booleans()), min_size=1, max_size=6))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_item_stands_in_one_part_as_done_or_as_carried_over(
    tmp_path: Path, items: list[tuple[dt.date, bool]]
) -> None:
    engine = open_engine(lay_sqlite(tmp_path / "report.db"))
    office = Office(engine, tmp_path / "home")
    for place, (due, closed) in enumerate(items):
        number = office.assign(f"第{place}项工作的落实", due=str(due), on="2026-01-05")
        if closed:
            office.close(number, on=str(due))
    with unit_of_work(engine) as session:
        organ = session.get_one(Organ, office.organ_id)
        report = compile_report(session, organ, 2026, by=administrator(ON), on=ON).as_dict()
    engine.dispose()
    places: dict[str, list[str]] = {f"item:{place}": [] for place in range(1, len(items) + 1)}
    for section in report["sections"]:
        if section["kind"] in ("achievements", "next_year"):
            told = {source for block in section["blocks"] if block.get("heading") for source in block["sources"]}
            for source in told & places.keys():
                places[source].append(section["kind"])
    assert places == {
        f"item:{place}": ["achievements" if closed else "next_year"] for place, (_due, closed) in enumerate(items, 1)
    }


def test_a_ledger_stands_behind_what_tells_of_the_same_matter_else_at_the_end(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session, "加强学习和制度建设")
        for title in ("开展法治学习研讨", "修订工作规则", "加强日常督促"):
            year.item(title, closed="6-1")
        year.study("4-2", "行政处罚法")
        year.study("9-2", "民法典")
        year.case("5-6", Procedure.SIMPLE)

        assert texts(year.compile(), SectionKind.ACHIEVEMENTS)[1:] == [
            "开展法治学习研讨。",
            "围绕“行政处罚法”“民法典”专题开展法治学习研讨2次。",
            "修订工作规则。",
            "加强日常督促。",
            "办理行政执法案件1起，均适用简易程序，未发生行政处罚决定被变更或者撤销的情况。",
        ]


def test_what_fits_no_heading_stands_under_the_last_one_where_it_is_one_sentence(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session, "防汛")
        for title in ("修筑堤防", "清理河道"):
            year.item(title, closed="6-1")
        year.case("5-6", Procedure.SIMPLE)
        alone = blocks(year.compile(), SectionKind.ACHIEVEMENTS)[1:]
        year.study("4-2", "行政处罚法")
        together = blocks(year.compile(), SectionKind.ACHIEVEMENTS)[1:]

    assert [block.heading for block in alone] == ["防汛"] * 3
    assert [block.heading for block in together] == ["防汛"] * 2 + ["其他工作"] * 2
