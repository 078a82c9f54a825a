"""Documents (督办单、催办单、通报、简报) as Word files."""

from fastapi import APIRouter
from fastapi.responses import Response

from duban.web.attachment import DOCX, attachment
from duban.web.visit import Signed
from models.document import Document
from models.errors import DubanError, NotFoundError
from tasks.list_documents import authorize_document
from tasks.write_document import document_bytes

router = APIRouter()


@router.get("/documents/{document_id:int}.docx")
def document(visit: Signed, document_id: int) -> Response:
    """One document, to be kept; the same bytes each time."""
    unknown = NotFoundError("没有这件文书,或者它不在您的查看范围内。")
    with visit.reading() as session:
        found = session.get(Document, document_id)
        if found is None:
            raise unknown
        try:
            authorize_document(session, visit.by, found)
        except DubanError as error:
            raise unknown from error
    return attachment(document_bytes(found), f"{found.written_number}{found.title}.docx", DOCX)
