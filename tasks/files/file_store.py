"""Where files lie, by their content: each under its SHA-256, in a folder or in any store that fsspec reaches.

A file is there whole or not at all: it is written under a passing name and moved once its hash is known. What
is there is never written again, so it can be copied away while the office works. No name and no owner is kept here.
"""

import datetime as dt
import hashlib
import io
import math
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

import fsspec
from fsspec.implementations.local import LocalFileSystem
from fsspec.implementations.memory import MemoryFileSystem

from models.errors import BadInputError, DubanError, NotFoundError
from models.faults import REASONS, OutsideError

MEGABYTE = 1024 * 1024
"""Bytes."""

_CHUNK = MEGABYTE
_UNFINISHED = ".unfinished-"
_SHA256 = re.compile("[0-9a-fA-F]{64}")


@dataclass(frozen=True)
class Stored:
    """A file that lies in the store; `new` is False where the same content lay there before.

    Of two that bring the same new content at once, both may be told that it is new.
    """

    sha256: str
    """64 hex digits, lower case."""
    size: int
    """Bytes."""
    new: bool


class FileStore:
    """Files by their content, under `url`: a folder, or a URL of fsspec (`file://`, `memory://`, `s3://` …).

    Nothing is written before the first file comes. Local files are readable by their owner alone. Every method
    raises OutsideError with the reason where the store cannot be reached, read or written, and BadInputError for a
    hash that is not 64 hex digits. Threads may share a folder, memory or an object store; FTP has one connection.
    """

    def __init__(self, url: str | Path) -> None:
        self._fs, root = _opened(url)
        self._root = root.rstrip("/")
        self._place = root if isinstance(self._fs, LocalFileSystem) else self._fs.unstrip_protocol(root)
        # Remote stores raise what their libraries raise (botocore, paramiko, ftplib), and these share no other root.
        self._failures: type[Exception] = OSError if isinstance(self._fs, LocalFileSystem) else Exception

    def put(self, source: BinaryIO, *, largest: int) -> Stored:
        """Store what `source` holds from its position to its end, at most `largest` bytes.

        After any exception, those of `source` among them, nothing new lies in the store. A process killed in the
        middle leaves a file `.unfinished-…` beside the folders, for `discard_unfinished`. A damaged file of the same
        content is replaced. Raises BadInputError for an empty and for a larger file.
        """
        unfinished = f"{self._root}/{_UNFINISHED}{uuid4().hex}"
        try:
            sha256, size = self._write(source, unfinished, largest)
            return Stored(sha256, size, new=self._place_whole(unfinished, sha256))
        finally:
            # It is gone when all went well; a failure to tidy must not hide the one that is being raised.
            with suppress(self._failures):
                self._fs.rm_file(unfinished)

    def open(self, sha256: str) -> BinaryIO:
        """The file, to be read and closed by the caller; it can be sought in. Raises NotFoundError."""
        with self._reading(sha256) as path:
            # All readers of a file in memory would share one object and its position.
            held = isinstance(self._fs, MemoryFileSystem)
            file: BinaryIO = io.BytesIO(self._fs.cat_file(path)) if held else self._fs.open(path, "rb")
            return file

    def read(self, sha256: str) -> bytes:
        """The whole content. Raises NotFoundError."""
        with self._reading(sha256) as path:
            return bytes(self._fs.cat_file(path))

    def size(self, sha256: str) -> int:
        """Bytes. Raises NotFoundError."""
        with self._reading(sha256) as path:
            return int(self._fs.info(path)["size"])

    def exists(self, sha256: str) -> bool:
        """Whether a file lies under the hash; whether it is sound, `verify` tells."""
        try:
            self.size(sha256)
        except NotFoundError:
            return False
        return True

    def discard(self, sha256: str) -> None:
        """Remove the file, if it is there.

        The caller makes sure that nobody refers to this content: whoever else brought the same shares the file.
        """
        path = self._path(sha256)
        with self._explained("删除"), suppress(FileNotFoundError):
            self._fs.rm_file(path)

    def discard_unfinished(self, *, before: dt.datetime) -> int:
        """Remove what was begun and last written to before this instant, and never put in its place; how many.

        A store that does not tell when a file was written keeps them.
        """
        left = self._unfinished(before)
        with self._explained("删除"):
            for path in left:
                with suppress(FileNotFoundError):
                    self._fs.rm_file(path)
        return len(left)

    def count_unfinished(self, *, before: dt.datetime) -> int:
        """How many `discard_unfinished` would remove."""
        return len(self._unfinished(before))

    def hashes(self, start: str) -> set[str]:
        """The hashes of all files whose hash starts with these two hex digits; what else lies there is left out."""
        folder = f"{self._root}/{start}"
        # An object store remembers what it listed, and others write to it.
        self._fs.invalidate_cache(folder)
        with self._explained("列出"), suppress(FileNotFoundError):
            names = [str(path).rpartition("/")[2] for path in self._fs.ls(folder, detail=False)]
            return {start + name for name in names if _SHA256.fullmatch(start + name)}
        return set()

    def is_older(self, sha256: str, *, before: dt.datetime) -> bool:
        """Whether the file is there and was written before this instant; no, where the store does not tell."""
        path = self._path(sha256)
        with self._explained("读取"), suppress(FileNotFoundError, NotImplementedError):
            return bool(self._fs.modified(path) < before)
        return False

    def verify(self, sha256: str) -> bool:
        """Whether the file is there and its content still has the hash. Reads it whole."""
        digest = hashlib.sha256()
        try:
            with self._reading(sha256), self.open(sha256) as file:
                for chunk in _chunks(file):
                    digest.update(chunk)
        except NotFoundError:
            return False
        return digest.hexdigest() == sha256.lower()

    def _unfinished(self, before: dt.datetime) -> list[str]:
        with self._explained("列出"), suppress(FileNotFoundError, NotImplementedError):
            return [
                path
                for path in self._fs.ls(self._root or "/", detail=False)
                if str(path).rpartition("/")[2].startswith(_UNFINISHED) and self._fs.modified(path) < before
            ]
        return []

    def _write(self, source: BinaryIO, path: str, largest: int) -> tuple[str, int]:
        digest, size = hashlib.sha256(), 0
        with self._explained("写入"):
            self._fs.makedirs(self._root or "/", exist_ok=True)
            file = self._fs.open(path, "wb")
        try:
            # The source is read outside `_explained`: what it raises is its own, and is passed on as it is.
            for chunk in _chunks(source):
                size += len(chunk)
                check_size(size, largest)
                digest.update(chunk)
                with self._explained("写入"):
                    file.write(chunk)
            check_size(size, largest)
        finally:
            with self._explained("写入"):
                file.close()
        return digest.hexdigest(), size

    def _place_whole(self, unfinished: str, sha256: str) -> bool:
        """Move the file under its hash, unless the same lies there; whether it was moved."""
        if self.verify(sha256):
            return False
        path = self._path(sha256)
        with self._explained("写入"):
            self._fs.makedirs(path.rpartition("/")[0], exist_ok=True)
            self._fs.mv(unfinished, path)
        return True

    def _path(self, sha256: str) -> str:
        if not _SHA256.fullmatch(sha256):
            raise BadInputError(f"“{sha256[:80]}”不是文件的 SHA-256 值：应为 64 位十六进制数。")
        return f"{self._root}/{sha256[:2].lower()}/{sha256[2:].lower()}"

    @contextmanager
    def _reading(self, sha256: str) -> Iterator[str]:
        path = self._path(sha256)
        with self._explained("读取"):
            try:
                yield path
            except FileNotFoundError as error:
                raise NotFoundError(
                    f"存放处 {self._place} 中没有这份文件（SHA-256 以 {sha256[:12]} 开头），请从备份恢复或重新上传。"
                ) from error

    @contextmanager
    def _explained(self, doing: str) -> Iterator[None]:
        try:
            yield
        except DubanError:
            raise
        except self._failures as error:
            number = error.errno if isinstance(error, OSError) else None
            said = getattr(error, "strerror", None) or str(error) or type(error).__name__
            why = REASONS.get(number or 0, f"系统返回“{said}”")
            raise OutsideError(f"无法在文件存放处 {self._place} {doing}文件：{why}。") from error


