"""One piece of evidence, to be kept: also a version that was replaced since."""

import logging
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import Response

from duban.web.act_form import LARGEST_ROW
from duban.web.attachment import streamed
from duban.web.pages.item import item_seen
from duban.web.visit import Signed
from models.errors import DubanError, NotFoundError
from models.evidence import Evidence, StoredFile
from models.leadership import LeadershipAct
from models.permission import Action
from tasks.authorize import authorize_organ
from tasks.file_store import FileStore

log = logging.getLogger(__name__)
router = APIRouter()


@router.get("/evidence/{evidence_id:int}")
def evidence(visit: Signed, evidence_id: Annotated[int, Path(ge=1, le=LARGEST_ROW)]) -> Response:
    """The file as it was brought: its content is checked against its hash before the first byte leaves."""
    unknown = NotFoundError("没有这份佐证材料,或者它不在您的查看范围内。")
    with visit.reading() as session:
        piece = session.get(Evidence, evidence_id)
        if piece is None:
            raise unknown
        try:
            if piece.item_id is not None:
                item_seen(session, visit, piece.item_id)
            else:
                act = session.get_one(LeadershipAct, piece.act_id)
                authorize_organ(session, visit.by, Action.VIEW, act.organ_id)
        except DubanError as error:
            raise unknown from error
        stored = session.get_one(StoredFile, piece.sha256)
    store = FileStore(visit.desk.settings.evidence_store)
    if not store.verify(piece.sha256):
        log.error("文件缺失或已损坏", extra={"action": "evidence_damaged", "evidence": piece.id})
        raise NotFoundError(f"佐证材料“{piece.name}”的文件缺失或已损坏,未提供下载:请告诉管理员从备份中恢复。")
    return streamed(store.open(piece.sha256), piece.name, stored.media_type, stored.size)
