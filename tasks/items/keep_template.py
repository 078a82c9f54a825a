"""常用事项: items that an office gives out again and again, kept by name to fill the form of the next one."""

from collections.abc import Mapping, Sequence

from sqlmodel import Session, col, select

from models.actor import Actor
from models.errors import BadInputError, NotFoundError
from models.items.item_template import ItemTemplate
from models.people.permission import Action
from models.typed_text import words
from tasks.acting.perform import performing_for
from tasks.items.item_fields import FIELDS

MOST = 50
"""Templates an office may keep: more are no help in choosing."""
LONGEST = 4000


def templates_of(session: Session, organ_id: int) -> Sequence[ItemTemplate]:
    """The organ's templates, by name."""
    kept = select(ItemTemplate).where(ItemTemplate.organ_id == organ_id)
    return session.exec(kept.order_by(col(ItemTemplate.name))).all()


def find_template(session: Session, organ_id: int, template_id: int) -> ItemTemplate:
    """The organ's template with this number. Raises NotFoundError."""
    found = session.get(ItemTemplate, template_id)
    if found is None or found.organ_id != organ_id:
        raise NotFoundError("没有这个常用事项，可能已被删除。")
    return found


def keep_template(session: Session, organ_id: int, name: str, typed: Mapping[str, str], *, by: Actor) -> ItemTemplate:
    """Keep what was typed of an item under a name; one of the same name says this from now on.

    Raises BadInputError where nothing was typed, or the organ keeps too many.
    """
    with performing_for(session, by, Action.ADD_ITEM, organ_id):
        name = words(name, "常用事项的名称", longest=40)
        fields = {key: text.strip()[:LONGEST] for key, text in typed.items() if key in FIELDS and text.strip()}
        if not fields:
            raise BadInputError("还没有填写任何内容，不能存为常用事项。")
        kept = templates_of(session, organ_id)
        found = next((one for one in kept if one.name == name), None)
        if found is None:
            if len(kept) >= MOST:
                raise BadInputError(f"常用事项已有 {MOST} 个，请先删除不用的。")
            found = ItemTemplate(organ_id=organ_id, name=name, fields=fields)
        found.fields = fields
        session.add(found)
        session.flush()
    return found


def drop_template(session: Session, template: ItemTemplate, *, by: Actor) -> None:
    """Forget a template; the items made from it stay."""
    with performing_for(session, by, Action.ADD_ITEM, template.organ_id):
        session.delete(template)
