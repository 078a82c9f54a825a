"""Spans of days: what a title calls them."""

import datetime as dt

import pytest

from models.dates.span import span_between


@pytest.mark.parametrize(
    ("first", "last", "label"),
    [
        ("2026-01-01", "2026-12-31", "2026年"),
        ("2026-01-01", "2026-06-30", "2026年上半年"),
        ("2026-07-01", "2026-12-31", "2026年下半年"),
        ("2026-04-01", "2026-06-30", "2026年第二季度"),
        ("2026-06-01", "2026-06-30", "2026年6月"),
        ("2026-02-01", "2026-03-31", "2026-02-01 至 2026-03-31"),
        ("2026-06-02", "2026-06-30", "2026-06-02 至 2026-06-30"),
        ("2026-12-01", "2027-01-31", "2026-12-01 至 2027-01-31"),
    ],
)
def test_a_span_is_called_by_its_name_where_it_has_one(first: str, last: str, label: str) -> None:
    assert span_between(dt.date.fromisoformat(first), dt.date.fromisoformat(last)).label == label
