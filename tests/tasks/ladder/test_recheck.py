"""The second look at what waits, before it leaves."""

from pathlib import Path

from sqlalchemy import Engine

from models.database import unit_of_work
from models.dates.unit import Unit
from models.ladder.policy import Relation
from models.people.person import Role
from tasks.ladder.recheck import recheck
from tests.office import HANDLER, HEAD, LEADER, Office, day


def test_the_successor_of_a_leader_named_second_gets_what_waited_for_him(any_engine: Engine, tmp_path: Path) -> None:
    office = Office(any_engine, tmp_path / "home")
    office.ladder((Relation.AFTER, 1, Unit.WORKING, [Role.LEADER]))
    office.hire("孙副局", Role.LEADER, "副局长")
    office.assign("普法宣传", due="2026-06-30", leaders=(LEADER, "孙副局"))
    office.fast_forward("2026-07-01", send=False)
    office.succeed("孙副局", "周接任", on="2026-07-02")
    with unit_of_work(any_engine) as session:
        assert recheck(session, on=day("2026-07-02")) == 1

    assert sorted(who or "" for _when, _rung, who in office.told()) == sorted([LEADER, "周接任"])


def test_whoever_succeeds_two_gets_one_notice_by_the_nearest_way(any_engine: Engine, tmp_path: Path) -> None:
    office = Office(any_engine, tmp_path / "home")
    office.ladder((Relation.AFTER, 1, Unit.WORKING, [Role.HANDLER, Role.DEPARTMENT_HEAD]))
    office.hire("孙代理")
    office.assign("普法宣传", due="2026-06-30")
    office.fast_forward("2026-07-01", send=False)
    office.vacate(HANDLER, on="2026-07-02")
    office.leave(HEAD, first="2026-07-02", last="2026-07-02", deputy="孙代理")
    with unit_of_work(any_engine) as session:
        assert recheck(session, on=day("2026-07-02")) == 2

    assert [(row["recipient"], row["role"]) for row in office.notices() if row["state"] == "pending"] == [
        ("孙代理", "department_head")
    ]


def test_a_second_sweep_of_a_day_tells_no_deputy_who_came_in_between(any_engine: Engine, tmp_path: Path) -> None:
    office = Office(any_engine, tmp_path / "home")
    office.ladder((Relation.AFTER, 1, Unit.WORKING, [Role.HANDLER]))
    office.hire("孙代理")
    office.assign("普法宣传", due="2026-06-30")
    office.fast_forward("2026-07-01")
    office.leave(HANDLER, first="2026-07-01", last="2026-07-02", deputy="孙代理")
    office.sweep("2026-07-01")

    assert [who for _when, _rung, who in office.told()] == [HANDLER]
