"""A policy as a form has it: texts as typed, kept whatever they are, and the data they mean once they are right."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from duban.web.posted import Posted
from models.dates.unit import Unit
from models.errors import BadInputError
from models.items.evidence import Category
from models.items.item import Importance
from models.ladder.policy import Colour, LagScope, Relation, ReportingCycle
from models.people.person import Role
from tasks.wording.policy import term_label, terms_sentence

NUMBERS = {
    "near_days": "到期前这么多个工作日起亮黄灯",
    "lag_yellow": "滞后这么多个百分点亮黄灯；留空为不按进度",
    "lag_red": "滞后超过这么多个百分点亮红灯；留空为不按进度",
    "urge_gap": "这么多个工作日内不重复催办",
    "objection_days": "下达后这么多个工作日内可提转办异议",
    "extension_limit": "一项任务至多申请延期的次数",
    "instruction_close_days": "反馈后这么多个工作日仍未办结或要求补充的，提醒批示的领导",
    "filling_day": "每月或每季末月的几日前填报",
}
"""The terms that are numbers, each with what the number means."""
TEXTS = ("filling", "lag_of", "suspension_unit", "instruction_unit", "instruction_terms")
OPTIONAL = ("lag_yellow", "lag_red")
LEVELS = {
    "extension_levels": "延期由谁审批", "adjustment_levels": "督办员调整时限由谁审批（全不选为不需审批）",
    "closure_levels": "办结由谁审核",
}  # fmt: skip
MOST_LEVELS = 3
MOST_RUNGS = 40
_RUNG_TEXTS = ("relation", "offset", "unit", "colour", "document", "every", "times")
NEW_RUNG = {"relation": "after", "offset": "1", "unit": "working", "colour": "none", "document": "", "every": "",
            "times": "", "roles": ["handler"]}  # fmt: skip

OPTIONS: Mapping[str, Sequence[tuple[str, str]]] = {
    "relation": [(member.value, member.label) for member in Relation],
    "unit": [(member.value, member.label) for member in Unit],
    "colour": [(member.value, f"{member.label}色" if member.label else "无") for member in Colour],
    "roles": [
        (member.value, member.label)
        for member in Role
        if member not in (Role.AUDITOR, Role.ADMINISTRATOR, Role.SECURITY)
    ],
    "deciders": [(role.value, role.label) for role in (Role.SUPERVISOR, Role.LEADER, Role.FIRST_RESPONSIBLE)],
    "filling": [(member.value, member.label) for member in ReportingCycle],
    "lag_of": [(member.value, member.label) for member in LagScope],
    "suspension_unit": [(member.value, member.counting) for member in reversed(Unit)],
    "importance": [(member.value, member.label) for member in Importance],
    "categories": [(member.value, member.label) for member in Category],
}
"""What may be chosen, by field."""


@dataclass
class PolicyForm:
    """What stands in the fields."""

    name: str
    shown: str
    """The policy as it was when the form was made, as JSON: what a save is held against."""
    terms: dict[str, str]
    levels: dict[str, list[list[str]]]
    pieces: dict[str, str]
    categories: dict[str, list[str]]
    rungs: list[dict[str, Any]] = field(default_factory=list)

    def data(self) -> dict[str, Any]:
        """What `tasks.ladder.set_policy` takes. Raises BadInputError for what is no number."""
        return {
            "name": self.name,
            **{
                name: _number(self.terms[name], f"{term_label(name)}", may_be_none=name in OPTIONAL) for name in NUMBERS
            },
            "filling": self.terms["filling"],
            "lag_of": self.terms["lag_of"],
            "suspension_unit": self.terms["suspension_unit"],
            "instruction_unit": self.terms["instruction_unit"],
            "instruction_terms": _instruction_terms(self.terms["instruction_terms"]),
            **{name: [level for level in levels if level] for name, levels in self.levels.items()},
            "evidence_rules": {
                code: {
                    "pieces": _number(self.pieces[code], f"{label}任务的佐证件数"),
                    "categories": self.categories[code],
                }
                for code, label in OPTIONS["importance"]
            },
            "rungs": [self._rung(place, rung) for place, rung in enumerate(self.rungs, 1)],
        }

    def _rung(self, place: int, rung: Mapping[str, Any]) -> dict[str, Any]:
        if not rung["roles"]:
            raise BadInputError(f"第 {place} 级没有选择通知谁：请至少选一个角色。")
        every = _number(rung["every"], f"第 {place} 级的重复间隔", may_be_none=True)
        return {
            "relation": rung["relation"],
            "offset": _number(rung["offset"], f"第 {place} 级的天数"),
            "unit": rung["unit"],
            "roles": rung["roles"],
            "colour": rung["colour"],
            "document": rung["document"] or None,
            "every": every,
            "times": (_number(rung["times"] or "24", f"第 {place} 级的重复次数") if every else 0),
        }


def form_of(data: Mapping[str, Any]) -> PolicyForm:
    """The form of a policy as `tasks.ladder.set_policy.show_policy` gives it."""
    rules = data["evidence_rules"]
    return PolicyForm(
        name=data["name"],
        shown=json.dumps(data, ensure_ascii=False, sort_keys=True),
        terms={
            **{name: _text(data[name]) for name in NUMBERS},
            "filling": data["filling"],
            "lag_of": data["lag_of"],
            "suspension_unit": data["suspension_unit"],
            "instruction_unit": data["instruction_unit"],
            "instruction_terms": terms_sentence(data["instruction_terms"]),
        },
        levels={name: _padded([list(level) for level in data[name]]) for name in LEVELS},
        pieces={code: _text(rules.get(code, {}).get("pieces", 0)) for code, _ in OPTIONS["importance"]},
        categories={code: list(rules.get(code, {}).get("categories", ())) for code, _ in OPTIONS["importance"]},
        rungs=[
            {**{name: _text(rung[name]) for name in _RUNG_TEXTS}, "roles": list(rung["roles"])}
            for rung in data["rungs"]
        ],
    )


def posted_form(name: str, sent: Posted) -> PolicyForm:
    """The form as it was sent. Raises BadInputError for one with more rungs than a ladder may have."""
    count = sent.number("rungs", "级数") or 0
    if not 0 <= count <= MOST_RUNGS:
        raise BadInputError(f"级数过多：最多 {MOST_RUNGS} 级。")
    rungs = [
        {
            **{text: sent.text(f"rung-{place}-{text}") for text in _RUNG_TEXTS},
            "roles": sent.texts(f"rung-{place}-roles"),
        }
        for place in range(count)
    ]
    return PolicyForm(
        name=name,
        shown=sent.text("shown"),
        terms={term: sent.text(term) for term in (*NUMBERS, *TEXTS)},
        levels={of: [sent.texts(f"{of}-{place}") for place in range(MOST_LEVELS)] for of in LEVELS},
        pieces={code: sent.text(f"pieces-{code}") for code, _ in OPTIONS["importance"]},
        categories={code: sent.texts(f"categories-{code}") for code, _ in OPTIONS["importance"]},
        rungs=rungs,
    )


def _instruction_terms(text: str) -> list[dict[str, Any]]:
    """特急件 1、急件 3 as data. Raises BadInputError."""
    found = []
    for part in filter(None, re.split(r"[、,，;；\n]", text)):
        name, _, days = part.strip().rpartition(" ")
        if not name or not days.isascii() or not days.isdecimal() or len(days) > 3:
            raise BadInputError(f"批示时限档次“{part.strip()[:40]}”无法识别：请写成“急件 3”，各档之间用顿号。")
        found.append({"name": name.strip(), "days": int(days)})
    return found


def _padded(levels: list[list[str]]) -> list[list[str]]:
    return levels + [[] for _ in range(MOST_LEVELS - len(levels))]


def _text(value: Any) -> str:
    if value is None or (value == 0 and isinstance(value, bool)):
        return ""
    return str(value)


def _number(text: str, what: str, *, may_be_none: bool = False) -> int | None:
    if not text:
        if may_be_none:
            return None
        raise BadInputError(f"{what}没有填写：应为整数。")
    if not text.isdecimal() or len(text) > 6:
        raise BadInputError(f"{what}“{text}”无法识别：应为整数，如 3。")
    return int(text)
