"""A draw is bound first and seeded later, made once, kept whole, and stands in the ledger as it was drawn."""

import datetime as dt
import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from models.audit import AuditEntry
from models.database import reading
from models.draws.draw_binding import DrawBinding
from models.draws.draw_pledge import DrawPledge
from models.draws.inspection_draw import InspectionDraw
from models.draws.seed import SeedTerms, SeedWay
from models.errors import BadInputError, ConflictError, DubanError, ForbiddenError
from models.ledgers.inspection import Inspection
from tasks.draws.find_draw import BindingStage
from tasks.report.figures.count_ledgers import count_ledgers
from tests.draws import BALL, NUMBER, ON, PLAN, TABLES, Draws
from tests.office import FIRST, HANDLER, LEADER, SUPERVISOR, Office, day


@pytest.fixture
def draws(any_engine: Engine, tmp_path: Path) -> Draws:
    return Draws(Office(any_engine, tmp_path / "home"))


def rows(session: Session) -> list[Inspection]:
    return list(session.exec(select(Inspection).order_by(col(Inspection.id))))


def lot(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def worked_out(engine: Engine, number: int) -> list[list[str]]:
    """The outcome as a stranger works it out, from the rows of the database and docs/howto/random-draw.md alone."""
    with engine.connect() as connection:
        bound = connection.execute(text("SELECT * FROM draw_binding WHERE id = :n"), {"n": number}).mappings().one()
        drawn = connection.execute(text("SELECT * FROM inspection_draw WHERE id = :n"), {"n": number}).mappings().one()

    def listed(value: Any) -> Any:
        return json.loads(value) if isinstance(value, str) else value

    objects, people, conflicts = (listed(bound[name]) for name in ("objects", "inspectors", "conflicts"))
    percent = bound["percent"].normalize() if hasattr(bound["percent"], "normalize") else bound["percent"]
    content = json.dumps(
        {
            "algorithm": "sha256-rank-1", "conflicts": sorted(conflicts), "inspectors": sorted(people),
            "objects": sorted(objects), "per_object": bound["per_object"],
            "percent": f"{float(percent):g}", "plan": bound["plan"],
        },
        ensure_ascii=False, sort_keys=True, separators=(",", ":"),
    )  # fmt: skip
    at = bound["bound_at"]
    at = dt.datetime.fromisoformat(at) if isinstance(at, str) else at
    at = (at if at.tzinfo else at.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    binding = lot(
        "binding", content, str(bound["ordinal"]), bound["seed_way"], at.isoformat(), bound["source"] or "",
        str(bound["source_on"] or ""), str(bound["digits"] or ""),
    )  # fmt: skip
    shares = [drawn["system_number"]] if bound["seed_way"] == "two" else []
    seed = lot("seed", binding, *shares, drawn["given_number"])
    count = -(-len(objects) * int(float(percent) * 100) // 10000)
    chosen = sorted(objects, key=lambda name: lot(seed, "object", name))[:count]
    return [
        [name, *sorted(
            (who for who in people if [who, name] not in conflicts), key=lambda who: lot(seed, "inspector", name, who)
        )[: bound["per_object"]]]
        for name in chosen
    ]  # fmt: skip


def test_what_was_drawn_by_two_is_kept_and_stands_in_the_ledger(draws: Draws) -> None:
    number = draws.bind(conflicts=[("张一", "甲公司")])
    draws.pledge(number)
    draws.reveal(number)
    draws.draw(number, witness="县纪委 周某")

    with reading(draws.engine) as session:
        made = session.get_one(InspectionDraw, number)
        assert made.result == worked_out(draws.engine, number)
        assert (made.given_number, made.witness, len(made.result)) == (NUMBER, "县纪委 周某", 3)
        assert [[row.target, *(row.inspectors or "").split("、")] for row in rows(session)] == made.result
        told = {(row.plan, row.drawn_on, row.draw_id, row.drawing, row.inspected_on) for row in rows(session)}
        assert told == {(PLAN, day(ON), number, f"{ON} {PLAN}", None)}
        counted = count_ledgers(session, draws.office.organ_id, dt.date(2026, 1, 1), dt.date(2026, 12, 31))
        assert [counted[f"inspection.{code}"].written for code in ("draws", "drawn")] == ["1次", "3户次"]


def test_a_public_number_named_in_advance_seeds_a_draw(draws: Draws) -> None:
    number = draws.bind(terms=BALL)
    with pytest.raises(ConflictError, match="2026-03-05 才公布"):
        draws.draw(number, number="123 456 789", on="2026-03-04")
    with pytest.raises(BadInputError, match="应为 9 位数字"):
        draws.draw(number, number="1234", on="2026-03-05")
    with pytest.raises(BadInputError, match="请录入"):
        draws.draw(number, on="2026-03-05")
    draws.draw(number, number="123, 456-7８9", on="2026-03-05")

    drawn = draws.shown(number).draw
    assert drawn is not None
    assert (drawn.given_number, drawn.system_number) == ("123456789", None)
    assert drawn.result == worked_out(draws.engine, number)


def test_each_step_waits_for_the_one_before_and_is_done_once(draws: Draws) -> None:
    number = draws.bind()
    assert draws.shown(number).stage is BindingStage.PLEDGE
    for early in (draws.draw, draws.reveal):
        with pytest.raises(ConflictError):
            early(number)
    draws.pledge(number)
    assert draws.shown(number).stage is BindingStage.REVEAL
    with pytest.raises(ConflictError, match="已有人承诺"):
        draws.pledge(number, who=FIRST)
    with pytest.raises(ConflictError, match="待第二人揭示"):
        draws.draw(number)
    with pytest.raises(BadInputError, match="不是同一个数字"):
        draws.reveal(number, said=NUMBER + "0")
    draws.reveal(number)
    assert draws.shown(number).stage is BindingStage.DRAW
    with pytest.raises(ConflictError, match="已经揭示"):
        draws.reveal(number)
    with pytest.raises(BadInputError, match="不能填写号码"):
        draws.draw(number, number="1" * 16)
    draws.draw(number)
    assert draws.shown(number).stage is BindingStage.DRAWN
    with pytest.raises(ConflictError, match="一次绑定只抽取一次"):
        draws.draw(number)


def test_who_binds_or_draws_is_not_the_second_person(draws: Draws) -> None:
    number = draws.bind()
    with pytest.raises(ForbiddenError, match="已绑定名单，不能办理“参与随机抽取”"):
        draws.pledge(number, who=SUPERVISOR)
    draws.pledge(number)
    with pytest.raises(ForbiddenError, match="作出承诺的人"):
        draws.reveal(number, who=FIRST)
    draws.reveal(number)
    with pytest.raises(ForbiddenError, match="提供数字的人不能抽取"):
        draws.draw(number, who=LEADER)
    for number_or_none in (None, number):
        with pytest.raises(ForbiddenError, match="须由具体的人办理"):
            draws.as_nobody(number_or_none)
    with pytest.raises(ForbiddenError, match="不需要第二人"):
        draws.pledge(draws.bind(terms=BALL, plan="另一个"))


def test_the_same_binding_and_number_come_out_otherwise_each_time_for_the_system_adds_its_own(draws: Draws) -> None:
    numbers = [draws.drawn(plan=f"计划{place}") for place in range(4)]

    shown = [draws.shown(number) for number in numbers]
    assert len({one.draw.system_number for one in shown if one.draw}) == 4
    assert len({one.draw.seed for one in shown if one.draw}) == 4


def test_nothing_tells_the_seed_before_the_draw(draws: Draws) -> None:
    """Neither the trail nor what is shown holds the system's number while anything may still be decided."""
    number = draws.bind()
    draws.pledge(number)
    draws.reveal(number)

    with reading(draws.engine) as session:
        secret = session.exec(select(DrawPledge)).one().secret_number
        entries = json.dumps([one.after for one in session.exec(select(AuditEntry))], ensure_ascii=False)
    assert (len(secret), secret in entries, NUMBER in entries) == (64, False, True)
    draws.draw(number)
    with reading(draws.engine) as session:
        assert secret in json.dumps([one.after for one in session.exec(select(AuditEntry))])


def test_a_pledge_can_be_worked_out_elsewhere(draws: Draws) -> None:
    number = draws.bind()
    said = lot("pledge", draws.shown(number).binding.bound_hash, NUMBER)
    for wrong in ({"said": None}, {"hashed": said}, {"said": None, "hashed": said[:-1]}, {"said": "12345"}):
        with pytest.raises(BadInputError):
            draws.pledge(number, **wrong)
    draws.pledge(number, said=None, hashed=said.upper())
    draws.reveal(number)
    draws.draw(number)

    shown = draws.shown(number)
    assert shown.pledge is not None
    assert (shown.pledge.pledge, shown.pledge.hashed_here) == (said, False)


def test_every_binding_counts_also_those_never_drawn(draws: Draws) -> None:
    first = draws.bind()
    draws.pledge(first)
    with pytest.raises(BadInputError, match="已绑定过 1 次：再次绑定须写明理由"):
        draws.bind()
    second, third = draws.bind(reason="名单有误"), draws.drawn(reason="第二人没有揭示")

    shown = [draws.shown(number) for number in (first, second, third)]
    assert [one.count_words for one in shown] == [
        f"本计划第 {place} 次绑定；共绑定 3 次，抽取 1 次，2 次没有抽取" for place in (1, 2, 3)
    ]
    assert [one.binding.reason for one in shown] == [None, "名单有误", "第二人没有揭示"]
    assert draws.shown(draws.bind(plan="专项抽查")).of_plan == 1


def test_of_several_bindings_only_the_last_can_be_drawn_from(draws: Draws) -> None:
    """Or else somebody binds one public number many times, waits for it, and draws from the binding that suits him."""
    first = draws.bind(terms=BALL)
    second = draws.bind(reason="名单有误")
    draws.pledge(second)
    third = draws.bind(terms=BALL, reason="名单又有误")

    assert [draws.shown(number).stage for number in (first, second)] == [BindingStage.SUPERSEDED] * 2
    with pytest.raises(ConflictError, match=r"已重新绑定（第 3 次）"):
        draws.draw(first, number="123456789", on="2026-03-05")
    for step in (draws.pledge, draws.reveal, draws.draw):
        with pytest.raises(ConflictError, match=r"已重新绑定（第 3 次）"):
            step(second)
    draws.draw(third, number="123456789", on="2026-03-05")
    draws.bind(terms=replace(BALL, source_on=day("2026-03-09")), on="2026-03-06", reason="补充抽取")
    assert draws.shown(third).stage is BindingStage.DRAWN


def test_a_plan_is_drawn_once_a_day(draws: Draws) -> None:
    number = draws.drawn()
    with pytest.raises(ConflictError, match=rf"抽取编号 {number}）"):
        draws.drawn(reason="补充抽取")
    draws.drawn(on="2026-03-04", reason="补充抽取")


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = 99", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_database_refuses_to_change_what_was_bound_or_drawn(draws: Draws, table: str, statement: str) -> None:
    draws.drawn()
    if draws.engine.dialect.name == "sqlite" and statement.startswith("TRUNCATE"):
        statement = "DELETE FROM {} WHERE id = 1"
    if statement.startswith("TRUNCATE"):
        statement += " CASCADE"

    with pytest.raises(DBAPIError, match="is append-only"), draws.engine.begin() as connection:
        connection.execute(text(statement.format(table)))


@pytest.mark.parametrize("crowd", [6])
def test_of_many_who_draw_at_once_one_draws(draws: Draws, crowd: int) -> None:
    number = draws.bind()
    draws.pledge(number)
    draws.reveal(number)
    together = Barrier(crowd)

    def ask(_: int) -> str:
        together.wait()
        try:
            return str(draws.draw(number))
        except ConflictError:
            return "late"

    with ThreadPoolExecutor(crowd) as pool:
        assert sorted(pool.map(ask, range(crowd))) == [str(number), *["late"] * (crowd - 1)]
    with reading(draws.engine) as session:
        assert (len(session.exec(select(InspectionDraw.id)).all()), len(rows(session))) == (1, 3)


def test_of_many_who_bind_at_once_each_counts(draws: Draws) -> None:
    together = Barrier(4)

    def ask(place: int) -> int:
        together.wait()
        return draws.bind(reason=f"第{place}份")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ask, range(4)))
    with reading(draws.engine) as session:
        assert sorted(session.exec(select(DrawBinding.ordinal))) == [1, 2, 3, 4]


def test_more_rows_than_the_trail_lists_are_told_by_number(draws: Draws) -> None:
    draws.drawn(objects=[f"{number}号" for number in range(450)], percent=Decimal(100), per_object=1)

    with reading(draws.engine) as session:
        entry = session.exec(select(AuditEntry).order_by(col(AuditEntry.id).desc())).first()
        assert entry is not None
        assert (entry.after["drawn"], entry.after["rows"]["inspection"]) == (450, 450)


TODAY = day(ON)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"plan": " "}, "抽查计划"), ({"plan": "一" * 201}, "抽查计划"), ({"plan": "一\n二"}, "抽查计划不能换行"),
        ({"terms": replace(BALL, source_on=TODAY)}, "应晚于 2026-03-03"),
        ({"terms": replace(BALL, source_on=None)}, "应晚于 2026-03-03"),
        ({"terms": replace(BALL, source=" ")}, "公开号码的来源"),
        ({"terms": replace(BALL, source="一\n二")}, "公开号码的来源不能换行"),
        ({"terms": replace(BALL, digits=5)}, "6 至 60"), ({"terms": replace(BALL, digits=None)}, "6 至 60"),
        ({"terms": SeedTerms(SeedWay.TWO, source="某期")}, "不填公开号码的来源"),
        ({"reason": "一" * 501}, "重新绑定的理由"),
    ],
)  # fmt: skip
def test_what_cannot_be_bound_is_refused(draws: Draws, wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInputError, match=said):
        draws.bind(**wrong)
    with reading(draws.engine) as session:
        assert session.exec(select(DrawBinding)).all() == []


def test_only_who_keeps_the_ledgers_binds_and_draws(draws: Draws) -> None:
    with pytest.raises(ForbiddenError):
        draws.bind(who=HANDLER)
    number = draws.bind()
    for step in (draws.pledge, draws.draw):
        with pytest.raises(ForbiddenError):
            step(number, who=HANDLER)


def test_a_witness_that_cannot_be_kept_is_refused(draws: Draws) -> None:
    number = draws.bind()
    draws.pledge(number)
    draws.reveal(number)
    with pytest.raises(DubanError, match="见证人"):
        draws.draw(number, witness="一" * 201)
    assert draws.shown(number).draw is None
