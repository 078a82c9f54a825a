"""What tests of backups share: an office worth keeping, what two databases hold, a backup somebody tampered with."""

import atexit
import datetime as dt
import json
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from sqlalchemy import Engine, select

from models.actor import Actor, Channel
from models.clock import opening_of
from models.database import unit_of_work
from models.engine.rhythm import Lease
from models.tables import METADATA
from tasks.files.file_store import FileStore
from tasks.keeping.back_up import Backup, back_up
from tests.databases import disposed, lay_sqlite
from tests.office import LEADER, Office

NOW = opening_of(dt.date(2026, 7, 1))
BY = Actor("恢复备份", Channel.COMMAND, dt.date(2026, 7, 1), NOW)
PASSPHRASE = "山高月小水落石出 2026"
LEFT_BEHIND = ("lease", "office_mark", "web_session")
"""What a restored office does not go on with."""


def worked(engine: Engine, home: Path) -> Office:
    """An office in which something of everything happened: notices, mails, a closure with evidence, an extension."""
    office = Office(engine, home)
    office.store = FileStore(office.settings.evidence_store)
    office.assign("普法宣传", due="2026-06-30", on="2026-06-01")
    office.assign("执法检查", due="2026-06-18", on="2026-06-01")
    office.attach("1", content="一份总结", on="2026-06-16")
    office.extend("1", to="2026-07-31", on="2026-06-17")
    office.approve("1", on="2026-06-18", who=LEADER)
    office.fast_forward("2026-06-30")
    with unit_of_work(engine) as session:
        session.add(Lease(name="clock", owner="某进程", expires_at=NOW))
    (home / "templates").mkdir(parents=True)
    (home / "templates" / "通知.txt").write_text("尊敬的 {name}", encoding="utf-8")
    (home / "secret.key").write_bytes(b"k" * 32)
    (home / "duban.toml").write_text(
        'site_name = "某局督办"\nsmtp_password = "不外传"\ndatabase_url = "postgresql://somewhere/else"\n',
        encoding="utf-8",
    )
    return office


def backed_up(office: Office, file: Path, **more: Any) -> Backup:
    return back_up(office.engine, office.settings, file, now=NOW, **more)


def kept_once() -> Path:
    """A backup of such an office, made once a process; whoever changes it changes a copy."""
    return _kept() / "kept.zip"


@cache
def _kept() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="duban-kept-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with disposed(lay_sqlite(folder / "office.db")) as engine:
        backed_up(worked(engine, folder / "office"), folder / "kept.zip")
    return folder


def held(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """All that a database holds, table by table, in the order of keys."""
    with engine.connect() as connection:
        return {
            name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for name, table in METADATA.tables.items()
            if name not in LEFT_BEHIND
        }


def tampered(made: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """A backup with its members changed, at this place; the manifest as it was unless that is changed too."""
    with ZipFile(kept_once()) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with ZipFile(made, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made


def retold(kept: dict[str, bytes], **changed: Any) -> None:
    """Change what the manifest says."""
    told = json.loads(kept["manifest.json"])
    kept["manifest.json"] = json.dumps(told | changed).encode()
