"""The database that `duban init` makes is the one the models speak of; any other is refused in one line."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from models.database import open_engine
from models.errors import BadInputError, NotFoundError
from models.faults import OutsideError
from models.ladder.policy import PRESETS, Policy, Rung
from models.migrate import MIGRATIONS, create_or_upgrade, open_current, revisions, seed_presets
from models.migrations.rendering import is_described
from models.migrations.revise import revise
from models.settings import Settings
from models.tables import METADATA


def settings(home: Path, url: str = "") -> Settings:
    return Settings(home=home, database_url=url)


TRIGGERS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname, pg_get_triggerdef(t.oid), prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
    " WHERE NOT tgisinternal",
}


def details(engine: Engine) -> dict[str, Any]:
    """What Alembic's comparison does not look at: checks, names of keys, defaults, the conditions of partial indexes,
    triggers."""
    seen = inspect(engine)
    triggers = TRIGGERS[engine.dialect.name]
    with engine.connect() as connection:
        refused = sorted(tuple(row) for row in connection.exec_driver_sql(triggers))
    return {"triggers": refused} | {
        table: (
            seen.get_pk_constraint(table),
            sorted((key["name"] or "", key["constrained_columns"]) for key in seen.get_foreign_keys(table)),
            sorted((key["name"] or "", key["column_names"]) for key in seen.get_unique_constraints(table)),
            sorted((check["name"] or "", check["sqltext"]) for check in seen.get_check_constraints(table)),
            sorted(
                (
                    index["name"] or "",
                    index["unique"],
                    [str(part) for part in index["dialect_options"].values()],
                )
                for index in seen.get_indexes(table)
            ),
            [(column["name"], str(column["type"]), column["default"]) for column in seen.get_columns(table)],
        )
        for table in seen.get_table_names()
        if table != "alembic_version"
    }


def test_a_database_migrated_from_empty_is_the_one_the_models_describe(any_url: str, tmp_path: Path) -> None:
    create_or_upgrade(settings(tmp_path, any_url))

    engine = open_engine(any_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": is_described})
        assert compare_metadata(context, METADATA) == []
    migrated = details(engine)
    assert migrated["triggers"]
    with engine.begin() as connection:
        METADATA.drop_all(connection)
        METADATA.create_all(connection)
    assert migrated == details(engine)
    engine.dispose()


def test_initialising_twice_doubles_nothing_and_keeps_what_an_office_edited(any_url: str, tmp_path: Path) -> None:
    create_or_upgrade(settings(tmp_path, any_url))
    engine = open_engine(any_url)
    with Session(engine) as session:
        edited = session.exec(select(Policy).where(Policy.name == "常规")).one()
        edited.near_days = 9
        session.add(edited)
        session.commit()

    assert create_or_upgrade(settings(tmp_path, any_url)) == revisions()[-1]

    with Session(engine) as session:
        policies = session.exec(select(Policy)).all()
        assert sorted(policy.name for policy in policies) == sorted(PRESETS)
        assert len(session.exec(select(Rung)).all()) == sum(map(len, PRESETS.values()))
        assert {policy.name: policy.near_days for policy in policies}["常规"] == 9
    engine.dispose()


def test_the_preset_ladders_are_stored_rung_by_rung(engine: Engine) -> None:
    with Session(engine) as session:
        seed_presets(session)
        policy = session.exec(select(Policy).where(Policy.name == "常规")).one()
        rungs = session.exec(select(Rung).where(Rung.policy_id == policy.id).order_by(text("ordinal"))).all()

    assert [(rung.ordinal, rung.label) for rung in rungs] == [
        (1, "到期前7天"),
        (2, "到期前3天"),
        (3, "到期当日"),
        (4, "逾期1个工作日"),
        (5, "逾期3个工作日"),
        (6, "逾期7个工作日，其后每5个工作日"),
        (7, "下达待签收"),
        (8, "未签收满2个工作日"),
    ]


ROWS = """
    INSERT INTO organ (id, code, name, joined_officers) VALUES (1, 'bureau', '某局', false);
    INSERT INTO department (id, organ_id, name) VALUES (1, 1, '法规科'), (2, 1, '办公室');
    INSERT INTO annual_plan (id, organ_id, year, title) VALUES (1, 1, 2026, '要点');
    INSERT INTO project (id, plan_id, ordinal, name) VALUES (1, 1, 1, '法治建设');
    INSERT INTO work_item (id, plan_id, organ_id, project_id, number, title, department_id, unconfirmed, importance,
                           state, percent, issued_on)
    VALUES (1, 1, 1, 1, '1', '在办的', 1, false, 'normal', 'active', 40, '2026-01-05'),
           (2, 1, 1, 1, '2', '待签收的', 2, false, 'normal', 'issued', 0, '2026-01-06');
    INSERT INTO item_unit (item_id, ordinal, department_id, text) VALUES (1, 1, 2, '办公室'), (1, 2, NULL, '县里');
    INSERT INTO receipt (item_id, assignment, department_id, issued_on) VALUES (2, 1, 2, '2026-01-06');
