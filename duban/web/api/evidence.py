"""佐证材料: uploading a file to an item, and fetching one."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, File, Form, Response, UploadFile
from fastapi.responses import Response as Answer
from sqlmodel import Session

from duban.web.api_fields import LARGEST, PLAIN, WRITABLE, RowId
from duban.web.attachment import streamed
from duban.web.call import Reader, Writer
from duban.web.doing import Done, IdempotencyKey, IfMatch, check_unchanged, done_once
from duban.web.taken import belongs_to
from models.items.evidence import Category
from tasks.acting.find_seen import seen_evidence, seen_item
from tasks.files.check_upload import VOUCH, limits_of
from tasks.files.fetch_evidence import fetch_evidence
from tasks.files.file_store import FileStore
from tasks.items.attach import attach

router = APIRouter(tags=["佐证材料"])

ANY = "application/octet-stream"


@router.post(
    "/items/{item_id}/evidence",
    summary="上传佐证材料",
    operation_id="attach_evidence",
    response_model=Done,
    status_code=201,
)
def upload(
    call: Writer,
    item_id: RowId,
    file: Annotated[UploadFile, File(title="文件", description="涉密材料不得上传。")],
    category: Annotated[Category, Form(title="类别")] = Category.ROUTINE,
    public: Annotated[bool, Form(title="可在公开的报告中提到")] = False,
    expires_on: Annotated[dt.date | None, Form(title="有效期")] = None,
    note: Annotated[str | None, WRITABLE, Form(title="说明", max_length=500, pattern=PLAIN)] = None,
    replaces: Annotated[int | None, Form(title="替换哪一份（id）", ge=1, le=LARGEST)] = None,
    vouched: Annotated[
        bool, Form(title=VOUCH, description="扫描件、图片、旧版文件等无法检查的，须由本人负责。")
    ] = False,
    idempotency_key: IdempotencyKey = None,
    if_match: IfMatch = None,
) -> Response:
    """上传一个文件作为佐证材料（multipart/form-data）。类型和大小不合格的不收；内容相同的不重复收。"""
    examined = call.file(file)
    sent = repr((file.filename, examined.sha256, category, public, expires_on, note, replaces, vouched))

    def do(session: Session) -> Done:
        item = seen_item(session, item_id, by=call.by)
        check_unchanged(session, call, item, if_match)
        settings = call.served.settings
        piece = attach(
            session,
            item,
            by=call.by,
            store=FileStore(settings.evidence_store),
            limits=limits_of(settings),
            file=examined,
            vouched=vouched,
            category=category,
            public=public,
            expires_on=expires_on,
            note=note,
            replaces=replaces,
        )
        said = f"任务 {item.number} 已上传“{piece.name}”（第 {piece.revision} 版）。"
        return Done(
            item=item_id, number=item.number, state=item.state, state_name=item.state.label, said=said,
            created=[piece.id or 0],
        )  # fmt: skip

    return done_once(call, do, key=idempotency_key, sent=sent, status=201)


@router.get(
    "/evidence/{evidence_id}/file",
    summary="下载佐证材料",
    operation_id="evidence_file",
    response_class=Answer,
    responses={200: {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}},
)
def download(call: Reader, evidence_id: RowId) -> Response:
    """佐证材料的原文件。"""
    with call.reading() as session:
        piece = seen_evidence(session, evidence_id, by=call.by)
        belongs_to(call.request, session, piece.item_id)
        file, stored = fetch_evidence(session, piece, FileStore(call.served.settings.evidence_store))
    return streamed(file, piece.name, stored.media_type, stored.size)
