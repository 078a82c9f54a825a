"""The trail as people read it: whose, of what, in words, and no further than one may see."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from models.audit import LEDGERS, AuditEntry
from models.database import unit_of_work
from models.errors import BadInputError, ForbiddenError, NotFoundError
from models.items.plan import AnnualPlan
from models.people.organ import Organ
from models.people.permission import Action
from models.people.person import Person, Post, Role, Tenure
from models.tables import METADATA
from tasks.acting.audit import write_alone
from tasks.items.sign import sign
from tasks.people.find import find_item, find_organ, find_person
from tasks.trail.show_audit import TrailEntry, action_named, show_audit
from tasks.trail.tell_entry import COLUMNS, MACHINE_ACTIONS, OWN_ACTIONS, TABLES, UNTOLD, action_label, changes
from tests.actors import administrator
from tests.office import FIRST, HANDLER, HEAD, LEADER, OUTSIDER, SUPERVISOR, Office, day

ON = "2026-06-08"


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    office = Office(any_engine, tmp_path / "home")
    office.assign("普法宣传", due="2026-06-30")
    office.assign("案卷评查", due="2026-06-26")
    office.report("1", "完成一半", on=ON, percent=50)
    office.close("2", on="2026-06-09")
    return office


def shown(office: Office, by: str | None = SUPERVISOR, **more: Any) -> list[TrailEntry]:
    with Session(office.engine) as session:
        actor = office.by(session, by, ON) if by else administrator(day(ON))
        if isinstance(more.get("item"), str):
            more["item"] = find_item(session, session.get_one(AnnualPlan, office.plan_id), more["item"])
        if isinstance(more.get("person"), str):
            more["person"] = find_person(session, more["person"])
        if isinstance(more.get("organ"), str):
            more["organ"] = find_organ(session, more["organ"])
        return show_audit(session, by=actor, **more)


def acts(rows: list[TrailEntry]) -> list[tuple[str, str, str | None]]:
    return [(row.actor, row.action_label, row.item) for row in rows]


def test_the_newest_come_last_with_labels_and_the_item_s_number(office: Office) -> None:
    assert acts(shown(office)) == [
        (SUPERVISOR, "下达计划", None),
        (HANDLER, "签收", "1"),
        (SUPERVISOR, "下达计划", None),
        (HANDLER, "签收", "2"),
        (HANDLER, "填报进展", "1"),
        (HANDLER, "申请办结", "2"),
        (SUPERVISOR, "审核通过", "2"),
    ]
    newest = shown(office)[-1]
    assert (newest.organ, newest.channel, newest.reason) == ("某局", "命令行", "例证从略")
    assert (str(newest.on), newest.at) == ("2026-06-09", dt.datetime(2026, 6, 9, 1, tzinfo=dt.UTC))


def test_what_changed_is_told_in_words_before_and_after(office: Office) -> None:
    signed, reported = shown(office, item="1")
    assert signed.changes == [
        "任务 1：签收日 无 → 2026-06-01、状态 待签收 → 在办",
        "签收 1：人员 无 → 李承办、签收日 无 → 2026-06-01",
    ]
    assert reported.changes == [
        "任务 1：进度 0 → 50、最近填报日 无 → 2026-06-08",
        "新增进展 1：人员 李承办、日期 2026-06-08、内容 完成一半、进度 50、序时进度 27",
    ]
    assert reported.before == {"work_item:1": {"percent": 0, "reported_on": None}}


def test_entries_are_sought_by_item_person_action_and_day(office: Office) -> None:
    assert acts(shown(office, item="2", action=Action.SIGN)) == [(HANDLER, "签收", "2")]
    assert {row.actor for row in shown(office, person=HANDLER)} == {HANDLER}
    assert [row.action for row in shown(office, from_on=day(ON), until_on=day(ON))] == ["report"]
    assert [row.action for row in shown(office, from_on=day("2026-06-09"))] == ["request_close", "accept"]
    assert len(shown(office, until_on=day("2026-06-01"))) == 4


def test_pages_go_back_by_the_oldest_id_shown(office: Office) -> None:
    first = shown(office, limit=3)
    second = shown(office, limit=3, before=first[0].id)
    third = shown(office, limit=3, before=second[0].id)
    assert [row.id for row in [*third, *second, *first]] == list(range(1, 8))
    assert shown(office, before=third[0].id) == []
    with pytest.raises(BadInputError, match="1 至 1000 条"):
        shown(office, limit=0)


def test_who_was_stood_in_for_is_named_and_found(office: Office) -> None:
    office.assign("制度清理", due="2026-06-30", sign=False)
    office.leave(HANDLER, first="2026-06-10", last="2026-06-10", deputy=HEAD)
    office.do(HEAD, sign, "3", on="2026-06-10")
    (entry,) = shown(office, person=HEAD)
    assert (entry.actor, entry.stands_for) == (HEAD, None)  # a head may by a seat of his own
    office.hire("周代理")
    office.leave(HANDLER, first="2026-06-11", last="2026-06-11", deputy="周代理")
    office.report("3", "办理中", on="2026-06-11")
    (entry,) = shown(office, person=HANDLER, from_on=day("2026-06-11"))
    assert (entry.actor, entry.stands_for) == ("周代理", HANDLER)


# --- who may look -------------------------------------------------------------------------------------------------


def test_only_those_who_audit_look_and_each_in_the_own_organ(office: Office) -> None:
    for name in (HANDLER, HEAD, LEADER):
        with pytest.raises(ForbiddenError, match="可由本单位的监督检查、督办员、第一责任人、管理员办理"):
            shown(office, name)
    assert len(shown(office, FIRST)) == 7
    assert shown(office, OUTSIDER) == []
    with pytest.raises(ForbiddenError):
        shown(office, OUTSIDER, organ="bureau")
    with pytest.raises(NotFoundError, match="没有编号为“1”的任务，或者它不在您的查看范围内"):
        shown(office, OUTSIDER, item="1")


def test_an_auditor_above_sees_the_organs_below_and_what_concerns_all_only_who_sees_all(office: Office) -> None:
    with unit_of_work(office.engine) as session:
        city = Organ(code="city", name="市局")
        session.add(city)
        session.flush()
        bureau = session.get_one(Organ, office.organ_id)
        bureau.parent_id = city.id
        for organ, name in ((city, "市监督"), (bureau, "局监督")):
            person = Person(organ_id=organ.id or 0, name=name)
            post = Post(organ_id=organ.id or 0, title="监督", role=Role.AUDITOR)
            session.add_all([person, post])
            session.flush()
            session.add(Tenure(post_id=post.id or 0, person_id=person.id or 0, started_on=dt.date(2020, 1, 1)))
        write_alone(session, administrator(day(ON)), Action.CALENDAR, organ_id=None, after={"added": 1})
        write_alone(session, administrator(day(ON)), Action.STAFF, organ_id=city.id, after={"people": 1})
    assert [row.organ for row in shown(office, "市监督")] == ["某局"] * 7 + ["市局"]
    assert {row.organ for row in shown(office, "局监督")} == {"某局"}
    assert {row.organ for row in shown(office, "市监督", organ="bureau")} == {"某局"}
    assert [row.action for row in shown(office, None)][-2:] == ["calendar", "staff"]
    with unit_of_work(office.engine) as session:
        session.exec(select(Organ).where(Organ.code == "other")).one().parent_id = find_organ(session, "city").id
    assert "calendar" in [row.action for row in shown(office, "市监督")]


# --- words --------------------------------------------------------------------------------------------------------


def test_every_table_and_column_of_the_office_s_has_a_word() -> None:
    tables = [table for table in METADATA.sorted_tables if table.name not in LEDGERS]
    assert {table.name for table in tables} == TABLES.keys()
    columns = {column.name for table in tables for column in table.columns}
    assert columns - COLUMNS.keys() - UNTOLD == set()
    assert COLUMNS.keys() - columns == set()


def test_an_action_is_known_by_its_code_and_its_label() -> None:
    for action in Action:
        assert action_named(action.value) == action_named(f" {action.label} ") == action.value
        assert action_label(action.value) == action.label
    for code, label in (dict(MACHINE_ACTIONS) | dict(OWN_ACTIONS)).items():
        assert (action_named(label), action_label(code)) == (code, label)
    with pytest.raises(BadInputError, match=r"“偷看”不是操作；可用：view（查看）"):
        action_named("偷看")


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ({}, {"organ:3": {"id": 3, "code": "c", "name": "丙局"}}, ["新增单位 3：代码 c、名称 丙局"]),
        ({"organ:3": {"name": "丙局"}}, {"organ:3": {"deleted": True}}, ["删去单位 3"]),
        (
            {"person:2": {"left_on": None, "deputy_id": 1}}, {"person:2": {"left_on": "2026-06-30", "deputy_id": 2}},
            ["人员 李：离任日 无 → 2026-06-30、代理人 王 → 李"],
        ),
        (
            {"evidence:1": {"public": False, "state": "submitted"}},
            {"evidence:1": {"public": True, "state": "accepted"}},
            ["佐证材料 1：可公开 否 → 是、状态 已提交 → 已采信"],
        ),
        ({"deadline:1": {"look_on": None}}, {"deadline:1": {"look_on": "2026-06-01"}}, []),
        ({}, {"file": "清单.xlsx", "sha256": "ab", "created": 3}, ["文件 清单.xlsx、新增任务 3"]),
        ({}, {"rows": {"person": 300, "tenure": 301}, "unknown": [1]}, ["改动记录数 人员 300、任职 301、unknown 1"]),
        ({}, {"oversight:1-2": {"department_id": 1, "post_id": 2}}, ["新增分管 1-2：科室 1、岗位 2"]),
        ({}, {"gone_table:1": {"what": {"a": [1]}}}, ["新增gone_table 1：what a 1"]),
        (
            {},
            {"ledger_deadline:1": {"kind": "case", "term": "publish"}, "document:2": {"about": "rung:1"}},
            ["新增文书 2", "新增台账时限 1：类别 执法案件、时限事项 行政处罚决定公开"],
        ),
        (
            {"policy:1": {"evidence_rules": {}}},
            {"policy:1": {"evidence_rules": {"major": {"pieces": 1, "categories": ["result"]}}}},
            ["督办策略 1：佐证规则 无 → 重大 份数 1、类别 成果展示"],
        ),
        ({}, {"organ:3": {"name": "很" * 50}}, ["新增单位 3：名称 " + "很" * 39 + "…"]),
        ({}, {"rung:1": {"roles": ["handler", "leader"], "document": ""}}, ["新增督办步骤 1：角色 承办人、分管领导"]),
        (
            {"policy:1": {"closure_levels": [["supervisor"]]}},
            {"policy:1": {"closure_levels": [["supervisor"], ["leader", "first_responsible"]]}},
            ["督办策略 1：办结审核层级 督办员 → 督办员、分管领导、第一责任人"],
        ),
    ],
)  # fmt: skip
def test_a_change_reads_like_a_line(before: dict[str, Any], after: dict[str, Any], lines: list[str]) -> None:
    names = {("person", 1): "王", ("person", 2): "李"}
    assert list(changes(before, after, lambda table, number: names.get((table, number)))) == lines


def test_what_an_entry_holds_is_left_as_it_is(office: Office) -> None:
    with Session(office.engine) as session:
        stored = session.exec(select(AuditEntry)).all()
    assert [(row.id, row.hash, row.after) for row in shown(office)] == [(row.id, row.hash, row.after) for row in stored]
