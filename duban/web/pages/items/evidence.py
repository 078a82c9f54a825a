"""One piece of evidence, to be kept: also a version that was replaced since."""

from fastapi import APIRouter
from fastapi.responses import Response

from duban.web.attachment import streamed
from duban.web.taken import belongs_to
from duban.web.visit import Signed
from tasks.acting.find_seen import seen_evidence
from tasks.files.fetch_evidence import fetch_evidence
from tasks.files.file_store import FileStore

router = APIRouter()


@router.get("/evidence/{evidence_id:row}")
def evidence(visit: Signed, evidence_id: int) -> Response:
    """The file as it was brought."""
    with visit.reading() as session:
        piece = seen_evidence(session, evidence_id, by=visit.by)
        belongs_to(visit.request, session, piece.item_id)
        file, stored = fetch_evidence(session, piece, FileStore(visit.served.settings.evidence_store))
    return streamed(file, piece.name, stored.media_type, stored.size)
