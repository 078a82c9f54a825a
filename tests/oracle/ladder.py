"""What a sweep has to tell, by the rules an office reads (docs/howto/supervision.md): one day, one item, one rung and
one person at a time.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from models.ladder.notice import NoticeState
from models.people.person import Role
from tests.oracle.plain import Answer, Item, Receipt, Told, Turn, Watched, World, nearness

NOBODY, NO_UNIT = "本级及以上均无人在岗", "配合科室及以上各级均无人在岗"


@dataclass(frozen=True)
class Due:
    """A turn whose day has come; late where that day passed without a sweep."""

    turn: Turn
    fire_on: dt.date
    noted_on: dt.date
    late: bool


def sweep(world: World, on: dt.date) -> None:
    """Tell what the day asks for, and what was missed. A second sweep of a day has nothing to add."""
    for item, day in list(world.open_days()):
        if not day.quiet and day.armed_on <= on:
            _look(world, item, day, on)
    for item in world.items:
        for receipt in item.receipts:
            if not receipt.signed:
                _ask_to_sign(world, item, receipt, on)
    world.swept = on


def _look(world: World, item: Item, day: Watched, on: dt.date) -> None:
    """What of the ladder was not dealt with; where it was armed, what lies behind has its highest rung speak alone.

    After a suspension or a return the ladder goes on where it stood: what was told for that due day is not told
    again. A broken promise has it told once more.
    """
    fires = world.fires(item.ladder, day.due_on)
    reached = [turn for turn, fire in fires.items() if fire <= on]
    if day.fresh:
        top = max(reached, key=lambda turn: turn.height, default=None)
        new = [turn for turn in latest(reached) if fires[turn] >= day.armed_on or turn is top]
        if not day.promised:
            new = [turn for turn in new if not _was_told(world, day, turn)]
    else:
        new = [turn for turn in reached if turn not in day.dealt]
        new = [turn for turn in new if not (fires[turn] == day.kept_on < on)]
    dues = []
    for turn in new:
        late = world.swept < fires[turn] < on and (not day.fresh or day.armed_on <= fires[turn])
        dues.append(Due(turn, fires[turn], on if day.fresh else fires[turn], late))
    _tell(world, item, day, None, on, dues)
    day.dealt.update(reached)
    day.fresh = day.promised = False


def _was_told(world: World, day: Watched, turn: Turn) -> bool:
    return any(
        told.arming == day.arming and told.stands and told.turn.step is turn.step and told.turn.number >= turn.number
        for told in world.told_of[day]
    )


def _ask_to_sign(world: World, item: Item, receipt: Receipt, on: dt.date) -> None:
    """Who has not signed is asked under the item's first day that is watched."""
    fires = world.fires(item.ladder, receipt.issued_on, unsigned=True)
    new = [turn for turn, fire in fires.items() if fire <= on and turn not in receipt.dealt]
    receipt.dealt.update(new)
    day = next((day for day in item.days if not day.done and not day.quiet), None)
    if day is not None:
        dues = [Due(turn, fires[turn], fires[turn], world.swept < fires[turn] < on) for turn in new]
        _tell(world, item, day, receipt.unit, on, dues)


def latest(turns: Iterable[Turn]) -> list[Turn]:
    """Of the turns of a rung the last."""
    return list({turn.step: turn for turn in sorted(turns, key=lambda turn: turn.number)}.values())


def people(world: World, item: Item, unit: str | None, turn: Turn, on: dt.date) -> list[Answer]:
    """Whom a rung reaches. A cooperating unit is asked by the rungs for handlers and heads."""
    if unit is not None:
        own = {Role.HANDLER, Role.DEPARTMENT_HEAD}.intersection(turn.step.roles)
        return [world.answer_of_unit(item, unit, on)] if own else []
    found = [world.answer(item, role, on) for role in turn.step.roles]
    if Role.LEADER in turn.step.roles:
        found += [world.answer_of_leader(item, seat, on) for seat in item.further]
    return found


def _tell(world: World, item: Item, day: Watched, unit: str | None, on: dt.date, dues: list[Due]) -> None:
    """The rungs of the day speak each; those missed speak as the highest of them to the people of all, each of the
    others leaves one row. Whoever is reached by several hears the highest; the rest is on record as collapsed.
    """
    if not dues:
        return
    by_turn = {due.turn: due for due in dues}
    today = latest(due.turn for due in dues if due.fire_on == on)
    missed = latest(due.turn for due in dues if due.fire_on < on)
    reaching = {turn: people(world, item, unit, turn, on) for turn in (*today, *missed)}
    spoken = [(turn, [turn]) for turn in today]
    if missed:
        spoken.append((max(missed, key=lambda turn: turn.height), missed))
    send_on = on
    while not world.calendar.works(send_on):
        send_on += dt.timedelta(days=1)

    def row(turn: Turn, answer: Answer, state: NoticeState, *, silent: bool = False) -> None:
        due, reason = by_turn[turn], None
        if state is NoticeState.COLLAPSED:
            reason = "错过当日，并入更高一级" if due.noted_on < on else "并入更高一级"
        if answer.who is None:
            state, reason = NoticeState.DROPPED, NO_UNIT if unit else NOBODY
        world.tell(
            Told(
                item, day, turn, unit, answer.who, answer.role, answer.via, due.noted_on, on, send_on, due.late,
                state, reason, day.due_on, day.arming, answer.seat, silent=silent,
            )
        )  # fmt: skip

    heard: dict[str | None, tuple[Turn, Turn, Answer]] = {}
    for turn, through in spoken:
        for own in through:
            for answer in reaching[own]:
                known = heard.get(answer.who)
                if known is None or _rank(turn, own, answer) < _rank(*known):
                    heard[answer.who] = turn, own, answer
    for turn, _own, answer in heard.values():
        row(turn, answer, NoticeState.PENDING)
    for turn, _through in spoken:
        for answer in sorted(reaching[turn], key=nearness):
            if heard[answer.who][0].step is not turn.step:
                row(turn, answer, NoticeState.COLLAPSED)
    for turn in missed:
        if reaching[turn] and turn.step not in [one.step for one, _through in spoken]:
            row(turn, min(reaching[turn], key=lambda answer: answer.who is None), NoticeState.COLLAPSED, silent=True)


def _rank(turn: Turn, own: Turn, answer: Answer) -> tuple[float, float, int, int]:
    """The highest rung first, then the nearest way by which it found him."""
    return -turn.height, -own.height, *nearness(answer)
