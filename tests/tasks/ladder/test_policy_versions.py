"""A policy changed while its plan runs: what was told stays told, what lies behind stays silent, what is ahead comes
once."""

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models.audit import AuditEntry
from models.clock import opening_of
from models.database import unit_of_work
from models.dates.day_override import office_calendar
from models.dates.unit import Unit
from models.dates.workdays import DayRule
from models.errors import BadInputError, ConflictError, ForbiddenError
from models.items.item import Deadline
from models.items.plan import AnnualPlan
from models.ladder.policy import Relation, ReportingCycle, Rung
from models.ladder.policy_change import PolicyChange
from models.people.permission import Action
from models.people.person import Role
from tasks.ladder.compare_ladders import RungMove
from tasks.ladder.reproject import reproject
from tasks.oversight.simulate import simulate
from tasks.plan.change_policy import ChangedPolicy, change_policy, versions_of
from tasks.workdays.import_calendar import import_overrides
from tests.actors import administrator
from tests.office import HANDLER, HEAD, LEADER, SUPERVISOR, Office, day

BEFORE, AFTER, UNSIGNED = Relation.BEFORE, Relation.AFTER, Relation.UNSIGNED
CALENDAR, WORKING = Unit.CALENDAR, Unit.WORKING
H, D, L = Role.HANDLER, Role.DEPARTMENT_HEAD, Role.LEADER
Told = list[tuple[str, str, str | None]]
Ladder = tuple[tuple[Relation, int, Unit, list[Role]], ...]

USUAL: Ladder = ((BEFORE, 7, CALENDAR, [H]), (BEFORE, 0, CALENDAR, [H]), (AFTER, 1, WORKING, [H, D]))


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    office = Office(any_engine, tmp_path / "home")
    office.ladder(*USUAL)
    office.assign("普法宣传", due="2026-06-16")
    return office


def change(office: Office, *rungs: tuple[Relation, int, Unit, list[Role]], on: str) -> ChangedPolicy:
    """The plan runs by these rungs from now on."""
    office.ladder(*rungs, name="新例")
    return adopt(office, "新例", on=on)


def adopt(office: Office, name: str, *, on: str, reason: str = "办法已修订", seal: str | None = None) -> ChangedPolicy:
    with unit_of_work(office.engine) as session:
        plan = session.get_one(AnnualPlan, office.plan_id)
        return change_policy(session, plan, name, by=office.by(session, SUPERVISOR, on), reason=reason, seal=seal)


@pytest.mark.parametrize("again", ["the same day", "the day after"])
def test_what_the_sweep_told_before_the_change_is_not_told_after_it(office: Office, again: str) -> None:
    office.fast_forward("2026-06-09")
    told = sorted(office.told())
    assert told == [("2026-06-09", "到期前7天", HANDLER)]
    change(office, (BEFORE, 7, CALENDAR, [H, D]), *USUAL[1:], on="2026-06-09")
    if again == "the same day":
        office.sweep("2026-06-09")
    else:
        office.fast_forward("2026-06-10")
    assert sorted(office.told()) == told


def test_a_change_before_the_sweep_of_the_day_decides_that_day(office: Office) -> None:
    office.fast_forward("2026-06-08")
    assert change(office, (BEFORE, 7, CALENDAR, [D]), *USUAL[1:], on="2026-06-09").change.from_on == day("2026-06-09")
    office.fast_forward("2026-06-10")
    assert sorted(office.told()) == [("2026-06-09", "到期前7天", HEAD)]


def test_a_rung_moved_to_a_day_that_is_over_is_not_told(office: Office) -> None:
    office.fast_forward("2026-06-08")
    change(office, (BEFORE, 10, CALENDAR, [H]), *USUAL[1:], on="2026-06-08")
    office.sweep("2026-06-08")
    office.fast_forward("2026-06-15")
    assert sorted(office.told()) == []


def test_a_rung_that_is_new_and_ahead_is_told_once(office: Office) -> None:
    office.fast_forward("2026-06-09")
    change(office, *USUAL, (BEFORE, 4, CALENDAR, [H, D]), on="2026-06-09")
    office.fast_forward("2026-06-12")
    office.sweep("2026-06-12")
    office.fast_forward("2026-06-15")
    assert sorted(office.told()) == [
        ("2026-06-09", "到期前7天", HANDLER), ("2026-06-12", "到期前4天", HANDLER), ("2026-06-12", "到期前4天", HEAD),
    ]  # fmt: skip


def test_a_rung_that_is_gone_comes_no_more(office: Office) -> None:
    change(office, (AFTER, 1, WORKING, [H]), on="2026-06-01")
    office.fast_forward("2026-06-17")
    assert sorted(office.told()) == [("2026-06-17", "逾期1个工作日", HANDLER)]


