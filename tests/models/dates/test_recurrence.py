"""Recurrence rules: the days they name and what they say."""

import datetime as dt
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.dates.recurrence import describe, occurrences
from models.errors import BadInputError

YEAR = {"start": dt.date(2026, 1, 1), "end": dt.date(2026, 12, 31)}


def days(rule: str, start: str = "2026-01-01", end: str = "2026-12-31") -> list[str]:
    found = occurrences(rule, start=dt.date.fromisoformat(start), end=dt.date.fromisoformat(end))
    return [f"{day:%m-%d}" for day in found]


@pytest.mark.parametrize(
    ("rule", "expected", "words"),
    [
        ("FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1", "03-31 06-30 09-30 12-31", "每季度末月最后一天"),
        ("FREQ=MONTHLY;BYMONTH=1,4,7,10;BYMONTHDAY=10", "01-10 04-10 07-10 10-10", "每季度首月10日"),
        ("FREQ=MONTHLY;BYMONTH=6,12;BYMONTHDAY=-1", "06-30 12-31", "每半年末月最后一天"),
        ("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=1", "03-01", "每年3月1日"),
        ("FREQ=YEARLY;BYMONTH=3,9;BYMONTHDAY=-1", "03-31 09-30", "每年3月、9月最后一天"),
        ("FREQ=YEARLY;BYMONTH=9;BYDAY=3SA", "09-19", "每年9月第三个周六"),
        ("FREQ=YEARLY;BYYEARDAY=156,253;UNTIL=20261231", "06-05 09-10", "每年6月5日、9月10日，至2026年12月31日止"),
        ("FREQ=MONTHLY;INTERVAL=4;BYMONTHDAY=15", "01-15 05-15 09-15", "每4个月15日"),
        (
            "FREQ=MONTHLY;BYMONTH=1,2;BYMONTHDAY=10,20,-1",
            "01-10 01-20 01-31 02-10 02-20 02-28",
            "每年1月、2月10日、20日、最后一天",
        ),
        (
            "FREQ=MONTHLY;BYMONTH=5;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            "05-29",
            "每年5月周一、周二、周三、周四、周五中的最后一个",
        ),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR;COUNT=2", "01-02 01-16", "每2周的周五，共2次"),
        ("FREQ=YEARLY;BYYEARDAY=1,-1", "01-01 12-31", "每年第1天、最后一天"),
        ("FREQ=MONTHLY;BYMONTH=2,9,10;BYDAY=WD;BYSETPOS=-1", "02-28 09-30 10-30", "每年2月、9月、10月最后一个工作日"),
        ("FREQ=MONTHLY;BYMONTH=1,4,7,10;BYDAY=WD;BYSETPOS=1", "01-04 04-01 07-01 10-08", "每季度首月第一个工作日"),
        (
            "FREQ=WEEKLY;BYDAY=WD;BYSETPOS=-1;COUNT=3;UNTIL=20260118",
            "01-04 01-09 01-16",
            "每周最后一个工作日，共3次，至2026年1月18日止",
        ),
    ],
)
def test_a_rule_names_its_days_and_says_so(rule: str, expected: str, words: str) -> None:
    assert days(rule) == expected.split()
    assert describe(rule) == words


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=MONTHLY;BYMONTHDAY=25", "每月25日"),
        ("FREQ=MONTHLY;BYMONTHDAY=-3", "每月倒数第3天"),
        ("FREQ=WEEKLY;BYDAY=FR", "每周五"),
        ("FREQ=WEEKLY;BYDAY=MO,WE", "每周一、周三"),
        ("FREQ=DAILY", "每天"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "每月的最后一个周五"),
        ("FREQ=WEEKLY;BYMONTH=3;BYDAY=MO", "每周（限3月）的周一"),
        ("FREQ=MONTHLY;BYMONTH=2,5,8,11;BYMONTHDAY=5", "每季度第二个月5日"),
        ("rrule:freq=monthly;bymonthday=25;", "每月25日"),
    ],
)
def test_rules_are_said_in_chinese(rule: str, words: str) -> None:
    assert describe(rule) == words


def test_a_day_that_a_month_does_not_have_is_its_last_day() -> None:
    assert days("FREQ=MONTHLY;BYMONTHDAY=31") == days("FREQ=MONTHLY;BYMONTHDAY=-1")
    assert days("FREQ=MONTHLY;BYMONTHDAY=31", end="2026-04-30") == ["01-31", "02-28", "03-31", "04-30"]
    assert days("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30") == ["02-28"]
    assert days("FREQ=MONTHLY;BYMONTH=2,3;BYMONTHDAY=29,30") == ["02-28", "03-29", "03-30"]


