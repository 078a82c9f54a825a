"""The arithmetic of scores, in points: what an event costs, what a department comes to, and who ranks where."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, TypeVar

from models.errors import BadInputError
from models.scores.scoring import ScoreEvent

Key = TypeVar("Key", bound=Hashable)

CENT = Decimal("0.01")
MOST = Decimal(1000)
"""Points a rule may start from, or take off at once."""


@dataclass(frozen=True)
class Price:
    """What each event of a kind costs, and the most a department loses by it in a period (none: no limit)."""

    event: ScoreEvent
    points: Decimal
    cap: Decimal | None = None

    @property
    def label(self) -> str:
        """As a person reads it: 逾期每次扣5分，最多扣30分."""
        most = f"，最多扣{written(self.cap)}分" if self.cap is not None else ""
        return f"{self.event.label}每次扣{written(self.points)}分{most}"


@dataclass(frozen=True)
class Subtotal:
    """The lines of one event: how many, what they sum up to, and what of it counts under the cap."""

    event: ScoreEvent
    count: int
    points: Decimal
    cap: Decimal | None
    counted: Decimal


@dataclass(frozen=True)
class Total:
    """What a department comes to; `words` says how."""

    deducted: Decimal
    objective: Decimal
    evaluation: Decimal | None
    final: Decimal
    words: str


def total(
    start: int,
    lines: Iterable[tuple[ScoreEvent, Decimal]],
    caps: Mapping[ScoreEvent, Decimal | None],
    evaluation: Decimal | None,
    weight: int,
) -> Total:
    """The score of one department: `start` less its lines, each event up to its cap, never below 0.

    An evaluation (0 to 100) makes up `weight` percent of the final score; without one the objective score is final.
    """
    deducted = sum((part.counted for part in subtotals(lines, caps)), Decimal(0))
    objective = max(Decimal(0), start - deducted)
    words = f"起评{start}分，扣{written(deducted)}分，客观分{written(objective)}分；"
    if evaluation is None:
        return Total(deducted, objective, None, objective, words + "没有领导评价，客观分即为得分")
    final = ((objective * (100 - weight) + evaluation * weight) / 100).quantize(CENT, ROUND_HALF_UP)
    words += f"领导评价{written(evaluation)}分，占{weight}%，得分{written(final)}分"
    return Total(deducted, objective, evaluation, final, words)


def subtotals(
    lines: Iterable[tuple[ScoreEvent, Decimal]], caps: Mapping[ScoreEvent, Decimal | None]
) -> tuple[Subtotal, ...]:
    """The lines summed up by event, in the order of the events."""
    sums: dict[ScoreEvent, list[Decimal]] = {}
    for event, points in lines:
        sums.setdefault(event, []).append(points)
    parts = []
    for event in ScoreEvent:
        if event in sums:
            points, cap = sum(sums[event], Decimal(0)), caps.get(event)
            parts.append(Subtotal(event, len(sums[event]), points, cap, points if cap is None else min(points, cap)))
    return tuple(parts)


def ranked(scores: Mapping[Key, Decimal]) -> dict[Key, int]:
    """The rank of each score, the highest first; equal scores share one and the next follows behind: 1, 2, 2, 4."""
    places: dict[Decimal, int] = {}
    for place, score in enumerate(sorted(scores.values(), reverse=True), 1):
        places.setdefault(score, place)
    return {key: places[score] for key, score in scores.items()}


def prices(listed: Iterable[Mapping[str, Any]]) -> dict[ScoreEvent, Price]:
    """The prices of a rule's list of {event, points, cap}, in the order of the events.

    Raises BadInputError that names the accepted events, for an unknown or repeated one, for points that are no
    number from 0 to MOST with two decimals at most, and for a cap below the points.
    """
    priced: dict[ScoreEvent, Price] = {}
    for entry in listed:
        event = event_named(str(entry.get("event", "")))
        if strange := sorted(set(entry) - {"event", "points", "cap"}):
            raise BadInputError(f"扣分项“{event}”里有不认识的内容“{'、'.join(strange)}”：只写 event、points、cap。")
        if event in priced:
            raise BadInputError(f"扣分项“{event}”（{event.label}）写了两次：每项只写一次。")
        points = as_points(entry.get("points"), f"“{event}”（{event.label}）的扣分")
        cap = entry.get("cap")
        limit = None if cap is None else as_points(cap, f"“{event}”（{event.label}）的封顶")
        if limit is not None and limit < points:
            raise BadInputError(
                f"“{event}”（{event.label}）封顶 {written(limit)} 分，低于每次扣的 {written(points)} 分："
                f"封顶应不小于 {written(points)}。"
            )
        priced[event] = Price(event, points, limit)
    return {event: priced[event] for event in ScoreEvent if event in priced}


def repriced(known: Mapping[ScoreEvent, Price], entries: Iterable[Mapping[str, Any]]) -> dict[ScoreEvent, Price]:
    """The prices with other points for some events; an entry that names no cap keeps the one there is.

    Raises BadInputError as `prices` does.
    """
    found = {event: as_entry(price) for event, price in known.items()}
    for entry in entries:
        event = event_named(str(entry.get("event", "")))
        found[event] = {"cap": None, **found.get(event, {}), **entry, "event": event}
    return prices(found.values())


def typed_entry(text: str) -> dict[str, Any]:
    """An entry as a person types it: late=5, or late=5:30 with its cap. Raises BadInputError for any other form."""
    event, equals, rest = text.partition("=")
    points, colon, cap = rest.replace("：", ":").partition(":")
    if not (event.strip() and equals and points.strip()) or (colon and not cap.strip()):
        raise BadInputError(
            f"扣分项“{text}”写法有误：应为 事项=每次扣分 或 事项=每次扣分：封顶，如 late=5 或 late=5:30。"
        )
    found = {"event": event.strip(), "points": points.strip()}
    return found | {"cap": cap.strip()} if colon else found


def as_entry(price: Price) -> dict[str, Any]:
    """A price as a rule keeps it: numbers as text, so that none is rounded."""
    return {
        "event": price.event.value,
        "points": written(price.points),
        "cap": None if price.cap is None else written(price.cap),
    }


def event_named(name: str) -> ScoreEvent:
    """The event with this code or label. Raises BadInputError naming those there are."""
    for event in ScoreEvent:
        if name.strip() in (event.value, event.label):
            return event
    accepted = "、".join(f"{event.value}（{event.label}）" for event in ScoreEvent)
    raise BadInputError(f"没有扣分项“{name}”；可用：{accepted}。")


def as_points(value: Any, name: str, *, most: Decimal = MOST) -> Decimal:
    """Points as typed or read. Raises BadInputError for what is no number from 0 to `most` with two decimals."""
    wrong = BadInputError(f"{name}“{value}”不可用：应为 0 至 {written(most)} 的数，最多两位小数，如 5 或 0.5。")
    try:
        points = Decimal(str(value).strip())
    except InvalidOperation as error:
        raise wrong from error
    if isinstance(value, bool) or not points.is_finite() or not 0 <= points <= most or points != round(points, 2):
        raise wrong
    return points


def written(points: Decimal) -> str:
    """Points without needless zeros: 5, 88.4."""
    return f"{points.normalize():f}" if points else "0"