"""
LATER = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{newest}"


def upgrade():
    with op.batch_alter_table("work_item") as batch_op:
        batch_op.add_column(sa.Column("weight", sa.Integer(), server_default="1", nullable=False))
        batch_op.alter_column("title", existing_type=sa.String(length=1000), nullable=True)
    op.execute("UPDATE work_item SET weight = 2 WHERE state = 'issued'")
    {last}
"""
"""What a later program might bring: it changes a table to which others point, which SQLite can only write anew."""


@pytest.fixture
def inhabited(any_url: str, tmp_path: Path) -> Iterator[Engine]:
    """A database of this version with rows in it."""
    create_or_upgrade(settings(tmp_path, any_url))
    engine = open_engine(any_url)
    with engine.begin() as connection:
        for statement in ROWS.split(";")[:-1]:
            connection.exec_driver_sql(statement)
    yield engine
    engine.dispose()


def later(tmp_path: Path, last: str = "") -> Path:
    """The revisions of a later program."""
    folder = tmp_path / "later"
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    written = LATER.format(newest=revisions()[-1], last=last)
    (folder / "versions" / "9999_weight.py").write_text(written, encoding="utf-8")
    return folder


def everything(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table; the index of the search is made anew by every upgrade."""
    with engine.connect() as connection:
        return {
            table: sorted((tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {table}")), key=repr)
            for table in inspect(engine).get_table_names()
            if is_described(table, "table", {})
        }


def test_an_upgrade_keeps_every_row_and_what_points_to_it(inhabited: Engine, any_url: str, tmp_path: Path) -> None:
    before, (*kept, columns) = everything(inhabited), details(inhabited)["work_item"]

    assert create_or_upgrade(settings(tmp_path, any_url), folder=later(tmp_path)) == "9999"

    after = everything(inhabited)
    assert after.pop("work_item") == [
        (*row, weight) for row, weight in zip(before.pop("work_item"), (1, 2), strict=True)
    ]
    assert after.pop("alembic_version") == [("9999",)]
    del before["alembic_version"]
    assert after == before
    assert details(inhabited)["work_item"] == (*kept, [*columns, ("weight", "INTEGER", ANY)])
    with pytest.raises(IntegrityError), inhabited.begin() as connection:
        connection.exec_driver_sql("DELETE FROM work_item WHERE id = 1")
    for command in (open_current, create_or_upgrade):
        with pytest.raises(BadInputError, match=r"数据库由更新版本的程序建立.*9999.*请升级本程序"):
            command(settings(tmp_path, any_url))


def test_an_upgrade_that_fails_half_way_leaves_every_row_as_it_was(
    inhabited: Engine, any_url: str, tmp_path: Path
) -> None:
    before = everything(inhabited), details(inhabited)

    with pytest.raises(RuntimeError, match="power cut"):
        create_or_upgrade(settings(tmp_path, any_url), folder=later(tmp_path, 'raise RuntimeError("power cut")'))

    assert (everything(inhabited), details(inhabited)) == before
    open_current(settings(tmp_path, any_url)).dispose()


def test_the_newest_file_is_the_head_that_alembic_knows() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))

    assert scripts.get_heads() == [revisions()[-1]]


def test_a_revision_of_unchanged_models_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))

    written = revise("Nothing new", folder=folder)

    assert written.name == f"{len(revisions()) + 1:04}_nothing_new.py"
    assert written.read_text(encoding="utf-8").count("    pass\n") == 1


def test_a_revision_of_models_that_are_new_writes_plain_columns(tmp_path: Path) -> None:
    """Whatever becomes of the models' own types later, a revision says what the database holds."""
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__", "0*.py"))

    text_of = revise("All there is", folder=folder).read_text(encoding="utf-8")

    assert {kind: kind in text_of for kind in ("AutoString", "UTCDateTime", "sa.Enum")} == dict.fromkeys(
        ("AutoString", "UTCDateTime", "sa.Enum"), False
    )
    assert text_of.count("op.create_table(") == len(METADATA.tables)
    assert "sa.Column('state', sa.String(length=" in text_of
    assert "sa.DateTime(timezone=True)" in text_of


def test_the_data_folder_is_for_its_owner_only(tmp_path: Path) -> None:
    create_or_upgrade(settings(tmp_path / "office" / "data"))

    assert (tmp_path / "office" / "data").stat().st_mode & 0o777 == 0o700


def test_a_database_of_this_version_opens_without_loading_alembic(tmp_path: Path) -> None:
    create_or_upgrade(settings(tmp_path))
    program = (
        "import sys; from pathlib import Path; from models.migrate import open_current;"
        " from models.settings import load_settings; open_current(load_settings(Path(sys.argv[1])));"
        " print('alembic' in sys.modules)"
    )

    ran = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, encoding="utf-8", check=True
    )

    assert ran.stdout == "False\n"


