"""Policies as data that an office edits: shown whole, and set whole, checked before anything is written.

A preset that is set changes what is issued from then on; a plan that runs keeps its copy until somebody changes it
(`tasks.plan.change_policy`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, delete, or_, select

from models.actor import Actor
from models.coded import Coded
from models.database import key
from models.dates.unit import Unit
from models.errors import BadInputError, ConflictError, ForbiddenError, NotFoundError
from models.items.evidence import Category
from models.items.item import Importance
from models.items.plan import AnnualPlan
from models.ladder.policy import Colour, LagScope, Policy, Relation, ReportingCycle, Rung
from models.ladder.policy_change import PolicyChange
from models.ledgers.kinds import member_named
from models.people.organ import Organ
from models.people.permission import Action
from models.people.person import Person, Role
from tasks.acting.audit import recorded
from tasks.acting.authorize import authorize_organ, organs_within
from tasks.wording.policy import differences, term_label

_NUMBERS = {
    "near_days": (0, 60),
    "lag_yellow": (0, 100),
    "lag_red": (0, 100),
    "objection_days": (0, 60),
    "extension_limit": (0, 20),
    "urge_gap": (0, 60),
    "instruction_close_days": (0, 60),
    "filling_day": (1, 31),
}
"""The terms that are whole numbers, with what is accepted of each."""
_MAY_BE_NONE = ("lag_yellow", "lag_red")
_WORDS: dict[str, type[Coded]] = {
    "filling": ReportingCycle, "lag_of": LagScope, "suspension_unit": Unit, "instruction_unit": Unit,
}  # fmt: skip
_LEVELS = ("extension_levels", "adjustment_levels", "closure_levels")
_MAY_BE_EMPTY = ("adjustment_levels",)
_RUNG = ("relation", "offset", "unit", "roles", "colour", "document", "every", "times")
_MOST_TERMS = 12
_FURTHEST = 400
"""Days between a rung and its day, at most."""


def list_policies(session: Session) -> list[Policy]:
    """The presets there are, in the order in which they were made."""
    return list(session.exec(select(Policy).where(col(Policy.frozen_hash).is_(None)).order_by(col(Policy.id))))


def show_policy(session: Session, policy: Policy) -> dict[str, Any]:
    """A policy as the data that `set_policy` takes."""
    terms = policy.model_dump(exclude={"id", "frozen_hash"})
    return {
        **{name: str(value) if isinstance(value, Coded) else value for name, value in terms.items()},
        "rungs": [
            {
                name: str(value) if isinstance(value, Coded) else value
                for name, value in rung.model_dump(include=set(_RUNG)).items()
            }
            for rung in rungs_of(session, policy)
        ],
    }


def rungs_of(session: Session, policy: Policy) -> Sequence[Rung]:
    """The policy's rungs, the lowest first."""
    return session.exec(select(Rung).where(Rung.policy_id == policy.id).order_by(col(Rung.ordinal))).all()


def find_policy(session: Session, name: str) -> Policy:
    """The preset with this name. Raises NotFoundError naming those there are."""
    presets = {policy.name: policy for policy in list_policies(session)}
    if name not in presets:
        raise NotFoundError(f"没有名为“{name}”的督办策略；可用：{'、'.join(presets)}。")
    return presets[name]


def seen_policy(session: Session, policy_id: int, *, by: Actor) -> Policy:
    """A preset, or a copy that a plan of an organ runs or ran by whose policies `by` sets. Raises NotFoundError."""
    found = session.get(Policy, policy_id)
    if found is None or not (found.frozen_hash is None or _runs_for(session, found, by)):
        raise NotFoundError("没有这个督办策略，或者它不在您的查看范围内。")
    return found


def policies_in_use(session: Session, *, by: Actor, most: int) -> Sequence[tuple[AnnualPlan, Organ, Policy]]:
    """The newest plans of the organs whose policies `by` sets, each with its organ and the copy it runs by."""
    return session.exec(
        select(AnnualPlan, Organ, Policy)
        .join(Organ, col(Organ.id) == AnnualPlan.organ_id)
        .join(Policy, col(Policy.id) == AnnualPlan.policy_id)
        .where(col(AnnualPlan.organ_id).in_(organs_within(session, by, Action.POLICY)))
        .order_by(col(AnnualPlan.year).desc(), col(Organ.id))
        .limit(most)
    ).all()


