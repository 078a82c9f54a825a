"""The seed follows from all that was bound and from what came after it, in one way that anybody can repeat."""

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.draws.random_draw import Lists, draw, lists_of
from models.draws.seed import (
    SeedTerms,
    SeedWay,
    binding_hash,
    pledge_of,
    public_number,
    second_number,
    seed_by_public,
    seed_by_two,
    system_hash,
)
from models.errors import BadInputError

AT = dt.datetime(2026, 3, 3, 1, 0, tzinfo=dt.UTC)
BALL = SeedTerms(SeedWay.PUBLIC, "某期", dt.date(2026, 3, 5), 9)
LISTS = lists_of(
    "年度抽查", ("甲公司", "乙公司"), ("李二", "张一"), [("张一", "甲公司")], percent=Decimal("2.50"), per_object=1
)


def bound(lists: Lists = LISTS, terms: SeedTerms = BALL, ordinal: int = 1, at: dt.datetime = AT) -> str:
    return binding_hash(lists, terms, ordinal=ordinal, at=at)


def test_all_of_it_is_what_any_other_program_has_to_find() -> None:
    def lot(*parts: str) -> str:
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    written = (
        '{"algorithm":"sha256-rank-1","conflicts":[["张一","甲公司"]],"inspectors":["张一","李二"],'
        '"objects":["乙公司","甲公司"],"per_object":1,"percent":"2.5","plan":"年度抽查"}'
    )
    binding = lot("binding", written, "1", "public", "2026-03-03T01:00:00+00:00", "某期", "2026-03-05", "9")
    assert bound() == binding
    two = lot("binding", written, "2", "two", "2026-03-03T01:00:00+00:00", "", "", "")
    assert bound(terms=SeedTerms(), ordinal=2) == two
    assert pledge_of(binding, "0123456789abcdef") == lot("pledge", binding, "0123456789abcdef")
    assert system_hash(binding, "ab") == lot("system", binding, "ab")
    assert seed_by_two(binding, "ab", "cd") == lot("seed", binding, "ab", "cd")
    assert seed_by_public(binding, "123456789") == lot("seed", binding, "123456789")


def test_an_instant_is_the_same_in_whatever_zone_it_is_told() -> None:
    assert bound() == bound(at=AT.astimezone(dt.timezone(dt.timedelta(hours=8))))


OTHERS: list[dict[str, Any]] = [
    {"lists": replace(LISTS, plan="专项抽查")}, {"lists": replace(LISTS, objects=("甲公司", "丙公司"))},
    {"lists": replace(LISTS, inspectors=("张一", "王三"))}, {"lists": replace(LISTS, conflicts=frozenset())},
    {"lists": replace(LISTS, percent=Decimal("2.51"))}, {"lists": replace(LISTS, per_object=2)},
    {"terms": SeedTerms()}, {"terms": replace(BALL, source="另一期")},
    {"terms": replace(BALL, source_on=dt.date(2026, 3, 6))}, {"terms": replace(BALL, digits=10)},
    {"ordinal": 2}, {"at": AT + dt.timedelta(microseconds=1)},
]  # fmt: skip


def test_each_thing_that_is_bound_changes_the_hash_and_every_seed() -> None:
    hashes = {bound(), *(bound(**other) for other in OTHERS)}
    assert len(hashes) == len(OTHERS) + 1
    assert len({seed_by_public(one, "123456789") for one in hashes}) == len(hashes)
    assert len({seed_by_two(one, "ab", "cd") for one in hashes}) == len(hashes)


NUMBERS = st.text("0123456789abcdef", min_size=16, max_size=32)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_either_number_alone_changes_the_seed(system: str, number: str, other: str) -> None:
    same = number == other
    assert (seed_by_two(bound(), system, number) == seed_by_two(bound(), system, other)) is same
    assert (seed_by_two(bound(), number, system) == seed_by_two(bound(), other, system)) is same
    assert (pledge_of(bound(), number) == pledge_of(bound(), other)) is same


def test_whatever_one_side_does_the_other_side_draws_evenly() -> None:
    """With lists, binding and one number held, over many of the other number each object is drawn as the share says:
    400 of 1000, give or take six deviations. So trying one side's number against an unknown other gains nothing."""
    names = tuple(f"{place}号" for place in range(5))
    given_lists = lists_of("抽查", names, ("张一", "李二"), percent=Decimal(40))
    sides: list[Callable[[int], str]] = [
        lambda tried: seed_by_two("b", str(tried), "held"),
        lambda tried: seed_by_two("b", "held", str(tried)),
    ]
    for held in sides:
        counts = dict.fromkeys(names, 0)
        for number in range(1000):
            for pairing in draw(given_lists, held(number)):
                counts[pairing.target] += 1
        assert all(abs(count - 400) < 6 * (1000 * 0.4 * 0.6) ** 0.5 for count in counts.values()), counts


@given(st.lists(st.sampled_from(["1", "２", " ", ",", "、", "-", "　"]), max_size=30))
def test_a_public_number_is_its_digits_however_it_is_written(signs: list[str]) -> None:
    digits = "".join({"1": "1", "２": "2"}.get(sign, "") for sign in signs)
    if len(digits) == 9:
        assert public_number("".join(signs), 9) == digits
    else:
        with pytest.raises(BadInputError, match="应为 9 位数字"):
            public_number("".join(signs), 9)


def test_a_public_number_has_no_letters() -> None:
    with pytest.raises(BadInputError, match="只能由数字组成"):
        public_number("12345678O", 9)


@pytest.mark.parametrize("wrong", ["", "1" * 15, " " * 20, "1" * 201, "12345678\n12345678"])
def test_a_second_persons_number_is_long_enough_and_of_one_line(wrong: str) -> None:
    with pytest.raises(BadInputError, match="16 至 200 个字符"):
        second_number(wrong)


def test_blanks_around_a_second_persons_number_do_not_count() -> None:
    assert second_number(" 0123456789abcdef\n") == "0123456789abcdef"
