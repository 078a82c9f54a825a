"""Setting the rule scores go by: each change is a new version, what was scored by an older one stays as it was."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, or_, select

from models.actor import Actor
from models.errors import BadInputError, NotFoundError
from models.people.organ import Organ
from models.people.permission import Action
from models.scores.score_rules import MOST, as_entry, prices, repriced
from models.scores.scoring import DEFAULT_RULE, ScoringRule
from models.typed_text import words
from tasks.acting.audit import recorded
from tasks.acting.authorize import authorize_organ


def set_rule(
    session: Session,
    organ_id: int,
    *,
    by: Actor,
    name: str = DEFAULT_RULE,
    start: int | None = None,
    leader_weight: int | None = None,
    events: Sequence[Mapping[str, Any]] | None = None,
    changes: Sequence[Mapping[str, Any]] = (),
) -> ScoringRule:
    """Make the organ's next version of the rule: the newest one with what is named changed, or a rule of a new name.

    `start` in points, `leader_weight` in percent, `events` the whole list of {event, points, cap}, `changes` entries
    that replace single ones. Raises ForbiddenError, and BadInputError for what is no such value, for a new rule
    without events and for no change.
    """
    authorize_organ(session, by, Action.SCORE, organ_id)
    # Held, so that of two who change a rule at once the second makes the version after.
    session.get_one(Organ, organ_id, with_for_update=True)
    name = words(name, "考核规则名称", longest=100)
    known = _newest(session, organ_id, name)
    if known is None and not events and not changes:
        raise BadInputError(f"“{name}”是新的考核规则：请写明扣分项{by.hint('如 --event late=5:30')}。")
    costs = prices(events if events is not None else known.events if known else [])
    entries = [as_entry(price) for price in repriced(costs, changes).values()]
    start = _in_range(start if start is not None else known.start if known else 100, "起评分", 1, int(MOST))
    weight = leader_weight if leader_weight is not None else known.leader_weight if known else 20
    weight = _in_range(weight, "领导评价占比", 0, 100)
    if known is not None and (known.start, known.leader_weight, known.events) == (start, weight, entries):
        raise BadInputError(f"与“{name}”第 {known.version} 版相同，没有变动。")
    with recorded(session, by, Action.SCORE, organ_id=organ_id):
        rule = ScoringRule(
            organ_id=organ_id,
            name=name,
            version=known.version + 1 if known else 1,
            start=start,
            leader_weight=weight,
            events=entries,
            made_on=by.on,
        )
        session.add(rule)
    return rule


def find_rule(session: Session, organ_id: int, name: str = DEFAULT_RULE, *, version: int | None = None) -> ScoringRule:
    """The organ's rule of this name, else the preset; its newest version or the one named. Raises NotFoundError."""
    known = [rule for rule in list_rules(session, organ_id) if rule.name == name]
    matching = [rule for rule in known if version in (None, rule.version)]
    if matching:
        return matching[-1]
    if known:
        versions = "、".join(str(rule.version) for rule in known)
        raise NotFoundError(f"考核规则“{name}”没有第 {version} 版；现有：{versions}。")
    names = "、".join(dict.fromkeys(rule.name for rule in list_rules(session, organ_id))) or "无"
    raise NotFoundError(f"没有考核规则“{name}”；现有：{names}。")


def list_rules(session: Session, organ_id: int) -> list[ScoringRule]:
    """The presets and the organ's own rules, every version, the newest of a name last."""
    return list(
        session.exec(
            select(ScoringRule)
            .where(or_(col(ScoringRule.organ_id).is_(None), ScoringRule.organ_id == organ_id))
            .order_by(
                col(ScoringRule.name), col(ScoringRule.organ_id).is_not(None), col(ScoringRule.version),
                col(ScoringRule.id),
            )
        )
    )  # fmt: skip


def _newest(session: Session, organ_id: int, name: str) -> ScoringRule | None:
    known = [rule for rule in list_rules(session, organ_id) if rule.name == name]
    return known[-1] if known else None


def _in_range(value: int, name: str, least: int, most: int) -> int:
    if not least <= value <= most:
        raise BadInputError(f"{name}“{value}”不可用：应为 {least} 至 {most} 的整数。")
    return value
