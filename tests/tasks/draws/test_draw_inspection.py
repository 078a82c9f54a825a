"""A draw is made once, kept whole, and stands in the ledger as it was drawn."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models.audit import GENESIS, AuditEntry
from models.database import on_record, reading, unit_of_work
from models.draws.inspection_draw import InspectionDraw
from models.draws.random_draw import draw, lists_of, seed_from
from models.errors import BadInputError, ConflictError, ForbiddenError
from models.ledgers.inspection import Inspection
from models.people.organ import Organ
from tasks.draws.draw_inspection import draw_inspection
from tasks.report.figures.count_ledgers import count_ledgers
from tests.draws import INSPECTORS, OBJECTS, PLAN, bureau, drawn
from tests.office import HANDLER, Office

LISTS = lists_of(PLAN, OBJECTS, INSPECTORS, percent=Decimal(60))


@pytest.fixture
def office(any_engine: Engine) -> Engine:
    with unit_of_work(any_engine) as session:
        bureau(session)
    return any_engine


def rows(session: Session) -> list[Inspection]:
    return list(session.exec(select(Inspection).order_by(col(Inspection.id))))


def test_what_was_drawn_is_kept_and_stands_in_the_ledger(office: Engine) -> None:
    number = drawn(office, seed="4月1日公布的号码", witness="县纪委 周某")

    with reading(office) as session:
        made = session.get_one(InspectionDraw, number)
        expected = [[one.target, *one.inspectors] for one in draw(LISTS, "4月1日公布的号码")]
        assert (made.result, made.seed_given, made.head, made.witness) == (expected, True, None, "县纪委 周某")
        assert (tuple(made.objects), tuple(made.inspectors)) == (OBJECTS, INSPECTORS)
        assert [[row.target, *(row.inspectors or "").split("、")] for row in rows(session)] == expected
        told = {(row.plan, row.drawn_on, row.draw_id, row.drawing, row.inspected_on) for row in rows(session)}
        assert told == {(PLAN, dt.date(2025, 3, 3), number, f"2025-03-03 {PLAN}", None)}
        counted = count_ledgers(session, made.organ_id, dt.date(2025, 1, 1), dt.date(2025, 12, 31))
        assert [counted[f"inspection.{code}"].written for code in ("draws", "drawn")] == ["1次", "3户次"]


def test_it_is_one_act_on_record_with_the_hash_of_all_of_it(office: Engine) -> None:
    number = drawn(office)

    with reading(office) as session:
        entry = session.exec(select(AuditEntry)).one()
        made = session.get_one(InspectionDraw, number)
        assert (entry.action, entry.after["draw"], entry.after["draw_hash"]) == ("record", number, made.content_hash)


def test_a_seed_nobody_gave_follows_from_the_lists_the_day_and_the_trail(office: Engine) -> None:
    first, second = drawn(office), drawn(office, on="2025-03-04")

    with reading(office) as session:
        made, later = (session.get_one(InspectionDraw, number) for number in (first, second))
        entry = session.exec(select(AuditEntry).order_by(col(AuditEntry.id))).first()
        assert entry is not None
        assert (made.head, made.seed) == (GENESIS, seed_from(LISTS, "2025-03-03", GENESIS))
        assert (later.head, later.seed) == (entry.hash, seed_from(LISTS, "2025-03-04", entry.hash))
        assert (made.seed_given, later.seed_given) == (False, False)


def test_nobody_draws_again_until_he_likes_the_outcome(office: Engine) -> None:
    number = drawn(office)

    with pytest.raises(ConflictError, match=rf"抽取编号 {number}\)"):
        drawn(office, seed="另一个")
    drawn(office, plan="年度抽查(补充抽取)")
    drawn(office, on="2025-03-04")
    with reading(office) as session:
        assert len(session.exec(select(InspectionDraw.id)).all()) == 3
        assert len(rows(session)) == 9


def test_more_rows_than_the_trail_lists_are_told_by_number(office: Engine) -> None:
    drawn(office, objects=[f"{number}号" for number in range(450)], percent=Decimal(100), per_object=1)

    with reading(office) as session:
        entry = session.exec(select(AuditEntry)).one()
        assert (entry.after["drawn"], entry.after["rows"]["inspection"]) == (450, 450)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"seed": "一\n二"}, "种子"), ({"seed": "一" * 201}, "种子"), ({"plan": " "}, "抽查计划"),
        ({"plan": "一" * 201}, "抽查计划"), ({"witness": "一" * 201}, "见证人"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_and_nothing_is_drawn(engine: Engine, wrong: dict[str, str], said: str) -> None:
    with unit_of_work(engine) as session:
        bureau(session)
    with pytest.raises(BadInputError, match=said):
        drawn(engine, **wrong)
    with reading(engine) as session:
        assert (rows(session), session.exec(select(InspectionDraw)).all()) == ([], [])


def test_only_who_keeps_the_ledgers_draws(engine: Engine, tmp_path: Path) -> None:
    office = Office(engine, tmp_path)
    with on_record(engine) as session:
        organ, by = session.get_one(Organ, office.organ_id), office.by(session, HANDLER, "2026-06-01")
        with pytest.raises(ForbiddenError):
            draw_inspection(session, organ, LISTS, by=by)
