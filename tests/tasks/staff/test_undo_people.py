"""Taking back a staff list: people as before, unless something was built on what it brought."""

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, col, select

from models.actor import Actor, Channel
from models.audit import AuditEntry
from models.batch import ImportBatch
from models.database import key, on_record, rehearsing
from models.errors import ForbiddenError, ImportRefusedError, NotFoundError
from models.items.item import WorkItem
from models.items.plan import AnnualPlan, Project
from models.people.account import Account
from models.people.organ import Department, Organ
from models.people.permission import Action
from models.people.person import Person, Post, Role, Tenure
from tasks.staff.change_contact import change_contact
from tasks.staff.hand_over import hand_over
from tasks.staff.import_people import ImportedPeople, import_people
from tasks.staff.undo_people import UndonePeople, undo_people
from tests.actors import administrator

HEADER = ("单位", "部门", "姓名", "职务", "角色", "邮箱", "手机", "代理人", "单位代码", "上级单位")
YEAR_BEGINS = dt.date(2026, 1, 1)
BY = administrator(YEAR_BEGINS)
FIRST: list[tuple[str, ...]] = [
    ("某局", "法规科、办公室", "王敏", "副局长", "分管领导", "", "", ""),
    ("某局", "法规科", "李伟", "科长", "科室负责人", "li@example.cn", "", "王敏"),
    ("某局", "办公室", "陈芳", "主任", "督办员", "", "", ""),
]
SECOND: list[tuple[str, ...]] = [
    ("某局", "法规科、执法科", "王敏", "副局长", "分管领导", "wang@example.cn", "13800000002", "孙丽"),
    ("某局", "执法科", "孙丽", "科长", "科室负责人", "", "", "王敏"),
    ("某局", "法规科", "李伟", "科长", "科室负责人", "li@example.cn", "", "孙丽", "sft", "某市局"),
]
PEOPLE = ("organ", "department", "person", "post", "tenure", "oversight")


class Desk:
    """Brings staff lists in and takes them back, each in a transaction that is kept."""

    def __init__(self, engine: Engine, path: Path) -> None:
        self.engine, self.path = engine, path

    def bring(self, rows: Sequence[Sequence[str]], *, by: Actor = BY, dry_run: bool = False) -> ImportedPeople:
        workbook = Workbook()
        for row in [HEADER, *rows]:
            workbook.worksheets[0].append(list(row))
        workbook.save(self.path)
        with rehearsing(self.engine) if dry_run else on_record(self.engine) as session:
            return import_people(session, self.path, by=by, on=YEAR_BEGINS, dry_run=dry_run)

    def undo(self, batch: int | None, *, by: Actor = BY) -> UndonePeople:
        with on_record(self.engine) as session:
            return undo_people(session, batch or 0, by=by)

    def do(self, act: Callable[[Session], object]) -> None:
        with Session(self.engine) as session:
            act(session)
            session.commit()

    def rows(self, *tables: str) -> dict[str, list[str]]:
        with self.engine.connect() as connection:
            found = {name: connection.execute(SQLModel.metadata.tables[name].select()).all() for name in tables}
        return {name: sorted(map(str, rows)) for name, rows in found.items()}

    def as_person(self, name: str) -> Actor:
        with Session(self.engine) as session:
            person = named(session, Person, name)
            return Actor(name, Channel.WEB, YEAR_BEGINS, BY.now, person.id)


def named(session: Session, table: Any, name: str) -> Any:
    column = table.title if table is Post else table.name
    return session.exec(select(table).where(column == name)).one()


@pytest.fixture
def desk(any_engine: Engine, tmp_path: Path) -> Desk:
    return Desk(any_engine, tmp_path / "名册.xlsx")


