"""A policy in sentences: its rungs, its levels, and what differs between two states of one."""

from collections.abc import Mapping, Sequence
from typing import Any

from models.dates.unit import Unit
from models.items.item import Importance
from models.ladder.policy import Colour, LagScope, Relation, ReportingCycle, Rung
from models.people.person import Role
from tasks.trail.tell_entry import COLUMNS

_CODES = {member.value: member.label for member in (*LagScope, *ReportingCycle, *Unit)}


def rung_sentence(rung: Rung) -> str:
    """逾期3个工作日：承办人、分管领导，红色，红色督办单."""
    return f"{rung.label}：{'，'.join(rung_parts(rung))}"


def rung_parts(rung: Rung) -> list[str]:
    """To whom a rung speaks, in which colour, by which document."""
    shade = [f"{rung.colour.label}色"] if rung.colour is not Colour.NONE else []
    return ["、".join(Role(role).label for role in rung.roles), *shade, *([rung.document] if rung.document else [])]


def levels_sentence(levels: Sequence[Sequence[str]]) -> str:
    """督办员 → 分管领导或第一责任人; 不需审批 where there is no level."""
    return " → ".join("或".join(Role(role).label for role in level) for level in levels) or "不需审批"


def rung_of(data: Mapping[str, Any], place: int = 0) -> Rung:
    """A rung of no table, as `tasks.ladder.set_policy.show_policy` gives it or a form has it."""
    return Rung(
        policy_id=0, ordinal=place, relation=Relation(data["relation"]), offset=data["offset"],
        unit=Unit(data.get("unit") or Unit.WORKING), roles=list(data["roles"]),
        colour=Colour(data.get("colour") or Colour.NONE), document=data.get("document"), every=data.get("every"),
        times=data.get("times") or 0,
    )  # fmt: skip


def term_label(term: str) -> str:
    """What a term of a policy is called."""
    return COLUMNS.get(term, term)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What differs between two states of a policy as `show_policy` gives them; empty where nothing does."""
    changes = [
        f"{term_label(term)} {_said(before.get(term))} → {_said(value)}"
        for term, value in after.items()
        if term not in ("name", "rungs") and before.get(term) != value
    ]
    was, now = before.get("rungs") or [], after.get("rungs") or []
    for place in range(max(len(was), len(now))):
        old = rung_sentence(rung_of(was[place])) if place < len(was) else None
        new = rung_sentence(rung_of(now[place])) if place < len(now) else None
        if old is None:
            changes.append(f"新增第 {place + 1} 级“{new}”")
        elif new is None:
            changes.append(f"删去第 {place + 1} 级“{old}”")
        elif was[place] != now[place]:
            changes.append(f"第 {place + 1} 级“{old}”改为“{new}”")
    return changes


def terms_sentence(terms: Sequence[Mapping[str, Any]]) -> str:
    """特急件 1、急件 3."""
    return "、".join(f"{one['name']} {one['days']}" for one in terms)


def _said(value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        return terms_sentence(value)
    if isinstance(value, list):
        return levels_sentence(value)
    if isinstance(value, Mapping):
        return "、".join(f"{Importance(code).label} {rule.get('pieces', 0)} 件" for code, rule in value.items())
    return "无" if value is None else _CODES.get(str(value), str(value))
