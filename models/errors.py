"""The tree of errors.

The class docstring is the Chinese message a user sees when nothing more exact is given; attributes
carry what a caller may want to act on. One handler in `duban.cli` maps them to exit codes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, ClassVar


class DubanError(Exception):
    """操作未能完成。"""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())

    @property
    def message(self) -> str:
        return str(self.args[0])


class BadInputError(DubanError):
    """输入不符合要求。"""

    exit_code = 2


class UnreadableFileError(BadInputError):
    """文件无法读取。"""


class NotFoundError(BadInputError):
    """没有找到所指的对象。"""


class ForbiddenError(DubanError):
    """当前状态下不允许此操作。"""


class SlowDownError(ForbiddenError):
    """尝试次数过多。

    `minutes` says after how long it may be tried again.
    """

    def __init__(self, minutes: int) -> None:
        self.minutes = minutes
        span = f"{minutes} 分钟" if minutes <= 120 else f"{-(-minutes // 60)} 小时"
        super().__init__(f"尝试次数过多：请在 {span}后再试；忘记密码的，请管理员重设。")


class UnconfirmedKeyError(ForbiddenError):
    """这个签名密钥尚未经人核对。

    `fingerprint` is the key's: the same file may come in once a person has confirmed it.
    """

    def __init__(self, fingerprint: str, message: str) -> None:
        self.fingerprint = fingerprint
        super().__init__(message)


class ManyMessagesError(BadInputError):
    """这次操作当天将引出很多封消息，请先核对名单。

    `people` are whom it would reach, with how many notices for each, the most first; once a person has said so the same
    act goes through.
    """

    def __init__(self, messages: int, people: Sequence[tuple[str, int]], most: int) -> None:
        self.messages, self.people = messages, people
        named = "、".join(f"{name} {count} 条" for name, count in people[:10])
        rest = f" 等 {len(people)} 人" if len(people) > 10 else ""
        super().__init__(
            f"这次操作今天将引出 {messages} 封消息（超过 {most} 封的先问）：{named}{rest}。"
            "尚未保存；核对名单后确实要发的，确认再办（命令加 --sure）。"
        )


class ConflictError(DubanError):
    """此事项刚被他人处理，请刷新后再试。"""


class UnrecordedChangeError(DubanError):
    """有改动没有留下操作记录，全部未保存。

    A fault of the program, never of the user: `tables` names where it wrote.
    """

    def __init__(self, tables: Iterable[str]) -> None:
        self.tables = sorted(tables)
        super().__init__(
            f"有改动没有留下操作记录，全部未保存（涉及 {'、'.join(self.tables)}）。请把此信息告诉系统维护人员。"
        )


class DeliveryError(DubanError):
    """通知未能送达。

    `permanent` alone decides whether the delivery is tried again.
    """

    def __init__(self, message: str, *, permanent: bool) -> None:
        super().__init__(message)
        self.permanent = permanent

    def __reduce__(self) -> tuple[Any, ...]:
        # Between processes too: how an error is pickled knows no keywords.
        return partial(DeliveryError, permanent=self.permanent), self.args


@dataclass(frozen=True)
class CellError:
    """One thing wrong in an imported file, placed as a person sees it: row 1 is the first row of the sheet."""

    sheet: str | None
    row: int | None
    column: str | None
    value: str
    accepted: str
    """What is wrong and what would be accepted, one Chinese sentence."""

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


class ImportRefusedError(BadInputError):
    """导入未执行：文件中有错误，未写入任何数据。"""

    def __init__(self, errors: list[CellError], message: str | None = None) -> None:
        super().__init__(message or f"导入未执行：发现 {len(errors)} 处错误，未写入任何数据。")
        self.errors = errors
