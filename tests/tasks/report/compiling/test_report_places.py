import datetime as dt
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.database import open_engine, unit_of_work
from models.people.organ import Organ
from tasks.report.compiling.compile_report import compile_report
from tests.actors import administrator
from tests.databases import lay_sqlite
from tests.office import Office

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
