"""What a list changes cell by cell; and issued items changed by a list as they are by hand, with one reason for all."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlmodel import Session, col, select

from models.actor import Actor
from models.errors import CellError, DubanError
from models.items.item import WorkItem
from models.ladder.policy import Policy
from models.people.permission import Action
from tasks.acting.perform import check_open
from tasks.items.edit_item import Effect, FieldChange, check_day, edit_item, refused
from tasks.items.item_fields import FIELDS, ItemFacts, Words, differing
from tasks.plan.merge_list import COLUMNS, Change, PlanAsItStands
from tasks.sheets.rows import CHUNK
from tasks.wording.policy import levels_sentence

_DAYS = {column for name in ("start", "due") for column in FIELDS[name][1]}


def tell_cells(session: Session, changes: Iterable[Change], stands: PlanAsItStands, *, by: Actor) -> None:
    """Fill in what each change of a known item says otherwise, old → new; and who has to approve of it, where the
    policy of the plan has days moved so."""
    approval = _approval(session, stands)
    pairs = [(change, *_facts(change, stands)) for change in changes if change.known is not None and change.is_change]
    words = Words(session, [facts for _, was, wanted in pairs for facts in (was, wanted)], on=by.on)
    for change, was, wanted in pairs:
        before, after = words.of(was), words.of(wanted.laid_over(was))
        cells = [FieldChange(name, before[name], after[name]) for name in differing(was, wanted)]
        change.cells = tuple(
            replace(cell, approval=approval) if change.is_issued and cell.effect is Effect.DAY_MOVED else cell
            for cell in cells
        )


def _approval(session: Session, stands: PlanAsItStands) -> str:
    plan = stands.plan
    policy = session.get(Policy, plan.policy_id) if plan is not None and plan.policy_id is not None else None
    return levels_sentence(policy.adjustment_levels) if policy is not None and policy.adjustment_levels else ""


def check_issued(session: Session, issued: Sequence[Change], *, by: Actor) -> list[CellError]:
    """Why an issued item cannot be changed so, each with its row; nothing is written."""
    errors = []
    for change, item in _with_items(session, issued):
        try:
            for adjust, wanted, cells in _acts(change):
                check_open(session, by, Action.ADJUST if adjust else Action.EDIT, item)
                if why := refused(item, cells, adjust=adjust):
                    errors.append(change.row.error("number", change.number, why))
                elif adjust:
                    check_day(session, item, wanted, by=by)
        except DubanError as error:
            errors.append(change.row.error("number", change.number, error.message))
    return errors


def edit_issued(session: Session, issued: Sequence[Change], *, by: Actor, reason: str) -> None:
    """Change the issued items, days by an adjustment and the rest by an edit, each on record with the reason; an
    adjustment that the policy has approved is asked for.

    Raises what `tasks.items.edit_item.edit_item` raises.
    """
    for change, item in _with_items(session, issued):
        for adjust, wanted, _ in _acts(change):
            edit_item(session, item, wanted, by=by, reason=reason, adjust=adjust)


def _with_items(session: Session, issued: Sequence[Change]) -> Iterable[tuple[Change, WorkItem]]:
    for start in range(0, len(issued), CHUNK):
        part = {change.known.id: change for change in issued[start : start + CHUNK] if change.known is not None}
        found = select(WorkItem).where(col(WorkItem.id).in_(part)).order_by(col(WorkItem.id))
        for item in session.exec(found).all():
            yield part[item.id], item


def _acts(change: Change) -> Iterable[tuple[bool, ItemFacts, list[FieldChange]]]:
    """What is done to the item: whether it is an adjustment, what is wanted by it, and the cells that say so."""
    values = {name: value for name, value in change.values.items() if name != "project_id"}
    days = {name: value for name, value in values.items() if name in _DAYS}
    rest = {name: value for name, value in values.items() if name not in _DAYS}
    said = [cell for cell in change.cells if cell.effect is not Effect.DAY_MOVED]
    if said:
        yield False, ItemFacts(rest, change.units, change.leaders, _project(change)), said
    if days:
        yield True, ItemFacts(days), [cell for cell in change.cells if cell.effect is Effect.DAY_MOVED]


def _facts(change: Change, stands: PlanAsItStands) -> tuple[ItemFacts, ItemFacts]:
    """What the item says as it stands, and what the row wants it to say."""
    known = change.known
    if known is None:
        raise LookupError(change.number)
    columns = {name: getattr(known, name) for name in COLUMNS if name != "project_id"}
    was = ItemFacts(
        columns,
        stands.units.get(known.id, ()),
        stands.leaders.get(known.id, ()),
        stands.project_names[known.project_id],
    )
    wanted = {name: value for name, value in change.values.items() if name != "project_id"}
    return was, ItemFacts(wanted, change.units, change.leaders, _project(change))


def _project(change: Change) -> str | None:
    return change.project if "project_id" in change.values else None
