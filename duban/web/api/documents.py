"""文书: the sheets, slips, circulars and briefs an office has issued, and their Word files."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from duban.web.api_fields import AnyYear, Named, RowId, named
from duban.web.attachment import DOCX, word_document
from duban.web.call import Reader
from models.papers.document import DocumentKind
from tasks.acting.find_seen import seen_document
from tasks.papers.list_documents import list_documents

router = APIRouter(tags=["文书"])


class DocumentLine(BaseModel):
    """一件文书。"""

    id: int = Field(title="id")
    kind: Named = Field(title="种类")
    number: str = Field(title="文号", examples=["督办〔2026〕3号"])
    title: str = Field(title="标题")
    item: str | None = Field(title="任务编号")
    issued_on: dt.date = Field(title="成文日")


class DocumentList(BaseModel):
    """文书，新的在前。"""

    documents: list[DocumentLine] = Field(title="文书")


@router.get("/documents", summary="文书", operation_id="list_documents")
def documents(
    call: Reader, year: AnyYear = None, kind: Annotated[DocumentKind | None, Query(title="种类")] = None
) -> DocumentList:
    """本人可以查看的文书。"""
    with call.reading() as session:
        call.seen(session)
        listed = list_documents(session, call.organ, by=call.by, year=year, kind=kind)
    return DocumentList(
        documents=[
            DocumentLine(
                id=row.id, kind=named(row.kind), number=row.number, title=row.title, item=row.item,
                issued_on=row.issued_on,
            )
            for row in listed
        ]
    )  # fmt: skip


@router.get(
    "/documents/{document_id}/file",
    summary="文书的 Word 文件",
    operation_id="document_file",
    response_class=Response,
    responses={200: {"content": {DOCX: {"schema": {"type": "string", "format": "binary"}}}}},
)
def document_file(call: Reader, document_id: RowId) -> Response:
    """文书的 .docx 文件；同一文书任何时候都逐字节相同。"""
    with call.reading() as session:
        found = seen_document(session, document_id, by=call.by)
    return word_document(found)