@pytest.mark.parametrize(
    ("changed_on", "told_after"),
    [("2026-06-17", [("2026-06-24", "逾期2天", LEADER)]), ("2026-06-22", [])],
    ids=["before the suspension", "during it"],
)
def test_what_was_told_is_not_told_again_after_a_suspension(office: Office, changed_on: str, told_after: Told) -> None:
    """逾期2天 falls on 18 June, while the clock stands: ahead of the first change, behind the second."""
    ladder = (*USUAL[:2], (AFTER, 1, WORKING, [H, D, L]), (AFTER, 2, CALENDAR, [L]), (AFTER, 9, WORKING, [L]))
    office.fast_forward("2026-06-17")
    told = office.told()
    assert [rung for _, rung, _ in told] == ["到期前7天", "到期当日", "逾期1个工作日", "逾期1个工作日"]
    if changed_on == "2026-06-17":
        change(office, *ladder, on=changed_on)
    office.suspend("1", on="2026-06-17")
    office.fast_forward("2026-06-22")
    if changed_on == "2026-06-22":
        change(office, *ladder, on=changed_on)
    office.resume("1", on="2026-06-24")
    office.fast_forward("2026-06-29")
    assert [one for one in office.told() if one not in told] == told_after
    office.fast_forward("2026-07-01")
    assert office.told()[-1] == ("2026-06-30", "逾期9个工作日", LEADER)


def test_what_was_told_is_not_told_again_after_a_closure_is_returned(office: Office) -> None:
    office.fast_forward("2026-06-17")
    told = office.told()
    office.ask_closure("1", on="2026-06-17")
    change(office, *USUAL[:2], (AFTER, 1, WORKING, [H, D, L]), on="2026-06-17")
    office.send_back("1", on="2026-06-18")
    office.fast_forward("2026-06-24")
    assert office.told() == told


def test_a_broken_promise_meets_the_new_ladder_whole(office: Office) -> None:
    office.fast_forward("2026-06-17")
    told = office.told()
    office.report("1", on="2026-06-17", next_report="2026-06-24")
    change(office, *USUAL[:2], (AFTER, 0, WORKING, [L]), on="2026-06-23")
    office.fast_forward("2026-06-26")
    assert [one for one in office.told() if one not in told] == [("2026-06-25", "逾期0个工作日", LEADER)]


def test_what_was_issued_or_moved_since_meets_the_new_ladder_whole(office: Office) -> None:
    office.fast_forward("2026-06-10")
    change(office, *USUAL, (BEFORE, 12, CALENDAR, [D]), on="2026-06-10")
    office.assign("案卷评查", due="2026-06-22")
    office.extend("1", to="2026-06-23", on="2026-06-11")
    office.approve("1", on="2026-06-11")
    office.fast_forward("2026-06-11")
    assert Counter(office.told())[("2026-06-11", "到期前12天", HEAD)] == 2


def test_who_was_asked_to_sign_is_not_asked_again_and_who_was_not_is(any_engine: Engine, tmp_path: Path) -> None:
    office = Office(any_engine, tmp_path / "home")
    ladder: Ladder = ((UNSIGNED, 0, WORKING, [H]), (UNSIGNED, 2, WORKING, [H, D]), (AFTER, 1, WORKING, [H]))
    office.ladder(*ladder)
    helping = office.department("执法科", "周科长")
    office.assign("普法宣传", due="2026-06-30", sign=False, helping=(helping,))
    office.fast_forward("2026-06-01")
    asked = office.told()
    office.assign("案卷评查", due="2026-06-30", sign=False, on="2026-06-01")
    change(office, (UNSIGNED, 0, WORKING, [H, L]), (UNSIGNED, 1, WORKING, [D]), *ladder[2:], on="2026-06-01")
    office.fast_forward("2026-06-05")
    assert Counter(office.told()) - Counter(asked) == {
        ("2026-06-02", "下达待签收", HANDLER): 1, ("2026-06-02", "下达待签收", LEADER): 1,
        ("2026-06-02", "未签收满1个工作日", HEAD): 2, ("2026-06-02", "未签收满1个工作日", "周科长"): 1,
    }  # fmt: skip


