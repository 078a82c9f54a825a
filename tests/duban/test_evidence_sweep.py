"""`duban evidence sweep`: shown first, removed then; a file that is gone is an exit code."""

import io
import os
from pathlib import Path

from sqlmodel import Session

from models import clock
from models.items.evidence import StoredFile
from models.settings import load_settings
from tasks.files.file_store import FileStore
from tests.databases import disposed
from tests.homes import lay_home
from tests.terminal import Terminal


def test_what_a_killed_upload_left_is_shown_and_goes(tmp_path: Path) -> None:
    terminal = Terminal(lay_home(tmp_path / "data"))
    settings = load_settings(terminal.home)
    store, folder = FileStore(settings.evidence_store), Path(settings.evidence_store)
    left = store.put(io.BytesIO(b"left"), largest=10).sha256
    (folder / ".unfinished-1").write_bytes(b"half")
    for path in (folder / ".unfinished-1", folder / left[:2] / left[2:]):
        os.utime(path, (0, 0))

    shown = terminal.data("evidence", "sweep", "--dry-run")
    assert shown == {"swept": False, "left": [left], "unfinished": 1, "missing": []}
    assert store.exists(left)
    assert left in terminal.says("evidence", "sweep")
    assert not [path for path in folder.rglob("*") if path.is_file()]
    assert terminal.data("evidence", "sweep")["left"] == []

    with disposed(settings.database) as engine, Session(engine) as session:
        session.add(StoredFile(sha256=left, size=4, media_type="text/plain", stored_at=clock.now()))
        session.commit()
    assert "1 份佐证材料的文件丢失" in terminal.refused("evidence", "sweep")
