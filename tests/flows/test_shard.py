"""Shards: every organ in exactly one, and the rhythm has run when the last of them has."""

import datetime as dt

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from flows.round import Round
from models.database import unit_of_work
from models.engine.rhythm import LastRun
from models.engine.shard import Shard, shard_of
from models.errors import BadInputError
from models.items.plan import AnnualPlan
from models.people.organ import Organ

DAY = dt.date(2026, 1, 5)


def test_every_organ_is_in_one_shard_and_the_rhythm_has_run_with_the_last(any_engine: Engine) -> None:
    with unit_of_work(any_engine) as session:
        for number in range(1, 10):
            session.add(Organ(id=number, code=f"o{number}", name=f"第{number}局"))
            session.flush()
            session.add(AnnualPlan(organ_id=number, year=2025, title="计划"))
    seen: list[str] = []
    for shard in Shard(parts=4).all():
        going = Round(any_engine, "年度报告编制", shard)
        going.over(select(AnnualPlan), lambda _session, organ, _plan: {"named": organ.name})
        seen += [result["named"] for result in going.results]
        with Session(any_engine) as session:
            assert session.get(LastRun, "year_end_report") is None
        going.end("year_end_report", DAY)
    assert sorted(seen) == [f"第{number}局" for number in range(1, 10)]
    with Session(any_engine) as session:
        assert session.get_one(LastRun, "year_end_report").on == DAY


@pytest.mark.parametrize("written", ["", "0/4", "5/4", "1/65", "1", "1/4 ", "a/b"])
def test_what_is_no_shard_is_refused(written: str) -> None:
    with pytest.raises(BadInputError, match="不是单位的一份"):
        shard_of(written)
