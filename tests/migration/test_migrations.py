"""The database that `duban init` makes is the one the models speak of; any other is refused in one line."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.command import upgrade
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlmodel import Session, select

from models.closure import ClosureRequest
from models.database import open_engine
from models.errors import BadInputError, NotFoundError
from models.migrate import MIGRATIONS, alembic_config, create_or_upgrade, open_current, revisions, seed_presets
from models.migrations.revise import revise
from models.policy import PRESETS, Policy, Rung
from models.receipt import Receipt
from models.settings import Settings
from models.tables import METADATA


def settings(home: Path, url: str = "") -> Settings:
    return Settings(home=home, database_url=url)


def details(engine: Engine) -> dict[str, Any]:
    """What Alembic's comparison does not look at: checks, and the conditions of partial indexes."""
    seen = inspect(engine)
    return {
        table: (
            sorted((check["name"] or "", check["sqltext"]) for check in seen.get_check_constraints(table)),
            sorted(
                (
                    index["name"] or "",
                    index["unique"],
                    [str(part) for part in index["dialect_options"].values()],
                )
                for index in seen.get_indexes(table)
            ),
        )
        for table in seen.get_table_names()
        if table != "alembic_version"
    }


def test_a_database_migrated_from_empty_is_the_one_the_models_describe(any_url: str, tmp_path: Path) -> None:
    create_or_upgrade(settings(tmp_path, any_url))

    engine = open_engine(any_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    migrated = details(engine)
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
        (6, "逾期7个工作日,其后每5个工作日"),
        (7, "下达待签收"),
        (8, "未签收满2个工作日"),
    ]


OLDER_ROWS = """
    INSERT INTO organ (id, code, name) VALUES (1, 'bureau', '某局');
    INSERT INTO department (id, organ_id, name) VALUES (1, 1, '法规科'), (2, 1, '办公室');
    INSERT INTO policy (id, name, frozen_hash, near_days) VALUES (901, '常规', 'frozen', 5), (902, '自定', NULL, 5);
    INSERT INTO annual_plan (id, organ_id, year, title, policy_id) VALUES (1, 1, 2026, '要点', 901);
    INSERT INTO project (id, plan_id, ordinal, name) VALUES (1, 1, 1, '法治建设');
    INSERT INTO work_item (id, plan_id, organ_id, project_id, number, title, department_id, unconfirmed, importance,
                           state, percent, issued_on, signed_on, closed_on)
    VALUES (1, 1, 1, 1, '1', '拟办的', 1, false, 'normal', 'draft', 0, NULL, NULL, NULL),
           (2, 1, 1, 1, '2', '待签收的', 1, false, 'normal', 'issued', 0, '2026-01-05', NULL, NULL),
           (3, 1, 1, 1, '3', '在办的', 1, false, 'normal', 'active', 40, '2026-01-05', '2026-01-06', NULL),
           (4, 1, 1, 1, '4', '销号的', 1, false, 'normal', 'closed', 100, '2026-01-05', '2026-01-06', '2026-03-02');
    INSERT INTO item_unit (id, item_id, ordinal, department_id, text)
    VALUES (1, 3, 1, 2, '办公室'), (2, 3, 2, NULL, '县里');
    INSERT INTO deadline (id, item_id, kind, due_on, original_due_on, promised)
    VALUES (3, 3, 'final', '2026-07-01', '2026-06-01', false);
    INSERT INTO deadline_move (deadline_id, from_on, to_on, reason, moved_at)
    VALUES (3, '2026-06-01', '2026-07-01', '补填', '2026-05-20 01:00:00');
    INSERT INTO progress_entry (item_id, "on", text, recorded_at)
    VALUES (3, '2026-02-02', '甲', '2026-02-02 01:00:00'), (3, '2026-04-02', '乙', '2026-04-02 01:00:00');
"""


def test_what_an_office_recorded_before_keeps_its_meaning(any_url: str, tmp_path: Path) -> None:
    engine = open_engine(any_url)
    with engine.begin() as connection:
        upgrade(alembic_config(connection), "0001")
        for statement in OLDER_ROWS.split(";")[:-1]:
            connection.exec_driver_sql(statement)

    create_or_upgrade(settings(tmp_path, any_url))

    def rows(query: str) -> list[tuple[Any, ...]]:
        with engine.connect() as connection:
            return [tuple(map(str, row)) for row in connection.execute(text(query))]

    assert rows("SELECT item_id, unit_id, department_id, issued_on, signed_on FROM receipt ORDER BY item_id, id") == [
        ("2", "None", "1", "2026-01-05", "None"),
        ("3", "None", "1", "2026-01-05", "2026-01-06"),
        ("3", "1", "2", "2026-01-05", "None"),
        ("4", "None", "1", "2026-01-05", "2026-01-06"),
    ]
    assert rows('SELECT item_id, "on", state, waived_by FROM closure_request') == [
        ("4", "2026-03-02", "accepted", "系统升级")
    ]
    assert rows("SELECT id, reported_on, first_closed_on, assignments FROM work_item WHERE id > 2 ORDER BY id") == [
        ("3", "2026-04-02", "None", "1"),
        ("4", "None", "2026-03-02", "1"),
    ]
    assert rows("SELECT cause, moved_on FROM deadline_move") == [("plan", "2026-05-20")]
    assert rows("SELECT lag_yellow, extension_limit FROM policy WHERE id IN (901, 902) ORDER BY id") == [
        ("None", "2"),
        ("10", "2"),
    ]
    with Session(engine) as session:
        signed = [receipt.signed_at for receipt in session.exec(select(Receipt)) if receipt.signed_at is not None]
        assert [at.year for at in signed] == [2026, 2026]
        assert session.exec(select(ClosureRequest)).one().levels == []
    engine.dispose()


def test_the_newest_file_is_the_head_that_alembic_knows() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))

    assert scripts.get_heads() == [revisions()[-1]]


def test_a_revision_of_unchanged_models_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))

    written = revise("Nothing new", folder=folder)

    assert written.name == f"{len(revisions()) + 1:04}_nothing_new.py"
    assert written.read_text(encoding="utf-8").count("    pass\n") == 2


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
    with pytest.raises(NotFoundError, match="尚未初始化:请先运行 duban init"):
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


def test_a_database_of_an_older_program_asks_for_init(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create_or_upgrade(settings(tmp_path))
    monkeypatch.setattr("models.migrate.revisions", lambda: [*revisions(), "9999"])

    with pytest.raises(BadInputError, match=r"数据库是旧版本.*需要 9999.*duban init"):
        open_current(settings(tmp_path))


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
        with pytest.raises(BadInputError, match="打不开"):
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


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    create_or_upgrade(settings(tmp_path))
    tmp_path.chmod(0o500)

    for command in (open_current, create_or_upgrade):
        with pytest.raises(BadInputError, match="不可写"):
            command(settings(tmp_path))
    tmp_path.chmod(0o700)
