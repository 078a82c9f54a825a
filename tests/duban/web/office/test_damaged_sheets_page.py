"""A sheet of which bytes are missing in the middle, at every page that takes files: one sentence, never a fault."""

import io
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import Engine

from tests.duban.web.test_every_route import addressed, busy_office, each
from tests.item_forms import carried
from tests.office import HANDLER, SUPERVISOR, Office
from tests.web import Visitor, Web, words_of

NAME = "台账.xlsx"
IMPORTS = {
    "/plans/import": {"plan_year": "2026"},
    "/people/import": {},
    "/ledgers/case/import": {},
    "/workdays/import": {},
}
"""The pages that read a sheet, with what else they ask."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in range(200):
        sheet.append([row, f"第{row}项", "办公室"])
    path = tmp_path_factory.mktemp("sheet") / NAME
    book.save(path)
    return path.read_bytes()


def damaged(whole: bytes, share: float) -> bytes:
    """The file without a tenth of it, from so far on."""
    at = int(len(whole) * share)
    return whole[:at] + whole[at + len(whole) // 10 :]


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    return busy_office(engine, tmp_path)


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def send(visitor: Visitor, path: str, content: bytes, more: dict[str, str]) -> tuple[int, str]:
    """The status of the answer, or of the page it leads to, and its words."""
    answer = visitor.post(path, more, files={"file": (NAME, io.BytesIO(content))})
    if answer.status_code == 303:
        answer = visitor.get(str(answer.headers["location"]))
    return answer.status_code, words_of(answer.text)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8], ids=["early", "half way", "late"])
@pytest.mark.parametrize("path", IMPORTS)
def test_an_import_page_says_in_one_sentence_that_the_file_is_damaged(
    web: Web, whole: bytes, path: str, share: float
) -> None:
    visitor = web.of(SUPERVISOR)
    status, said = send(visitor, path, damaged(whole, share), IMPORTS[path])

    assert status in (200, 400), said
    assert "损坏" in said or "无法读取" in said, said
    assert "Traceback" not in said


def test_evidence_that_cannot_be_read_is_refused_beside_its_field(office: Office, web: Web, whole: bytes) -> None:
    visitor = web.of(HANDLER)
    status, said = send(visitor, "/items/1/evidence", damaged(whole, 0.5), carried(visitor, "/items/1/evidence"))

    assert (status, "损坏" in said) == (400, True), said
    assert NAME in said


def test_no_page_that_takes_a_file_fails(web: Web, whole: bytes) -> None:
    visitor = web.of(SUPERVISOR)
    content, sent = damaged(whole, 0.5), {"plan_year": "2026", "year": "2026", "reason": "试", "seen": "0"}
    statuses = {
        route.path: visitor.post(
            addressed(route), sent, files={field: (NAME, io.BytesIO(content)) for field in ("file", "logo", "template")}
        ).status_code
        for route in each("POST")
        if route.path != "/logout"
    }

    assert len(statuses) > 80
    assert {path: status for path, status in statuses.items() if status >= 500} == {}
