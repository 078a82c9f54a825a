"""`duban migrate-to`: the office's rows copied into a PostgreSQL database, and compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.commands.errand import Answer, Errand, answer, apart
from duban.edge import progress, warn

if TYPE_CHECKING:
    from models.settings import Settings


def register(app: typer.Typer) -> None:
    """Add `migrate-to`."""
    app.command("migrate-to")(migrate_to)


@apart("json")
def migrate_to(
    errand: Errand,
    address: Annotated[
        str,
        typer.Argument(
            metavar="地址", envvar="DUBAN_MIGRATE_TO", help="如 postgresql://user:password@host/name，空的库。"
        ),
    ],
    anew: Annotated[bool, typer.Option("--anew", help="丢掉上次没有做完的那一半，从头复制。")] = False,
) -> Answer:
    """把内置数据库的全部数据复制到空的 PostgreSQL 数据库，逐表核对；原库不动，中断后再运行即接着做。

    地址中的密码会留在命令历史里：可改设环境变量 DUBAN_MIGRATE_TO，命令中不写地址。"""
    from models.database import open_engine, untouched_url
    from models.errors import BadInputError
    from models.migrate import open_current, sqlite_file
    from tasks.moving.move import move

    settings = errand.edge.settings
    url = _postgresql(address)
    file = sqlite_file(settings)
    if file is None:
        raise BadInputError("本数据目录用的不是内置数据库，没有可迁移的：migrate-to 只从 SQLite 迁到 PostgreSQL。")
    open_current(settings).dispose()
    source, target = open_engine(untouched_url(file)), open_engine(url.render_as_string(hide_password=False))
    shown = url.render_as_string(hide_password=True)
    try:
        with source.execution_options(reading=True).connect() as here, _explained(shown):
            _refuse_at_work(here)
            content = move(here, target, anew=anew, walk=_walk)
    finally:
        source.dispose()
        target.dispose()
    rows = sum(one.rows for one in content.values())
    tables = {name: {"rows": one.rows, "sha256": one.hash} for name, one in content.items()}
    return answer(
        {"database": shown, "tables": tables},
        f"已复制到 {shown}：{len(content)} 张表 {rows} 行，逐表核对行数和内容，完全一致。",
        f"原库 {file} 没有改动，可留作备份；今后不要再用它办理。",
        *_next_steps(settings, shown),
    )


def _walk(label: str, tables: Iterable[Any]) -> Iterator[Any]:
    with progress(label) as walk:
        yield from walk(tables)


def _next_steps(settings: Settings, shown: str) -> Iterator[str]:
    from models.settings import SETTINGS_FILE

    yield "接下来："
    yield f"  在 {settings.home / SETTINGS_FILE} 中写一行（*** 换成密码，再运行 chmod 600）："
    yield f'      database_url = "{shown}"'
    yield "  或设环境变量 DUBAN_DATABASE_URL；佐证材料、密钥和设置仍在原来的数据目录。"
    yield "  然后运行 duban doctor，正常的，再启动 duban serve。"


def _postgresql(address: str) -> Any:
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    from models.errors import BadInputError

    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.get_backend_name() != "postgresql" or not url.database:
        raise BadInputError("这不是 PostgreSQL 数据库的地址：应为 postgresql://user:password@host/name。")
    return url


@contextmanager
def _explained(shown: str) -> Iterator[None]:
    """What the target refuses, in one line without the password."""
    from sqlalchemy.exc import DBAPIError

    from models.errors import DubanError

    try:
        yield
    except DBAPIError as error:
        said = str(error.orig).strip().partition("\n")[0]
        raise DubanError(
            f"目标数据库 {shown} 不能用：{said}。已复制的保留，排除后再运行同一命令，从断处接着做。"
        ) from error


def _refuse_at_work(source: Any) -> None:
    """Raises ForbiddenError while a process has the clock: what it writes from now on would stay behind."""
    from sqlmodel import Session

    from models.clock import local, now
    from models.errors import ForbiddenError
    from tasks.engine.lease import TERM
    from tasks.engine.show_system import clock_lease

    lease = clock_lease(Session(source))
    if lease is None or lease.expires_at <= now():
        return
    if lease.expires_at > now() + TERM:
        warn(f"值守权记到 {local(lease.expires_at):%Y-%m-%d %H:%M}，是在时钟不对时取得的，不算在运行。")
        return
    raise ForbiddenError(
        f"duban serve 正在使用原库（{lease.owner.partition(':')[0]}）：请先停下它，停下一分钟后再运行，"
        "以免复制期间的改动留在原库。"
    )
