"""Files lie whole under their hash, once, or not at all: in a folder and in memory alike."""

import datetime as dt
import errno
import hashlib
import io
import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import BinaryIO, cast
from uuid import uuid4

import fsspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import BadInputError, DubanError, NotFoundError
from tasks.files.file_store import MEGABYTE, FileStore, Stored, check_size
from tests.processes import no_file_larger_than

CONTENT = "佐证材料".encode()
HASH = hashlib.sha256(CONTENT).hexdigest()
PLENTY = 8 * MEGABYTE
LONG_AFTER = dt.datetime(2999, 1, 1, tzinfo=dt.UTC)


def put(store: FileStore, content: bytes, largest: int = PLENTY) -> Stored:
    return store.put(io.BytesIO(content), largest=largest)


def lying(folder: Path) -> dict[str, bytes | None]:
    """Everything below the folder, byte for byte."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")
    }


class Interrupted(io.RawIOBase):
    """A source that gives `content`, in pieces of any size, and then breaks."""

    def __init__(self, content: bytes, breaks: Callable[[], None], piece: int = MEGABYTE) -> None:
        self.rest, self.breaks, self.piece = content, breaks, piece

    def read(self, size: int = -1) -> bytes:
        if not self.rest:
            self.breaks()
        given, self.rest = self.rest[: min(size, self.piece)], self.rest[min(size, self.piece) :]
        return given


def interrupted(content: bytes, error: BaseException) -> BinaryIO:
    def breaks() -> None:
        raise error

    return cast(BinaryIO, Interrupted(content, breaks))


@pytest.fixture(params=["path", "text", "file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> FileStore:
    folder = tmp_path / "evi dence[1]"
    places: dict[str, str | Path] = {
        "path": folder,
        "text": str(folder),
        "file": f"file://{folder.as_posix()}",
        "memory": f"memory://{uuid4().hex}",
    }
    return FileStore(places[request.param])


@pytest.mark.parametrize("content", [b"\x00", CONTENT, os.urandom(2 * MEGABYTE + 17)], ids=["byte", "text", "chunks"])
def test_what_is_put_is_what_is_read(store: FileStore, content: bytes) -> None:
    stored = put(store, content)

    assert stored == Stored(hashlib.sha256(content).hexdigest(), len(content), new=True)
    assert (store.read(stored.sha256), store.size(stored.sha256)) == (content, len(content))
    assert (store.exists(stored.sha256), store.verify(stored.sha256)) == (True, True)
    with store.open(stored.sha256) as first, store.open(stored.sha256.upper()) as second:
        first.seek(len(content))
        assert (first.read(), second.read()) == (b"", content)


def test_the_same_content_is_stored_once(tmp_path: Path) -> None:
    store = FileStore(tmp_path)

    assert [put(store, CONTENT).new, put(store, CONTENT).new] == [True, False]
    assert lying(tmp_path) == {HASH[:2]: None, f"{HASH[:2]}/{HASH[2:]}": CONTENT}


@given(st.lists(st.binary(min_size=1, max_size=8), max_size=12))
def test_a_store_holds_exactly_what_was_put_into_it(contents: list[bytes]) -> None:
    place = f"memory://{uuid4().hex}"
    store = FileStore(place)

    stored = [put(store, content) for content in contents]

    assert [store.read(one.sha256) for one in stored] == contents
    assert sum(one.new for one in stored) == len(set(contents))
    assert len(fsspec.url_to_fs(place)[0].find(place)) == len(set(contents))


@pytest.mark.parametrize("error", [OSError(errno.EIO, "gone"), RuntimeError("client left"), KeyboardInterrupt()])
@pytest.mark.parametrize("came", [0, 5, 2 * MEGABYTE])
def test_an_interrupted_source_leaves_the_folder_as_it_was(tmp_path: Path, error: BaseException, came: int) -> None:
    store = FileStore(tmp_path)
    put(store, CONTENT)
    before = lying(tmp_path)

    with pytest.raises(type(error)) as raised:
        store.put(interrupted(b"x" * came, error), largest=PLENTY)

    assert raised.value is error
    assert lying(tmp_path) == before


def test_an_interrupted_source_leaves_nothing_in_memory() -> None:
    place = f"memory://{uuid4().hex}"

    with pytest.raises(RuntimeError, match="client left"):
        FileStore(place).put(interrupted(CONTENT, RuntimeError("client left")), largest=PLENTY)

    assert fsspec.url_to_fs(place)[0].find(place) == []


def test_a_process_killed_in_the_middle_leaves_nothing_under_a_hash(tmp_path: Path) -> None:
    program = """
