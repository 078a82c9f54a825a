"""What a disk, a file or a database did, in one sentence: told alike on the command line, on pages and to programs."""

import errno
import re

from models.errors import DubanError

REASONS = {
    errno.ENOSPC: "磁盘空间不足",
    errno.EDQUOT: "超出磁盘配额",
    errno.EFBIG: "超出系统允许的文件大小",
    errno.EACCES: "没有访问权限",
    errno.EPERM: "没有访问权限",
    errno.EROFS: "所在磁盘只读",
    errno.ENOENT: "文件夹不存在",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EEXIST: "路径中有一段不是文件夹",
    errno.EISDIR: "该位置是文件夹",
    errno.ENAMETOOLONG: "路径过长",
    errno.EIO: "磁盘读写出错",
    errno.EMFILE: "打开的文件过多",
    errno.ENFILE: "打开的文件过多",
}
"""Why the system refuses, by its number."""

_OUTSIDE = REASONS.keys() - {errno.ENOENT, errno.ENOTDIR, errno.EEXIST, errno.EISDIR}
"""What the machine does. The others may be a mistake of the program's, which its trace has to show."""

_SQLITE = (
    ("database or disk is full", "数据库所在的磁盘空间不足，没有保存。请清理磁盘后重试"),
    ("locked", "数据库正被另一程序占用，等了 30 秒仍不能写入，没有保存。请稍后重试"),
    ("readonly", "数据库文件或所在的文件夹不可写，没有保存。请检查权限和磁盘"),
    ("disk i/o error", "数据库所在的磁盘读写出错，没有保存。请检查磁盘空间和磁盘本身"),
    ("unable to open", "数据库文件打不开。请检查数据目录的权限和磁盘"),
    ("malformed", "数据库文件已损坏。请停止使用，从备份恢复"),
    ("not a database", "数据库文件已损坏，或不是数据库。请停止使用，从备份恢复"),
)
_FULL_IN_POSTGRESQL = "53100"
_NO_TABLE, _NO_COLUMN = "42P01", "42703"
"""As PostgreSQL says that a table, or a column, is not there."""
_SQLITE_LACKS = re.compile(
    r"no such (?P<kind>table|column): (?:\w+\.)?(?P<name>\w+)|table \w+ has no (?P<other>column) named (?P<column>\w+)"
)
_QUOTED = re.compile(r'"(\w+)"|\w+\.(\w+)')


class OutsideError(DubanError):
    """磁盘、文件或数据库暂时不能用。"""


class UnfitSchemaError(OutsideError):
    """数据库的结构与本程序不符。"""

    def __init__(self, lacking: str) -> None:
        super().__init__(
            f"数据库的结构与本程序不符（没有{lacking}），没有改动：数据库被移走、换过，或者由未发布的旧版程序建立，"
            "版本号虽然相同，不能升级。请放回原来的数据库，用本版本程序所作的备份恢复（duban restore），"
            "或者换一个空的数据目录或数据库，重新 duban init。"
        )


def fault_of(error: BaseException) -> OutsideError | None:
    """The sentence, where the machine or the database refused; None for whatever else went wrong."""
    if isinstance(error, OSError):
        if error.errno not in _OUTSIDE or isinstance(error, BrokenPipeError):
            return None
        where = f" {error.filename}" if isinstance(error.filename, str) else ""
        return OutsideError(f"无法读写文件{where}：{REASONS[error.errno]}。请排除后重试。")
    from sqlalchemy.exc import DatabaseError, InterfaceError, OperationalError

    if not isinstance(error, DatabaseError | InterfaceError):
        return None
    if (lacking := _lacking(error.orig)) is not None:
        return UnfitSchemaError(lacking)
    said = str(error.orig).lower()
    if type(error.orig).__module__ == "sqlite3":
        return next((OutsideError(f"{words}。") for part, words in _SQLITE if part in said), None)
    if getattr(error.orig, "sqlstate", None) == _FULL_IN_POSTGRESQL:
        return OutsideError("数据库服务器的磁盘空间不足，没有保存。请清理其磁盘后重试。")
    if isinstance(error, OperationalError | InterfaceError):
        return OutsideError("数据库暂时无法访问，没有保存。请确认数据库服务在运行，稍后重试。")
    return None


def _lacking(refused: BaseException | None) -> str | None:
    """The table or column of this program's that the database says it has not, in words.

    One that the program does not know either is a mistake in its statement, which its trace has to show.
    """
    told = str(refused).partition("\n")[0]
    if type(refused).__module__ == "sqlite3":
        found = _SQLITE_LACKS.match(told)
        if found is None:
            return None
        kind, names = found["kind"] or found["other"], [found["name"] or found["column"]]
    else:
        kinds = {_NO_TABLE: "table", _NO_COLUMN: "column"}
        kind = kinds.get(getattr(refused, "sqlstate", None) or "", "")
        names = [quoted or behind for quoted, behind in _QUOTED.findall(told)]
    if not kind or not names:
        return None
    from models.tables import METADATA

    ours = (
        METADATA.tables
        if kind == "table"
        else {name for table in METADATA.tables.values() for name in (one.name for one in table.columns)}
    )
    return next((f"{'表' if kind == 'table' else '列'} {name}" for name in names if name in ours), None)