def test_what_a_rule_leaves_open_comes_from_the_start() -> None:
    assert days("FREQ=MONTHLY", "2026-10-31") == ["10-31", "11-30", "12-31"]
    assert days("FREQ=YEARLY", "2026-03-05", "2027-12-31") == ["03-05", "03-05"]
    assert days("FREQ=WEEKLY", "2026-12-15") == ["12-15", "12-22", "12-29"]


def test_both_ends_of_the_span_are_included_and_none_outside() -> None:
    assert days("FREQ=MONTHLY;BYMONTHDAY=-1", "2026-01-31", "2026-03-31") == ["01-31", "02-28", "03-31"]
    assert days("FREQ=MONTHLY;BYMONTHDAY=-1", "2026-02-01", "2026-03-30") == ["02-28"]
    assert days("FREQ=MONTHLY;BYMONTHDAY=25", "2026-02-01", "2026-01-01") == []


def test_an_end_inside_the_rule_is_a_day_included() -> None:
    assert days("FREQ=MONTHLY;BYMONTHDAY=25;UNTIL=20260325") == ["01-25", "02-25", "03-25"]
    assert days("FREQ=MONTHLY;BYMONTHDAY=25;UNTIL=20260325T155959Z") == ["01-25", "02-25", "03-25"]


def test_a_year_of_days_fits_and_two_do_not() -> None:
    assert len(occurrences("FREQ=DAILY", start=YEAR["start"], end=YEAR["end"])) == 365
    with pytest.raises(BadInputError, match="超过400次"):
        occurrences("FREQ=DAILY", start=dt.date(2026, 1, 1), end=dt.date(2027, 12, 31))


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "每季度",
        "FREQ=HOURLY",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYMONTH=13",
        "FREQ=MONTHLY;BYMONTHDAY=x",
        "FREQ=MONTHLY;FREQ=DAILY",
        "FREQ=MONTHLY;BYEASTER=1",
        "BYMONTHDAY=3",
        "FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR",
        "FREQ=WEEKLY;BYDAY=3FR",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=DAILY;BYMONTHDAY=3",
        "FREQ=YEARLY;BYMONTHDAY=3",
        "FREQ=MONTHLY;BYYEARDAY=3",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=5",
        "FREQ=WEEKLY;BYDAY=FR;UNTIL=soon",
        "FREQ=WEEKLY;BYDAY=FR;UNTIL=20261331",
        "FREQ=DAILY;COUNT=1,2",
        "FREQ=WEEKLY;BYDAY=FR;WKST=XX",
        "FREQ=WEEKLY;INTERVAL=0",
        "FREQ=MONTHLY;BYDAY=WD",
        "FREQ=DAILY;BYDAY=WD;BYSETPOS=1",
        "FREQ=WEEKLY;BYDAY=WD;BYSETPOS=6",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=WD;BYSETPOS=1",
        "FREQ=DAILY;BYDAY=WD,MO",
        "DTSTART:20260101\nRRULE:FREQ=DAILY",
    ],
)
def test_a_rule_that_cannot_be_read_is_refused_with_an_example(rule: str) -> None:
    with pytest.raises(BadInputError, match="重复规则"):
        occurrences(rule, start=YEAR["start"], end=YEAR["end"])


@given(st.integers(1, 31), st.sets(st.integers(1, 12), min_size=1), st.integers(2004, 2040))
def test_each_named_month_has_exactly_one_day(day: int, months: set[int], year: int) -> None:
    rule = f"FREQ=MONTHLY;BYMONTH={','.join(map(str, sorted(months)))};BYMONTHDAY={day}"
    found = occurrences(rule, start=dt.date(year, 1, 1), end=dt.date(year, 12, 31))
    assert [one.month for one in found] == sorted(months)
    assert all(one.day <= day for one in found)


@given(st.text(alphabet="FREQMONTHLYBD=;,-0123456789WKAI", max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    for rule in (text, f"FREQ=MONTHLY;{text}", f"FREQ=YEARLY;BYMONTH=2;{text}"):
        with suppress(BadInputError):
            occurrences(rule, start=YEAR["start"], end=YEAR["end"])
        with suppress(BadInputError):
            describe(rule)
