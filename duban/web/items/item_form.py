"""The form of an item by hand: its fields as they were typed, what is wrong with them, what may be chosen."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from duban.acts.item_hand import FIELDS
from duban.web.posted import Posted
from models.actor import Actor
from models.errors import BadInputError, DubanError
from models.items.item import Importance, SourceKind
from models.items.plan import AnnualPlan
from models.people.organ import Organ
from models.typed_text import writable
from tasks.items.add_item import project_names
from tasks.items.read_typed import TypedRefusedError, due_in_words
from tasks.people.find_posts import names_to_offer


def typed_in(sent: Posted) -> dict[str, str]:
    """The fields of an item that the form sent, by name. Raises BadInputError for one that is too long."""
    typed = {}
    for entry in FIELDS:
        if entry.name in sent.form:
            text = sent.text(entry.name).replace("\r\n", "\n")
            typed[entry.name] = writable(text)
            if "\0" in text or len(text) > entry.longest:
                raise BadInputError(f"{entry.label}最多 {entry.longest} 字，且不能含有控制字符。")
    return typed


def seen_entry(sent: Posted) -> int:
    """The newest entry of the item that the form showed. Raises BadInputError."""
    seen = sent.text("seen")
    if not (seen.isascii() and seen.isdecimal()) or len(seen) > 18:
        raise BadInputError("表单不完整：请刷新页面后再试。没有做任何改动。")
    return int(seen)


def form_of(
    session: Session, plan: AnnualPlan, typed: Mapping[str, str], *, by: Actor, error: DubanError | None
) -> dict[str, Any]:
    """What `items/item_fields.html` is filled with."""
    departments, people = names_to_offer(session, session.get_one(Organ, plan.organ_id))
    wrong = error.fields if isinstance(error, TypedRefusedError) else {}
    read_as = ""
    if typed.get("due") and "due" not in wrong:
        try:
            read_as = due_in_words(plan, typed["due"])
        except BadInputError:
            read_as = ""
    return {
        "typed": typed, "wrong": wrong, "read_as": read_as, "departments": departments, "people": people,
        "projects": project_names(session, plan), "weights": [(one.label, one.label) for one in Importance],
        "sources": [(one.label, one.label) for one in SourceKind],
        "error": "请改正下面标出的内容，再提交一次。" if wrong else error.message if error else "",
    }  # fmt: skip