def set_policy(
    session: Session, data: Mapping[str, Any], *, by: Actor, shown: Mapping[str, Any] | None = None
) -> Policy:
    """Make or rewrite the preset that `data` names. Raises BadInputError that names the term and what is accepted.

    With `shown`, the preset as the editor saw it, somebody else's change in between raises ConflictError that tells
    the differences, and nothing is written.
    """
    check_may_set(session, by)
    name, terms, rungs = read_policy(data)
    with recorded(session, by, Action.POLICY, organ_id=None) as record:
        preset = select(Policy).where(Policy.name == name, col(Policy.frozen_hash).is_(None))
        policy = session.exec(preset.with_for_update()).first()
        if shown is not None:
            present = show_policy(session, policy) if policy is not None else {"rungs": []}
            if changed := differences(shown, present):
                raise ConflictError(
                    f"您打开以后，策略“{name}”已被他人改动，没有保存：{'；'.join(changed)}。请核对后再保存。"
                )
        if policy is None:
            policy = Policy(name=name)
            session.add(policy)
            session.flush()
        else:
            record.before["policy"] = show_policy(session, policy)
        for term, value in terms.items():
            setattr(policy, term, value)
        session.execute(delete(Rung).where(col(Rung.policy_id) == policy.id))
        session.add_all(Rung(policy_id=key(policy.id), ordinal=place, **rung) for place, rung in enumerate(rungs, 1))
        session.flush()
        record.after["policy"] = show_policy(session, policy)
    return policy


def read_policy(data: Mapping[str, Any]) -> tuple[str, dict[str, Any], list[dict[str, Any]]]:
    """A policy's name, its terms and its rungs, checked. Raises BadInputError."""
    name = str(data.get("name", "")).strip()
    if not 0 < len(name) <= 100:
        raise BadInputError("name（策略名称）不能为空，最多 100 字。")
    terms = _terms({term: value for term, value in data.items() if term not in ("name", "rungs")})
    return name, terms, [_rung(place, rung) for place, rung in enumerate(_list(data, "rungs"), 1)]


def check_may_set(session: Session, by: Actor) -> None:
    """Presets serve every organ of the database: they are set at the machine or in an organ with none above it."""
    organ = session.get_one(Organ, session.get_one(Person, by.person_id).organ_id) if by.person_id else None
    authorize_organ(session, by, Action.POLICY, organ.id if organ else None)
    if organ is not None and organ.parent_id is not None:
        raise ForbiddenError("督办策略供各单位共用，由最上级单位的督办员或管理员修改。")


def _runs_for(session: Session, policy: Policy, by: Actor) -> bool:
    mine = col(AnnualPlan.organ_id).in_(organs_within(session, by, Action.POLICY))
    ran = select(PolicyChange.plan_id).where(PolicyChange.from_policy_id == policy.id)
    used = or_(AnnualPlan.policy_id == policy.id, col(AnnualPlan.id).in_(ran))
    return session.exec(select(AnnualPlan.id).where(used, mine)).first() is not None


def _list(data: Mapping[str, Any], name: str) -> list[Any]:
    found = data.get(name)
    if not isinstance(found, list) or not found:
        raise BadInputError(f"{name} 应为不空的列表。")
    return found