def test_a_day_moved_by_the_calendar_is_told_to_nobody_who_heard_an_earlier_version(
    any_engine: Engine, tmp_path: Path
) -> None:
    office = Office(any_engine, tmp_path / "home")
    office.ladder((BEFORE, 3, WORKING, [H]))
    office.assign("普法宣传", due="2026-06-15")
    office.fast_forward("2026-06-10")
    told = office.told()
    assert told == [("2026-06-10", "到期前3个工作日", HANDLER)]
    change(office, (BEFORE, 3, WORKING, [H, D]), on="2026-06-10")
    with unit_of_work(office.engine) as session:
        by, before = administrator(day("2026-06-10")), office_calendar(session)
        rule = DayRule(day("2026-06-13"), True, "周六上班")
        import_overrides(session, [rule], by=by, source="通知")
        reproject(session, before=before, after=office_calendar(session), on=by.on, now=by.now)
    office.fast_forward("2026-06-14")
    assert [one for one in office.told() if one not in told] == [("2026-06-11", "到期前3个工作日", HEAD)]


def test_the_preview_tells_rung_by_rung_what_moves_and_whom(office: Office) -> None:
    office.assign("案卷评查", due="2026-06-30")
    office.assign("执法检查", due="2026-06-08")
    office.fast_forward("2026-06-09")
    done = change(
        office, (BEFORE, 5, CALENDAR, [H]), (AFTER, 1, WORKING, [H, D, L]), (AFTER, 5, WORKING, [L]), on="2026-06-09"
    )
    assert (done.change.version, done.change.from_on) == (2, day("2026-06-10"))
    assert done.rungs == [
        RungMove("到期前7天：承办人", "到期前5天：承办人", 2, 1),
        RungMove("逾期1个工作日：承办人、科室负责人", "逾期1个工作日：承办人、科室负责人、分管领导", 2, 1),
        RungMove(None, "逾期5个工作日：分管领导", 3, 1),
        RungMove("到期当日：承办人", None, 2, 1),
    ]
    assert done.terms == []


def test_the_terms_of_the_copy_change_but_for_its_periods(office: Office) -> None:
    done = adopt(office, "三级预警", on="2026-06-05")
    assert done.terms == [
        "延期审批层级 分管领导或第一责任人 → 督办员 → 分管领导或第一责任人",
        "办结审核层级 督办员 → 督办员 → 分管领导或第一责任人",
    ]
    assert done.policy.filling is ReportingCycle.NONE


def test_each_change_is_a_version_on_record_and_the_old_copy_stays(office: Office) -> None:
    first = office.rows(AnnualPlan)[0].policy_id
    rungs = [rung for rung in office.rows(Rung) if rung.policy_id == first]
    adopt(office, "三级预警", on="2026-06-05", reason="上级要求预警三次")
    adopt(office, "常规", on="2026-06-08", reason="改回")
    assert [rung for rung in office.rows(Rung) if rung.policy_id == first] == rungs
    plan = office.rows(AnnualPlan)[0]
    assert {deadline.policy_id for deadline in office.rows(Deadline)} == {plan.policy_id}
    with unit_of_work(office.engine) as session:
        found = [(one.version, str(one.from_on), one.policy, one.reason, one.by) for one in versions_of(session, plan)]
        entries = select(AuditEntry).where(AuditEntry.action == Action.CHANGE_POLICY.value).order_by(col(AuditEntry.id))
        recorded = [(entry.actor, entry.reason) for entry in session.exec(entries)]
    assert found == [
        (1, "2026-06-01", "本例", "下达", None),
        (2, "2026-06-05", "三级预警", "上级要求预警三次", SUPERVISOR),
        (3, "2026-06-08", "常规", "改回", SUPERVISOR),
    ]
    assert recorded == [(who, reason) for *_, reason, who in found[1:]]


def test_what_cannot_be_changed_is_refused(office: Office) -> None:
    with pytest.raises(BadInputError, match="相同"):
        adopt(office, "本例", on="2026-06-05")
    with pytest.raises(BadInputError, match="理由"):
        adopt(office, "常规", on="2026-06-05", reason=" ")
    with pytest.raises(BadInputError, match="没有名为“别例”的督办策略"):
        adopt(office, "别例", on="2026-06-05")
    with pytest.raises(ConflictError, match="再看一次"):
        adopt(office, "常规", on="2026-06-05", seal="另一个")
    assert office.rows(PolicyChange) == []


def test_a_plan_that_is_not_issued_has_no_policy_to_change(any_engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(ForbiddenError, match="尚未下达"):
        adopt(Office(any_engine, tmp_path / "home"), "常规", on="2026-06-05")


def test_the_year_rehearsed_goes_by_the_present_policy_from_its_first_day(office: Office) -> None:
    office.fast_forward("2026-06-09")
    change(office, *USUAL, (BEFORE, 20, CALENDAR, [H]), on="2026-06-09")
    with Session(office.engine) as session:
        plan = session.get_one(AnnualPlan, office.plan_id)
        rows = simulate(session, plan, now=opening_of(day("2026-06-09")), calendar=office_calendar(session))
    assert "2026-05-27" in {str(row["fired_on"]) for row in rows if row["rung"] == "到期前20天"}
