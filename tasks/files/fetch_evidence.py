"""Fetching the file behind a piece of evidence: checked against its hash before its first byte leaves."""

import logging
from typing import BinaryIO

from sqlmodel import Session

from models.errors import NotFoundError
from models.items.evidence import Evidence, StoredFile
from tasks.files.file_store import FileStore

log = logging.getLogger(__name__)


def fetch_evidence(session: Session, piece: Evidence, store: FileStore) -> tuple[BinaryIO, StoredFile]:
    """The open file and what is known of it. Raises NotFoundError, and logs it, where the file is lost or damaged."""
    if not store.verify(piece.sha256):
        log.error("文件缺失或已损坏", extra={"action": "evidence_damaged", "evidence": piece.id})
        raise NotFoundError(f"佐证材料“{piece.name}”的文件缺失或已损坏，未提供下载：请告诉管理员从备份中恢复。")
    return store.open(piece.sha256), session.get_one(StoredFile, piece.sha256)
