"""Whether a process has what all processes of its office must share: keys, and the store of files.

Only on PostgreSQL: an SQLite database has one data folder. The first process notes in the database what the others are
held against; who moved or lost something on purpose has it noted anew (`duban init --adopt`).
"""

import hmac
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Engine, delete, text
from sqlmodel import Session, col, select

from models.database import reading, unit_of_work
from models.engine.office_mark import OfficeMark
from models.errors import BadInputError
from models.items.evidence import StoredFile
from models.settings import Settings
from tasks.access.office_key import FILE, office_key
from tasks.files.passing_store import PassingStore
from tasks.report.upward.signing_key import FILE as SIGNING

STORE = "store"


def check_keys(database: Engine, home: Path, *files: str) -> None:
    """Whether the keys in these files of the data folder, else the office's own, are those of the other processes.

    Raises BadInputError that says which differs or is missing and what to do.
    """
    if database.dialect.name != "postgresql":
        return
    for name in files or (FILE,):
        file = home / name
        if name != FILE and not file.exists() and _known(database, name) is None:
            continue

        def own(name: str = name, file: Path = file) -> str:
            if name == FILE:
                office_key(home)
            return _fingerprint(file)

        noted = _noted(database, name, own)
        if not file.exists():
            raise BadInputError(
                f"数据目录 {home} 中没有密钥 {name}，而本系统的其他进程已在使用：请从那里的数据目录把它复制过来"
                "（chmod 600），再启动。原密钥确已丢失的，运行 duban init --adopt 改用新的。"
            )
        if noted != _fingerprint(file):
            raise BadInputError(
                f"密钥 {file} 与本系统其他进程的不同，登录、二次验证和签名将互不相认：请换成那里数据目录中的同名文件。"
                "原密钥确已丢失的，运行 duban init --adopt 改用这一个（二次验证须重新绑定）。"
            )


def check_shared(database: Engine, settings: Settings) -> None:
    """Whether a process that serves pages may: its keys are the office's, and so is its store, readable and writable.

    Raises BadInputError that says what differs and what to do, DubanError for a store that cannot be used.
    """
    check_keys(database, settings.home, FILE, SIGNING)
    if settings.evidence_url:
        PassingStore(settings.evidence_store).try_out()
    if database.dialect.name != "postgresql":
        return
    store = PassingStore(settings.evidence_store)
    noted = _noted(database, STORE, lambda: store.mark() or _marked(store))
    if store.mark() == noted:
        return
    with reading(database) as session:
        newest = _newest(session)
    if newest is None or not store.exists(newest):
        raise BadInputError(
            f"证据存放处 {store.place} 不是本系统其他进程所用的那一处，在一处上传的另一处打不开：请在各进程的"
            "设置中把 evidence_url 设为同一个共享文件夹或对象存储。已整体搬迁的，运行 duban init --adopt。"
        )
    # Moved or restored as a whole: what was kept last lies here.
    store.set_mark(noted)


def adopt(database: Engine, settings: Settings) -> None:
    """Have this process's keys and store be the office's from now on. Raises as `check_shared`."""
    with unit_of_work(database) as session:
        session.execute(delete(OfficeMark))
    check_shared(database, settings)


def _newest(session: Session) -> str | None:
    found = select(StoredFile.sha256).order_by(col(StoredFile.stored_at).desc()).limit(1)
    return session.exec(found).first()


def _fingerprint(file: Path) -> str:
    return hmac.new(file.read_bytes(), b"duban fingerprint", sha256).hexdigest()


def _marked(store: PassingStore) -> str:
    word = uuid4().hex
    store.set_mark(word)
    return word


def _known(database: Engine, name: str) -> str | None:
    with reading(database) as session:
        known = session.get(OfficeMark, name)
    return known.value if known is not None else None


def _noted(database: Engine, name: str, own: Callable[[], str]) -> str:
    """What is noted under the name: what this process has, where nothing was before.

    Only the first notes, one process at a time: of two first ones the later finds what the earlier has noted.
    """
    if (known := _known(database, name)) is not None:
        return known
    with unit_of_work(database) as session:
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext('duban.shared'))"))
        mark = session.get(OfficeMark, name)
        if mark is None:
            session.add(mark := OfficeMark(name=name, value=own()))
        return mark.value
