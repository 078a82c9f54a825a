"""The kinds of work that are killed: what lies there before, what a round is, and which rows must come of it."""

import datetime as dt
import json
from pathlib import Path
from tempfile import TemporaryDirectory

from openpyxl import Workbook
from sqlalchemy import func, inspect, select, text

from flows.rhythms import daily_supervision, year_end_report
from models.database import unit_of_work
from models.migrate import create_or_upgrade, open_current
from models.settings import Settings, load_settings
from models.tables import METADATA
from tests.benchmarks.populate import CALENDAR, NOW, ON
from tests.databases import disposed
from tests.faults.archives import ARCHIVE
from tests.faults.places import Rows, Work, command, kept, lay_offices, rows

ITEMS = 10_000
"""Ten organs of a thousand items each."""
REPORTS = 6
"""Organs whose reports are compiled."""
LISTED = 150
"""Items of one list that is brought in."""


def _nothing(_place: Settings, _number: int) -> None:
    """A round that needs no making ready."""


# --- the daily sweep ------------------------------------------------------------------------------------------------


def _day(number: int) -> dt.date:
    return CALENDAR.add(ON, number) if number else ON


def _sweep(place: Settings, number: int) -> None:
    daily_supervision(place, _day(number).isoformat())


def _swept(place: Settings) -> Rows:
    return rows(
        place,
        "SELECT fire_on, deadline_id, rung_id, recipient_id, due_on, raised_on, late FROM notice",
        "SELECT item_id, issued_on, title FROM document",
        "SELECT organ_id, year, kind, last FROM number_series",
        "SELECT slug, \"on\" FROM last_run WHERE slug = 'daily_supervision'",
    )


# --- the import of a list -------------------------------------------------------------------------------------------


def _lay_people(place: Settings) -> None:
    create_or_upgrade(place)
    command(place, "people", "import", "examples/people.xlsx")


def _lay_list(place: Settings, number: int) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(("编号", "项目", "任务内容", "责任单位", "完成时限"))
    for row in range(1, LISTED + 1):
        sheet.append(
            (f"{number + 1}.{row}", f"项目{number + 1}", f"开展第{row}项检查", "办公室", f"{row % 12 + 1}月20日前")
        )
    book.save(_list(place, number))


def _list(place: Settings, number: int) -> Path:
    return place.home / f"list{number}.xlsx"


def _import(place: Settings, number: int) -> None:
    command(place, "plan", "import", str(_list(place, number)), "--year", "2026")


def _imported(place: Settings) -> Rows:
    return rows(
        place,
        "SELECT p.name, i.number, i.title, i.due_on FROM work_item i JOIN project p ON p.id = i.project_id",
        "SELECT i.number, d.kind, d.due_on FROM deadline d JOIN work_item i ON i.id = d.item_id",
        "SELECT action, count(*) FROM audit_entry GROUP BY action",
    )


# --- the year-end reports -------------------------------------------------------------------------------------------


def _lay_reports(place: Settings) -> None:
    """Offices with a tenth of the items, so that most of the time is spent between organs and not within one."""
    lay_offices(place, REPORTS * 1_000)
    engine = open_current(place)
    with unit_of_work(engine) as session:
        session.execute(text("DELETE FROM deadline WHERE item_id % 10 <> 0"))
        session.execute(text("DELETE FROM work_item WHERE id % 10 <> 0"))
    engine.dispose()


def _add_cases(place: Settings, number: int) -> None:
    """Something new in every organ, so that each round compiles every report anew."""
    engine = open_current(place)
    with unit_of_work(engine) as session:
        session.execute(
            text(
                "INSERT INTO enforcement_case (organ_id, kind, number, procedure, decided_on, fine, confiscated,"
                " outcome, revision, recorded_at)"
                " SELECT id, 'penalty', :number, 'simple', :on, 100, 0, 'stands', 0, :now FROM organ"
            ),
            {"number": f"案{number}", "on": ON, "now": NOW},
        )
    engine.dispose()


def _compile(place: Settings, _number: int) -> None:
    year_end_report(place, ON.year)


def _compiled(place: Settings) -> Rows:
    return rows(
        place,
        "SELECT organ_id, year, version, title, snapshot FROM report",
        "SELECT r.organ_id, r.version, s.kind, b.ordinal, b.text, b.withdrawn FROM report_block b"
        " JOIN report_section s ON s.id = b.section_id JOIN report r ON r.id = s.report_id",
        "SELECT organ_id, action, count(*) FROM audit_entry GROUP BY organ_id, action",
    )


# --- the making of the database -------------------------------------------------------------------------------------


def _make_folder(place: Settings) -> None:
    place.home.mkdir(parents=True)