def test_a_command_before_init_says_to_run_init_and_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="尚未初始化：请先运行 duban init"):
        open_current(settings(tmp_path))

    assert list(tmp_path.iterdir()) == []


def test_an_empty_database_elsewhere_counts_as_not_initialised(any_url: str, tmp_path: Path) -> None:
    engine = open_engine(any_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE somebody_elses (id INTEGER)"))
    engine.dispose()

    with pytest.raises(NotFoundError, match="尚未初始化"):
        open_current(settings(tmp_path, any_url))


def test_a_database_of_a_newer_program_is_refused_by_every_command(any_url: str, tmp_path: Path) -> None:
    stamp(any_url, tmp_path, "9999")

    for command in (open_current, create_or_upgrade):
        with pytest.raises(BadInputError, match=r"数据库由更新版本的程序建立.*9999.*请升级本程序"):
            command(settings(tmp_path, any_url))


def test_a_database_of_an_older_program_asks_for_init(tmp_path: Path) -> None:
    create_or_upgrade(settings(tmp_path))

    with pytest.raises(BadInputError, match=r"数据库是旧版本.*需要 9999.*duban init"):
        open_current(settings(tmp_path), folder=later(tmp_path))


def stamp(url: str, home: Path, version: str) -> None:
    create_or_upgrade(settings(home, url))
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
    engine.dispose()


def test_a_failed_upgrade_leaves_the_database_as_it_was(
    any_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_session: Session) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr("models.migrate.seed_presets", fail)
    with pytest.raises(RuntimeError, match="power cut"):
        create_or_upgrade(settings(tmp_path, any_url))

    engine = open_engine(any_url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "duban.db").write_text("not a database, " * 100)

    for command in (open_current, create_or_upgrade):
        with pytest.raises(OutsideError, match="已损坏，或不是数据库"):
            command(settings(tmp_path))


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("somewhere", "不是数据库地址"),
        ("oracle://host/db", "不支持这种数据库"),
        ("mysql://host/db", "不支持这种数据库"),
        ("postgresql://office:secret@127.0.0.1:1/db", r"打不开"),
    ],
)
def test_an_address_that_leads_nowhere_is_one_line_without_the_password(url: str, words: str, tmp_path: Path) -> None:
    for command in (open_current, create_or_upgrade):
        with pytest.raises(BadInputError, match=words) as refused:
            command(settings(tmp_path, url))
        assert "secret" not in refused.value.message
        assert "\n" not in refused.value.message


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(BadInputError, match=r"数据目录 .*file/data 无法建立"):
        create_or_upgrade(settings(tmp_path / "file" / "data"))


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create_or_upgrade(settings(tmp_path))
    # The system says so, not the folder's mode: to root every folder is open.
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)

    for command in (open_current, create_or_upgrade):
        with pytest.raises(BadInputError, match="不可写"):
            command(settings(tmp_path))
