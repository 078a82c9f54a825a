"""A draw that was not touched holds; whatever was touched afterwards is named; and of each way is said what holds."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from models.audit import GUARDS, AuditEntry
from models.database import on_record, reading, unit_of_work
from models.draws.draw_binding import DrawBinding
from models.draws.draw_pledge import DrawPledge
from models.draws.inspection_draw import InspectionDraw
from models.draws.random_draw import Pairing, content_hash, draw
from models.draws.seed import pledge_of, seed_by_public, seed_by_two, system_hash
from models.ledgers.inspection import KIND, Inspection
from models.people.organ import Organ
from tasks.draws.find_draw import find_binding
from tasks.draws.verify_draw import DrawCheck, verify_draw
from tasks.ledgers.record import correct_row, withdraw_row
from tests.actors import administrator
from tests.draws import BALL, NUMBER, Draws, unguarded
from tests.office import LEADER, Office, day

BOUND, TIMES, SEED, OUTCOME, TRAIL, LEDGER = TITLES = [
    "名单和绑定", "绑定次数", "种子的来历", "按名单和种子重新抽取", "与审计记录核对", "与台账核对",
]  # fmt: skip
AFTER = "2026-03-05"


@pytest.fixture
def draws(engine: Engine, tmp_path: Path) -> Draws:
    return Draws(Office(engine, tmp_path / "home"))


def checked(draws: Draws, number: int) -> list[DrawCheck]:
    with reading(draws.engine) as session:
        return verify_draw(session, find_binding(session, session.get_one(Organ, draws.office.organ_id), number))


def failing(draws: Draws, number: int) -> dict[str, str]:
    return {one.title: one.words for one in checked(draws, number) if not one.holds}


def said(draws: Draws, number: int) -> str:
    return next(one.words for one in checked(draws, number) if one.title == SEED)


def by_ball(draws: Draws, **more: Any) -> int:
    number = draws.bind(terms=BALL, **more)
    return draws.draw(number, number="123456789", on=AFTER)


def test_an_untouched_draw_holds_also_after_others(any_engine: Engine, tmp_path: Path) -> None:
    draws = Draws(Office(any_engine, tmp_path / "home"))
    numbers = [
        draws.drawn(conflicts=[("张一", "甲公司")]), by_ball(draws, reason="补充抽取"),
        draws.drawn(on="2026-03-06", reason="又一次"),
    ]  # fmt: skip
    waiting = draws.bind(on="2026-03-07", reason="没有抽取")

    for number in numbers:
        assert [one.title for one in checked(draws, number) if one.holds] == TITLES, failing(draws, number)
    assert [one.title for one in checked(draws, waiting) if one.holds] == [BOUND, TIMES, TRAIL]
    times = next(one.words for one in checked(draws, waiting) if one.title == TIMES)
    assert times == "本计划第 4 次绑定；共绑定 4 次，抽取 3 次，1 次没有抽取"


def test_of_each_way_of_seeding_is_said_what_holds_for_it(draws: Draws) -> None:
    elsewhere = draws.bind()
    draws.pledge(elsewhere, said=None, hashed=pledge_of(draws.shown(elsewhere).binding.bound_hash, NUMBER))
    draws.reveal(elsewhere)
    draws.draw(elsewhere)
    here, ball = draws.drawn(on="2026-03-04", reason="补充"), by_ball(draws, reason="再补充")

    pledged = draws.shown(elsewhere).pledge
    assert pledged is not None
    assert f"不与{LEADER}串通也不能" in said(draws, elsewhere)
    assert pledged.system_hash in said(draws, elsewhere)
    assert "除外：承诺值由本系统代算" in said(draws, here)
    for number in (elsewhere, here):
        assert "各自都不能选定结果" in said(draws, number)
        assert "绑定、承诺、揭示、抽取经服务器的命令行办理" in said(draws, number)
    assert "本系统不能核实录入的号码，请与公布的核对" in said(draws, ball)
    assert draws.shown(ball).binding.bound_hash in said(draws, ball)
    assert all("无人选定" not in said(draws, number) for number in (elsewhere, here, ball))


def rows_of(draws: Draws, number: int) -> tuple[DrawBinding, InspectionDraw, DrawPledge]:
    shown = draws.shown(number)
    assert shown.draw is not None
    assert shown.pledge is not None
    return shown.binding, shown.draw, shown.pledge


def changed(draws: Draws, number: int, **values: Any) -> None:
    """Change the stored draw behind the program's back."""
    unguarded(draws.engine)
    with unit_of_work(draws.engine) as session:
        found = session.get_one(InspectionDraw, number)
        for name, value in values.items():
            setattr(found, name, value)


