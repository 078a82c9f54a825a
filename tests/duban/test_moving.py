"""An installation moved to PostgreSQL: the same rows, the source as it was, no half-made database taken for whole."""

import datetime as dt
import hashlib
import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, func, inspect, text
from sqlmodel import Session, select

from models import clock
from models.audit import AuditEntry
from models.database import open_engine, unit_of_work
from models.engine.rhythm import Lease
from models.migrate import create_or_upgrade, open_current
from models.people.organ import Organ
from models.settings import Settings, load_settings
from models.tables import METADATA
from tasks.moving import copy_rows as copying
from tests.databases import disposed
from tests.homes import lay_home
from tests.office import HANDLER, SUPERVISOR, Office
from tests.terminal import Terminal

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office in which something was done, told and sent; one whose head was written down before himself."""
    settings = load_settings(lay_home(tmp_path_factory.mktemp("office") / "data"))
    engine = open_current(settings)
    office = Office(engine, settings.home)
    office.assign("普法宣传“进乡村”\t活动", due="2026-06-18")
    office.report("1", "完成一半", on="2026-06-08", percent=50)
    office.urge("1", on="2026-06-09")
    office.fast_forward("2026-06-26")
    with unit_of_work(engine) as session:
        late = Organ(code="late", name="上级机关")
        session.add(late)
        session.flush()
        session.get_one(Organ, office.organ_id).parent_id = late.id
    engine.dispose()
    return settings.home


@pytest.fixture
def terminal(founded: Path, tmp_path: Path) -> Terminal:
    return Terminal(Path(shutil.copytree(founded, tmp_path / "data")))


def database_of(home: Path) -> Path:
    return home / "duban.db"


def change(terminal: Terminal, statement: str) -> None:
    with disposed(load_settings(terminal.home).database) as engine, engine.begin() as connection:
        connection.execute(text(statement))


def test_every_row_arrives_and_the_source_is_as_it_was(terminal: Terminal, postgres_database: str) -> None:
    before = hashlib.sha256(database_of(terminal.home).read_bytes()).digest()

    told = terminal.data("migrate-to", postgres_database)

    assert hashlib.sha256(database_of(terminal.home).read_bytes()).digest() == before
    assert set(told["tables"]) == set(METADATA.tables)
    assert told["tables"]["audit_entry"]["rows"] > 5
    moved = Settings(home=terminal.home, database_url=postgres_database)
    engine = open_current(moved)
    with Session(open_engine(load_settings(terminal.home).database)) as here, Session(engine) as there:
        for table in METADATA.sorted_tables:
            wanted = table.select().order_by(*table.primary_key)
            assert list(map(tuple, here.execute(wanted))) == list(map(tuple, there.execute(wanted))), table.name
    keys = {name: len(table.foreign_key_constraints) for name, table in METADATA.tables.items()}
    assert {name: len(inspect(engine).get_foreign_keys(name)) for name in keys} == keys
    with unit_of_work(engine) as session:
        session.add(Organ(code="next", name="新单位"))
    engine.dispose()


def test_work_goes_on_in_the_new_place(
    terminal: Terminal, postgres_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = terminal.says("migrate-to", postgres_database)
    assert "逐表核对行数和内容，完全一致" in said
    assert "database_url" in said

    monkeypatch.setenv("DUBAN_DATABASE_URL", postgres_database)
    assert "操作记录完好" in terminal.says("audit", "verify")
    assert "普法宣传" in terminal.says("search", "普法", "--as", SUPERVISOR)
    terminal.says("item", "comment", "1", "已迁移", "--on", "2026-06-29", "--as", SUPERVISOR)
    assert "已迁移" in terminal.says("item", "comments", "1", "--as", HANDLER)


def test_an_interrupted_move_is_refused_for_work_and_taken_up_where_it_ended(
    terminal: Terminal, postgres_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrote: list[str] = []

    def dying(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        """The process ends when the second batch of the trail is about to be written."""
        table = statement.removeprefix("INSERT INTO ").split(" ")[0]
        if connection.dialect.name == "postgresql" and statement.startswith("INSERT INTO"):
            if table == "audit_entry" and table in wrote:
                raise KeyboardInterrupt
            wrote.append(table)

    monkeypatch.setattr(copying, "BATCH", 2)
    event.listen(Engine, "before_cursor_execute", dying)
    try:
        assert terminal.run("migrate-to", postgres_database).exit_code == 130
    finally:
        event.remove(Engine, "before_cursor_execute", dying)
    with monkeypatch.context() as patched:
        patched.setenv("DUBAN_DATABASE_URL", postgres_database)
        assert "尚未完成" in terminal.refused("status")
        assert "尚未完成" in terminal.refused("init")

    with disposed(postgres_database) as engine, Session(engine) as session:
        assert session.exec(select(func.count()).select_from(AuditEntry)).one() == 2
    terminal.says("migrate-to", postgres_database)
    assert "逐表核对" in terminal.says("migrate-to", postgres_database)


def test_a_source_that_changed_meanwhile_is_told_and_copied_anew(
    terminal: Terminal, postgres_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dying(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("tasks.moving.move.open_for_work", dying)
        assert terminal.run("migrate-to", postgres_database).exit_code == 130
    change(terminal, "UPDATE organ SET name = '改了名的局' WHERE code = 'bureau'")

    assert "表 organ 两边不一致" in terminal.refused("migrate-to", postgres_database)
    terminal.says("migrate-to", postgres_database, "--anew")


def test_a_database_of_somebody_else_is_left_alone(terminal: Terminal, postgres_database: str, tmp_path: Path) -> None:
    with disposed(postgres_database) as engine, engine.begin() as connection:
        connection.execute(text("CREATE TABLE theirs (id integer)"))
    assert "已有表 theirs" in terminal.refused("migrate-to", postgres_database)
    with disposed(postgres_database) as engine, engine.begin() as connection:
        connection.execute(text("DROP TABLE theirs"))

    create_or_upgrade(Settings(home=tmp_path / "another", database_url=postgres_database))
    with disposed(postgres_database) as engine, unit_of_work(engine) as session:
        session.add(Organ(code="theirs", name="他们的单位"))
    for more in ([], ["--anew"]):
        assert "已有本程序的数据，与原库不同" in terminal.refused("migrate-to", postgres_database, *more)
    with disposed(postgres_database) as engine, Session(engine) as session:
        assert session.exec(select(Organ.name)).one() == "他们的单位"


def test_another_installation_half_way_is_left_alone(
    terminal: Terminal, postgres_database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def dying(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("tasks.moving.move.open_for_work", dying)
        assert terminal.run("migrate-to", postgres_database).exit_code == 130
    other = Terminal(lay_home(tmp_path / "other"))
    assert "另一套数据迁移到一半" in other.refused("migrate-to", postgres_database)


def test_nothing_is_copied_while_a_process_has_the_clock(terminal: Terminal, postgres_database: str) -> None:
    with disposed(load_settings(terminal.home).database) as engine, unit_of_work(engine) as session:
        lease = Lease(name="clock", owner="host:1", expires_at=clock.now() + dt.timedelta(seconds=40))
        session.add(lease)
    assert "正在使用原库" in terminal.refused("migrate-to", postgres_database)

    with disposed(load_settings(terminal.home).database) as engine, unit_of_work(engine) as session:
        session.exec(select(Lease)).one().expires_at = clock.now() + dt.timedelta(days=3650)
    said = terminal.run("migrate-to", postgres_database)
    assert said.exit_code == 0
    assert "时钟不对" in said.stderr


def test_a_row_that_postgresql_refuses_is_named(terminal: Terminal, postgres_database: str) -> None:
    change(terminal, f"UPDATE organ SET name = '{'长' * 300}' WHERE code = 'bureau'")
    said = terminal.refused("migrate-to", postgres_database)
    assert said.startswith("错误：表 organ 从主键 1 起的")


@pytest.mark.parametrize(
    "address",
    ["sqlite:///x.db", "mysql://u:geheim@h/d", "postgresql://u:geheim@127.0.0.1:1/d", "geheim", "postgresql:geheim"],
)
def test_an_address_that_leads_nowhere_is_one_line_without_the_password(terminal: Terminal, address: str) -> None:
    assert "geheim" not in terminal.refused("migrate-to", address)


def test_an_installation_on_postgresql_is_not_moved(
    terminal: Terminal, postgres_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUBAN_DATABASE_URL", postgres_database)
    assert "不是内置数据库" in terminal.refused("migrate-to", postgres_database)