def test_a_list_with_a_wrong_cell_a_dry_run_an_import_and_its_undoing_leave_people_as_before(desk: Desk) -> None:
    desk.bring(FIRST)
    before = desk.rows(*PEOPLE)

    with pytest.raises(ImportRefusedError) as refused:
        desk.bring([*SECOND, ("某局", "执法科", "钱一", "科员", "总管", "", "", "")])
    assert [(error.row, error.column, error.value) for error in refused.value.errors] == [(5, "角色", "总管")]
    tried = desk.bring(SECOND, dry_run=True)
    assert (tried.new["people"], tried.batch) == (1, None)
    assert desk.rows(*PEOPLE, "import_batch")["import_batch"] == desk.rows("import_batch")["import_batch"]
    assert desk.rows(*PEOPLE) == before

    done = desk.bring(SECOND)
    assert (done.new, done.batch) == (tried.new, 2)
    # The organ's code and parent, two people's particulars and deputies, one department no longer led.
    assert done.updated == tried.updated == 4
    assert desk.rows(*PEOPLE) != before

    undone = desk.undo(done.batch)
    assert desk.rows(*PEOPLE) == before
    assert (undone.deleted, undone.restored) == (
        {"people": 1, "posts": 1, "departments": 1, "organs": 1}, 4,
    )  # fmt: skip
    assert undone.told == ("已撤销批次 2（“名册.xlsx”）：删去人员 1 个、岗位 1 个、部门 1 个、单位 1 个，恢复 4 处。")


def test_the_first_list_is_taken_back_but_for_the_organ_that_the_trail_names(desk: Desk) -> None:
    batch = desk.bring(FIRST).batch
    desk.undo(batch)

    left = {name: len(rows) for name, rows in desk.rows(*PEOPLE).items()}
    assert left == dict.fromkeys(PEOPLE, 0) | {"organ": 1}
    assert desk.bring(FIRST).new == {"organs": 0, "departments": 2, "people": 3, "posts": 3}


def test_a_list_that_changes_nothing_leaves_no_batch(desk: Desk) -> None:
    desk.bring(FIRST)

    again = desk.bring(FIRST)

    assert (again.batch, again.updated, len(desk.rows("import_batch")["import_batch"])) == (None, 0, 1)


def test_batches_are_undone_newest_first_and_once(desk: Desk) -> None:
    first, second = desk.bring(FIRST).batch, desk.bring(SECOND).batch

    with pytest.raises(ForbiddenError, match=f"^批次 {first} 之后又导入过：请先撤销批次 {second}。$"):
        desk.undo(first)
    desk.undo(second)
    with pytest.raises(ForbiddenError, match=f"^批次 {second} 已经撤销过了。$"):
        desk.undo(second)
    desk.undo(first)
    assert desk.rows("person", "post") == {"person": [], "post": []}


def give_an_account(session: Session) -> None:
    session.add(Account(person_id=key(named(session, Person, "孙丽").id), login="sun", made_at=BY.now))


def name_in_a_plan(session: Session) -> None:
    organ, post = named(session, Organ, "某局"), session.exec(select(Post).order_by(col(Post.id).desc())).first()
    plan = AnnualPlan(organ_id=key(organ.id), year=2026, title="计划")
    session.add(plan)
    session.flush()
    project = Project(plan_id=key(plan.id), ordinal=1, name="项目")
    session.add(project)
    session.flush()
    session.add(
        WorkItem(
            plan_id=key(plan.id), organ_id=key(organ.id), project_id=key(project.id), number="1", title="普法",
            handler_post_id=post.id if post else None,
        )
    )  # fmt: skip


def give_another_post(session: Session) -> None:
    person, post = named(session, Person, "孙丽"), named(session, Post, "主任")
    session.add(Tenure(post_id=key(post.id), person_id=key(person.id), started_on=dt.date(2026, 3, 1)))


def hand_the_post_over(session: Session) -> None:
    post = session.exec(select(Post).order_by(col(Post.id).desc())).first()
    assert post is not None
    hand_over(session, post, by=BY, to=named(session, Person, "陈芳"), on=dt.date(2026, 3, 1))


def correct_the_address(session: Session) -> None:
    change_contact(session, named(session, Person, "王敏"), by=BY, email="new@example.cn", mobile="", deputy=None)


def put_in_the_department(session: Session) -> None:
    department = named(session, Department, "执法科")
    session.add(Post(organ_id=department.organ_id, department_id=department.id, title="科员", role=Role.HANDLER))


