"""Files of the office belong to its own account alone, on systems that know modes; Windows keeps lists of its own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.settings import Settings

KNOWN = os.name == "posix"


def keep_private() -> None:
    """From now on no file or folder that this process and its children make is open to others."""
    if KNOWN:
        os.umask(0o077)


def open_folders(settings: Settings) -> list[Path]:
    """The folders of the office's data that other accounts of the machine may read, write or enter."""
    places = [settings.home] + ([] if "://" in settings.evidence_store else [Path(settings.evidence_store)])
    return [place for place in places if KNOWN and place.is_dir() and place.stat().st_mode & 0o077]
