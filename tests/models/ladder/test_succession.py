"""One ladder after another: which steps go on, and from which day on the others speak."""

import datetime as dt

from models.dates.unit import Unit
from models.ladder.policy import Relation, Rung
from models.ladder.succession import succession
from models.people.person import Role

MAY, JUNE = dt.date(2026, 5, 1), dt.date(2026, 6, 1)


def rung(number: int, relation: Relation, offset: int, unit: Unit = Unit.WORKING, every: int | None = None) -> Rung:
    return Rung(
        id=number, policy_id=1, ordinal=number, relation=relation, offset=offset, unit=unit,
        roles=[Role.HANDLER.value], every=every, times=2 if every else 0,
    )  # fmt: skip


def test_a_step_goes_on_where_it_falls_on_the_same_day() -> None:
    first = [rung(1, Relation.BEFORE, 3), rung(2, Relation.BEFORE, 0), rung(3, Relation.AFTER, 2)]
    new = [rung(11, Relation.BEFORE, 3, Unit.CALENDAR), rung(12, Relation.BEFORE, 0, Unit.CALENDAR)]
    found = succession(first, (MAY, [*new, rung(13, Relation.AFTER, 2)]))
    assert found.same == {(12, 2), (13, 3)}
    assert found.begun == {MAY: {(11, 0)}}


def test_each_turn_of_a_repeated_rung_is_a_step() -> None:
    found = succession([rung(1, Relation.AFTER, 1, every=4)], (MAY, [rung(11, Relation.AFTER, 1, every=2)]))
    assert found.same == {(11, 1)}  # on the 1st and the 5th day
    assert found.begun == {MAY: {(11, 1)}}  # on the 3rd


def test_a_step_that_was_gone_begins_anew_and_is_known_again() -> None:
    first = [rung(1, Relation.AFTER, 1), rung(2, Relation.UNSIGNED, 2)]
    second, third = [rung(11, Relation.AFTER, 1)], [rung(21, Relation.AFTER, 1), rung(22, Relation.UNSIGNED, 2)]
    found = succession(first, (MAY, second), (JUNE, third))
    assert found.same == {(21, 11), (21, 1), (22, 2)}
    assert found.begun == {JUNE: {(22, 0)}}
