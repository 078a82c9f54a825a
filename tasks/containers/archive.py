"""A container of the ZIP kind from somewhere else, judged by its directory before anything of it is unpacked.

What a part says of its size is held against what comes out of it: whoever reads through `unpacked` never gets more
than was allowed, whatever the directory claims.
"""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from models.errors import UnreadableFileError

MEGABYTE = 1024 * 1024
"""Bytes."""
MOST_PARTS = 10_000
MOST_INFLATED = 200 * MEGABYTE
"""Bytes of all parts together, where the file itself is not a quarter of it."""
MOST_MARKUP = 64 * MEGABYTE
"""Bytes of all XML parts together."""
_LARGE_PART, _STEEPEST = 4 * MEGABYTE, 150
"""A part larger than this that shrank by more than this factor was made to hurt: sheets of like rows reach 50."""
_CHUNK = 256 * 1024


@dataclass
class Allowance:
    """Bytes that may still be unpacked, of a file and of all the files in it together."""

    left: int = 2 * MOST_INFLATED

    def take(self, size: int, name: str) -> None:
        """Raises UnreadableFileError where it is used up."""
        self.left -= size
        if self.left < 0:
            raise too_large(name)


def check_directory(archive: zipfile.ZipFile, name: str, *, size: int, most: int = MOST_INFLATED) -> None:
    """Raises UnreadableFileError for an archive too large, too steep or of too many parts; `size` is its own, in bytes.

    `most` bounds what all parts are unpacked, or four times `size`, whichever is more.
    """
    parts = archive.infolist()
    markup = sum(part.file_size for part in parts if is_markup(part.filename))
    inflated = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or inflated > max(most, 4 * size) or markup > MOST_MARKUP or any(map(_steep, parts)):
        raise too_large(name)


def unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str, left: Allowance) -> Iterator[bytes]:
    """The part in pieces, as long as the directory said and no longer. Raises what a damaged archive raises."""
    size = 0
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > part.file_size:
                raise zipfile.BadZipFile(part.filename)
            left.take(len(chunk), name)
            yield chunk


def is_markup(part: str) -> bool:
    """Whether a part of a document is XML by its name."""
    return part.lower().endswith((".xml", ".rels", ".vml"))


def too_large(name: str) -> UnreadableFileError:
    """What is said of a file that would unpack to more than any real one does."""
    return UnreadableFileError(
        f"无法读取“{name}”：解压后的内容过大（最多 {MOST_INFLATED // MEGABYTE} MB，其中文字部分最多 "
        f"{MOST_MARKUP // MEGABYTE} MB，且压缩比不超过 {_STEEPEST} 倍），不像正常的文件。"
    )


def _steep(part: zipfile.ZipInfo) -> bool:
    return part.file_size > _LARGE_PART and part.file_size > _STEEPEST * part.compress_size
