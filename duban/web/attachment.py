"""Files for a browser to keep, and of few kinds to show: whatever is in them, no page of ours runs it."""

import string
from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import quote

from fastapi.responses import Response, StreamingResponse

from models.papers.document import Document
from tasks.papers.write_document import document_bytes

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHUNK = 256 * 1024
SHOWN = frozenset({"application/pdf", "image/png", "image/jpeg"})
"""What a browser may show; the content is of its kind, or else it was not kept (models/items/file_kind.py)."""
ALONE = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
"""Nothing runs, nothing is fetched, and the file is of no origin; the style is that of the browser's own frame."""
_PLAIN = frozenset(string.ascii_letters + string.digits + "._-")


def headers(name: str) -> dict[str, str]:
    """What makes a browser keep the file, under this name (RFC 6266)."""
    plain = "".join(letter if letter in _PLAIN else "_" for letter in name)
    return {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }


def attachment(content: bytes, name: str, media_type: str) -> Response:
    """A file that is at hand."""
    return Response(content, media_type=media_type, headers=headers(name))


def word_document(document: Document) -> Response:
    """A document that the office issued, as its Word file."""
    return attachment(document_bytes(document), f"{document.written_number}{document.title}.docx", DOCX)


def streamed(file: BinaryIO, name: str, media_type: str, size: int) -> Response:
    """A file too large to be held; closed when it is sent. `size` in bytes."""
    return StreamingResponse(
        _chunks(file), media_type=media_type, headers=headers(name) | {"Content-Length": str(size)}
    )


def looked_at(response: Response) -> Response:
    """The same answer for the browser to show, where its kind is one of `SHOWN`; every other stays to be kept."""
    if response.media_type in SHOWN:
        kept = response.headers["Content-Disposition"]
        response.headers["Content-Disposition"] = kept.replace("attachment", "inline", 1)
        response.headers["Content-Security-Policy"] = ALONE
    return response


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK):
            yield chunk
