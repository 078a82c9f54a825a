"""Doing what a form asks for: its fields as `duban.web.deeds` takes them, and the files that came along."""

from collections.abc import Callable, Mapping
from typing import Any

from duban.web.act_form import Act, Doing, WrongFieldsError
from duban.web.deeds import DEEDS, Deed
from models.errors import BadInputError
from models.evidence import Category
from models.ledgers.kinds import member_named
from models.ledgers.leadership_act import Duty
from models.organ import Organ
from models.person import Person
from tasks.files.check_upload import Limits
from tasks.files.file_store import FileStore
from tasks.items.attach import attach_all
from tasks.people.find import find_department

FILE_ENTRIES = frozenset({"file", "category", "note", "expires_on", "replaces", "public"})
"""What a form asks about the files that come with it."""


def do(act: Act, doing: Doing) -> str:
    """Do it, the fields having been read and found right; says what was done."""
    if act.verb == "evidence":
        return f"任务 {doing.item.number} 已上传佐证材料 {_attach_all(act, doing)} 份。"
    given = doing.given(act, without=FILE_ENTRIES)
    about = doing.instruction if act.of_instruction else None
    find = _FOUND.get(act.verb)
    said, _rows = DEEDS[act.verb](
        Deed(doing.session, doing.item, doing.by, given | find(doing, given) if find else given, about)
    )
    if act.takes_files and doing.sent.files("file"):
        return f"{said.removesuffix('。')},附材料 {_attach_all(act, doing)} 份。"
    return said


def _receivers(doing: Doing, given: Mapping[str, Any]) -> dict[str, Any]:
    owner, person = doing.session.get_one(Organ, doing.item.organ_id), given["handler"]
    return {
        "department": find_department(doing.session, owner, given["department"]) if given["department"] else None,
        "handler": doing.session.get(Person, int(person)) if person else None,
    }


def _duty(_doing: Doing, given: Mapping[str, Any]) -> dict[str, Any]:
    return {"kind": member_named(Duty, given["kind"] or Duty.SUPERVISE.label)}


_FOUND: Mapping[str, Callable[[Doing, Mapping[str, Any]], dict[str, Any]]] = {
    "transfer": _receivers,
    "instruct": _duty,
}
"""Acts of which some choices name a row or a member of a list."""


def _attach_all(act: Act, doing: Doing) -> int:
    """Every file that was sent becomes a piece of evidence; one that may not come in stops them all."""
    settings, about = doing.sent.visit.desk.settings, doing.given(act, only=FILE_ENTRIES)
    try:
        attached = attach_all(
            doing.session,
            doing.item,
            by=doing.by,
            store=FileStore(settings.evidence_store),
            limits=Limits(settings.evidence_bytes),
            files=[(file.filename or "", file.file) for file in doing.sent.files("file")],
            category=member_named(Category, about.get("category") or Category.ROUTINE.label),
            public=about.get("public", False),
            expires_on=about.get("expires_on"),
            note=about.get("note"),
            replaces=int(about["replaces"]) if about.get("replaces") else None,
        )
    except BadInputError as error:
        raise WrongFieldsError({act.named_in(error.message) or "file": error.message}) from error
    return len(attached)
