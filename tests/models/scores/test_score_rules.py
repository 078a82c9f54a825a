"""The arithmetic of scores and the rule for a missed day, as tables and as properties."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.dates.span import Span, span_between, span_named
from models.errors import BadInputError
from models.items.missed import Move, Pause, missed
from models.scores.score_rules import as_points, prices, ranked, repriced, subtotals, total, typed_entry, written
from models.scores.scoring import PRESET_RULES, ScoreEvent

LATE, URGED, EXTENDED = ScoreEvent.LATE, ScoreEvent.URGED, ScoreEvent.EXTENDED
CAPS = {LATE: Decimal(30), EXTENDED: Decimal(4), URGED: None}
DUE, NEXT = dt.date(2026, 6, 30), dt.date(2026, 7, 20)


def day(month: int, number: int) -> dt.date:
    return dt.date(2026, month, number)


@pytest.mark.parametrize(
    ("scores", "ranks"),
    [
        ([], []),
        ([90], [1]),
        ([80, 90], [2, 1]),
        ([95, 90, 90, 80], [1, 2, 2, 4]),
        ([90, 90, 90], [1, 1, 1]),
        (["90.00", "90", "89.99"], [1, 1, 3]),
    ],
)
def test_equal_scores_share_a_rank_and_the_next_follows_behind(scores: list[Any], ranks: list[int]) -> None:
    assert list(ranked({place: Decimal(score) for place, score in enumerate(scores)}).values()) == ranks


@pytest.mark.parametrize(
    ("lines", "evaluation", "deducted", "objective", "final"),
    [
        ([], None, "0", "100", "100"),
        ([(LATE, "5"), (LATE, "5"), (EXTENDED, "1")], None, "11", "89", "89"),
        ([(LATE, "5")] * 9, None, "30", "70", "70"),  # the cap of 30
        ([(EXTENDED, "1")] * 5 + [(LATE, "5")], None, "9", "91", "91"),
        ([(URGED, "60"), (URGED, "60")], None, "120", "0", "0"),  # no cap, and never below 0
        ([(LATE, "5")], "90", "5", "95", "94"),  # 95 × 80% + 90 × 20%
        ([(LATE, "0.25")], "90", "0.25", "99.75", "97.8"),
        ([(LATE, "0.03")], "0.01", "0.03", "99.97", "79.98"),  # 79.978: half up, to the cent
        ([(URGED, "100")], "100", "100", "0", "20"),
    ],
)
def test_a_department_comes_to(
    lines: list[tuple[ScoreEvent, str]], evaluation: str | None, deducted: str, objective: str, final: str
) -> None:
    made = total(
        100, [(event, Decimal(points)) for event, points in lines], CAPS,
        Decimal(evaluation) if evaluation else None, 20,
    )  # fmt: skip
    assert (made.deducted, made.objective, made.final) == (Decimal(deducted), Decimal(objective), Decimal(final))
    assert ("没有领导评价" in made.words) is (evaluation is None)


def test_a_score_says_how_it_came_about() -> None:
    assert total(100, [(LATE, Decimal(5))], CAPS, Decimal("90.5"), 20).words == (
        "起评100分，扣5分，客观分95分；领导评价90.5分，占20%，得分94.1分"
    )


LINES = st.lists(st.tuples(st.sampled_from(ScoreEvent), st.decimals(0, 50, places=2)), max_size=30)
LIMITS = st.dictionaries(st.sampled_from(ScoreEvent), st.none() | st.decimals(0, 60, places=2))


@given(LINES, LIMITS, st.none() | st.decimals(0, 100, places=2), st.integers(0, 100), st.randoms(use_true_random=False))
def test_a_score_lies_between_0_and_100_keeps_its_caps_and_knows_no_order(
    lines: list[tuple[ScoreEvent, Decimal]],
    caps: dict[ScoreEvent, Decimal | None],
    evaluation: Decimal | None,
    weight: int,
    chance: Any,
) -> None:
    made = total(100, lines, caps, evaluation, weight)
    assert 0 <= made.objective <= 100
    assert 0 <= made.final <= 100
    parts = subtotals(lines, caps)
    assert made.deducted == sum(part.counted for part in parts)
    assert all(part.cap is None or part.counted <= part.cap for part in parts)
    assert sum(part.points for part in parts) == sum(points for _event, points in lines)
    chance.shuffle(lines)
    assert total(100, lines, caps, evaluation, weight) == made


@given(st.dictionaries(st.integers(), st.decimals(0, 100, places=2)))
def test_a_rank_is_one_more_than_the_number_of_better_scores(scores: dict[int, Decimal]) -> None:
    for key, rank in ranked(scores).items():
        assert rank == 1 + sum(score > scores[key] for score in scores.values())


def test_the_preset_is_a_rule_by_its_own_rules() -> None:
    for rule in PRESET_RULES.values():
        assert [price.event for price in prices(rule["events"]).values()] == list(ScoreEvent)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"event": "tardy", "points": 1}, "没有扣分项“tardy”；可用：late（逾期）、late_extension（逾期申请延期）、"),
        ({"event": "late", "points": -1}, "应为 0 至 1000 的数，最多两位小数"),
        ({"event": "late", "points": "五"}, "应为 0 至 1000 的数"),
        ({"event": "late", "points": 0.125}, "最多两位小数"),
        ({"event": "late", "points": "NaN"}, "“NaN”不可用"),
        ({"event": "late", "points": True}, "“True”不可用"),
        ({"event": "late"}, "“None”不可用"),
        ({"event": "late", "points": 5, "cap": 4}, "封顶 4 分，低于每次扣的 5 分"),
        ({"event": "late", "points": 5, "most": 4}, "不认识的内容“most”"),
    ],
)
def test_a_list_of_events_says_what_it_does_not_take(entry: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInputError) as refused:
        prices([entry])
    assert words in refused.value.message


def test_an_event_is_priced_once() -> None:
    with pytest.raises(BadInputError, match="写了两次"):
        prices([{"event": "late", "points": 5}, {"event": "逾期", "points": 3}])


def test_other_points_keep_the_cap_and_may_add_an_event() -> None:
    known = prices([{"event": "late", "points": 5, "cap": 30}])
    changed = repriced(known, [typed_entry("late=3"), typed_entry("被催办 = 0.5")])
    assert [price.label for price in changed.values()] == ["逾期每次扣3分，最多扣30分", "被催办每次扣0.5分"]
    with pytest.raises(BadInputError, match="封顶 30 分"):
        repriced(known, [{"event": "late", "points": 31}])
    assert repriced(known, [typed_entry("late=31:62")])[LATE].cap == 62


@pytest.mark.parametrize("text", ["late", "late=", "=5", "late=5:", ""])
def test_an_entry_that_cannot_be_read_shows_how_to_write_one(text: str) -> None:
    with pytest.raises(BadInputError, match="late=5:30"):
        typed_entry(text)


def test_points_are_written_without_needless_zeros() -> None:
    found = [written(Decimal(text)) for text in ("0.00", "5.00", "88.40", "100", "0.05")]
    assert found == ["0", "5", "88.4", "100", "0.05"]
    assert as_points(" 90.50 ", "分") == Decimal("90.5")


@pytest.mark.parametrize(
    ("moves", "settled", "pauses", "on", "days"),
    [
        ([], None, [], day(6, 30), []),  # the day itself is in time
        ([], None, [], day(7, 1), [DUE]),
        ([], day(6, 30), [], day(7, 31), []),
        ([], day(7, 1), [], day(7, 31), [DUE]),
        # Moved before it passed, or on the day itself: the new day counts.
        ([Move(DUE, NEXT, day(6, 20))], None, [], day(7, 20), []),
        ([Move(DUE, NEXT, day(6, 30))], day(7, 20), [], day(7, 31), []),
        ([Move(DUE, NEXT, day(6, 20))], None, [], day(7, 21), [NEXT]),
        # Moved too late: the miss of the old day stands, the new day may be missed as well.
        ([Move(DUE, NEXT, day(7, 1))], day(7, 10), [], day(7, 31), [DUE]),
        ([Move(DUE, NEXT, day(7, 1))], day(7, 21), [], day(7, 31), [DUE, NEXT]),
        # A turn cancelled in time, and one cancelled afterwards.
        ([Move(NEXT, NEXT, day(6, 1))], day(6, 1), [], day(7, 31), []),
        ([Move(NEXT, NEXT, day(7, 25))], day(7, 25), [], day(7, 31), [NEXT]),
        # Suspended over the day, then moved by the span.
        ([], None, [Pause(day(6, 30))], day(7, 31), []),
        ([Move(DUE, NEXT, day(7, 10))], day(7, 20), [Pause(day(6, 10), day(7, 10))], day(7, 31), []),
        ([], None, [Pause(day(7, 1))], day(7, 31), [DUE]),  # it had passed before
        ([], None, [Pause(day(6, 1), day(6, 30))], day(7, 31), [DUE]),  # the clock ran again on the day
    ],
)
def test_a_day_is_missed(
    moves: list[Move], settled: dt.date | None, pauses: list[Pause], on: dt.date, days: list[dt.date]
) -> None:
    due = moves[-1].to_on if moves else DUE
    found = missed(due, moves, settled_on=settled, pauses=pauses, on=on)
    assert [miss.day for miss in found] == days


DAYS = st.integers(0, 60).map(lambda number: day(6, 1) + dt.timedelta(days=number))


@given(st.lists(st.tuples(DAYS, DAYS), max_size=4), DAYS, st.none() | DAYS, DAYS, DAYS)
def test_a_miss_is_never_taken_back_as_days_go_by(
    moved: list[tuple[dt.date, dt.date]], due: dt.date, settled: dt.date | None, on: dt.date, later: dt.date
) -> None:
    """Nothing that happens after a day was missed — a move, a settlement, time — removes it."""
    moves, at = [], due
    for to, when in sorted(moved, key=lambda pair: pair[1]):
        moves.append(Move(at, to, when))
        at = to
    early, late = sorted((on, later))
    known = [move for move in moves if move.moved_on < early]
    done = settled if settled is not None and settled < early else None
    standing = known[-1].to_on if known else due
    then = {miss.day for miss in missed(standing, known, settled_on=done, pauses=[], on=early)}
    now = {miss.day for miss in missed(at, moves, settled_on=settled, pauses=[], on=late)}
    assert then <= now


@pytest.mark.parametrize(
    ("text", "first", "last", "label"),
    [
        ("2026", day(1, 1), day(12, 31), "2026年"),
        ("2026-H2", day(7, 1), day(12, 31), "2026年下半年"),
        ("2026-q2", day(4, 1), day(6, 30), "2026年第二季度"),
        (" 2026-Q4 ", day(10, 1), day(12, 31), "2026年第四季度"),
        ("2026-02", day(2, 1), day(2, 28), "2026年2月"),
    ],
)
def test_a_period_is_read_as_people_name_it(text: str, first: dt.date, last: dt.date, label: str) -> None:
    assert span_named(text) == Span(first, last)
    assert span_named(text).label == label


@pytest.mark.parametrize("text", ["", "26", "2026-13", "2026-Q5", "2026-6", "二季度", "2026-06-01"])
def test_a_period_that_cannot_be_read_names_the_forms(text: str) -> None:
    with pytest.raises(BadInputError, match="2026-Q2"):
        span_named(text)


def test_a_free_period_is_named_by_its_days() -> None:
    assert span_between(day(3, 5), day(6, 30)).label == "2026-03-05 至 2026-06-30"
    with pytest.raises(BadInputError, match="早于第一天"):
        span_between(day(6, 30), day(6, 1))
