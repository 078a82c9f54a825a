"""One piece of evidence, to be looked at or kept: also a version that was replaced since."""

from fastapi import APIRouter
from fastapi.responses import Response

from duban.web.attachment import looked_at, streamed
from duban.web.taken import belongs_to
from duban.web.visit import Signed
from models.errors import NotFoundError
from models.items.evidence import StoredFile
from tasks.acting.find_seen import seen_evidence
from tasks.files.fetch_evidence import fetch_evidence
from tasks.files.file_store import FileStore
from tasks.files.keep_thumbnail import kept_thumbnail

router = APIRouter()


@router.get("/evidence/{evidence_id:row}")
def evidence(visit: Signed, evidence_id: int) -> Response:
    """The file as it was brought: shown by the browser where that is safe, else to be kept."""
    with visit.reading() as session:
        piece = seen_evidence(session, evidence_id, by=visit.by)
        belongs_to(visit.request, session, piece.item_id)
        file, stored = fetch_evidence(session, piece, FileStore(visit.served.settings.evidence_store))
    return looked_at(streamed(file, piece.name, stored.media_type, stored.size))


@router.get("/evidence/{evidence_id:row}/thumbnail")
def thumbnail(visit: Signed, evidence_id: int) -> Response:
    """A small picture of it, to whoever may see it; none of what cannot be drawn."""
    settings = visit.served.settings
    with visit.reading() as session:
        piece = seen_evidence(session, evidence_id, by=visit.by)
        stored = session.get_one(StoredFile, piece.sha256)
    picture = kept_thumbnail(stored, FileStore(settings.evidence_store), settings.home)
    if picture is None:
        raise NotFoundError(f"“{piece.name}”没有缩略图。")
    return Response(picture, media_type="image/png", headers={"Cache-Control": "private, no-store"})
