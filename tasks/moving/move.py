"""An installation copied into another database, compared, and opened for work there."""

from collections.abc import Callable, Iterable

from sqlalchemy import Connection, Engine, Table

from models.errors import DubanError
from models.migrate import revisions
from models.tables import METADATA
from tasks.moving.copy_rows import copy_rows
from tasks.moving.receive import empty_out, identity_of, lay_out, locked_target, open_for_work
from tasks.moving.row_text import Content, content_of

Walk = Callable[[str, Iterable[Table]], Iterable[Table]]
"""Goes over the tables, telling somebody what is done and how far it is."""


def move(source: Connection, target: Engine, *, anew: bool, walk: Walk) -> dict[str, Content]:
    """Copy all rows, compare, open the target for work; what each table holds. `source` is only read, in one view.

    Every batch is kept as soon as it is written, so that a run cut short at any point is gone on with by the next;
    with `anew` what such a run left is thrown away. Raises BadInputError for a database with anything else in it,
    ConflictError where another move is at work, DubanError where the two are not the same in the end.
    """
    with locked_target(target), target.connect() as there:
        with there.begin():
            if anew:
                empty_out(there)
            finished = lay_out(there, identity_of(source))
        if not finished:
            for table in walk("复制", METADATA.sorted_tables):
                copy_rows(source, there, table)
        content = {}
        for table in walk("核对", METADATA.sorted_tables):
            content[table.name] = content_of(source, table)
            with there.begin():
                if content_of(there, table) != content[table.name]:
                    raise DubanError(_unlike(table.name, finished))
        if not finished:
            with there.begin():
                open_for_work(there, revisions()[-1])
    return content


def _unlike(table: str, finished: bool) -> str:
    if finished:
        return f"目标数据库中已有本程序的数据，与原库不同（表 {table}），没有动它：请另建一个空的数据库。"
    return (
        f"表 {table} 两边不一致，迁移没有完成，目标数据库尚不能用：复制期间原库有改动的，"
        "请停下办理后加 --anew 从头复制。"
    )
