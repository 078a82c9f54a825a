"""Exact numbers: the same digits from a column of either database, on paper, and as far as JSON goes to a program."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Engine, Integer, MetaData, Table, select

from models.exact import Exact, decimal_text, number

KEPT = Table("kept", MetaData(), Column("id", Integer, primary_key=True), Column("value", Exact))
amounts = st.decimals(-(10**20), 10**20, allow_nan=False, allow_infinity=False, places=6)

CASES = [
    (["0.1", "0.2"], "0.3"),
    (["30200.00", "1234.56"], "31434.56"),
    (["0.01"] * 100, "1"),
    (["1.10", "1.1", "1.100"], "3.3"),
    (["1E+3", "2.50"], "1002.5"),
    (["1000000000000000", "0.01"], "1000000000000000.01"),
    (["999999999999.99"] * 3, "2999999999999.97"),
    (["0.333333", "0.333333", "0.333334"], "1"),
    (["0.00", "0"], "0"),
    (["-3.20", "3.2"], "0"),
]
"""What is added, and what stands on paper; as doubles most come out otherwise."""


@pytest.mark.parametrize(("parts", "written"), CASES)
def test_what_is_added_stays_exact_through_the_database(any_engine: Engine, parts: list[str], written: str) -> None:
    KEPT.metadata.create_all(any_engine)
    with any_engine.begin() as connection:
        connection.execute(KEPT.insert(), [{"value": Decimal(part)} for part in parts])
        kept = connection.scalars(select(KEPT.c.value).order_by(KEPT.c.id)).all()

    assert kept == [Decimal(part) for part in parts]
    assert decimal_text(sum(kept, Decimal(0))) == written


def test_no_number_stays_none(any_engine: Engine) -> None:
    KEPT.metadata.create_all(any_engine)
    with any_engine.begin() as connection:
        connection.execute(KEPT.insert(), {"value": None})
        assert connection.scalars(select(KEPT.c.value)).one() is None


@given(amounts)
def test_a_number_is_written_without_exponent_or_idle_zeros(value: Decimal) -> None:
    written = decimal_text(value)

    assert Decimal(written) == value
    assert "E" not in written
    assert not ("." in written and written.endswith(("0", ".")))
    assert decimal_text(value + Decimal("0.000000")) == written


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("13", "13"), ("13.0", "13"), ("3.05", "3.05"), ("31434.56", "31434.56"), ("0.3", "0.3"), ("98.50", "98.5"),
        ("3.143456", "3.143456"), ("999999999999.99", "999999999999.99"), ("1E+3", "1000"),
        ("12345678901234567890", "12345678901234567890"),
        ("1000000000000000.01", "1000000000000000.0"),  # seventeen digits: the nearest double, as any reader has it
    ],
)  # fmt: skip
def test_a_program_reads_a_json_number(value: str, told: str) -> None:
    assert json.dumps(number(Decimal(value))) == told


@given(st.integers(-(10**15) + 1, 10**15 - 1), st.integers(0, 8))
def test_fifteen_digits_reach_a_program_unchanged(digits: int, places: int) -> None:
    value = Decimal(digits).scaleb(-places)

    assert Decimal(json.dumps(number(value))) == value