@pytest.mark.parametrize("rehashed", [False, True])
def test_an_object_that_was_spared_shows_however_it_was_done(draws: Draws, rehashed: bool) -> None:
    number = draws.drawn()
    binding, drawn, _ = rows_of(draws, number)
    first, other = drawn.result[0], next(n for n in binding.objects if n not in {row[0] for row in drawn.result})
    result = [[other, *first[1:]], *drawn.result[1:]]
    more: dict[str, Any] = {}
    if rehashed:
        pairings = [Pairing(row[0], tuple(row[1:])) for row in result]
        more["content_hash"] = content_hash(binding.bound_hash, drawn.seed, pairings)
    changed(draws, number, result=result, **more)

    found = failing(draws, number)
    assert f"“{first[0]}”应抽中，不在保存的结果中" in found[OUTCOME]
    assert "按名单和种子抽不到" in found[OUTCOME]
    assert "以后被改动过" in found[TRAIL]
    assert f"记录 1“{first[0]}”没有抽中" in found[LEDGER]
    assert "台账中没有“" in found[LEDGER]


def test_other_inspectors_and_another_order_show(draws: Draws) -> None:
    number = draws.drawn()
    binding, drawn, _ = rows_of(draws, number)
    first, *rest = drawn.result
    others = sorted(set(binding.inspectors) - set(first[1:]))
    changed(draws, number, result=[[first[0], *others], *rest])
    assert failing(draws, number)[OUTCOME].startswith(f"“{first[0]}”的检查人员应为{'、'.join(first[1:])}，保存的是")
    changed(draws, number, result=[*rest, first])
    assert failing(draws, number)[OUTCOME] == "抽中的次序不同，或者有重复"


CHANGES: dict[str, tuple[str, list[str]]] = {
    "plan": ("UPDATE draw_binding SET plan = '专项抽查' WHERE id = 1", [BOUND, TRAIL, LEDGER]),
    "objects": ('UPDATE draw_binding SET objects = \'["甲公司", "乙公司", "丙公司"]\'', [BOUND, OUTCOME, TRAIL]),
    "percent": ("UPDATE draw_binding SET percent = 20", [BOUND, OUTCOME, TRAIL]),
    "ordinal": ("UPDATE draw_binding SET ordinal = 2", [BOUND, TIMES, TRAIL]),
    "instant": ("UPDATE draw_binding SET bound_at = '2026-03-02 01:00:00.000000'", [BOUND, TRAIL]),
    "binding": ("UPDATE draw_binding SET bound_hash = 'f'", [BOUND, SEED, TRAIL]),
    "binder": ("UPDATE draw_binding SET bound_by_id = (SELECT pledged_by_id FROM draw_pledge)", [SEED]),
    "seed": ("UPDATE inspection_draw SET seed = 'f'", [SEED, OUTCOME, TRAIL]),
    "algorithm": ("UPDATE inspection_draw SET algorithm = '别的'", [OUTCOME]),
    "number": ("UPDATE inspection_draw SET given_number = '2222222222222222'", [SEED]),
    "system": ("UPDATE inspection_draw SET system_number = 'f'", [SEED]),
    "pledge": ("UPDATE draw_pledge SET pledge = 'f'", [SEED, TRAIL]),
    "late pledge": ("UPDATE draw_pledge SET pledged_at = '2026-03-04 01:00:00.000000'", [SEED, TRAIL]),
    "reveal": ("UPDATE draw_reveal SET given_number = '2222222222222222'", [SEED, TRAIL]),
    "no reveal": ("DELETE FROM draw_reveal", [SEED]),
    "draw": ("UPDATE inspection_draw SET drawn_at = '2026-03-04 01:00:00.000000'", [TRAIL]),
}


@pytest.mark.parametrize("what", CHANGES)
def test_every_part_of_a_draw_is_covered(draws: Draws, what: str) -> None:
    number = draws.drawn()
    statement, titles = CHANGES[what]
    unguarded(draws.engine, statement)

    assert list(failing(draws, number)) == titles


@pytest.mark.parametrize(
    ("values", "said"),
    [({"source_on": "2026-03-03"}, "不在绑定之后"), ({"source_on": "2026-03-06"}, "不在绑定之后、抽取之前")],
)
def test_a_day_moved_afterwards_shows(draws: Draws, values: dict[str, str], said: str) -> None:
    number = by_ball(draws)
    unguarded(draws.engine, "UPDATE draw_binding SET source_on = :source_on", **values)
    found = failing(draws, number)
    assert said in found[SEED]
    assert BOUND in found