def check_size(size: int, largest: int) -> None:
    """Raises BadInputError for an empty file and for one of more than `largest` bytes."""
    if size == 0:
        raise BadInputError("文件是空的，没有内容可以保存。")
    if size > largest:
        raise BadInputError(
            f"文件过大：已有 {_megabytes(size)} MB，单个文件最大 {_megabytes(largest)} MB。请压缩或拆分后再上传。"
        )


def _megabytes(size: int) -> str:
    """Rounded up, so that what is too large never looks as large as what is allowed."""
    return f"{math.ceil(size * 10 / MEGABYTE) / 10:g}"


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: file.read(_CHUNK), b"")


class _PrivateFolder(LocalFileSystem):  # type: ignore[misc]  # fsspec carries no types
    """Local files and folders for their owner alone, and a move that is safe on the disk before it shows."""

    def makedirs(self, path: str, exist_ok: bool = False) -> None:
        Path(path).mkdir(mode=0o700, parents=True, exist_ok=exist_ok)

    def open(self, path: str, mode: str = "rb", **options: Any) -> Any:
        if mode == "wb":
            Path(path).touch(mode=0o600, exist_ok=False)
        return super().open(path, mode, **options)

    def mv(self, path1: str, path2: str, **_: Any) -> None:
        with Path(path1).open("r+b") as file:
            os.fsync(file.fileno())
        Path(path1).replace(path2)


def _opened(url: str | Path) -> tuple[Any, str]:
    """The file system and the folder in it. A text without `://` is a folder, whatever else stands in it."""
    if isinstance(url, Path) or "://" not in url:
        return _PrivateFolder(), Path(url).expanduser().absolute().as_posix()
    protocol = url.partition("://")[0]
    try:
        fs, root = fsspec.url_to_fs(url)
    except ImportError as error:
        raise BadInputError(f"文件存放处的地址以 {protocol}:// 开头，所需的软件包尚未安装：{error}。") from error
    except ValueError as error:
        raise BadInputError(
            f"文件存放处的地址以 {protocol}:// 开头，不能识别；可用：文件夹，或 file://、s3:// 等 fsspec 支持的地址。"
        ) from error
    # Some stores connect at once, and each raises after its own library.
    except Exception as error:
        raise OutsideError(f"无法连接文件存放处（{protocol}://）：{error}。") from error
    return (_PrivateFolder() if isinstance(fs, LocalFileSystem) else fs), root
