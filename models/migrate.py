"""The database's version: brought up by `duban init`, checked by every other command before it works."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlmodel import Session, col, select

from models.database import key, open_engine
from models.errors import BadInputError, NotFoundError
from models.faults import UnfitSchemaError, fault_of
from models.ladder.policy import PRESET_TERMS, PRESETS, Policy, Rung
from models.scores.scoring import PRESET_RULES, ScoringRule
from models.search.index import make_anew, unmake
from models.settings import Settings

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
MOVING = "moving "
"""What a database that an installation is being moved into says instead of its version, with whose it is."""


def revisions(folder: Path = MIGRATIONS) -> list[str]:
    """Every version of the schema this program knows, oldest first, by file name: Alembic is slow to load."""
    return sorted(path.stem.partition("_")[0] for path in (folder / "versions").glob("[0-9]*_*.py"))


def alembic_config(connection: Connection, *, folder: Path = MIGRATIONS) -> "Config":
    """Alembic's settings, made here so that the top of the project needs no alembic.ini."""
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def create_or_upgrade(
    settings: Settings, *, folder: Path = MIGRATIONS, fill: Callable[[Connection], None] | None = None
) -> str:
    """Create the data folder (for its owner only) and the database, or upgrade it to the newest revision in `folder`;
    returns the version.

    One transaction: a failed upgrade leaves the database as it was. The rows of a new database may come from `fill`,
    which runs in it before the index of the search is made; then no presets are added. Raises BadInputError where the
    folder cannot be written, the database cannot be reached, or is newer than this program;
    UnfitSchemaError where an unreleased program made it.
    """
    _make_folder(settings.home)
    with _opened(settings) as engine, engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            # Writing a table anew drops the old one, which must not take the rows that point to it along.
            connection.connection.execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('duban.migrate'))"))
            version = version_of(connection)
            _refuse_newer(version, folder)
            if folder == MIGRATIONS and version == revisions()[-1]:
                refuse_unfit(connection)
            unmake(connection)
            make_tables(connection, folder=folder)
            if fill is not None:
                fill(connection)
            make_anew(connection)
            if fill is None:
                with Session(connection) as session:
                    seed_presets(session)
    return revisions(folder)[-1]


def make_tables(connection: Connection, *, folder: Path = MIGRATIONS) -> None:
    """Make every table, or bring them up to the newest revision in `folder`. The caller commits."""
    from alembic import command

    command.upgrade(alembic_config(connection, folder=folder), "head")


def open_current(settings: Settings, *, folder: Path = MIGRATIONS) -> Engine:
    """The database, present and of this program's version, the newest revision in `folder`.

    Raises NotFoundError where there is none yet, BadInputError where it is older or newer, cannot be reached,
    or its folder cannot be written.
    """
    missing = NotFoundError(f"数据目录 {settings.home} 尚未初始化：请先运行 duban init。")
    file = sqlite_file(settings)
    if file is not None:
        if not file.exists():
            raise missing
        _require_writable(file.parent)
        _require_writable(file)
    with _opened(settings) as engine, engine.execution_options(reading=True).connect() as connection:
        version = version_of(connection)
    if version is None:
        raise missing
    _refuse_newer(version, folder)
    if version != (newest := revisions(folder)[-1]):
        raise BadInputError(f"数据库是旧版本（{version}，本程序需要 {newest}）：请先备份，再运行 duban init 升级。")
    return open_engine(settings.database)


_COLUMNS = {
    "sqlite": "SELECT m.name, c.name FROM sqlite_master m, pragma_table_xinfo(m.name) c WHERE m.type = 'table'",
    "postgresql": "SELECT table_name, column_name FROM information_schema.columns"
    " WHERE table_schema = current_schema()",
}
"""Each table with each of its columns; looked through by SQLAlchemy a serving process would hold 2 MB more."""


def refuse_unfit(connection: Connection) -> None:
    """Raise UnfitSchemaError naming a table or column of this program's that a database of its version has not.

    Before release the schema was changed in place: its version alone does not tell. Asked before work that runs on;
    whatever else meets such a database is told by `models.faults.fault_of` when a statement fails.
    """
    from models.tables import METADATA

    there: dict[str, set[str]] = {}
    for table_name, column_name in connection.execute(text(_COLUMNS[connection.dialect.name])):
        there.setdefault(table_name, set()).add(column_name)
    for table in METADATA.sorted_tables:
        if table.name not in there:
            raise UnfitSchemaError(f"表 {table.name}")
        for column in table.columns:
            if column.name not in there[table.name]:
                raise UnfitSchemaError(f"表 {table.name} 的列 {column.name}")


def seed_presets(session: Session) -> None:
    """Add the presets that are not there yet; those an office has edited stay as they are."""
    present = set(session.exec(select(Policy.name).where(col(Policy.frozen_hash).is_(None))))
    for name, rungs in PRESETS.items():
        if name not in present:
            policy = Policy(name=name, **PRESET_TERMS.get(name, {}))
            session.add(policy)
            session.flush()
            session.add_all(
                Rung(policy_id=key(policy.id), ordinal=place, **rung) for place, rung in enumerate(rungs, 1)
            )
    rules = set(session.exec(select(ScoringRule.name).where(col(ScoringRule.organ_id).is_(None))))
    session.add_all(ScoringRule(name=name, **rule) for name, rule in PRESET_RULES.items() if name not in rules)
    session.flush()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadInputError(f"数据目录 {folder} 无法建立：{error.strerror}。请换一个目录，或请管理员授权。") from error
    _require_writable(folder)


def _require_writable(path: Path) -> None:
    if not os.access(path, os.W_OK):
        raise BadInputError(f"{path} 不可写：请换一个数据目录（--home 或 DUBAN_HOME），或请管理员授权。")


def sqlite_file(settings: Settings) -> Path | None:
    """Where the embedded database lies; None where another is named."""
    url = _url(settings)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def _url(settings: Settings) -> URL:
    try:
        return make_url(settings.database)
    except ArgumentError as error:
        raise BadInputError(
            "DUBAN_DATABASE_URL 不是数据库地址：应为 postgresql://用户：密码@主机/库名，或留空使用内置数据库。"
        ) from error


@contextmanager
def _opened(settings: Settings) -> Iterator[Engine]:
    """An engine for a block's length; what the database refuses becomes one line without the password."""
    url = _url(settings)
    where = url.render_as_string(hide_password=True)
    try:
        engine = open_engine(settings.database)
    except (SQLAlchemyError, ImportError) as error:
        raise BadInputError(f"不支持这种数据库：{where}。可用 postgresql:// 或 sqlite:///。") from error
    try:
        yield engine
    except DBAPIError as error:
        fault = fault_of(error)
        if fault is not None and (url.get_backend_name() == "sqlite" or isinstance(fault, UnfitSchemaError)):
            raise fault from error
        reason = str(error.orig).strip().partition("\n")[0]
        raise BadInputError(f"数据库 {where} 打不开：{reason}") from error
    finally:
        engine.dispose()


def version_of(connection: Connection) -> str | None:
    """The revision the database stands at; None where nothing of ours has been made yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _refuse_newer(version: str | None, folder: Path) -> None:
    known = revisions(folder)
    if version is not None and version.startswith(MOVING):
        raise BadInputError(
            "数据库正在迁入，尚未完成：请在原来的数据目录把 duban migrate-to 再运行一遍，从断处接着做。"
        )
    if version is not None and version not in known:
        raise BadInputError(
            f"数据库由更新版本的程序建立（版本 {version}，本程序最高到 {known[-1]}）：请升级本程序后再用。"
        )
