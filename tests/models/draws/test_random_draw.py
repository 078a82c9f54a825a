"""The draw is what its description says, whoever does it, in whatever order the lists came."""

import hashlib
import math
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.draws.random_draw import MOST_INSPECTORS, Lists, Pairing, content_hash, draw, lists_of
from models.errors import BadInputError

OBJECTS = ("甲公司", "乙公司", "丙公司", "丁公司", "戊公司")
INSPECTORS = ("张一", "李二", "王三", "赵四")


def lists(**more: Any) -> Lists:
    given: dict[str, Any] = {"plan": "年度抽查", "objects": OBJECTS, "inspectors": INSPECTORS, "percent": Decimal(60)}
    return lists_of(**given | more)


def test_an_outcome_that_any_other_program_has_to_find() -> None:
    def lot(*parts: str) -> str:
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    ranked = sorted(OBJECTS, key=lambda name: lot("2025-03-03", "object", name))[:3]
    expected = tuple(
        Pairing(name, tuple(sorted(INSPECTORS, key=lambda who: lot("2025-03-03", "inspector", name, who))[:2]))
        for name in ranked
    )

    found = draw(lists(), "2025-03-03")
    assert found == expected
    assert found == (
        Pairing("戊公司", ("王三", "张一")),
        Pairing("丁公司", ("李二", "赵四")),
        Pairing("乙公司", ("赵四", "王三")),
    )


NAMES = st.lists(st.integers(1, 999).map(lambda n: f"户{n}"), min_size=1, max_size=30, unique=True)
SHARES = st.decimals(min_value="0.01", max_value=100, places=2)


@given(NAMES, SHARES, st.text("abc0", min_size=1, max_size=5), st.integers(0, 99))
def test_the_order_of_the_lists_has_no_influence(objects: list[str], share: Decimal, seed: str, shuffle: int) -> None:
    random = Random(shuffle)
    mixed, people = random.sample(objects, len(objects)), random.sample(INSPECTORS, len(INSPECTORS))
    first = lists(objects=objects, percent=share)
    second = lists(objects=mixed, inspectors=people, percent=share)

    assert draw(first, seed) == draw(second, seed)
    assert first.content() == second.content()


@given(NAMES, SHARES, st.text("abc0", min_size=1, max_size=5), st.data())
def test_so_many_are_drawn_once_each_and_nobody_meets_whom_he_may_not(
    objects: list[str], share: Decimal, seed: str, data: st.DataObject
) -> None:
    pairs = st.tuples(st.sampled_from(INSPECTORS[:2]), st.sampled_from(objects))
    conflicts = data.draw(st.sets(pairs))
    found = draw(lists(objects=objects, percent=share, conflicts=conflicts), seed)

    assert len(found) == math.ceil(len(objects) * share / 100)
    assert len({pairing.target for pairing in found}) == len(found)
    assert all(pairing.target in objects and len(set(pairing.inspectors)) == 2 for pairing in found)
    assert not conflicts & {(who, pairing.target) for pairing in found for who in pairing.inspectors}


def test_each_seed_draws_evenly() -> None:
    """Over many seeds each object is drawn as often as the share says: 400 of 1000, give or take six deviations."""
    counts = dict.fromkeys(OBJECTS, 0)
    for seed in range(1000):
        for pairing in draw(lists(percent=Decimal(40)), str(seed)):
            counts[pairing.target] += 1

    assert all(abs(count - 400) < 6 * math.sqrt(1000 * 0.4 * 0.6) for count in counts.values()), counts


def test_the_hash_covers_binding_seed_and_outcome() -> None:
    found = draw(lists(), "种子")
    hashes = {
        content_hash("b", "种子", found), content_hash("b", "另一个", found), content_hash("c", "种子", found),
        content_hash("b", "种子", found[::-1]),
    }  # fmt: skip

    assert len(hashes) == 4


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"objects": ()}, "检查对象名单是空的"),
        ({"inspectors": ()}, "检查人员名单是空的"),
        ({"objects": ("甲公司", "甲公司")}, "检查对象名单中“甲公司”重复"),
        ({"objects": ("甲公司", " ")}, "空的或换行的"),
        ({"objects": ("甲" * 201,)}, "过长：最多 200 个字"),
        ({"inspectors": [f"张{n}" for n in range(MOST_INSPECTORS + 1)]}, "名单有 501 个：一次最多 500 个"),
        ({"percent": Decimal(0)}, "抽取比例“0%”不可用"),
        ({"percent": Decimal("100.10")}, "抽取比例“100.1%”不可用"),
        ({"percent": Decimal("33.333")}, "抽取比例“33.333%”不可用"),
        ({"per_object": 0}, "应为 1 至 4 的整数"),
        ({"per_object": 5}, "应为 1 至 4 的整数（名单中有 4 人）"),
        ({"conflicts": [("孙五", "甲公司")]}, "“孙五”不在检查人员名单中"),
        ({"conflicts": [("张一", "己公司")]}, "“己公司”不在检查对象名单中"),
        ({"conflicts": [(who, "甲公司") for who in INSPECTORS[:3]]}, "“甲公司”的检查人员不足 2 名（共 1 户）"),
        ({"conflicts": [(who, name) for who in INSPECTORS for name in ("甲公司", "乙公司")], "per_object": 1},
         "“甲公司”、“乙公司”的检查人员不足 1 名（共 2 户）"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_told_beforehand(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInputError) as refused:
        lists(**wrong)

    assert said in refused.value.message


@pytest.mark.parametrize("seed", ["", "一\n二"])
def test_a_draw_needs_a_seed_of_one_line(seed: str) -> None:
    with pytest.raises(BadInputError, match="种子"):
        draw(lists(), seed)
