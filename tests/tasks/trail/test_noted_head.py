"""The signed end of the trail: read again however a mail broke it, and nothing that this office did not sign."""

import datetime as dt
from pathlib import Path

import pytest

from models.errors import BadInputError
from tasks.trail.noted_head import NotedHead, read_head, sign_line

ON, HASH = dt.date(2026, 6, 30), "ab" * 32


@pytest.fixture
def line(tmp_path: Path) -> str:
    return sign_line(tmp_path, on=ON, entry_id=12, hash=HASH)


def test_what_was_signed_is_read_again_however_it_was_broken(tmp_path: Path, line: str) -> None:
    assert read_head(tmp_path, line) == NotedHead(HASH, ON, 12)
    assert read_head(tmp_path, f"  {line[:50]}\r\n {line[50:]}\n") == NotedHead(HASH, ON, 12)
    assert sign_line(tmp_path, on=ON, entry_id=12, hash=HASH) == line


def test_a_hash_written_down_is_read_too(tmp_path: Path) -> None:
    assert read_head(tmp_path, HASH.upper()) == NotedHead(HASH)


@pytest.mark.parametrize(("this", "by"), [("2026-06-30", "2026-06-29"), (":12:", ":13:"), ("abab", "abac")])
def test_a_line_that_was_changed_is_refused(tmp_path: Path, line: str, this: str, by: str) -> None:
    with pytest.raises(BadInputError, match="签名不符"):
        read_head(tmp_path, line.replace(this, by, 1))


def test_the_line_of_another_office_is_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(BadInputError, match=r"签名不符.*secret.key"):
        read_head(tmp_path / "elsewhere", line)


@pytest.mark.parametrize("typed", ["xyz", "duban-head:1:", "ab" * 31, "duban-head:2:2026-06-30:1:" + HASH])
def test_what_is_neither_is_refused_with_what_would_be_accepted(tmp_path: Path, typed: str) -> None:
    with pytest.raises(BadInputError, match=r"不是链尾：应为每日邮件中 duban-head 开头的一整行，或 64 位十六进制"):
        read_head(tmp_path, typed)
