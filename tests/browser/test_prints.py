"""What is printed from a browser: lists with all their rows, beginning on the first sheet of paper."""

import io

import pytest
from pypdf import PdfReader

from tests.browsing import Served
from tests.office import SUPERVISOR, Office, day

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROWS = 45


@pytest.fixture
def printed(office: Office, pages: Served) -> dict[str, list[str]]:
    """The sheets of each page, as text without blanks."""
    office.today = day("2026-06-29")
    for place in range(ROWS):
        office.assign(f"第{place}号事项", due="2026-12-31", number=str(place), issue=False)
    office.issue(on="2026-06-01")
    sheets = {}
    for path in ("/items", "/mine/unfiled"):
        paper = pages.page(SUPERVISOR, path).pdf(format="A4")
        sheets[path] = ["".join(sheet.extract_text().split()) for sheet in PdfReader(io.BytesIO(paper)).pages]
    return sheets


def test_a_list_prints_its_rows_from_the_first_sheet_on(printed: dict[str, list[str]]) -> None:
    for path, sheets in printed.items():
        told = [[place for place in range(ROWS) if f"第{place}号事项" in sheet] for sheet in sheets]
        assert sorted(place for sheet in told for place in sheet) == list(range(ROWS)), path
        assert len(told[0]) > 10, path
