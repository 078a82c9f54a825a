"""Documents (督办单、催办单、通报、简报) as Word files."""

from fastapi import APIRouter
from fastapi.responses import Response

from duban.web.attachment import word_document
from duban.web.visit import Signed
from tasks.acting.find_seen import seen_document

router = APIRouter()


@router.get("/documents/{document_id:row}.docx")
def document(visit: Signed, document_id: int) -> Response:
    """One document, to be kept; the same bytes each time."""
    with visit.reading() as session:
        found = seen_document(session, document_id, by=visit.by)
    return word_document(found)
