"""A new item by hand (新增任务): a draft of the plan until it is issued."""

from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import key
from models.errors import BadInputError
from models.items.item import ItemUnit, WorkItem
from models.items.plan import NO_PROJECT, AnnualPlan, Project
from models.people.permission import Action
from models.typed_text import words_or_none
from tasks.acting.perform import performing_for
from tasks.items.edit_item import project_named, set_leaders
from tasks.items.item_fields import ItemFacts


def add_item(session: Session, plan: AnnualPlan, facts: ItemFacts, *, by: Actor, number: str | None = None) -> WorkItem:
    """Add a draft that says these facts to the plan, under `number`, else the next that is free.

    Raises BadInputError without a title, for a number that is taken, or an end before the beginning; ForbiddenError.
    """
    with performing_for(session, by, Action.ADD_ITEM, plan.organ_id) as record:
        # Held, so that of two added at once the second takes the number after the first.
        session.refresh(plan, with_for_update=True)
        values = {name: value for name, value in facts.values.items() if value is not None}
        if not values.get("title"):
            raise BadInputError("任务不能为空。")
        if "start_on" in values and "due_on" in values and values["due_on"] < values["start_on"]:
            raise BadInputError(f"完成时限 {values['due_on']} 早于开始时间 {values['start_on']}：请更正其中之一。")
        item = WorkItem(
            plan_id=key(plan.id), organ_id=plan.organ_id, number=_number(session, plan, number),
            project_id=key(project_named(session, plan, facts.project or NO_PROJECT).id), **values,
        )  # fmt: skip
        session.add(item)
        session.flush()
        record.item_id = item.id
        set_leaders(session, item, facts.leaders or ())
        session.add_all(
            ItemUnit(item_id=key(item.id), ordinal=place, department_id=department_id, text=text)
            for place, (department_id, text) in enumerate(facts.units or (), 1)
        )
    return item


def project_names(session: Session, plan: AnnualPlan) -> list[str]:
    """The plan's projects by name, in its order: what an item may be put under."""
    named = select(Project.name).where(Project.plan_id == plan.id)
    return list(session.exec(named.order_by(col(Project.ordinal))))


def _number(session: Session, plan: AnnualPlan, asked: str | None) -> str:
    taken = set(session.exec(select(col(WorkItem.number)).where(WorkItem.plan_id == plan.id)))
    number = words_or_none(asked, "编号", longest=64)
    if number is None:
        return str(max((int(one) for one in taken if one.isascii() and one.isdecimal()), default=0) + 1)
    if number in taken:
        raise BadInputError(f"编号“{number}”已用于本计划的另一项任务：请换一个，或不填编号，自动接续。")
    return number
