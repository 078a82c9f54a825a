"""What office programs wrote before 2007: one container for texts, sheets and slides, told apart by its streams."""

import io
from enum import Enum

import olefile

_FIB_FLAGS, _FIB_ENCRYPTED = 10, 0x0100
"""Where the head of a Word text keeps its flags, and the one that says it is encrypted."""
_BOF, _FILEPASS = 0x0809, 0x002F
"""Records of a workbook: its beginning, and what stands next in an encrypted one."""


class OldKind(Enum):
    """What such a container holds."""

    TEXT = "text"
    SHEET = "sheet"
    SLIDES = "slides"
    TEXT_WITH_MACROS = "text with macros"
    SHEET_WITH_MACROS = "sheet with macros"
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    OTHER = "other"


def old_kind(content: bytes) -> OldKind:
    """What the container holds; an encrypted file of today is such a container too. Nothing is raised."""
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as found:
            return _kind(found)
    except (OSError, ValueError, IndexError, TypeError, AttributeError):
        return OldKind.DAMAGED


def _kind(found: olefile.OleFileIO) -> OldKind:
    if found.exists("EncryptedPackage"):
        return OldKind.ENCRYPTED
    if found.exists("WordDocument"):
        head = found.openstream("WordDocument").read(32)
        if int.from_bytes(head[_FIB_FLAGS : _FIB_FLAGS + 2], "little") & _FIB_ENCRYPTED:
            return OldKind.ENCRYPTED
        return OldKind.TEXT_WITH_MACROS if found.exists("Macros/VBA") else OldKind.TEXT
    for stream in ("Workbook", "Book"):
        if found.exists(stream):
            if _is_locked(found.openstream(stream).read(64)):
                return OldKind.ENCRYPTED
            return OldKind.SHEET_WITH_MACROS if found.exists("_VBA_PROJECT_CUR/VBA") else OldKind.SHEET
    return OldKind.SLIDES if found.exists("PowerPoint Document") else OldKind.OTHER


def _is_locked(head: bytes) -> bool:
    if int.from_bytes(head[:2], "little") != _BOF:
        return False
    second = 4 + int.from_bytes(head[2:4], "little")
    return int.from_bytes(head[second : second + 2], "little") == _FILEPASS
