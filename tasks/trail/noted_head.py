"""The end of the trail in one line that can be kept elsewhere: signed with the office's own key, and read again."""

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path

from models.errors import BadInputError
from tasks.trail.signed_line import is_signed, signed

_PURPOSE = "trail head"
_LINE = re.compile(
    r"duban-head:1:(?P<on>\d{4}-\d\d-\d\d):(?P<entry>\d{1,15}):(?P<hash>[0-9a-f]{64}):(?P<mac>[\w-]{43})", re.ASCII
)
_HASH = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class NotedHead:
    """An end of the trail noted before: its hash, and where it was signed the day and the number of its entry."""

    hash: str
    on: dt.date | None = None
    entry_id: int | None = None

    def still_there(self, later: int) -> str:
        """What is said where the trail still contains it, with so many entries after it."""
        which = f"{self.on} 签发的链尾（第 {self.entry_id} 号记录）" if self.on else "所记的链尾"
        return f"{which}仍在链中，其后又有 {later} 条。"


def sign_line(home: Path, *, on: dt.date, entry_id: int, hash: str) -> str:
    """The line of the end of the trail on a day."""
    told = f"duban-head:1:{on}:{entry_id}:{hash}"
    return signed(home, _PURPOSE, told)


def read_head(home: Path, text: str) -> NotedHead:
    """What a person kept: a signed line, wherever a mail broke it, or a hash written down.

    Raises BadInputError for what is neither, and for a line that this office's key did not sign.
    """
    kept = "".join(text.split())
    if _HASH.fullmatch(kept.lower()):
        return NotedHead(kept.lower())
    found = _LINE.fullmatch(kept)
    if found is None:
        raise BadInputError(
            f"“{text.strip()[:80]}”不是链尾：应为每日邮件中 duban-head 开头的一整行，或 64 位十六进制的哈希值。"
        )
    if not is_signed(home, _PURPOSE, kept):
        raise BadInputError(
            "这一行链尾的签名不符：被改动过，不是本系统签发的，或者数据目录的密钥（secret.key）更换过。"
        )
    return NotedHead(found["hash"], dt.date.fromisoformat(found["on"]), int(found["entry"]))
