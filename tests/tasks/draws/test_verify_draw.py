"""A draw that was not touched holds; whatever was touched afterwards is named."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, update
from sqlmodel import col, select

from models.audit import AuditEntry
from models.database import on_record, reading, unit_of_work
from models.draws.inspection_draw import InspectionDraw
from models.draws.random_draw import Pairing, content_hash, seed_from
from models.ledgers.inspection import KIND, Inspection
from tasks.draws.verify_draw import DrawCheck, lists_of_draw, verify_draw
from tasks.ledgers.record import correct_row, withdraw_row
from tests.actors import administrator
from tests.draws import ON, bureau, drawn
from tests.report_year import day

TITLES = ["按名单和种子重新抽取", "种子的来历", "与审计记录核对", "与台账核对"]


@pytest.fixture
def office(engine: Engine) -> Engine:
    with unit_of_work(engine) as session:
        bureau(session)
    return engine


def checked(engine: Engine, number: int) -> list[DrawCheck]:
    with reading(engine) as session:
        return verify_draw(session, session.get_one(InspectionDraw, number))


def failing(engine: Engine, number: int) -> dict[str, str]:
    return {one.title: one.words for one in checked(engine, number) if not one.holds}


def tamper(engine: Engine, number: int, change: Callable[[InspectionDraw], dict[str, Any]]) -> None:
    """Change the stored draw behind the program's back."""
    with engine.begin() as connection:
        with reading(engine) as session:
            values = change(session.get_one(InspectionDraw, number))
        connection.execute(update(InspectionDraw).where(col(InspectionDraw.id) == number).values(**values))


@pytest.mark.parametrize("seed", [None, "事先公布的号码"])
def test_an_untouched_draw_holds_also_after_others(any_engine: Engine, seed: str | None) -> None:
    with unit_of_work(any_engine) as session:
        bureau(session)
    numbers = [drawn(any_engine, on=on, seed=seed, conflicts=[("张一", "甲公司")]) for on in (ON, "2025-03-04")]

    for number in numbers:
        found = checked(any_engine, number)
        assert [one.title for one in found if one.holds] == TITLES
        assert "无人选定" in found[1].words or seed


def swapped(made: InspectionDraw) -> dict[str, Any]:
    """Others inspect the first object."""
    first, *rest = made.result
    return {"result": [[first[0], *sorted(set(made.inspectors) - set(first[1:]))], *rest]}


def spared(made: InspectionDraw) -> dict[str, Any]:
    """The first object drawn is replaced by one that was not."""
    kept = {row[0] for row in made.result}
    other = next(name for name in made.objects if name not in kept)
    return {"result": [[other, *made.result[0][1:]], *made.result[1:]]}


def rehashed(made: InspectionDraw) -> dict[str, Any]:
    """As before, by somebody who knows about hashes."""
    values = spared(made)
    pairings = [Pairing(row[0], tuple(row[1:])) for row in values["result"]]
    return values | {"content_hash": content_hash(lists_of_draw(made), made.seed, pairings)}


def test_an_outcome_that_was_changed_is_named_object_by_object(office: Engine) -> None:
    number = drawn(office)
    with reading(office) as session:
        first = session.get_one(InspectionDraw, number).result[0]
    tamper(office, number, swapped)

    found = failing(office, number)
    assert found[TITLES[0]].startswith(f"“{first[0]}”的检查人员应为{'、'.join(first[1:])},保存的是")
    assert "抽取以后被改动过" in found[TITLES[2]]


@pytest.mark.parametrize("change", [spared, rehashed])
def test_an_object_that_was_spared_shows_however_it_was_done(
    office: Engine, change: Callable[[InspectionDraw], dict[str, Any]]
) -> None:
    number = drawn(office)
    with reading(office) as session:
        first = session.get_one(InspectionDraw, number).result[0][0]
    tamper(office, number, change)

    found = failing(office, number)
    assert f"“{first}”应抽中,不在保存的结果中" in found[TITLES[0]]
    assert "按名单和种子抽不到" in found[TITLES[0]]
    assert "抽取以后被改动过" in found[TITLES[2]]
    assert f"记录 1“{first}”没有抽中" in found[TITLES[3]]
    assert "台账中没有“" in found[TITLES[3]]


@pytest.mark.parametrize(
    ("values", "titles"),
    [
        ({"seed": "选出来的"}, TITLES[:3]),
        ({"head": "f" * 64}, [TITLES[1]]),
        ({"percent": 20}, TITLES[:3]),
        ({"algorithm": "别的"}, [TITLES[0]]),
        ({"seed": ""}, TITLES[:3]),
        ({"plan": "专项抽查"}, [*TITLES[1:]]),
    ],
)
def test_every_part_of_a_draw_is_covered(office: Engine, values: dict[str, Any], titles: list[str]) -> None:
    number = drawn(office)
    tamper(office, number, lambda _made: values)

    assert list(failing(office, number)) == titles


def test_a_seed_made_up_from_a_trail_that_never_was_shows(office: Engine) -> None:
    number = drawn(office)
    tamper(office, number, lambda made: {"head": "f" * 64, "seed": seed_from(lists_of_draw(made), ON, "f" * 64)})

    assert failing(office, number)[TITLES[1]] == "推算种子所用的哈希值不在审计记录中"


def test_a_draw_that_nobody_made_on_record_shows(office: Engine) -> None:
    number = drawn(office)
    with unit_of_work(office) as session:
        made = session.get_one(InspectionDraw, number)
        later = made.drawn_at.replace(hour=made.drawn_at.hour + 1)
    tamper(office, number, lambda _made: {"drawn_at": later})

    assert failing(office, number) == {TITLES[2]: "审计记录中没有这次抽取"}


def test_a_row_corrected_or_withdrawn_since_is_told(office: Engine) -> None:
    number = drawn(office)
    by = administrator(day("2025-03-10"))
    with on_record(office) as session:
        first, second, third = session.exec(select(Inspection).order_by(col(Inspection.id))).all()
        correct_row(session, bureau(session), KIND, first, {"inspectors": "孙五"}, by=by)
        withdraw_row(session, bureau(session), KIND, second, "已经注销", by=by)
        correct_row(
            session, bureau(session), KIND, third, {"inspected_on": "2025-03-10", "problems": "1"}, by=by
        )  # fmt: skip

    said = failing(office, number)[TITLES[3]]
    assert "的检查人员为孙五,抽取的是" in said
    assert "已于 2025-03-10 撤下(已经注销)" in said
    assert "记录 3" not in said


def test_the_trail_itself_is_left_alone(office: Engine) -> None:
    number = drawn(office)
    with reading(office) as session:
        before = session.exec(select(AuditEntry.hash)).all()
    checked(office, number)
    with reading(office) as session:
        assert session.exec(select(AuditEntry.hash)).all() == before
