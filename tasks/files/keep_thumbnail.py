"""Small pictures of evidence: drawn when the first asks, and kept by the hash of the content."""

import threading
from pathlib import Path
from uuid import uuid4

from models.items.evidence import StoredFile
from tasks.containers.thumbnail import DRAWN, thumbnail
from tasks.files.file_store import FileStore

FOLDER = "thumbnails"
"""In the data folder; what is lost of it is drawn anew, so that no backup holds it."""

_one_at_a_time = threading.Lock()


def kept_thumbnail(stored: StoredFile, store: FileStore, home: Path) -> bytes | None:
    """The PNG file; None where none can be drawn, which is remembered too.

    Whether somebody may see it is asked before. Raises NotFoundError where the file itself is not in the store.
    """
    if stored.media_type not in DRAWN:
        return None
    path = home / FOLDER / stored.sha256[:2] / f"{stored.sha256[2:]}.png"
    if not path.exists():
        # However many pages ask, one process draws: its memory is what one drawing may take.
        with _one_at_a_time:
            if not path.exists():
                with store.open(stored.sha256) as file:
                    _keep(path, thumbnail(file, stored.media_type) or b"")
    return path.read_bytes() or None


def _keep(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_name(f"{uuid4().hex}.unfinished")
    unfinished.touch(mode=0o600)
    unfinished.write_bytes(content)
    unfinished.replace(path)
