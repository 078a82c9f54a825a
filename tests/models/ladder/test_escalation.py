import datetime as dt
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from models.dates.unit import Unit
from models.dates.workdays import DayRule, WorkCalendar
from models.ladder.escalation import RungFiring, Window, steps, windows
from models.ladder.policy import PRESETS, Relation, Rung
from models.people.person import Role

CALENDAR = WorkCalendar()
DAY = dt.timedelta(days=1)
YEAR = [dt.date(2026, 1, 1) + turn * DAY for turn in range(365)]


def ladder(*rungs: tuple[Relation, int, Unit], every: int | None = None, times: int = 0) -> list[RungFiring]:
    made = [
        Rung(id=place, policy_id=1, ordinal=place, relation=relation, offset=offset, unit=unit, roles=[Role.HANDLER])
        for place, (relation, offset, unit) in enumerate(rungs, 1)
    ]
    made[-1].every, made[-1].times = every, times
    return steps(made)[0]


ladders = st.lists(
    st.tuples(st.sampled_from([Relation.BEFORE, Relation.AFTER]), st.integers(0, 30), st.sampled_from(list(Unit))),
    min_size=1,
    max_size=6,
    unique=True,
).map(lambda rungs: ladder(*rungs))
days = st.dates(dt.date(2025, 3, 1), dt.date(2026, 10, 1))
calendars = st.lists(st.tuples(days, st.booleans()), max_size=20, unique_by=lambda rule: rule[0]).map(
    lambda rules: WorkCalendar(DayRule(on, working, "本单位安排") for on, working in rules)
)


def brute(
    line: list[RungFiring], calendar: WorkCalendar, since: dt.date, on: dt.date
) -> dict[tuple[int, dt.date], dt.date]:
    """What fires after `since` and by `on`, worked out one due day at a time."""
    return {
        (line.index(step), due): step.fires_on(due, calendar)
        for step in line
        for due in [on + turn * DAY for turn in range(-90, 90)]
        if since < step.fires_on(due, calendar) <= on
    }


def spread(line: list[RungFiring], found: list[Window]) -> dict[tuple[int, dt.date], dt.date]:
    spreaded: dict[tuple[int, dt.date], dt.date] = {}
    for window in found:
        for turn in range((window.last - window.first).days + 1):
            place = (line.index(window.step), window.first + turn * DAY)
            assert place not in spreaded, "two windows of a step overlap"
            spreaded[place] = window.fire_on
    return spreaded


@given(ladders, calendars, days, st.integers(1, 12))
@settings(deadline=None, max_examples=60)
def test_windows_hold_exactly_the_due_days_whose_steps_fired(
    line: list[RungFiring], calendar: WorkCalendar, on: dt.date, gap: int
) -> None:
    since = on - gap * DAY
    assert spread(line, windows(line, calendar, since=since, on=on)) == brute(line, calendar, since, on)


@given(ladders, calendars, days, st.integers(1, 30))
@settings(deadline=None, max_examples=60)
def test_a_missed_stretch_fires_what_daily_sweeps_would_have(
    line: list[RungFiring], calendar: WorkCalendar, on: dt.date, gap: int
) -> None:
    daily: dict[tuple[int, dt.date], dt.date] = {}
    for turn in range(gap):
        today = on - turn * DAY
        daily |= spread(line, windows(line, calendar, since=today - DAY, on=today))
    assert spread(line, windows(line, calendar, since=on - gap * DAY, on=on)) == daily


@given(ladders, calendars, days)
@settings(deadline=None, max_examples=60)
def test_the_fire_day_never_falls_as_the_due_day_rises(
    line: list[RungFiring], calendar: WorkCalendar, due: dt.date
) -> None:
    for step in line:
        fires = [step.fires_on(due + turn * DAY, calendar) for turn in range(30)]
        assert all(a <= b for a, b in pairwise(fires))


@given(ladders, calendars, days)
@settings(deadline=None, max_examples=60)
def test_the_level_reached_never_falls_as_time_passes(
    line: list[RungFiring], calendar: WorkCalendar, due: dt.date
) -> None:
    reached = []
    for turn in range(-45, 60):
        on = due + turn * DAY
        found = windows(line, calendar, since=on, on=on, days=[due], whole=True)
        tops = [w.height for w in found if w.top and w.first <= due <= w.last]
        assert len(tops) <= 1, "two rungs claim to be the highest"
        reached.append(tops[0] if tops else -1)
    assert reached == sorted(reached)


def test_every_fire_day_of_every_preset_is_a_working_day() -> None:
    for rungs in PRESETS.values():
        made = [Rung(id=place, policy_id=1, ordinal=place, **rung) for place, rung in enumerate(rungs, 1)]
        for step in steps(made)[0]:
            assert all(CALENDAR.is_working(step.fires_on(due, CALENDAR)) for due in YEAR[:300])


def test_a_reminder_on_a_rest_day_moves_back_and_an_escalation_forward() -> None:
    # 2026-10-01 to 10-07 rest; 2026-09-30 and 10-08 work.
    reminder = RungFiring(1, Relation.BEFORE, 3, Unit.CALENDAR)
    escalation = RungFiring(1, Relation.AFTER, 1, Unit.CALENDAR)
    assert reminder.fires_on(dt.date(2026, 10, 8), CALENDAR) == dt.date(2026, 9, 30)
    assert escalation.fires_on(dt.date(2026, 9, 30), CALENDAR) == dt.date(2026, 10, 8)


def test_a_make_up_saturday_is_a_day_like_any_other() -> None:
    # 2026-10-10 is a Saturday that works in place of the holiday.
    assert RungFiring(1, Relation.BEFORE, 0, Unit.CALENDAR).fires_on(dt.date(2026, 10, 10), CALENDAR) == dt.date(
        2026, 10, 10
    )


def test_overdue_starts_on_the_day_after_even_at_offset_zero() -> None:
    assert RungFiring(1, Relation.AFTER, 0, Unit.WORKING).fires_on(dt.date(2026, 6, 30), CALENDAR) == dt.date(
        2026, 7, 1
    )


def test_one_working_day_is_one_day_over_a_weekend_and_not_twenty_four_hours() -> None:
    """T8: one working day after a Friday is the Monday."""
    assert RungFiring(1, Relation.AFTER, 1, Unit.WORKING).fires_on(dt.date(2026, 6, 26), CALENDAR) == dt.date(
        2026, 6, 29
    )


@given(calendars, days, st.integers(1, 3), st.sampled_from(list(Unit)), st.integers(1, 40))
@settings(deadline=None, max_examples=60)
def test_of_the_turns_of_a_rung_the_latest_missed_and_that_of_the_day_are_given(
    calendar: WorkCalendar, on: dt.date, every: int, unit: Unit, gap: int
) -> None:
    line = ladder((Relation.AFTER, 1, unit), every=every, times=12)
    since = on - gap * DAY
    found = spread(line, windows(line, calendar, since=since, on=on))
    for due in [on + turn * DAY for turn in range(-90, 10)]:
        fired = {height: step.fires_on(due, calendar) for height, step in enumerate(line)}
        missed = [height for height, fire in fired.items() if since < fire < on]
        today = [height for height, fire in fired.items() if fire == on]
        assert sorted(height for height, day in found if day == due) == [*missed[-1:], *today[-1:]]


def test_a_repeated_rung_climbs_in_even_steps() -> None:
    line = ladder((Relation.AFTER, 7, Unit.CALENDAR), every=5, times=3)
    assert [step.offset for step in line] == [7, 12, 17, 22]
