"""Charts from numbers: nothing where there is nothing, words beside every shape, typed text never markup."""

import datetime as dt
import re
from dataclasses import dataclass

import pytest

from duban.web.charts.bar import bar
from duban.web.charts.days import day_strip
from duban.web.charts.gantt import Year
from duban.web.charts.months import month_columns

ON = dt.date(2026, 6, 30)


@dataclass(frozen=True)
class Day:
    on: dt.date
    deadlines: int
    working: bool = True
    why: str = "工作日"
    special: bool = False


@dataclass(frozen=True)
class Month:
    month: int
    in_time: int = 0
    late: int = 0
    open: int = 0

    @property
    def total(self) -> int:
        return self.in_time + self.late + self.open


@dataclass(frozen=True)
class Stage:
    on: dt.date
    title: str
    done: bool = False


def test_a_bar_is_as_long_as_its_share_of_the_longest() -> None:
    made = bar([("red", 1, "逾期"), ("green", 0, "正常"), ("blue", 3, "已办结")], most=8)

    assert 'x="0.00%" y="0" width="12.50%"' in made
    assert 'x="12.50%" y="0" width="37.50%"' in made
    assert "<title>逾期 1</title>" in made
    assert "正常" not in made
    assert "<rect" not in bar([("red", 0, "逾期")], most=0)


def test_a_strip_links_the_days_that_have_deadlines_and_names_the_special_ones() -> None:
    days = [Day(ON, 2), Day(ON + dt.timedelta(days=1), 0, working=False, why="放假", special=True)]

    made = day_strip(days, lambda day: f"/calendar?day={day}&x=1")

    assert 'aria-label="今后 2 天的时限，共 2 个"' in made
    assert made.count("<a ") == 1
    assert 'href="/calendar?day=2026-06-30&amp;x=1" aria-label="6月30日 工作日，2 个时限"' in made
    assert ">休</text>" in made
    assert "<rect" not in day_strip([], str)


def test_the_name_of_a_month_is_whole_at_either_end_of_the_strip() -> None:
    first = dt.date(2026, 12, 1)
    made = day_strip([Day(first, 0), Day(first - dt.timedelta(days=1), 0), Day(first, 0)], str)
    assert re.findall(r'x="(\d+)" y="93" text-anchor="(\w+)" class="quiet">12月', made) == [
        ("0", "start"),
        ("45", "end"),
    ]
    inside = day_strip([Day(ON, 0), Day(ON + dt.timedelta(days=1), 0), Day(ON, 0)], str)
    assert 'x="22.5" y="93" text-anchor="middle" class="quiet">7月' in inside


def test_typed_words_and_addresses_are_escaped() -> None:
    made = day_strip([Day(ON, 1, why='"><script>')], lambda _day: '/calendar?a="&b')

    assert "<script>" not in made
    assert 'href="/calendar?a=&#34;&amp;b"' in made
    assert "<b>" not in bar([("red", 1, "<b>")], most=1)


def test_months_stack_to_their_total() -> None:
    made = month_columns([Month(1), Month(2, in_time=1, late=1, open=2)], lambda month: f"/{month}")

    assert made.count("<a ") == 1
    assert 'aria-label="2月：按期完成 1，逾期完成 1，未完成 2"' in made
    assert (made.count('fill="url(#late)"'), made.count('class="open"')) == (1, 1)
    assert 'class="in-time"' not in month_columns([Month(1)], str)
    assert "<a" not in month_columns([], str)


def test_a_gantt_row_says_in_words_what_it_draws_and_escapes_them() -> None:
    year = Year(2026, ON, [(dt.date(2026, 10, 1), dt.date(2026, 10, 7))])

    made = year.row(
        "green",
        dt.date(2026, 1, 1),
        dt.date(2026, 12, 31),
        50,
        [Stage(ON, "<初稿>", done=True)],
        words="1月1日至12月31日",
    )

    assert 'aria-label="1月1日至12月31日"' in made
    assert 'x="0.00%" width="100.00%"' in made
    assert 'x="0.00%" width="50.00%"' in made
    assert "6月30日 &lt;初稿&gt;（已完成）" in made
    assert 'class="fill-rest" x="74.79%" width="1.92%"' in year.ground()


@pytest.mark.parametrize("colour", ["red", "yellow", "green", "grey", "blue"])
def test_a_pattern_tells_apart_what_colour_does(colour: str) -> None:
    year = Year(2026, ON, [])

    made = year.row(colour, ON, ON, 0, words="")

    assert (f'fill="url(#over-{colour})"' in made) is (f'id="over-{colour}"' in year.ground())


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "bars"),
    [(None, None, 0), (None, dt.date(2026, 6, 1), 1), (dt.date(2025, 1, 1), dt.date(2027, 1, 1), 1)],
)
def test_a_row_without_days_has_no_bar_and_one_that_goes_beyond_the_year_stays_in_it(
    starts_on: dt.date | None, ends_on: dt.date | None, bars: int
) -> None:
    made = Year(2026, ON, []).row("green", starts_on, ends_on, 0, words="")

    assert made.count("<rect") == bars
    assert "-" not in "".join(part.split('"')[0] for part in made.split('x="')[1:])
