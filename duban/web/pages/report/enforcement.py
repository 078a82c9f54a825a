"""行政执法统计年报: the tables of a year, each cell opened to its rows, and their files."""

import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from duban.web.attachment import DOCX, XLSX, attachment
from duban.web.report.view import SHOWN, address_of
from duban.web.visit import Signed, Visit
from models.database import key
from models.errors import NotFoundError
from models.people.permission import Action
from models.report.filing import enforcement_last_day
from tasks.acting.authorize import authorize_organ
from tasks.report.compiling.trace_figure import described
from tasks.report.figures.enforcement_tables import YearlyTable, enforcement_tables
from tasks.report.output.enforcement_yearbook import write_yearbook_rows, yearbook
from tasks.report.output.write_report import write_review

router = APIRouter()


@router.get("/reports/enforcement")
def tables(visit: Signed, cell: Annotated[str, Query(max_length=60)] = "") -> HTMLResponse:
    """The tables; of the cell chosen its rows."""
    with visit.reading() as session:
        year, found = _found(session, visit)
        chosen = next((one for table in found for one in table.cells if one.figure.code == cell), None)
        if cell and chosen is None:
            raise NotFoundError("统计年报中没有这个数字。")
        rows = chosen.figure.rows[:SHOWN] if chosen else ()
        return visit.page(
            session, "report/report_enforcement.html", menu="/reports", year=year, tables=found, chosen=chosen,
            rows=described(session, rows), more=len(chosen.figure.rows) - len(rows) if chosen else 0,
            address=address_of(session, visit, rows), public_by=enforcement_last_day(year),
        )  # fmt: skip


@router.get("/reports/enforcement/tables.docx")
def word(visit: Signed) -> Response:
    """As it is published."""
    with visit.reading() as session, tempfile.TemporaryDirectory() as folder:
        year, found = _found(session, visit)
        document = yearbook(visit.organ, year, found, until=visit.on)
        path = Path(folder) / "tables.docx"
        write_review(document, path, settings=visit.served.settings)
        return attachment(path.read_bytes(), f"{document.title}.docx", DOCX)


@router.get("/reports/enforcement/rows.xlsx")
def workbook(visit: Signed) -> Response:
    """Each cell with the rows behind it."""
    with visit.reading() as session, tempfile.TemporaryDirectory() as folder:
        year, found = _found(session, visit)
        path = Path(folder) / "rows.xlsx"
        write_yearbook_rows(session, visit.organ, year, found, path)
        return attachment(path.read_bytes(), f"{visit.organ.name}{year}年度行政执法统计年报依据.xlsx", XLSX)


def _found(session: Session, visit: Visit) -> tuple[int, list[YearlyTable]]:
    """Of the year the address names; else of last year as long as its tables are due, then of this one."""
    organ_id = key(visit.organ.id)
    authorize_organ(session, visit.looking, Action.VIEW, organ_id)
    last = visit.on.year - 1
    year = visit.year or (last if visit.on <= enforcement_last_day(last) else visit.on.year)
    return year, enforcement_tables(session, organ_id, year, on=visit.on)
