"""What a disk, a file or a database did, in one sentence: told alike on the command line, on pages and to programs."""

import errno

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


class OutsideError(DubanError):
    """磁盘、文件或数据库暂时不能用。"""


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
    said = str(error.orig).lower()
    if type(error.orig).__module__ == "sqlite3":
        return next((OutsideError(f"{words}。") for part, words in _SQLITE if part in said), None)
    if getattr(error.orig, "sqlstate", None) == _FULL_IN_POSTGRESQL:
        return OutsideError("数据库服务器的磁盘空间不足，没有保存。请清理其磁盘后重试。")
    if isinstance(error, OperationalError | InterfaceError):
        return OutsideError("数据库暂时无法访问，没有保存。请确认数据库服务在运行，稍后重试。")
    return None
