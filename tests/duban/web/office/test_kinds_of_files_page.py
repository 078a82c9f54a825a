"""The same kinds of files by page: what a command reads, the import pages take, and they offer no other."""

import io
import re
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tasks.containers.formats import ACCEPTED, ENDINGS
from tests.documents import word
from tests.office import SUPERVISOR, Office
from tests.sent.as_they_come import CASES, PARAGRAPHS, PEOPLE, TABLE_ONLY, TASKS, WHOLE, convert_once, old_documents
from tests.web import Visitor, Web, words_of

PAGES = {"/plans/import": TASKS, "/people/import": PEOPLE, "/ledgers/case/import": CASES}
SEEN = {
    "/plans/import": "编制年度普法计划",
    "/people/import": "孙丽",
    "/ledgers/case/import": "某司罚决〔2026〕1号",
}
SENT = {"/plans/import": {"plan_year": "2026"}}


@pytest.fixture
def visitor(engine: Engine, tmp_path: object) -> Visitor:
    return Web(Office(engine, tmp_path / "home")).of(SUPERVISOR)  # type: ignore[operator]


def shown(visitor: Visitor, address: str, name: str, content: bytes) -> str:
    """What the page says of a file."""
    answer = visitor.post(address, SENT.get(address, {}), files={"file": (name, io.BytesIO(content))})
    if answer.status_code == 303:
        return visitor.read(str(answer.headers["location"]))
    return words_of(answer.text)


@pytest.mark.parametrize("address", PAGES)
def test_every_kind_is_looked_through(visitor: Visitor, address: str) -> None:
    for ending, written in (*WHOLE.items(), *((ending, None) for ending in TABLE_ONLY)):
        content = written() if written else TABLE_ONLY[ending](PAGES[address])
        assert SEEN[address] in shown(visitor, address, f"文件{ending}", content), ending


@pytest.mark.slow
@pytest.mark.parametrize("address", PAGES)
def test_every_older_document_is_looked_through_by_the_helper(
    visitor: Visitor, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    convert_once(monkeypatch)
    for ending, content in old_documents().items():
        assert SEEN[address] in shown(visitor, address, f"文件{ending}", content), ending


@pytest.mark.parametrize("address", PAGES)
def test_the_file_field_offers_what_is_read_and_says_it(visitor: Visitor, address: str) -> None:
    page = visitor.get(address).text

    (offered,) = re.findall(r'type="file"[^>]* accept="([^"]*)"', page)
    assert offered == ",".join(ENDINGS)
    assert ACCEPTED in words_of(page)


@pytest.mark.parametrize("address", PAGES)
def test_what_is_not_read_is_named_with_the_way_out(visitor: Visitor, address: str) -> None:
    said = shown(visitor, address, "清单.docx", b"\x89PNG\r\n\x1a\n")

    assert "里面是图片（扫描或拍照）。请取得原来的 Word、Excel 文件，或先做文字识别。" in said


@pytest.mark.parametrize("ending", [".html", ".mht"])
def test_a_marking_written_in_code_is_found_when_the_file_is_read(visitor: Visitor, ending: str) -> None:
    marked = WHOLE[ending]().decode().replace(PARAGRAPHS[1], "&#26426;&#23494;★1年")
    if ending == ".mht":
        coded = "".join(f"={byte:02X}" for byte in "机密★1年".encode())
        marked = (
            "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=a\n\n--a\n"
            "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
            f"<p>{coded}</p>\n--a--\n"
        )

    assert "带有密级标志" in shown(visitor, "/plans/import", f"文件{ending}", marked.encode())


def test_a_marking_in_a_word_file_is_refused_as_before(visitor: Visitor) -> None:
    assert "带有密级标志" in shown(visitor, "/people/import", "文件.docx", word("机密★1年"))
