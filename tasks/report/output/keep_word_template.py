"""The organ's own Word template, kept: the newest revision counts until it is stopped; every one stays."""

from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import key
from models.errors import BadInputError, NotFoundError
from models.papers.word_template import WordTemplate
from models.people.organ import Organ
from models.people.permission import Action
from tasks.acting.perform import performing_for
from tasks.files.check_upload import Examined, Limits, Upload, check_read
from tasks.files.file_store import FileStore
from tasks.files.keep_file import keeping
from tasks.papers.word_template import LARGEST, check_word_template


def newest_word_template(session: Session, organ_id: int) -> WordTemplate | None:
    """The revision that counts; None where the organ has none, or stopped its last."""
    newest = _newest(session, organ_id)
    return newest if newest is not None and newest.stopped_on is None else None


def template_bytes(template: WordTemplate, store: FileStore) -> bytes:
    """The file as it was brought. Raises NotFoundError where it is lost or damaged."""
    if not store.verify(template.sha256):
        raise NotFoundError(
            f"报告的 Word 模板“{template.name}”（第 {template.revision} 版）缺失或已损坏：请从备份恢复，"
            "或重新上传模板。"
        )
    return store.read(template.sha256)


def check_template_file(file: Examined) -> Upload:
    """The file, fit to be kept as a template; looked at before the transaction.

    Raises BadInputError that lists what is wrong with it.
    """
    upload = check_read(file, Limits(LARGEST))
    if upload.kind.ending != ".docx":
        raise BadInputError(f"“{upload.name}”不是 Word 文件：模板应为 .docx。")
    problems = check_word_template(upload.source.read(LARGEST + 1))
    if problems:
        raise BadInputError(f"“{upload.name}”不能用作模板：{' '.join(problems)}")
    upload.source.seek(0)
    return upload


def keep_word_template(session: Session, organ: Organ, *, by: Actor, store: FileStore, file: Upload) -> WordTemplate:
    """Keep the file, from `check_template_file`, as the organ's template from now on.

    Raises BadInputError where it is the one that counts already; nothing is kept then. Raises ForbiddenError.
    """
    with performing_for(session, by, Action.COMPILE, organ.id):
        _wait_for(session, organ)
        newest = _newest(session, key(organ.id))
        with keeping(
            session, store, file.source, media_type=file.kind.media_type, largest=LARGEST, now=by.now
        ) as stored:
            if newest is not None and newest.stopped_on is None and newest.sha256 == stored.sha256:
                raise BadInputError(f"没有改动：与现行的第 {newest.revision} 版模板相同。")
            kept = WordTemplate(
                organ_id=key(organ.id),
                revision=newest.revision + 1 if newest else 1,
                name=file.name,
                sha256=stored.sha256,
                set_by_id=by.person_id,
                set_at=by.now,
            )
            session.add(kept)
            session.flush()
    return kept


def stop_word_template(session: Session, organ: Organ, *, by: Actor) -> WordTemplate:
    """Have reports laid out in the standard way again. Raises NotFoundError without a template, ForbiddenError."""
    with performing_for(session, by, Action.COMPILE, organ.id):
        _wait_for(session, organ)
        newest = newest_word_template(session, key(organ.id))
        if newest is None:
            raise NotFoundError(f"{organ.name}没有在用的 Word 模板。")
        newest.stopped_on = by.on
        session.flush()
    return newest


def _newest(session: Session, organ_id: int) -> WordTemplate | None:
    query = select(WordTemplate).where(WordTemplate.organ_id == organ_id).order_by(col(WordTemplate.revision).desc())
    return session.exec(query).first()


def _wait_for(session: Session, organ: Organ) -> None:
    """Of two who set or stop a template at once the other waits here, so that revisions follow one another."""
    session.exec(select(Organ.id).where(Organ.id == organ.id).with_for_update()).one()
