"""A staff list comes in whole or not at all, and coming in again doubles nobody."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models.actor import Actor, Channel
from models.audit import AuditEntry
from models.errors import ForbiddenError, ImportRefusedError, UnreadableFileError
from models.people.organ import Department, Organ
from models.people.person import Oversight, Person, Post, Role, Tenure
from tasks.staff.hand_over import leave_office
from tasks.staff.import_people import ImportedPeople, import_people
from tests.actors import administrator

HEADER = ["单位", "部门", "姓名", "职务", "角色", "邮箱", "手机", "代理人"]
YEAR_BEGINS = dt.date(2026, 1, 1)
BY = administrator(YEAR_BEGINS)

STAFF: list[list[Any]] = [
    ["某县司法局", "局领导", "周建国", "局长", "第一责任人", "zhou@example.cn", 13800000001, ""],
    ["某县司法局", "法规科、执法监督科", "王 敏", "副局长", "分管领导", "wang@example.cn", "138-0000-0002", "周建国"],
    ["某县司法局", "法规科", "李伟", "科长", "科室负责人", "", "", "张静"],
    ["某县司法局", "法规科", "张静", "科员", "", "", "", "李伟"],
    ["某县司法局", "办公室", "陈芳", "主任", "督办员、科室负责人", "", "", ""],
]


def sheet(path: Path, rows: Sequence[Sequence[Any]], *, header: Sequence[str] = HEADER, title: str = "") -> Path:
    workbook = Workbook()
    page = workbook.worksheets[0]
    page.title = "名册"
    if title:
        page.append([title])
        page.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(header))
    for row in [header, *rows]:
        page.append(list(row))
    workbook.save(path)
    return path


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> "Office":
    return Office(engine, tmp_path / "staff.xlsx")


class Office:
    """Imports lists of rows, and answers who holds what."""

    def __init__(self, engine: Engine, path: Path) -> None:
        self.session, self.path = Session(engine), path

    def bring(self, *rows: Sequence[Any], on: dt.date = YEAR_BEGINS, header: Sequence[str] = HEADER) -> ImportedPeople:
        return import_people(self.session, sheet(self.path, rows, header=header), by=BY, on=on)

    def refusals(
        self, *rows: Sequence[Any], header: Sequence[str] = HEADER
    ) -> list[tuple[int | None, str | None, str]]:
        with pytest.raises(ImportRefusedError) as refused:
            self.bring(*rows, header=header)
        self.session.rollback()
        return [(error.row, error.column, error.value) for error in refused.value.errors]

    def person(self, name: str) -> Person:
        return self.session.exec(select(Person).where(Person.name == name)).one()

    def posts(self) -> list[tuple[str, str | None, str, Role]]:
        """Holder, department, title and role of every post."""
        query = (
            select(Person.name, Department.name, Post.title, Post.role)
            .select_from(Post)
            .join(Tenure, col(Tenure.post_id) == Post.id)
            .join(Person, col(Person.id) == Tenure.person_id)
            .join(Department, col(Department.id) == Post.department_id, isouter=True)
            .order_by(col(Post.id), col(Tenure.started_on))
        )
        return [tuple(row) for row in self.session.execute(query)]


def test_a_staff_list_becomes_organs_departments_people_and_posts(office: Office) -> None:
    done = office.bring(*STAFF)

    assert (done.organs, done.departments, done.people, done.posts) == (1, 3, 5, 6)
    assert office.posts() == [
        ("周建国", None, "局长", Role.FIRST_RESPONSIBLE),
        ("王敏", None, "副局长", Role.LEADER),
        ("李伟", "法规科", "科长", Role.DEPARTMENT_HEAD),
        ("张静", "法规科", "科员", Role.HANDLER),
        ("陈芳", "办公室", "主任", Role.SUPERVISOR),
        ("陈芳", "办公室", "主任", Role.DEPARTMENT_HEAD),
    ]
    assert {tenure.started_on for tenure in office.session.exec(select(Tenure))} == {YEAR_BEGINS}


def test_a_leader_is_in_charge_of_the_departments_listed_and_after_a_change_of_no_others(office: Office) -> None:
    def charges() -> list[str]:
        query = select(Department.name).join(Oversight).order_by(Department.name)
        return list(office.session.exec(query))

    office.bring(*STAFF)
    assert sorted(charges()) == sorted(["法规科", "执法监督科"])

    office.bring(["某县司法局", "法规科、办公室", "王敏", "副局长", "分管领导", "", "", ""])
    assert sorted(charges()) == sorted(["法规科", "办公室"])


def test_numbers_and_deputies_are_kept_as_a_person_means_them(office: Office) -> None:
    office.bring(*STAFF)

    assert office.person("周建国").mobile == "13800000001"
    assert office.person("王敏").mobile == "13800000002"
    assert office.person("李伟").deputy_id == office.person("张静").id
    assert office.person("张静").deputy_id == office.person("李伟").id


def test_the_same_list_again_adds_nobody(office: Office) -> None:
    office.bring(*STAFF)
    before = office.posts()

    assert set(office.bring(*STAFF).new.values()) == {0}
    assert office.posts() == before


def test_a_known_person_is_updated_and_keeps_a_post_that_is_no_longer_listed(office: Office) -> None:
    office.bring(*STAFF)

    done = office.bring(["某县司法局", "办公室", "李伟", "副主任", "承办人", "li@example.cn", "13900000000", ""])

    assert done.new == {"organs": 0, "departments": 0, "people": 0, "posts": 1}
    person = office.person("李伟")
    assert (person.email, person.mobile, person.deputy_id) == ("li@example.cn", "13900000000", office.person("张静").id)
    assert [row[1:3] for row in office.posts() if row[0] == "李伟"] == [("法规科", "科长"), ("办公室", "副主任")]


def test_a_newcomer_takes_over_the_post_of_somebody_who_left(office: Office) -> None:
    office.bring(*STAFF)
    leave_office(office.session, office.person("李伟"), by=BY, on=dt.date(2026, 6, 30))

    done = office.bring(["某县司法局", "法规科", "赵强", "科长", "科室负责人", "", "", ""])

    assert done.new == {"organs": 0, "departments": 0, "people": 1, "posts": 0}
    [taken] = [post for post in office.session.exec(select(Post)) if post.title == "科长"]
    tenures = office.session.exec(select(Tenure).where(Tenure.post_id == taken.id).order_by(col(Tenure.started_on)))
    assert [(tenure.started_on, tenure.ended_on) for tenure in tenures] == [
        (YEAR_BEGINS, dt.date(2026, 6, 30)),
        (dt.date(2026, 7, 1), None),
    ]


def test_an_old_list_does_not_bring_back_who_left(office: Office) -> None:
    office.bring(*STAFF)
    leave_office(office.session, office.person("李伟"), by=BY, on=dt.date(2026, 6, 30))
    before = office.posts()

    office.bring(*STAFF)

    assert office.posts() == before
    with pytest.raises(ImportRefusedError) as refused:
        office.bring(*STAFF, on=dt.date(2026, 8, 1))
    assert [error.accepted for error in refused.value.errors] == [
        "已于 2026-06-30 离任：请删去此行；重新任职请办理岗位交接"
    ]


def test_a_title_row_merged_cells_other_headings_and_remarks_are_read_as_people_mean_them(
    engine: Engine, tmp_path: Path
) -> None:
    header = ["工作单位", "科室", "姓 名*", "职务", "角色（可不填）", "电子邮箱", "联系电话", "AB岗"]
    rows: list[list[Any]] = [
        ["某县司法局", "法规科", "李伟", "科长", "处长", "", "", "张静"],
        [None, None, "张静", "科员", "", "", "", ""],
        ["注：电话为办公电话"],
    ]
    path = sheet(tmp_path / "staff.xlsx", rows, header=header, title="某县司法局人员名册")
    workbook = load_workbook(path)
    workbook.worksheets[0].merge_cells("A3:A4")
    workbook.worksheets[0].merge_cells("B3:B4")
    workbook.save(path)

    with Session(engine) as session:
        done = import_people(session, path, by=BY, on=YEAR_BEGINS)

    assert (done.organs, done.departments, done.people, done.posts) == (1, 1, 2, 2)


def test_organs_form_a_tree_and_get_a_code(office: Office) -> None:
    header = [*HEADER, "单位代码", "上级单位"]
    office.bring(
        ["某市司法局", "", "周建国", "局长", "局长", "", "", "", "sft", ""],
        ["某县司法局", "", "王敏", "局长", "主任（主要负责人）", "", "", "", "", "某市司法局"],
        header=header,
    )

    organs = {organ.name: organ for organ in office.session.exec(select(Organ))}
    assert {name: organ.code for name, organ in organs.items()} == {"某市司法局": "sft", "某县司法局": "organ-1"}
    assert organs["某县司法局"].parent_id == organs["某市司法局"].id
    assert organs["某市司法局"].parent_id is None


def test_where_there_is_one_organ_the_column_may_be_missing(office: Office) -> None:
    office.bring(*STAFF)

    office.bring(["孙丽", "科员"], header=["姓名", "职务"])

    assert office.person("孙丽").organ_id == office.person("李伟").organ_id


def test_an_organ_that_a_plan_came_in_for_unnamed_gets_its_name(office: Office) -> None:
    office.session.add(Organ(code="organ-1", name="本单位"))
    office.session.commit()

    office.bring(*STAFF)

    assert [(organ.code, organ.name) for organ in office.session.exec(select(Organ))] == [("organ-1", "某县司法局")]
    assert {person.organ_id for person in office.session.exec(select(Person))} == {1}


def test_namesakes_are_told_apart_by_their_numbers(office: Office) -> None:
    def row(mobile: str, email: str) -> list[str]:
        return ["某县司法局", "法规科", "李伟", "科员", "", email, mobile, ""]

    first, second = row("13800000001", "a@example.cn"), row("13800000002", "b@example.cn")
    assert office.bring(first, second).people == 2
    assert office.bring(first, second).new["people"] == 0
    office.bring(row("13800000002", "c@example.cn"))

    people = {person.mobile: person.email for person in office.session.exec(select(Person))}
    assert people == {"13800000001": "a@example.cn", "13800000002": "c@example.cn"}
    office.session.commit()
    assert office.refusals(row("", "")) == [(2, "手机", "")]
    assert office.refusals(row("13800000009", "")) == [(2, "手机", "13800000009")]
    assert office.refusals(first, second, row("", "")) == [(4, "手机", "")]


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"姓名": ""}, (2, "姓名", "")),
        ({"单位": ""}, (2, "单位", "")),
        ({"角色": "总管"}, (2, "角色", "总管")),
        ({"角色": "科室负责人", "部门": ""}, (2, "部门", "")),
        ({"邮箱": "li@"}, (2, "邮箱", "li@")),
        ({"邮箱": "li@example.cn, zhang@example.cn"}, (2, "邮箱", "li@example.cn, zhang@example.cn")),
        ({"手机": "无"}, (2, "手机", "无")),
        ({"代理人": "外人"}, (2, "代理人", "外人")),
        ({"代理人": "李伟"}, (2, "代理人", "李伟")),
        ({"职务": "长" * 101}, (2, "职务", "长" * 101)),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_is_written(
    office: Office, changes: dict[str, str], refused: tuple[int, str, str]
) -> None:
    right = dict(zip(HEADER, ["某县司法局", "法规科", "李伟", "科员", "承办人", "", "", ""], strict=True))
    other = ["某县司法局", "法规科", "张静", "科员", "", "", "", ""]

    assert office.refusals(list((right | changes).values()), other) == [refused]
    assert office.session.exec(select(Organ)).all() == []


def test_rows_of_one_person_or_organ_must_agree(office: Office) -> None:
    header = [*HEADER, "单位代码", "上级单位"]

    def row(name: str, *, email: str = "", deputy: str = "", code: str = "", above: str = "") -> list[str]:
        return ["某县司法局", "法规科", name, "科员", "", email, "", deputy, code, above]

    assert office.refusals(
        row("李伟", email="a@example.cn", code="one", above="某市司法局"),
        row("李伟", email="b@example.cn", code="two", above="某省司法厅"),
        ["某市司法局", "", "张静", "", "", "", "", "", "one", "某县司法局"],
        header=header,
    ) == [
        (3, "单位代码", "two"),
        (3, "上级单位", "某省司法厅"),
        (3, "邮箱", "b@example.cn"),
        (4, "单位代码", "one"),
        (4, "上级单位", "某县司法局"),
    ]


def test_a_sheet_without_a_header_or_without_people_is_no_staff_list(engine: Engine, tmp_path: Path) -> None:
    with Session(engine) as session:
        for rows, words in (([["甲", "乙"]], "没有找到表头"), ([], "没有一行人员")):
            header = ["随便", "什么"] if rows else HEADER
            with pytest.raises(UnreadableFileError, match=words):
                import_people(session, sheet(tmp_path / "staff.xlsx", rows, header=header), by=BY, on=YEAR_BEGINS)


# --- whose people they are ----------------------------------------------------------------------------------------

SIBLINGS = [
    ["甲局", "法规科", "甲督办", "督办员", "督办员", "", "", ""],
    ["乙局", "法规科", "乙督办", "督办员", "督办员", "", "", ""],
]


def as_person(office: Office, name: str) -> Actor:
    return Actor(name, Channel.WEB, YEAR_BEGINS, BY.now, office.person(name).id)


def bring_as(office: Office, name: str, *rows: Sequence[Any], header: Sequence[str] = HEADER) -> ImportedPeople:
    path = sheet(office.path, rows, header=header)
    return import_people(office.session, path, by=as_person(office, name), on=YEAR_BEGINS)


def told(office: Office) -> list[tuple[str | None, str, dict[str, Any]]]:
    """The organ, the actor and what is told of each entry."""
    office.session.commit()
    names = {organ.id: organ.name for organ in office.session.exec(select(Organ))}
    entries = office.session.exec(select(AuditEntry).order_by(col(AuditEntry.id)))
    return [(names.get(entry.organ_id), entry.actor, entry.after) for entry in entries]


def test_each_organ_s_trail_says_which_file_it_was_and_what_it_brought(office: Office) -> None:
    office.bring(*SIBLINGS)
    digest = hashlib.sha256(office.path.read_bytes()).hexdigest()
    counts = {"people": 1, "new_organs": 1, "new_departments": 1, "new_people": 1, "new_posts": 1}
    assert told(office) == [
        (name, "本机管理员", {"file": "staff.xlsx", "sha256": digest, "batch": 1, **counts})
        for name in ("甲局", "乙局")
    ]


def test_a_supervisor_brings_in_the_own_people_and_nobody_else_s(office: Office) -> None:
    office.bring(*SIBLINGS)
    done = bring_as(office, "甲督办", ["甲局", "法规科", "甲新人", "科员", "承办人", "", "", ""])
    assert done.new == {"organs": 0, "departments": 0, "people": 1, "posts": 1}
    assert [(organ, actor) for organ, actor, _ in told(office)][2:] == [("甲局", "甲督办")]
    for rows, words in (
        ([["乙局", "法规科", "乙新人", "科员", "承办人", "", "", ""]], "可由本单位的督办员、管理员、安全管理员办理"),
        ([*SIBLINGS], "可由本单位的督办员、管理员、安全管理员办理"),
        ([["丙局", "法规科", "丙新人", "科员", "承办人", "", "", ""]], "可由本机管理员"),
    ):
        with pytest.raises(ForbiddenError, match=words):
            bring_as(office, "甲督办", *rows)
    assert len(told(office)) == 3


def test_an_organ_is_moved_in_the_tree_at_the_machine_only(office: Office) -> None:
    office.bring(*SIBLINGS)
    above = ["甲局", "乙局", "法规科", "甲督办", "督办员", "督办员"]
    header = ["单位", "上级单位", "部门", "姓名", "职务", "角色"]
    with pytest.raises(ForbiddenError, match="可由本机管理员"):
        bring_as(office, "甲督办", above, header=header)
    office.bring(above, header=header)
    bring_as(office, "甲督办", above, header=header)  # what stands already is no move


def test_who_may_not_manage_people_hears_nothing_of_what_is_wrong_with_the_list(office: Office) -> None:
    office.bring(*SIBLINGS)
    with pytest.raises(ForbiddenError):
        bring_as(office, "乙督办", ["甲局", "", "甲督办", "", "总管", "", "", ""])
