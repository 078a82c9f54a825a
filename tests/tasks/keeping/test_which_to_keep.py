"""Which backups stay: few of what is long past, many of what is near, and never none of a year."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from tasks.keeping.which_to_keep import Keeping, which_to_keep

DAYS = st.sets(st.dates(dt.date(2024, 1, 1), dt.date(2026, 12, 31)), max_size=400)
RULES = st.builds(Keeping, st.integers(1, 20), st.integers(0, 10), st.integers(0, 24))


def test_after_three_years_of_nights_seven_days_four_weeks_twelve_months_and_each_year_are_kept() -> None:
    last = dt.date(2026, 6, 18)
    nights = [last - dt.timedelta(days=number) for number in range((last - dt.date(2024, 1, 1)).days + 1)]

    kept = sorted(map(str, which_to_keep(nights, Keeping())))

    assert kept == [
        "2024-12-31",
        "2025-07-31", "2025-08-31", "2025-09-30", "2025-10-31", "2025-11-30", "2025-12-31",
        "2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31",
        "2026-06-07", "2026-06-12", "2026-06-13", "2026-06-14", "2026-06-15", "2026-06-16", "2026-06-17", "2026-06-18",
    ]  # fmt: skip


@given(DAYS, RULES)
def test_what_is_kept_is_enough_and_not_too_much(days: set[dt.date], rules: Keeping) -> None:
    kept = which_to_keep(days, rules)

    assert kept <= days
    assert set(sorted(days)[-rules.daily :]) <= kept
    assert {max(day for day in days if day.year == year) for year in {day.year for day in days}} <= kept
    assert len(kept) <= rules.daily + rules.weekly + rules.monthly + len({day.year for day in days})
    assert which_to_keep(kept, rules) == kept


@given(DAYS, RULES)
def test_to_thin_night_by_night_or_at_once_leaves_the_same(days: set[dt.date], rules: Keeping) -> None:
    there: set[dt.date] = set()
    for day in sorted(days):
        there = which_to_keep(there | {day}, rules)

    assert there == which_to_keep(days, rules)
