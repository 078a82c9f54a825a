"""Nobody consents to what he had a hand in: person by act by way, for every act that is declared a consent.

A new one has no place here until its story is told (`tests.consents`).
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from models.audit import AuditEntry
from models.clock import opening_of
from models.database import key, on_record, unit_of_work
from models.errors import ForbiddenError
from models.people.account import Account, TouchKind
from models.people.consent import CONSENTS
from models.people.permission import Action
from models.people.person import Tenure
from tasks.acting.audit import recorded
from tasks.people.find import find_person
from tasks.people.touch_account import touch
from tests.consents import SCENES, Scene
from tests.office import LONG_AGO, SUPERVISOR, Office

SPARE = "孙旁人"
"""Somebody who had no hand in anything."""


def away(office: Office, who: str, *, deputy: str) -> None:
    office.leave(who, first="2026-01-01", last="2027-12-31", deputy=deputy)


def second_post(office: Office, scene: Scene) -> None:
    """`doer` holds the decider's post beside his own."""
    with unit_of_work(office.engine) as session:
        held = session.exec(select(Tenure).where(Tenure.person_id == find_person(session, scene.decider).id)).one()
        session.add(
            Tenure(post_id=held.post_id, person_id=key(find_person(session, scene.doer).id), started_on=LONG_AGO)
        )


def by_a_further_post(office: Office, scene: Scene) -> str:
    second_post(office, scene)
    scene.does(office, scene.doer)
    return scene.doer


def as_deputy_of_whoever_decides(office: Office, scene: Scene) -> str:
    scene.does(office, scene.doer)
    away(office, scene.decider, deputy=scene.doer)
    return scene.doer


def through_a_deputy_of_his_own(office: Office, scene: Scene) -> str:
    second_post(office, scene)
    scene.does(office, scene.doer)
    office.hire(SPARE)
    away(office, scene.doer, deputy=SPARE)
    return SPARE


def having_done_it_in_anothers_place(office: Office, scene: Scene) -> str:
    away(office, scene.doer, deputy=scene.decider)
    scene.does(office, scene.decider)
    return scene.decider


def by_resetting_the_account_of_whoever_decides(office: Office, scene: Scene) -> str:
    scene.does(office, scene.doer)
    with unit_of_work(office.engine) as session:
        decider = find_person(session, scene.decider)
        account = Account(person_id=key(decider.id), login=scene.decider, made_at=opening_of(LONG_AGO))
        session.add(account)
        session.flush()
        touch(session, account, TouchKind.RESET, by=office.by(session, scene.doer, "2026-06-04"))
    return scene.decider


WAYS: tuple[Callable[[Office, Scene], str], ...] = (
    by_a_further_post, as_deputy_of_whoever_decides, through_a_deputy_of_his_own, having_done_it_in_anothers_place,
    by_resetting_the_account_of_whoever_decides,
)  # fmt: skip


def test_every_act_of_consent_has_its_story() -> None:
    assert {scene.action for scene in SCENES} == set(CONSENTS)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_nobody_consents_to_what_he_had_a_hand_in(
    engine: Engine, tmp_path: Path, scene: Scene, way: Callable[[Office, Scene], str]
) -> None:
    office = Office(engine, tmp_path)
    scene.prepare(office)
    who = way(office, scene)
    with Session(engine) as session:
        known = len(session.exec(select(AuditEntry.id)).all())
    with pytest.raises(ForbiddenError, match=f"不能办理“{scene.action.label}”，.*：(可由.+办理|本单位现在没有别人)"):  # noqa: SIM117
        with on_record(engine) as session:
            scene.consents(office, session, who)
    with Session(engine) as session:
        assert len(session.exec(select(AuditEntry.id)).all()) == known


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_whoever_had_no_hand_in_it_consents(engine: Engine, tmp_path: Path, scene: Scene) -> None:
    office = Office(engine, tmp_path)
    scene.prepare(office)
    scene.does(office, scene.doer)
    with on_record(engine) as session:
        scene.consents(office, session, scene.decider)
    with Session(engine) as session:
        assert scene.action in session.exec(select(AuditEntry.action)).all()


def test_a_consent_that_nobody_asked_about_is_not_written_down(engine: Engine, tmp_path: Path) -> None:
    office = Office(engine, tmp_path)
    with pytest.raises(LookupError, match="accept is a consent"), on_record(engine) as session:  # noqa: SIM117
        with recorded(session, office.by(session, SUPERVISOR, "2026-06-04"), Action.ACCEPT, organ_id=office.organ_id):
            pass
