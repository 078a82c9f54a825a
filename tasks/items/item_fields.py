"""The fields of an item as people know them: what each is called, what it says, and where two states differ."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from models.coded import Coded
from models.items.item import ItemLeader, ItemUnit, WorkItem
from models.items.plan import Project
from models.people.organ import Department
from models.people.person import Post
from tasks.ladder.status import post_holders
from tasks.people.find import names_of

FIELDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "title": ("任务", ("title",)),
    "project": ("项目", ()),
    "deliverable": ("成果形式", ("deliverable",)),
    "leaders": ("牵头领导", ("leader_post_id",)),
    "lead": ("牵头单位", ("department_id", "lead_text")),
    "cooperating": ("配合单位", ()),
    "handler": ("承办人", ("handler_post_id",)),
    "start": ("开始时间", ("start_on",)),
    "due": ("完成时限", ("due_text", "due_on", "recurrence", "unconfirmed")),
    "yearly": ("每年", ("yearly",)),
    "importance": ("重要程度", ("importance",)),
    "source_kind": ("来源类别", ("source_kind",)),
    "source_number": ("文号", ("source_number",)),
    "source": ("来源", ("source",)),
    "target": ("目标数量", ("target_count", "target_unit")),
    "evidence_rule": ("佐证要求", ("evidence_rule",)),
    "note": ("备注", ("note",)),
    "secrecy": ("密级", ("internal_only",)),
    "percent": ("进度", ("percent",)),
}
"""By name: what it is called, and the columns of the item that hold it."""

Units = tuple[tuple[int | None, str], ...]
"""Cooperating units in order: the department where the name is one, and the text as written."""


@dataclass(frozen=True)
class ItemFacts:
    """What an item says of itself, in part or whole. What is left out of `values`, or None, is left as it is."""

    values: Mapping[str, Any]
    """By the columns of `WorkItem`."""
    units: Units | None = None
    leaders: tuple[int, ...] | None = None
    """The posts of the further leaders, second and on."""
    project: str | None = None
    """By its name, which may be new to the plan."""

    def laid_over(self, other: "ItemFacts") -> "ItemFacts":
        """`other`, with what is said here in its place."""
        return ItemFacts(
            {**other.values, **self.values},
            other.units if self.units is None else self.units,
            other.leaders if self.leaders is None else self.leaders,
            self.project or other.project,
        )


def facts_of(session: Session, item: WorkItem) -> ItemFacts:
    """All that the item says of itself as it stands."""
    columns = [column for _, held in FIELDS.values() for column in held]
    units = session.exec(select(ItemUnit).where(ItemUnit.item_id == item.id).order_by(col(ItemUnit.ordinal)))
    leaders = select(ItemLeader.post_id).where(ItemLeader.item_id == item.id).order_by(col(ItemLeader.ordinal))
    return ItemFacts(
        {column: getattr(item, column) for column in columns},
        tuple((unit.department_id, unit.text) for unit in units),
        tuple(session.exec(leaders)),
        session.get_one(Project, item.project_id).name,
    )


def differing(was: ItemFacts, wanted: ItemFacts) -> list[str]:
    """The names of the fields that `wanted` says otherwise than `was`, in the order of `FIELDS`."""
    return [name for name in FIELDS if _held(was, name) != _held(wanted.laid_over(was), name)]


def in_words(session: Session, facts: ItemFacts, *, on: dt.date) -> dict[str, str]:
    """Every field in words, empty where nothing is said; posts by whoever holds them on the day."""
    return Words(session, [facts], on=on).of(facts)


class Words:
    """What the words for many items need, asked for at once: posts by whoever holds them on the day, departments."""

    def __init__(self, session: Session, all_facts: Sequence[ItemFacts], *, on: dt.date) -> None:
        posts = {post for facts in all_facts for post in _posts(facts)}
        departments = {facts.values.get("department_id") for facts in all_facts}
        self.held, self.titles = post_holders(session, posts, on=on), _titles(session, posts)
        self.departments = names_of(session, Department, departments)

    def of(self, facts: ItemFacts) -> dict[str, str]:
        """Every field of one of them, empty where nothing is said."""
        value = facts.values.get
        count, led_by = value("target_count"), [value("leader_post_id"), *(facts.leaders or ())]
        said = {
            "project": facts.project or "",
            "leaders": "、".join(filter(None, map(self._person, led_by))),
            "lead": self.departments.get(value("department_id")) or value("lead_text") or "",
            "cooperating": "、".join(text for _, text in facts.units or ()),
            "handler": self._person(value("handler_post_id")),
            "due": value("due_text") or str(value("due_on") or ""),
            "importance": _label(value("importance")),
            "source_kind": _label(value("source_kind")),
            "target": f"{count:.15g}{value('target_unit') or ''}" if count is not None else "",
            "yearly": "是" if value("yearly") else "",
            "secrecy": "内部" if value("internal_only") else "",
            "percent": f"{value('percent')}%" if value("percent") is not None else "",
        }
        return {
            name: said[name] if name in said else str(value(columns[0]) or "") for name, (_, columns) in FIELDS.items()
        }

    def _person(self, post: int | None) -> str:
        return self.held.get(post) or (f"{self.titles[post]}（空缺）" if post in self.titles else "")


def _posts(facts: ItemFacts) -> list[int | None]:
    return [facts.values.get("leader_post_id"), facts.values.get("handler_post_id"), *(facts.leaders or ())]


def _held(facts: ItemFacts, name: str) -> tuple[Any, ...]:
    beside = {"cooperating": facts.units, "leaders": facts.leaders, "project": facts.project}
    return (*(facts.values.get(column) for column in FIELDS[name][1]), beside.get(name))


def _label(member: Coded | None) -> str:
    return member.label if member is not None else ""


def _titles(session: Session, posts: set[int | None]) -> dict[int | None, str]:
    named = select(Post.id, Post.title).where(col(Post.id).in_(posts - {None}))
    return dict(session.exec(named).all())
