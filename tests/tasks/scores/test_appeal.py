"""Appeals as stories: who appeals against what by when, who decides, and what becomes of the ranking."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from models.audit import AuditEntry
from models.database import reading, unit_of_work
from models.dates.span import span_named
from models.errors import BadInputError, DubanError, ForbiddenError, NotFoundError
from models.items.plan import AnnualPlan
from models.scores.scoring import AppealOutcome, ScoreAppeal, ScoreEvent, ScoreLine
from tasks.scores.appeal import APPEAL_DAYS, appeal, decide_appeal, find_appeal, find_line
from tasks.scores.show_scores import authorize_scores, find_run, published_lines, ranking
from tests.office import FIRST, HANDLER, HEAD, LEADER, OUTSIDER, SUPERVISOR, Office
from tests.scores import HELPER, OTHER, OWN, department_of, publish, quiet_office

PUBLISHED, LAST = "2026-07-01", "2026-07-15"
"""Publication, and ten working days later."""
HALF = span_named("2026-H1")
THEIRS, MISSED, SLIP = 1, 2, 3
"""The published lines."""


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    return published(any_engine, tmp_path)


@pytest.fixture
def small(engine: Engine, tmp_path: Path) -> Office:
    return published(engine, tmp_path)


def published(engine: Engine, tmp_path: Path) -> Office:
    """The first half year is published: 财务科 lost 5 by a missed day, 法规科 5 by a missed day and 1 by a slip."""
    office = quiet_office(engine, tmp_path / "home")
    office.assign("普法宣传", due="2026-06-12")
    theirs = office.assign("经费保障", due="2026-06-12", to=None, issue=False)
    with unit_of_work(engine) as session:
        item = office.item(theirs)
        item.department_id = department_of(office, OTHER).id
        session.add(item)
    office.issue()
    office.urge("1", on="2026-06-15")
    publish(office, "2026-H1", on=PUBLISHED)
    return office


def complain(
    office: Office, line: int = MISSED, *, who: str = HEAD, on: str = "2026-07-06", reason: str = "等待上级文件"
) -> ScoreAppeal:
    with unit_of_work(office.engine) as session:
        by = office.by(session, who, on)
        return appeal(session, find_line(session, line, by=by), by=by, reason=reason)


def decide(
    office: Office, number: int = 1, *, uphold: bool = True, who: str = FIRST, on: str = "2026-07-08", **more: Any
) -> ScoreAppeal:
    with unit_of_work(office.engine) as session:
        by = office.by(session, who, on)
        return decide_appeal(
            session, find_appeal(session, number, by=by), by=by, uphold=uphold, answer="情况属实", **more
        )  # fmt: skip


def ranks(office: Office) -> list[tuple[str, Decimal, int]]:
    with reading(office.engine) as session:
        run = find_run(session, session.get_one(AnnualPlan, office.plan_id), HALF)
        return [(row.department, row.final, row.rank) for row in ranking(session, run)]


def line_of(office: Office, event: ScoreEvent) -> tuple[str, Decimal, Decimal | None]:
    with reading(office.engine) as session:
        run = find_run(session, session.get_one(AnnualPlan, office.plan_id), HALF)
        lines = published_lines(session, run, department=department_of(office, OWN))
        return next((line.words, line.points, line.points_after) for line in lines if line.event is event)


def test_an_appeal_upheld_makes_new_results_and_leaves_the_line_as_it_was(office: Office) -> None:
    assert ranks(office) == [(OTHER, Decimal(95), 1), (OWN, Decimal(94), 2)]
    complain(office)
    assert ranks(office) == [(OTHER, Decimal(95), 1), (OWN, Decimal(94), 2)]

    decided = decide(office, points=Decimal("1.5"))

    assert (decided.outcome, decided.points_after, str(decided.decided_on)) == (
        AppealOutcome.UPHELD, Decimal("1.5"), "2026-07-08",
    )  # fmt: skip
    assert ranks(office) == [(OWN, Decimal("97.5"), 1), (OTHER, Decimal(95), 2)]
    assert line_of(office, ScoreEvent.LATE) == ("完成时限 2026-06-12，到期未办结", Decimal(5), Decimal("1.5"))
    with reading(office.engine) as session:
        run = find_run(session, session.get_one(AnnualPlan, office.plan_id), HALF)
        assert [(row.department, row.published, row.published_rank) for row in ranking(session, run)] == [
            (OWN, Decimal(94), 2), (OTHER, Decimal(95), 1),
        ]  # fmt: skip


def test_each_appeal_counts_on_top_of_those_before_it(office: Office) -> None:
    for line in (MISSED, SLIP):
        complain(office, line)
    decide(office, 1, points=Decimal(0))
    decide(office, 2, points=Decimal(0))
    assert ranks(office) == [(OWN, Decimal(100), 1), (OTHER, Decimal(95), 2)]


def test_a_dismissed_appeal_changes_nothing(office: Office) -> None:
    complain(office)
    assert decide(office, uphold=False).outcome is AppealOutcome.DISMISSED
    assert ranks(office) == [(OTHER, Decimal(95), 1), (OWN, Decimal(94), 2)]


def test_those_concerned_are_told_and_everything_is_on_record(small: Office) -> None:
    complain(small)
    assert "法规科对考核扣5分提出申诉，待您裁定：等待上级文件" in small.heard(FIRST, on="2026-07-06")[0]
    decide(small, points=Decimal(1))
    assert "考核申诉采纳，改扣1分：情况属实" in small.heard(HEAD, on="2026-07-08")[0]
    acts = [(entry.action, entry.actor, entry.item_id, entry.reason) for entry in small.rows(AuditEntry)[-3:]]
    assert acts == [
        ("score", SUPERVISOR, None, None),
        ("appeal", HEAD, 1, "等待上级文件"),
        ("decide_appeal", FIRST, 1, "情况属实"),
    ]


@pytest.mark.parametrize(
    ("given", "error", "refusal"),
    [
        pytest.param({"who": HELPER}, ForbiddenError, "法规科.*科室负责人", id="another head"),
        pytest.param({"line": THEIRS}, ForbiddenError, "财务科.*科室负责人", id="another department"),
        pytest.param({"who": HANDLER}, ForbiddenError, "科室负责人", id="no head"),
        pytest.param({"who": FIRST}, ForbiddenError, "科室负责人", id="who decides"),
        pytest.param({"who": OUTSIDER}, NotFoundError, "没有编号为 2 的扣分条目", id="another organ"),
        pytest.param({"line": 99}, NotFoundError, "没有编号为 99 的扣分条目", id="no line"),
        pytest.param({"on": "2026-07-16"}, ForbiddenError, f"{APPEAL_DAYS} 个工作日，已于 {LAST} 截止", id="late"),
        pytest.param({"line": SLIP}, ForbiddenError, "已于 2026-07-06 申诉.*每条只能申诉一次", id="again"),
        pytest.param({"reason": " "}, BadInputError, "申诉理由不能为空", id="no reason"),
    ],
)
def test_an_appeal_says_what_it_does_not_take(
    small: Office, given: dict[str, Any], error: type[DubanError], refusal: str
) -> None:
    complain(small, SLIP)
    with pytest.raises(error, match=refusal):
        complain(small, **given)


@pytest.mark.parametrize(
    ("given", "error", "refusal"),
    [
        pytest.param({"who": LEADER, "points": 0}, ForbiddenError, "第一责任人", id="a leader"),
        pytest.param({"who": SUPERVISOR, "points": 0}, ForbiddenError, "第一责任人", id="the supervisor"),
        pytest.param({"who": OUTSIDER, "points": 0}, NotFoundError, "没有编号为 1 的申诉", id="another organ"),
        pytest.param({"number": 7, "points": 0}, NotFoundError, "没有编号为 7 的申诉", id="no appeal"),
        pytest.param({"number": 2, "points": 0}, ForbiddenError, "已于 2026-07-08 裁定", id="again"),
        pytest.param({}, BadInputError, "--points 0 至 5", id="no points"),
        pytest.param({"points": 6}, BadInputError, "0 至 5", id="more points"),
        pytest.param({"points": -1}, BadInputError, "0 至 5", id="negative points"),
        pytest.param({"uphold": False, "points": 1}, BadInputError, "不予采纳的申诉不改分", id="dismissed with points"),
    ],
)
def test_a_decision_says_what_it_does_not_take(
    small: Office, given: dict[str, Any], error: type[DubanError], refusal: str
) -> None:
    complain(small)
    complain(small, SLIP)
    decide(small, 2, uphold=False)
    with pytest.raises(error, match=refusal):
        decide(small, **given)


def test_the_last_day_of_the_term_is_in_time(small: Office) -> None:
    assert str(complain(small, on=LAST).on) == LAST


def test_nobody_decides_an_appeal_of_his_own(small: Office) -> None:
    small.leave(FIRST, first="2026-07-08", last="2026-07-10", deputy=HEAD)
    complain(small)
    with pytest.raises(
        ForbiddenError, match=rf"{HEAD}已提出本次申诉，不能办理“裁定申诉”，.*：可由第一责任人{FIRST}办理"
    ):
        decide(small, who=HEAD, points=Decimal(0))


def test_what_belongs_to_no_department_is_not_appealed_against(small: Office) -> None:
    with unit_of_work(small.engine) as session:
        line = session.get_one(ScoreLine, MISSED)
        line.department_id, line.unit = None, "市财政局"
    with pytest.raises(ForbiddenError, match="市财政局"):
        complain(small)


def test_what_was_won_stays_won_in_the_next_version(small: Office) -> None:
    complain(small)
    with pytest.raises(ForbiddenError, match="1 件申诉未裁定"):
        publish(small, "2026-H1", on="2026-07-09", version=2)
    decide(small, points=Decimal(1))
    publish(small, "2026-H1", on="2026-07-09", version=2)

    assert line_of(small, ScoreEvent.LATE) == ("完成时限 2026-06-12，到期未办结（申诉后改扣1分）", Decimal(1), None)
    assert ranks(small) == [(OWN, Decimal(98), 1), (OTHER, Decimal(95), 2)]
    with pytest.raises(ForbiddenError, match="第 2 版取代"):
        complain(small, SLIP, on="2026-07-10")
    publish(small, "2026-H1", on="2026-07-10", version=3)
    assert ranks(small) == [(OWN, Decimal(98), 1), (OTHER, Decimal(95), 2)]


def sees(office: Office, who: str, name: str | None) -> bool:
    with reading(office.engine) as session:
        plan = session.get_one(AnnualPlan, office.plan_id)
        department = department_of(office, name) if name else None
        try:
            authorize_scores(session, office.by(session, who, PUBLISHED), plan, department)
        except (ForbiddenError, NotFoundError):
            return False
        return True


@pytest.mark.parametrize(
    ("who", "whole", "own", "other"),
    [
        (SUPERVISOR, True, True, True),
        (FIRST, True, True, True),
        (LEADER, False, True, False),
        (HEAD, False, True, False),
        (HELPER, False, False, True),
        (OUTSIDER, False, False, False),
    ],
)
def test_who_sees_which_scores(small: Office, who: str, whole: bool, own: bool, other: bool) -> None:
    assert (sees(small, who, None), sees(small, who, OWN), sees(small, who, OTHER)) == (whole, own, other)


def test_what_was_not_published_is_answered_with_what_was(small: Office) -> None:
    with reading(small.engine) as session:
        plan = session.get_one(AnnualPlan, small.plan_id)
        with pytest.raises(NotFoundError, match="没有公布过2026年的考核；已公布：2026年上半年第 1 版"):
            find_run(session, plan, span_named("2026"))
        with pytest.raises(NotFoundError, match="第 2 版；已公布"):
            find_run(session, plan, HALF, version=2)