import os, sys
from tasks.files.file_store import FileStore

class Killed:
    pieces = [b"x" * 100_000]
    def read(self, size):
        return self.pieces.pop() if self.pieces else os._exit(9)

FileStore(sys.argv[1]).put(Killed(), largest=1_000_000)
"""
    killed = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)

    [left] = lying(tmp_path)
    assert (killed.returncode, left.startswith(".unfinished-")) == (9, True)


@pytest.mark.parametrize("place", ["folder", "memory"])
def test_what_was_begun_long_ago_is_removed_and_nothing_else(tmp_path: Path, place: str) -> None:
    url = str(tmp_path / "store") if place == "folder" else f"memory://{uuid4().hex}"
    store, (fs, root) = FileStore(url), fsspec.url_to_fs(url)
    assert store.discard_unfinished(before=LONG_AFTER) == 0
    whole = put(store, CONTENT)
    for name in (".unfinished-abc", "notes.unfinished-abc"):
        fs.pipe_file(f"{root}/{name}", b"half")
    written = fs.modified(f"{root}/.unfinished-abc")

    assert store.discard_unfinished(before=written) == 0
    assert store.discard_unfinished(before=LONG_AFTER) == 1

    assert sorted(path.rpartition("/")[2] for path in fs.ls(root, detail=False)) == [HASH[:2], "notes.unfinished-abc"]
    assert store.verify(whole.sha256)


def test_a_disk_that_takes_no_more_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    store = FileStore(tmp_path)

    with no_file_larger_than(100_000), pytest.raises(DubanError) as refused:
        put(store, b"x" * 3 * MEGABYTE)

    assert refused.value.message == f"无法在文件存放处 {tmp_path} 写入文件：超出系统允许的文件大小。"
    assert lying(tmp_path) == {}


def test_a_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    messages = []
    for place in ("file", "file/evidence"):
        with pytest.raises(DubanError) as refused:
            put(FileStore(tmp_path / place), CONTENT)
        messages.append(refused.value.message)

    assert messages == [
        f"无法在文件存放处 {tmp_path / place} 写入文件：路径中有一段不是文件夹。" for place in ("file", "file/evidence")
    ]


@pytest.mark.parametrize("url", ["path", "memory"])
def test_the_same_content_from_many_at_once_is_stored_whole(tmp_path: Path, url: str) -> None:
    crowd = 8
    together = Barrier(crowd)
    content = os.urandom(MEGABYTE + 1)
    store = FileStore(tmp_path if url == "path" else f"memory://{uuid4().hex}")

    def bring(_: int) -> Stored:
        together.wait()
        return put(store, content)

    with ThreadPoolExecutor(crowd) as pool:
        stored = list(pool.map(bring, range(crowd)))

    [sha256] = {one.sha256 for one in stored}
    assert (store.verify(sha256), store.read(sha256) == content) == (True, True)
    assert any(one.new for one in stored)
    if url == "path":
        assert list(lying(tmp_path)) == [sha256[:2], f"{sha256[:2]}/{sha256[2:]}"]


@pytest.mark.parametrize(
    ("content", "largest", "says"),
    [
        (b"", PLENTY, "文件是空的，没有内容可以保存。"),
        (b"x" * (MEGABYTE + 1), MEGABYTE, "文件过大：已有 1.1 MB，单个文件最大 1 MB。请压缩或拆分后再上传。"),
    ],
)
def test_an_empty_and_a_larger_file_are_refused_and_not_kept(
    tmp_path: Path, content: bytes, largest: int, says: str
) -> None:
    with pytest.raises(BadInputError) as refused:
        put(FileStore(tmp_path), content, largest)

    assert (refused.value.message, lying(tmp_path)) == (says, {})


def test_a_file_of_exactly_the_largest_size_is_kept(store: FileStore) -> None:
    assert put(store, b"x" * MEGABYTE, MEGABYTE).size == MEGABYTE


@given(st.integers(1, 2048), st.integers(1, 2**32))
def test_a_size_that_is_refused_never_looks_like_one_that_is_allowed(megabytes: int, more: int) -> None:
    check_size(megabytes * MEGABYTE, megabytes * MEGABYTE)

    with pytest.raises(BadInputError) as refused:
        check_size(megabytes * MEGABYTE + more, megabytes * MEGABYTE)

    shown, allowed = re.findall(r"([\d.]+) MB", refused.value.message)
    assert (float(shown) > megabytes, allowed) == (True, str(megabytes))


def test_a_damaged_file_is_noticed_and_brought_again(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    put(store, CONTENT)
    (tmp_path / HASH[:2] / HASH[2:]).write_bytes(CONTENT[:-1])

    assert (store.exists(HASH), store.verify(HASH)) == (True, False)
    assert put(store, CONTENT) == Stored(HASH, len(CONTENT), new=True)
    assert (store.read(HASH), store.verify(HASH)) == (CONTENT, True)


def test_a_file_that_is_not_there_is_not_found(store: FileStore) -> None:
    for ask in (store.open, store.read, store.size):
        with pytest.raises(NotFoundError, match=f"SHA-256 以 {HASH[:12]} 开头"):
            ask(HASH)

    assert (store.exists(HASH), store.verify(HASH)) == (False, False)


def test_what_is_discarded_is_gone_and_may_be_discarded_again(store: FileStore) -> None:
    put(store, CONTENT)
    other = put(store, b"other")

    store.discard(HASH)
    store.discard(HASH)

    assert (store.exists(HASH), store.read(other.sha256)) == (False, b"other")


@pytest.mark.parametrize(
    "hash_", ["", "../../secret", HASH[:-1], HASH + "0", HASH + "\n", "g" * 64, "../" + HASH[3:], "\uff10" * 64]
)
def test_what_is_no_hash_is_refused_everywhere(store: FileStore, hash_: str) -> None:
    for ask in (store.open, store.read, store.size, store.exists, store.discard, store.verify):
        with pytest.raises(BadInputError, match="应为 64 位十六进制数"):
            ask(hash_)


@pytest.mark.skipif(os.name != "posix", reason="only POSIX has owners, groups and others")
def test_files_and_folders_are_for_their_owner_alone(tmp_path: Path) -> None:
    place = tmp_path / "evidence"

    put(FileStore(place), CONTENT)

    modes = {path: oct(stat.S_IMODE(path.stat().st_mode)) for path in (place, *place.rglob("*"))}
    assert modes == {
        place: "0o700",
        place / HASH[:2]: "0o700",
        place / HASH[:2] / HASH[2:]: "0o600",
    }


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("nowhere://evidence", "不能识别；可用：文件夹"),
        ("adl://evidence", "所需的软件包尚未安装"),
        ("ftp://127.0.0.1:1/evidence", "无法连接文件存放处"),
    ],
)
def test_an_address_that_cannot_be_used_says_why(url: str, says: str) -> None:
    with pytest.raises(DubanError, match=says):
        put(FileStore(url), CONTENT)


def test_no_error_of_a_remote_store_gets_through_as_it_is() -> None:
    with pytest.raises(DubanError, match=r"写入文件：系统返回"):
        put(FileStore("data://evidence"), CONTENT)