@pytest.mark.parametrize(
    ("since", "said"),
    [
        (give_an_account, "人员“孙丽”已有账户"),
        (name_in_a_plan, "岗位“科长”已有任务"),
        (give_another_post, "人员“孙丽”已有任职"),
        (hand_the_post_over, "岗位“科长”已有任职、任职“孙丽”导入以后又有改动"),
        (correct_the_address, "人员“王敏”导入以后又有改动"),
        (put_in_the_department, "科室“执法科”已有岗位"),
    ],
)
def test_what_was_built_on_a_list_since_keeps_it_from_being_taken_back(
    desk: Desk, since: Callable[[Session], object], said: str
) -> None:
    desk.bring(FIRST)
    batch = desk.bring(SECOND).batch
    desk.do(since)
    before = desk.rows(*PEOPLE, "import_batch")

    with pytest.raises(ForbiddenError, match=f"^批次 {batch} 不能撤销：{said}。$"):
        desk.undo(batch)

    assert desk.rows(*PEOPLE, "import_batch") == before


def test_who_has_acted_stays(desk: Desk) -> None:
    desk.bring(FIRST)
    batch = desk.bring([("某局", "执法科", "孙丽", "督办", "督办员", "", "", "")]).batch
    desk.bring([("某局", "法规科", "李伟", "副科长", "承办人", "", "", "")], by=desk.as_person("孙丽"))
    desk.undo(3)

    with pytest.raises(ForbiddenError, match=f"^批次 {batch} 不能撤销：人员“孙丽”已有操作记录。$"):
        desk.undo(batch)


def test_a_code_that_is_another_s_by_now_cannot_be_given_back(desk: Desk) -> None:
    desk.bring(FIRST)
    batch = desk.bring([("某局", "法规科", "李伟", "科长", "科室负责人", "", "", "", "sft")]).batch
    desk.do(lambda session: session.add(Organ(code="organ-1", name="别局")))

    with pytest.raises(ForbiddenError, match="它改动之前的代码、名称或手机号现已另有他用"):
        desk.undo(batch)


def test_a_list_of_several_organs_is_taken_back_at_the_machine_only(desk: Desk) -> None:
    def row(organ: str, name: str, role: str = "承办人") -> tuple[str, ...]:
        return (organ, "科室", name, role, role, "", "", "")

    desk.bring([row("甲局", "甲督办", "督办员"), row("乙局", "乙督办", "督办员")])
    both = desk.bring([row("甲局", "甲新"), row("乙局", "乙新")]).batch or 0
    own = desk.bring([row("甲局", "甲二")], by=desk.as_person("甲督办")).batch or 0

    with pytest.raises(NotFoundError, match=f"^没有编号为 {own} 的名册导入批次。$"):
        desk.undo(own, by=desk.as_person("乙督办"))
    with pytest.raises(NotFoundError, match=f"^没有编号为 {both} 的名册导入批次。$"):
        desk.undo(both, by=desk.as_person("甲督办"))
    with pytest.raises(ForbiddenError, match="甲二不能管理人员"):
        desk.undo(own, by=desk.as_person("甲二"))
    with pytest.raises(ForbiddenError, match=f"请先撤销批次 {own}"):
        desk.undo(both)
    desk.undo(own, by=desk.as_person("甲督办"))
    assert desk.undo(both).deleted == {"people": 2, "posts": 2, "departments": 0, "organs": 0}


def test_the_trail_and_the_batch_say_what_came_and_what_went(desk: Desk) -> None:
    batch = desk.bring(FIRST, by=BY).batch
    desk.undo(batch)
    with Session(desk.engine) as session:
        came, went = session.exec(select(AuditEntry).order_by(col(AuditEntry.id)))
        kept = session.exec(select(ImportBatch)).one()
    assert (came.action, came.after["batch"], went.action) == (Action.STAFF, batch, Action.STAFF)
    assert went.after == {
        "batch": batch, "file": "名册.xlsx", "gone_people": 3, "gone_posts": 3, "gone_departments": 2,
        "restored_rows": 0,
    }  # fmt: skip
    assert (kept.kind, kept.imported_by, kept.sha256) == ("people", BY.name, came.after["sha256"])
    assert kept.undone_at is not None