def _terms(data: Mapping[str, Any]) -> dict[str, Any]:
    known = {*_NUMBERS, *_WORDS, *_LEVELS, "evidence_rules", "instruction_terms"}
    if strange := sorted(set(data) - known):
        raise BadInputError(f"不认识的条款 {'、'.join(strange)}；可用：{'、'.join(sorted(known))}。")
    terms: dict[str, Any] = {}
    for name, value in data.items():
        if name in _NUMBERS:
            terms[name] = (
                None
                if value is None and name in _MAY_BE_NONE
                else _number(f"{term_label(name)}（{name}）", value, *_NUMBERS[name])
            )
        elif name in _WORDS:
            terms[name] = _word(name, _WORDS[name], value)
        elif name in _LEVELS:
            given = [] if value == [] and name in _MAY_BE_EMPTY else _list(data, name)
            terms[name] = [_roles(f"{term_label(name)} {name} 的一级", level) for level in given]
        elif name == "instruction_terms":
            terms[name] = _instruction_terms(value)
        else:
            terms[name] = _evidence_rules(value)
    yellow, red = terms.get("lag_yellow"), terms.get("lag_red")
    if yellow is not None and red is not None and yellow > red:
        raise BadInputError(f"lag_yellow（黄灯线 {yellow}）不能大于 lag_red（红灯线 {red}）。")
    return terms


def _instruction_terms(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or len(value) > _MOST_TERMS:
        raise BadInputError(
            f'instruction_terms（批示时限档次）应为至多 {_MOST_TERMS} 个 {{"name": "急件", "days": 3}}。'
        )
    found: dict[str, dict[str, Any]] = {}
    for place, one in enumerate(value, 1):
        where = f"instruction_terms 的第 {place} 档"
        name = str(one.get("name", "")).strip() if isinstance(one, Mapping) and set(one) == {"name", "days"} else ""
        if not 0 < len(name) <= 20 or name in found:
            raise BadInputError(f"{where}写法有误：应有 name（名称，20 字以内，不重复）和 days（天数）。")
        found[name] = {"name": name, "days": _number(f"{where} days（天数）", one["days"], 0, _FURTHEST)}
    return list(found.values())


def _evidence_rules(value: Any) -> dict[str, dict[str, Any]]:
    if not isinstance(value, Mapping):
        raise BadInputError('evidence_rules 应为各重要程度的要求，如 {"major": {"pieces": 2, "categories": []}}。')
    rules = {}
    for code, rule in value.items():
        importance = _word("evidence_rules 的重要程度", Importance, code)
        if not isinstance(rule, Mapping) or set(rule) - {"pieces", "categories"}:
            raise BadInputError(f"evidence_rules 的 {code} 只能有 pieces（件数）和 categories（类别）。")
        categories = [_word("categories", Category, each) for each in rule.get("categories", [])]
        pieces = _number(f"{code} 的 pieces", rule.get("pieces", 0), 0, 50)
        rules[importance.value] = {"pieces": pieces, "categories": [category.value for category in categories]}
    return rules


def _rung(place: int, data: Any) -> dict[str, Any]:
    where = f"第 {place} 级"
    if not isinstance(data, Mapping) or (strange := sorted(set(data) - set(_RUNG))):
        raise BadInputError(f"{where}写法有误：{'、'.join(strange)} 不认识；可用：{'、'.join(_RUNG)}。")
    every = data.get("every")
    return {
        "relation": _word(f"{where} relation（时点）", Relation, data.get("relation")),
        "offset": _number(f"{where} offset（天数）", data.get("offset"), 0, _FURTHEST),
        "unit": _word(f"{where} unit（单位）", Unit, data.get("unit", "working")),
        "roles": _roles(f"{where} roles（通知对象）", data.get("roles")),
        "colour": _word(f"{where} colour（颜色）", Colour, data.get("colour", "none")),
        "document": (str(data["document"]).strip()[:50] or None) if data.get("document") else None,
        "every": None if every is None else _number(f"{where} every（间隔）", every, 1, _FURTHEST),
        "times": 0 if every is None else _number(f"{where} times（次数）", data.get("times", 24), 1, 100),
    }


def _number(name: str, value: Any, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise BadInputError(f"{name} 的值“{value}”不可用：应为 {least} 至 {most} 的整数。")
    return value


def _word(name: str, kind: type[Coded], value: Any) -> Coded:
    try:
        return member_named(kind, str(value))
    except BadInputError as error:
        raise BadInputError(f"{name}：{error.message}") from error


def _roles(name: str, value: Any) -> list[str]:
    if not isinstance(value, list) or not value:
        raise BadInputError(f'{name} 应为角色的列表，至少一个，如 ["handler", "department_head"]。')
    return [_word(name, Role, role).value for role in value]