def _undone(place: Settings, _number: int) -> None:
    """An empty place: the round makes the database from its first table on."""
    with disposed(place.database) as engine, engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    for left in place.home.glob("duban.db*"):
        left.unlink()


def _migrate(place: Settings, _number: int) -> None:
    create_or_upgrade(place)


def _migrated(place: Settings) -> Rows:
    with disposed(place.database) as engine:
        looked = inspect(engine)
        shape: Rows = [
            (table, column["name"], str(column["type"]), column["nullable"])
            for table in looked.get_table_names()
            for column in looked.get_columns(table)
        ]
    return shape + rows(
        place,
        "SELECT version_num FROM alembic_version",
        "SELECT p.name, r.ordinal FROM policy p JOIN rung r ON r.policy_id = p.id",
    )


# --- backup, restore and the way to PostgreSQL ----------------------------------------------------------------------


def _lay_office(place: Settings) -> None:
    lay_offices(place, 1_000)


def _backup_of(place: Settings, number: int) -> Path:
    return kept(place) / f"{number}.zip"


def _back_up(place: Settings, number: int) -> None:
    """A file that is there was moved into its place when it was whole."""
    file = _backup_of(place, number)
    file.parent.mkdir(exist_ok=True)
    if not file.exists():
        command(place, "backup", str(file))


def _backed_up(place: Settings) -> Rows:
    """What every one of the files holds, told by restoring it."""
    found: Rows = []
    for file in sorted(kept(place).glob("*.zip")):
        with TemporaryDirectory() as folder:
            restored = Settings(home=Path(folder) / "restored")
            command(restored, "restore", str(file))
            found += [(file.name, *row) for row in _counts(restored.database)]
    return found


def _lay_backup(place: Settings) -> None:
    _lay_office(place)
    _back_up(place, 0)


def _make_room(place: Settings, number: int) -> None:
    """A PostgreSQL database is emptied for the round, after what the round before put there was noted."""
    if place.database_url:
        if number:
            _noted(place).write_text(json.dumps([*_earlier(place), *_found_in(place, number - 1)]), encoding="utf-8")
        _undone(place, number)


def _restored_to(place: Settings, number: int) -> Settings:
    return Settings(home=kept(place) / f"restored{number}", database_url=place.database_url)


def _restore(place: Settings, number: int) -> None:
    target = _restored_to(place, number)
    apart = ["--database", place.database_url] if place.database_url else []
    if not target.home.exists():
        command(target, "restore", str(_backup_of(place, 0)), *apart)


def _restored(place: Settings) -> Rows:
    homes = sorted(kept(place).glob("restored*"))
    if place.database_url:
        return [*_earlier(place), *_found_in(place, len(homes) - 1)]
    return [row for number in range(len(homes)) for row in _found_in(place, number)]


def _found_in(place: Settings, number: int) -> Rows:
    """How many rows of each table a round restored, into the database that its own folder names."""
    home = _restored_to(place, number).home
    return [(home.name, *row) for row in _counts(load_settings(home).database)]


def _earlier(place: Settings) -> Rows:
    return (
        [tuple(row) for row in json.loads(_noted(place).read_text(encoding="utf-8"))] if _noted(place).exists() else []
    )


def _noted(place: Settings) -> Path:
    return place.home / "noted.json"


def _source(place: Settings) -> Settings:
    return Settings(home=place.home / "source")


def _lay_source(place: Settings) -> None:
    _make_folder(place)
    _lay_office(_source(place))


def _move(place: Settings, _number: int) -> None:
    command(_source(place), "migrate-to", place.database_url)


def _moved(place: Settings) -> Rows:
    return _counts(place.database)


def _counts(url: str) -> Rows:
    with disposed(url) as engine, engine.connect() as connection:
        return [
            (table.name, connection.scalar(select(func.count()).select_from(table)))
            for table in METADATA.sorted_tables
            if table.name not in OF_A_PROCESS
        ]


OF_A_PROCESS = {"last_run", "run", "lease"}
"""What says of the engine when it did what."""

WORKS = {
    "sweep": Work(lambda place: lay_offices(place, ITEMS), _nothing, _sweep, _swept),
    "import": Work(_lay_people, _lay_list, _import, _imported),
    "compile": Work(_lay_reports, _add_cases, _compile, _compiled),
    "migration": Work(_make_folder, _undone, _migrate, _migrated),
    "backup": Work(_lay_office, _nothing, _back_up, _backed_up),
    "restore": Work(_lay_backup, _make_room, _restore, _restored),
    "archive": ARCHIVE,
    "move": Work(_lay_source, _undone, _move, _moved),
}
ONLY_POSTGRES = {"move"}
