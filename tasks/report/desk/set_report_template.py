"""How an organ's reports are put together: the newest revision that was set, kept with all before it."""

from pathlib import Path

from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import key
from models.errors import BadInputError, ConflictError
from models.papers.kept_template import KeptTemplate
from models.people.organ import Organ
from models.people.permission import Action
from tasks.acting.perform import performing_for
from tasks.report.compiling.find_report import hold_reports
from tasks.report.compiling.template import STANDARD, ReportTemplate, read_template, template_from
from tasks.report.desk.at_desk import unmarked

TEMPLATE_FILE = "report.toml"
"""In the data folder: the template of organs that have set none."""


def newest_template(session: Session, organ_id: int) -> KeptTemplate | None:
    """The revision that counts, or None where the organ has set none."""
    query = select(KeptTemplate).where(KeptTemplate.organ_id == organ_id).order_by(col(KeptTemplate.revision).desc())
    return session.exec(query).first()


def template_for(session: Session, organ: Organ, home: Path) -> ReportTemplate:
    """The organ's own template, else the one in the data folder, else the standard one.

    Raises BadInputError for a file that cannot be read.
    """
    kept = newest_template(session, key(organ.id))
    if kept is not None:
        return template_from(kept.data, f"报告体例第 {kept.revision} 版")
    own = home / TEMPLATE_FILE
    return read_template(own) if own.is_file() else STANDARD


def set_report_template(
    session: Session, organ: Organ, template: ReportTemplate, *, by: Actor, seen: int | None = None
) -> KeptTemplate:
    """Set the organ's template from now on; versions compiled before keep theirs.

    `seen` is the revision the change was thought out upon (0: none). Raises BadInputError where nothing changes,
    ConflictError where somebody set another in between, ForbiddenError.
    """
    data = template.model_dump(mode="json")
    for text in (template.title, template.opening or "", template.signature, *template.headings.values()):
        unmarked(text)
    with performing_for(session, by, Action.COMPILE, organ.id):
        hold_reports(session, organ.id)
        newest = newest_template(session, key(organ.id))
        revision = newest.revision if newest else 0
        if seen is not None and seen != revision:
            raise ConflictError(f"您打开页面之后，报告体例已改为第 {revision} 版，没有保存：请核对后再改。")
        if newest is not None and newest.data == data:
            raise BadInputError(f"没有改动：与现行的第 {revision} 版相同。")
        kept = KeptTemplate(
            organ_id=key(organ.id), revision=revision + 1, data=data, set_by_id=by.person_id, set_at=by.now
        )
        session.add(kept)
        session.flush()
    return kept
