"""Evaluations, rules by version, what-ifs and publication, as stories."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from models.database import key, reading, unit_of_work
from models.errors import BadInputError, ForbiddenError
from models.scores.scoring import ScoreEvent, ScoreLine, ScoreResult, ScoreRun, ScoringRule
from tasks.items.sign import sign
from tasks.scores.score import statement
from tasks.scores.set_scoring_rule import find_rule, list_rules
from tests.office import FIRST, HANDLER, HEAD, LEADER, OUTSIDER, SUPERVISOR, Office, day
from tests.scores import (
    HELPER,
    OTHER,
    OWN,
    asked,
    change,
    department_of,
    give_points,
    office_plan,
    publish,
    quiet_office,
    stated,
    tried,
)


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    return quiet_office(any_engine, tmp_path / "home")


@pytest.fixture
def small(engine: Engine, tmp_path: Path) -> Office:
    """The same on SQLite alone, for rules that touch no SQL of their own."""
    return quiet_office(engine, tmp_path / "home")


def test_a_department_that_had_nothing_to_do_is_not_ranked_until_it_is_evaluated(office: Office) -> None:
    office.close(office.assign("普法宣传", due="2026-06-30"), on="2026-07-01")
    assert [(unit.unit.name, unit.rank) for unit in stated(office).units] == [(OWN, 1), (OTHER, None)]

    give_points(office, OTHER, "90")
    assert [(unit.unit.name, unit.rank) for unit in stated(office).units] == [(OTHER, 1), (OWN, 2)]


def test_the_newest_evaluation_of_just_this_period_counts(office: Office) -> None:
    office.close(office.assign("普法宣传", due="2026-06-30"), on="2026-07-01")
    give_points(office, OWN, "60", who=LEADER)
    give_points(office, OWN, "80.5")

    score = stated(office).of(OWN)
    assert score is not None
    assert score.total is not None
    assert (score.total.objective, score.total.final) == (Decimal(95), Decimal("92.1"))
    half = stated(office, "2026-H1").of(OWN)
    assert half is not None
    assert half.total is not None
    assert (half.total.evaluation, half.total.words) == (
        None, "起评100分，扣5分，客观分95分；没有领导评价，客观分即为得分",
    )  # fmt: skip


def test_who_leads_a_department_evaluates_it_and_nobody_else(small: Office) -> None:
    for who in (HEAD, HANDLER, SUPERVISOR, OUTSIDER):
        with pytest.raises(ForbiddenError, match="领导评价"):
            give_points(small, OWN, "100", who=who)
    with pytest.raises(ForbiddenError, match=OTHER):
        give_points(small, OTHER, "100", who=LEADER)
    with pytest.raises(BadInputError, match="0 至 100"):
        give_points(small, OWN, "100.5")


def test_other_points_are_tried_without_a_trace(small: Office) -> None:
    helping = key(department_of(small, OTHER).id)
    number = small.assign("普法宣传", due="2026-06-30", helping=(helping,))
    small.do(HELPER, sign, number, on="2026-06-05")
    small.close(number, on="2026-07-01")

    made = tried(small, {"late": 1, "unsigned_late": "2.5"})

    assert [(row.unit, row.before, row.after, row.rank_before, row.rank_after) for row in made.changes] == [
        (OTHER, Decimal(99), Decimal("97.5"), 1, 2),
        (OWN, Decimal(95), Decimal(99), 2, 1),
    ]
    free = tried(small, {"late": 0}).after.of(OWN)
    assert free is not None
    assert free.lines == ()
    assert (small.rows(ScoreRun), len(small.rows(ScoringRule))) == ([], 1)
    with pytest.raises(BadInputError, match="没有扣分项“tardy”"):
        tried(small, {"tardy": 1})


def test_a_rule_is_changed_by_a_new_version_and_the_old_one_stays(small: Office) -> None:
    made = change(small, events=[{"event": "late", "points": 3, "cap": 9}], leader_weight=30)
    assert (made.version, made.start, made.leader_weight, str(made.made_on)) == (2, 100, 30, "2026-03-01")
    assert change(small, start=120).events == [{"event": "late", "points": "3", "cap": "9"}]
    with reading(small.engine) as session:
        assert [rule.version for rule in list_rules(session, small.organ_id)] == [1, 2, 3]
        assert find_rule(session, small.organ_id, version=1).leader_weight == 20
        assert find_rule(session, small.organ_id + 1).version == 1  # another organ keeps the preset


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({}, "没有变动"),
        ({"leader_weight": 101}, "领导评价占比“101”不可用：应为 0 至 100"),
        ({"start": 0}, "起评分“0”不可用"),
        ({"name": "季度考核"}, "请写明扣分项"),
        ({"events": [{"event": "late", "points": 5, "cap": 1}]}, "封顶 1 分"),
    ],
)
def test_a_rule_says_what_it_does_not_take(small: Office, given: dict[str, Any], refusal: str) -> None:
    with pytest.raises(BadInputError, match=refusal):
        change(small, **given)


def test_only_the_supervisor_sets_rules_and_publishes(small: Office) -> None:
    for who in (HEAD, LEADER, FIRST, OUTSIDER):
        with pytest.raises(ForbiddenError, match="督办员"):
            change(small, who=who, start=90)
        with pytest.raises(ForbiddenError, match="督办员"):
            publish(small, "2026-H1", on="2026-07-01", who=who)


def test_a_publication_freezes_every_line_and_result(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.assign("涉外宣传", due="2026-06-30", department=False)
    run = publish(office, "2026-H1", on="2026-07-06")
    office.close(number, on="2026-07-07")
    change(office, on="2026-07-07", events=[{"event": "late", "points": 50}])

    own, nobody = office.rows(ScoreLine)
    assert (own.run_id, own.unit, own.event, str(own.day), own.points, own.source, own.words) == (
        run.id, OWN, ScoreEvent.LATE, "2026-06-30", Decimal(5), "deadline:1", "完成时限 2026-06-30，到期未办结",
    )  # fmt: skip
    assert (nobody.department_id, nobody.unit) == (None, "未明确")
    [result] = office.rows(ScoreResult)
    assert (result.deducted, result.objective, result.evaluation, result.final, result.rank) == (
        Decimal(5), Decimal(95), None, Decimal(95), 1,
    )  # fmt: skip


def test_a_period_is_published_when_it_is_over_and_once(small: Office) -> None:
    small.assign("普法宣传", due="2026-06-30")
    with pytest.raises(BadInputError, match="2026-07-01 起才能公布"):
        publish(small, "2026-H1", on="2026-06-30")
    publish(small, "2026-H1", on="2026-07-01")
    with pytest.raises(ForbiddenError, match=r"已于 2026-07-01 公布（第 1 版）.*--version 2"):
        publish(small, "2026-H1", on="2026-07-06")
    with pytest.raises(BadInputError, match="下一版是第 2 版"):
        publish(small, "2026-H1", on="2026-07-06", version=3)
    assert publish(small, "2026-H1", on="2026-07-06", version=2).version == 2
    assert publish(small, "2026-Q2", on="2026-07-06").version == 1


def test_a_plan_that_was_not_issued_and_another_organs_rule_publish_nothing(small: Office) -> None:
    with pytest.raises(ForbiddenError, match="尚未下达"):
        publish(small, "2026-H1", on="2026-07-01")
    small.assign("普法宣传", due="2026-06-30")
    with unit_of_work(small.engine) as session:
        session.add(ScoringRule(organ_id=small.organ_id + 1, name="别局考核", events=[]))
        session.flush()
        rule = find_rule(session, small.organ_id + 1, "别局考核")
    with pytest.raises(BadInputError, match="别的单位"):
        publish(small, "2026-H1", on="2026-07-01", rule=rule)


def test_a_period_that_ends_before_it_begins_is_refused(small: Office) -> None:
    with reading(small.engine) as session:
        plan, more = office_plan(session, small), asked(session, small, "2026", None)
        with pytest.raises(BadInputError, match="早于第一天"):
            statement(session, plan, **more | {"until_on": day("2025-12-31")})
