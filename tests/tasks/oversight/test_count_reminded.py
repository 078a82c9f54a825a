"""Whom a sweep reached, in numbers alone."""

import dataclasses
import datetime as dt
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session

from tasks.oversight.count_reminded import count_reminded
from tests.office import HANDLER, Office


def test_a_day_is_told_by_rung_and_post_without_names_and_titles(any_engine: Engine, tmp_path: Path) -> None:
    office = Office(any_engine, tmp_path / "home")
    for title in ("普法宣传", "制度清理"):
        office.assign(title, due="2026-06-10", on="2026-06-01")
    office.fast_forward("2026-06-12", send=False)
    with Session(any_engine) as session:
        before = count_reminded(session, dt.date(2026, 6, 3))
        after = count_reminded(session, dt.date(2026, 6, 11))
        nothing = count_reminded(session, dt.date(2025, 1, 1))

    assert [(one.kind.label, one.rung, one.role.label, one.people, one.notices) for one in before] == [
        ("提醒", "到期前7天", "承办人", 1, 2)
    ]
    assert after
    assert {one.kind.label for one in after} == {"升级督办"}
    assert nothing == []
    told = str([dataclasses.astuple(one) for one in before + after])
    assert HANDLER not in told
    assert "普法宣传" not in told
