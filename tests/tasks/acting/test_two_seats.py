"""Whoever fills two seats at once may what either may and nothing else, whatever the roles are."""

from collections.abc import Callable
from itertools import permutations

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import key, unit_of_work
from models.items.item import WorkItem
from models.people.organ import Organ
from models.people.permission import Action
from models.people.person import Leave, Person, Tenure
from tasks.acting.authorize import organs_within, permitted, permitted_on, seats
from tasks.people.find import find_person
from tests.district import ON, ON_ITEMS, District, actor, expected, items

SEATED = [f"甲{name}" for name in ("一承办", "一科长", "副局", "局长", "督办", "监督", "管理")]
SEATED += ["市局长", "市督办", "市监督"]
"""Every role of the bureau, and those above that look down."""


def listed(session: Session, by: Actor, action: Action) -> set[str]:
    rows = select(Organ.name, WorkItem.number).join(WorkItem, col(WorkItem.organ_id) == Organ.id)
    return {f"{organ[0]}{number}" for organ, number in session.exec(rows.where(permitted(session, by, action)))}


def second_post(session: Session, person: Person, other: Person) -> None:
    """The person holds the other's post too, from now on alone."""
    tenure = session.exec(select(Tenure).where(Tenure.person_id == other.id)).one()
    tenure.person_id = key(person.id)


def deputy(session: Session, person: Person, other: Person) -> None:
    """The other is away, the person stands in."""
    session.add(Leave(person_id=key(other.id), from_on=ON, until_on=ON, deputy_id=person.id))


@pytest.mark.parametrize("fill", [second_post, deputy])
def test_any_two_seats_give_what_either_gives(
    any_engine: Engine, fill: Callable[[Session, Person, Person], None]
) -> None:
    with unit_of_work(any_engine) as session:
        District(session)
    wanted, wrong = expected(), []
    for one, two in permutations(SEATED, 2):
        with Session(any_engine) as session:
            organs = [organs_within(session, actor(session, name), Action.VIEW) for name in (one, two)]
            fill(session, find_person(session, one), find_person(session, two))
            session.flush()
            by, on_record = actor(session, one), items(session)
            assert len(seats(session, by)) == 2
            may = {item: wanted[one][item] | wanted[two][item] for item in wanted[one]}
            wrong += [
                (one, two, action.value)
                for action in (Action.VIEW, Action.ACCEPT)
                if listed(session, by, action) != {item for item in may if action in may[item]}
            ]
            wrong += [
                (one, two, item)
                for item in ("甲own", "乙other")
                if permitted_on(session, by, ON_ITEMS, on_record[item]) != may[item]
            ]
            if organs_within(session, by, Action.VIEW) != set().union(*organs):
                wrong.append((one, two, "organs"))
    assert wrong == []
