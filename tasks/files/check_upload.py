"""The gate before the store: what a person sends is looked at before one byte of it is kept.

`examine` reads the whole file, may take a while and belongs before the transaction; `check_upload` decides from what
was found. A file with a secrecy marking must not come in (涉密不入); what cannot be searched comes in where somebody
answers for it (不涉密,本人负责).
"""

import hashlib
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from models.errors import BadInputError, UnreadableFileError
from models.items.file_kind import HEAD, FileKind, decoded, kind_of, safe_name
from models.settings import Settings
from tasks.files.file_store import MEGABYTE, check_size
from tasks.files.search_file import DAMAGED, search_file

VOUCH = "不涉密，本人负责"
"""What whoever brings such a file ticks."""
LONGEST_REASON = 500
_CHUNK = 1024 * 1024
_WORD_BODY = re.compile(r"word/document\d*\.xml")


@dataclass(frozen=True)
class Limits:
    """How large a file may be, in bytes, and how much evidence an item and an organ may hold; None: no limit."""

    largest: int
    of_item: int | None = None
    of_organ: int | None = None


def limits_of(settings: Settings) -> Limits:
    """What the office has set."""
    return Limits(
        settings.evidence_bytes,
        of_item=settings.evidence_item_megabytes * MEGABYTE,
        of_organ=settings.evidence_organ_megabytes * MEGABYTE,
    )


@dataclass(frozen=True)
class Examined:
    """A file that was searched and carries no marking. `source` stands at its beginning."""

    name: str
    source: BinaryIO = field(repr=False)
    size: int
    """Bytes."""
    sha256: str
    unsearched: tuple[str, ...]
    """What of it could not be searched, in words."""
    members: tuple[str, ...] = field(repr=False)
    """The names of its members, where it is an archive."""


@dataclass(frozen=True)
class Upload:
    """A file that may be kept: the name to show, its kind, its size in bytes, and its content from the beginning."""

    name: str
    kind: FileKind
    size: int
    sha256: str
    source: BinaryIO = field(repr=False)
    vouched: str | None = None
    """What could not be searched and somebody answers for; None where all of it was searched."""


def examine(name: str, source: BinaryIO) -> Examined:
    """Read the file whole and search it.

    `source` is seekable, and stands at its beginning afterwards. Raises MarkedError for a marking, UnreadableFileError
    for a damaged file and for one that would unpack to too much.
    """
    shown = safe_name(name)
    size = source.seek(0, io.SEEK_END)
    unsearched = search_file(shown, source) if size else ()
    source.seek(0)
    digest = hashlib.sha256()
    while chunk := source.read(_CHUNK):
        digest.update(chunk)
    members = _members(shown, source) if size else ()
    source.seek(0)
    return Examined(shown, source, size, digest.hexdigest(), unsearched, members)


def check_upload(file: Examined, limits: Limits, *, vouched: bool = False) -> Upload:
    """Whether the file may be kept, which its name, size, kind and what could not be searched decide.

    `vouched`: whoever brings it answers for what could not be searched. Raises BadInputError with what is wrong and
    what would be accepted, UnreadableFileError for a file that is not whole.
    """
    upload = check_read(file, limits)
    if file.unsearched and not vouched:
        raise BadInputError(
            f"“{file.name}”无法全部检查是否带有密级标志（{'、'.join(file.unsearched[:3])}）。"
            f"确认不涉密的，请勾选“{VOUCH}”后再上传，系统将记录在案；涉密的不得上传。"
        )
    reason = "；".join(file.unsearched)[:LONGEST_REASON] or None
    return Upload(upload.name, upload.kind, upload.size, upload.sha256, upload.source, reason)


def check_read(file: Examined, limits: Limits) -> Upload:
    """The same for a file that is read and not kept: what could not be searched is not taken in either."""
    check_size(file.size, limits.largest)
    file.source.seek(0)
    head = file.source.read(HEAD)
    kind = kind_of(file.name, head)
    if kind.members is not None:
        _check_whole(file.name, kind, file.members)
    elif kind.ending in (".txt", ".csv"):
        file.source.seek(0)
        if decoded(file.source.read()) is None:
            raise UnreadableFileError(f"无法读取“{file.name}”：文字编码无法识别。请另存为 UTF-8 编码的文件后再上传。")
    file.source.seek(0)
    return Upload(file.name, kind, file.size, file.sha256, file.source)


def _members(name: str, source: BinaryIO) -> tuple[str, ...]:
    source.seek(0)
    if source.read(4) != b"PK\x03\x04":
        return ()
    try:
        with zipfile.ZipFile(source) as archive:
            return tuple(archive.namelist())
    except DAMAGED as error:
        raise UnreadableFileError(f"无法读取“{name}”：文件已损坏、没有传完或者已加密。") from error


def _check_whole(name: str, kind: FileKind, members: Sequence[str]) -> None:
    lacks = [start for start in kind.members or () if not any(member.startswith(start) for member in members)]
    if lacks:
        what = f"其中缺少 {'、'.join(lacks)}，不是正常的{kind.what}"
        raise UnreadableFileError(f"无法读取“{name}”：{what}。请用原来的软件另存后再上传。")
    if kind.ending == ".docx" and not any(map(_WORD_BODY.fullmatch, members)):
        raise UnreadableFileError(f"无法读取“{name}”：其中没有正文。请用 Word 或 WPS 打开，另存后再上传。")