def test_another_public_number_entered_afterwards_shows(draws: Draws) -> None:
    number = by_ball(draws)
    binding = draws.shown(number).binding
    changed(draws, number, given_number="987654321")
    assert SEED in failing(draws, number)
    seed = seed_by_public(binding.bound_hash, "987654321")
    pairings = draw(binding.lists, seed)
    changed(
        draws, number, seed=seed, result=[[one.target, *one.inspectors] for one in pairings],
        content_hash=content_hash(binding.bound_hash, seed, pairings),
    )  # fmt: skip
    assert "以后被改动过" in failing(draws, number)[TRAIL]


def test_a_system_number_tried_out_afterwards_shows(draws: Draws) -> None:
    """Somebody who owns the database looks for a system number that spares an object, and rewrites all rows soundly:
    the trail of the pledge still says another."""
    number = draws.drawn()
    binding, drawn, _ = rows_of(draws, number)
    first = drawn.result[0][0]

    def spares(tried: int) -> bool:
        seed = seed_by_two(binding.bound_hash, str(tried), NUMBER)
        return first not in {one.target for one in draw(binding.lists, seed)}

    system = str(next(filter(spares, range(1000))))
    seed = seed_by_two(binding.bound_hash, system, NUMBER)
    pairings = draw(binding.lists, seed)
    changed(
        draws, number, system_number=system, seed=seed, result=[[one.target, *one.inspectors] for one in pairings],
        content_hash=content_hash(binding.bound_hash, seed, pairings),
    )  # fmt: skip
    unguarded(
        draws.engine, "UPDATE draw_pledge SET secret_number = :number, system_hash = :hash",
        number=system, hash=system_hash(binding.bound_hash, system),
    )  # fmt: skip

    found = failing(draws, number)
    assert (SEED in found, "没有这次承诺" in found[TRAIL]) == (False, True)


def test_a_binding_taken_away_is_missed(draws: Draws) -> None:
    draws.bind()
    number = draws.drawn(reason="名单有误")
    unguarded(draws.engine, "DELETE FROM draw_binding WHERE id = 1")

    assert "有绑定被删去" in failing(draws, number)[TIMES]


def test_a_draw_from_an_older_binding_shows(draws: Draws) -> None:
    number = draws.drawn()
    later = draws.bind(on="2026-03-04", reason="补充抽取")
    assert failing(draws, number) == {}
    unguarded(draws.engine, f"UPDATE draw_binding SET bound_at = '2026-03-02 01:00:00.000000' WHERE id = {later}")

    assert "不是从最后一次绑定抽取的" in failing(draws, number)[TIMES]


def test_entries_in_another_order_show(draws: Draws) -> None:
    number = draws.drawn()
    with draws.engine.begin() as connection:
        for statement in GUARDS["sqlite"]:
            connection.exec_driver_sql(f"DROP TRIGGER {statement.split()[2]}")
        first = "(SELECT min(id) FROM audit_entry WHERE json_extract(after, '$.binding_hash') IS NOT NULL)"
        connection.exec_driver_sql(f"UPDATE audit_entry SET id = 1000 WHERE id = {first}")

    assert failing(draws, number) == {TRAIL: "审计记录中的次序不是先绑定、后产生种子"}


def test_a_row_corrected_or_withdrawn_since_is_told(draws: Draws) -> None:
    number = draws.drawn()
    by = administrator(day("2026-03-10"))

    with on_record(draws.engine) as session:
        organ = session.get_one(Organ, draws.office.organ_id)
        first, second, third = session.exec(select(Inspection).order_by(col(Inspection.id))).all()
        correct_row(session, organ, KIND, first, {"inspectors": "孙五"}, by=by)
        withdraw_row(session, organ, KIND, second, "已经注销", by=by)
        correct_row(session, organ, KIND, third, {"inspected_on": "2026-03-10", "problems": "1"}, by=by)

    told = failing(draws, number)[LEDGER]
    assert "的检查人员为孙五，抽取的是" in told
    assert "已于 2026-03-10 撤下（已经注销）" in told
    assert "记录 3" not in told


def test_the_trail_itself_is_left_alone(draws: Draws) -> None:
    number = draws.drawn()
    with reading(draws.engine) as session:
        before = session.exec(select(AuditEntry.hash)).all()
    checked(draws, number)
    with reading(draws.engine) as session:
        assert session.exec(select(AuditEntry.hash)).all() == before
