"""督办单 of any item, for whoever may see it: on the page, as a Word file, as a PDF; nothing is issued by looking."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from duban.web.attachment import DOCX, attachment
from duban.web.visit import Signed, Visit
from models.items.item import WorkItem
from tasks.acting.find_seen import seen_item
from tasks.papers.official_document import OfficialDocument, render
from tasks.papers.supervision_sheet import lay_out_sheet
from tasks.papers.typeset import typeset
from tasks.papers.typeset_fonts import typeset_fonts
from tasks.papers.write_sheet import item_sheet

router = APIRouter()


@router.get("/sheets/{item_id:row}")
def sheet(visit: Signed, item_id: int) -> HTMLResponse:
    """The sheet as it would be printed."""
    with visit.reading() as session:
        item, document = _laid_out(session, visit, item_id)
        return visit.page(session, "items/item_sheet.html", menu="/items", item=item, document=document)


@router.get("/sheets/{item_id:row}.docx")
def word(visit: Signed, item_id: int) -> Response:
    """The sheet as a Word file."""
    with visit.reading() as session:
        item, document = _laid_out(session, visit, item_id)
        return attachment(render(document), f"督办单{item.number}{item.title}.docx", DOCX)


@router.get("/sheets/{item_id:row}.pdf")
def pdf(visit: Signed, item_id: int) -> Response:
    """The sheet as a PDF file."""
    with visit.reading() as session:
        item, document = _laid_out(session, visit, item_id)
        content = typeset(document, fonts=typeset_fonts(visit.served.settings))
        return attachment(content, f"督办单{item.number}{item.title}.pdf", "application/pdf")


def _laid_out(session: Session, visit: Visit, item_id: int) -> tuple[WorkItem, OfficialDocument]:
    item = seen_item(session, item_id, by=visit.by)
    return item, lay_out_sheet(item_sheet(session, item, by=visit.by))
