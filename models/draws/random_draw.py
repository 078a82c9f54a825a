"""The draw of objects and inspectors (双随机): a pure function of the lists and a seed, so that anybody can repeat it.

The algorithm, `sha256-rank-1`, uses nothing but SHA-256 over UTF-8, which every language has:

1.  The lots: `lot(…) = SHA-256(parts joined by a line feed)`, written in lowercase hexadecimal.
2.  Objects are ranked by `lot(seed, "object", object)`; the smallest are drawn, `ceil(count × percent ÷ 100)` of them.
3.  For each object drawn, the inspectors without a conflict are ranked by `lot(seed, "inspector", object, inspector)`;
    the smallest `per_object` inspect it.

Names are compared as they are written and are never empty nor hold a line feed, so no two lots are of the same text.
The order of the lists has no influence. Nobody who does not know the seed can tell the outcome, and whoever knows it
can check it; so the lists are bound before there is a seed: see `models.draws.seed`.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from models.errors import BadInputError

ALGORITHM = "sha256-rank-1"
SHOWN = 5
"""Names that an error lists."""
MOST_OBJECTS, MOST_INSPECTORS, MOST_PER_OBJECT = 20_000, 500, 8
LONGEST_OBJECT, LONGEST_INSPECTOR = 200, 50


@dataclass(frozen=True)
class Pairing:
    """An object drawn and who inspects it, in the order of their lots."""

    target: str
    inspectors: tuple[str, ...]


@dataclass(frozen=True)
class Lists:
    """What a draw is made from. `conflicts` are pairs of inspector and object."""

    plan: str
    objects: tuple[str, ...]
    inspectors: tuple[str, ...]
    conflicts: frozenset[tuple[str, str]]
    percent: Decimal
    per_object: int

    @property
    def count(self) -> int:
        """How many objects are drawn: the share, rounded up."""
        return int((len(self.objects) * self.percent / 100).to_integral_value(ROUND_CEILING))

    def content(self) -> str:
        """Everything, written in one way only: keys and names sorted, no blanks, so that its hash is everybody's."""
        return json.dumps(
            {
                "algorithm": ALGORITHM,
                "conflicts": sorted(map(list, self.conflicts)),
                "inspectors": sorted(self.inspectors),
                "objects": sorted(self.objects),
                "per_object": self.per_object,
                "percent": f"{self.percent.normalize():f}",
                "plan": self.plan,
            },
            ensure_ascii=False, sort_keys=True, separators=(",", ":"),
        )  # fmt: skip


def lists_of(
    plan: str,
    objects: Iterable[str],
    inspectors: Iterable[str],
    conflicts: Iterable[tuple[str, str]] = (),
    *,
    percent: Decimal,
    per_object: int = 2,
) -> Lists:
    """The lists, checked. Raises BadInputError for lists empty or too long, a name twice, a conflict of somebody not
    on them, a share beyond 0–100, and wherever an object could be drawn that too few inspectors may inspect."""
    checked = Lists(plan, tuple(objects), tuple(inspectors), frozenset(conflicts), percent, per_object)
    _refuse_names(checked.objects, "检查对象", most=MOST_OBJECTS, longest=LONGEST_OBJECT)
    _refuse_names(checked.inspectors, "检查人员", most=MOST_INSPECTORS, longest=LONGEST_INSPECTOR)
    if not 0 < percent <= 100 or percent != percent.quantize(Decimal("0.01")):
        raise BadInputError(f"抽取比例“{percent.normalize():f}%”不可用：应大于 0%，不超过 100%，小数不超过两位。")
    most = min(len(checked.inspectors), MOST_PER_OBJECT)
    if not 1 <= per_object <= most:
        raise BadInputError(
            f"每户检查人员“{per_object}”不可用：应为 1 至 {most} 的整数（名单中有 {len(checked.inspectors)} 人）。"
        )
    known, targets = set(checked.inspectors), set(checked.objects)
    for inspector, target in sorted(checked.conflicts):
        if inspector not in known:
            raise BadInputError(f"回避名单中的“{inspector}”不在检查人员名单中：请核对姓名。")
        if target not in targets:
            raise BadInputError(f"回避名单中的“{target}”不在检查对象名单中：请核对名称。")
    _refuse_impossible(checked)
    return checked


def draw(lists: Lists, seed: str) -> tuple[Pairing, ...]:
    """Who is inspected by whom, in the order drawn. Raises BadInputError without a seed."""
    if not seed or "\n" in seed:
        raise BadInputError("种子不能为空，也不能换行。")
    ranked = sorted(lists.objects, key=lambda name: lot(seed, "object", name))
    return tuple(Pairing(target, _inspectors(lists, seed, target)) for target in ranked[: lists.count])


def lot(*parts: str) -> str:
    """The lot that the parts draw: the hash of them, one a line."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def content_hash(binding: str, seed: str, pairings: Sequence[Pairing]) -> str:
    """Over the hash of the binding, the seed and the outcome."""
    told = [[pairing.target, *pairing.inspectors] for pairing in pairings]
    return lot(binding, seed, json.dumps(told, ensure_ascii=False, separators=(",", ":")))


def _inspectors(lists: Lists, seed: str, target: str) -> tuple[str, ...]:
    allowed = [name for name in lists.inspectors if (name, target) not in lists.conflicts]
    return tuple(sorted(allowed, key=lambda name: lot(seed, "inspector", target, name))[: lists.per_object])


def _refuse_names(names: Sequence[str], what: str, *, most: int, longest: int) -> None:
    if not names:
        raise BadInputError(f"{what}名单是空的：至少要有一个。")
    if len(names) > most:
        raise BadInputError(f"{what}名单有 {len(names)} 个：一次最多 {most} 个，请分次抽取。")
    seen: set[str] = set()
    for name in names:
        if not name.strip() or "\n" in name:
            raise BadInputError(f"{what}名单中有空的或换行的名称：一行一个。")
        if len(name) > longest:
            raise BadInputError(f"{what}名单中“{name[:20]}……”过长：最多 {longest} 个字。")
        if name in seen:
            raise BadInputError(f"{what}名单中“{name}”重复：每个只列一次，同名的加以区分。")
        seen.add(name)


def _refuse_impossible(lists: Lists) -> None:
    """Whatever is drawn must be inspected; so every object is looked at, drawn or not, whatever the seed."""
    barred: dict[str, int] = {}
    for _, target in lists.conflicts:
        barred[target] = barred.get(target, 0) + 1
    short = [name for name in lists.objects if len(lists.inspectors) - barred.get(name, 0) < lists.per_object]
    if short:
        named = "、".join(f"“{name}”" for name in short[:SHOWN]) + ("等" if len(short) > SHOWN else "")
        raise BadInputError(
            f"除去回避的，{named}的检查人员不足 {lists.per_object} 名（共 {len(short)} 户）："
            "请增加检查人员、减少每户人数，或将其移出名单。"
        )
