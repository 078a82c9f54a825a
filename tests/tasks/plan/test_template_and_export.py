"""Sheets that people fill in: the empty list, a plan taken out and brought back, and the list of errors."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models.database import key
from models.errors import BadInputError, CellError
from models.items.item import ItemLeader, ItemUnit, WorkItem
from models.items.plan import AnnualPlan, Project
from models.people.organ import Department, Organ
from models.people.person import Person, Post, Role, Tenure
from tasks.files.write_errors import write_errors
from tasks.plan.export_list import export_list
from tasks.plan.import_list import ImportReport, import_list
from tasks.reading.plan_columns import LIST
from tasks.reading.sheet import open_workbook
from tasks.sheets.template import write_template
from tests.actors import administrator

ON = dt.date(2026, 1, 15)
HEADINGS = [field.label for field in LIST.to_fill_in]
TITLE = "2026年度工作任务清单"


def page(path: Path, name: str = "任务清单") -> Worksheet:
    sheet = load_workbook(path)[name]
    assert isinstance(sheet, Worksheet)
    return sheet


def test_the_template_has_the_columns_of_the_field_two_examples_and_a_note_on_nearly_every_heading(
    tmp_path: Path,
) -> None:
    write_template(tmp_path / "list.xlsx", LIST, title=TITLE)

    sheet = page(tmp_path / "list.xlsx")
    assert sheet["A1"].value == "2026年度工作任务清单"
    assert [cell.value for cell in sheet[2]] == [
        "序号", "项目", "任务内容", "预期成果", "牵头领导", "牵头单位", "配合单位", "承办人", "开始时间", "完成时限",
        "每年", "重要程度", "目标数量", "计量单位", "佐证要求", "状态", "办结日", "备注",
    ]  # fmt: skip
    assert [sheet.cell(row, 1).value for row in (3, 4, 5)] == ["示例1", "示例2", None]
    assert [cell.value for cell in sheet[2] if cell.comment is None] == ["备注"]
    assert "6月底前" in sheet["J2"].comment.text
    assert (sheet.freeze_panes, sheet.page_setup.orientation, sheet.print_title_rows) == ("C3", "landscape", "$1:$2")


def test_the_template_offers_what_can_be_chosen(tmp_path: Path) -> None:
    def choices(**given: list[str]) -> dict[str, str]:
        write_template(tmp_path / "list.xlsx", LIST, title=TITLE, **given)
        offered = page(tmp_path / "list.xlsx").data_validations.dataValidation
        return {str(one.sqref)[0]: one.formula1 for one in offered}

    assert choices() == {"K": '"是,否"', "L": '"一般,重要,重大"', "P": '"未开始,在办,已办结"'}
    assert choices(departments=["法规科", "办公室"], people=["张静"]) == {
        "K": '"是,否"',
        "L": '"一般,重要,重大"',
        "P": '"未开始,在办,已办结"',
        "F": "选项!$A$1:$A$2",
        "G": "选项!$A$1:$A$2",
        "E": "选项!$B$1:$B$1",
        "H": "选项!$B$1:$B$1",
    }
    assert load_workbook(tmp_path / "list.xlsx")["选项"].sheet_state == "hidden"


def test_the_same_template_is_the_same_to_the_byte(tmp_path: Path) -> None:
    first, second = tmp_path / "first.xlsx", tmp_path / "second.xlsx"

    for path in (first, second):
        write_template(path, LIST, title=TITLE, departments=["法规科"], people=["张静"])

    assert first.read_bytes() == second.read_bytes()


def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "taken.xlsx").mkdir()

    for path in (tmp_path / "taken.xlsx", tmp_path / "missing" / "list.xlsx"):
        with pytest.raises(BadInputError, match=r"无法写入"):
            write_template(path, LIST, title=TITLE)
    assert [path.name for path in tmp_path.iterdir()] == ["taken.xlsx"]


def test_the_error_list_says_where_what_and_what_would_be_right(tmp_path: Path) -> None:
    write_errors(
        [CellError("清单", 3, "完成时限", "2月30日", "2月没有30日"), CellError(None, None, None, "=1+1", "不是任务")],
        tmp_path / "errors.xlsx",
    )

    sheet = page(tmp_path / "errors.xlsx", "错误清单")
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        ["工作表", "行", "列", "值", "应填"],
        ["清单", 3, "完成时限", "2月30日", "2月没有30日"],
        [None, None, None, "=1+1", "不是任务"],
    ]
    assert (sheet["D4"].data_type, sheet["D4"].quotePrefix) == ("s", True)


class Office:
    """张静 and 李伟 in 法规科, 王敏 and 周建国 lead; a plan of items made directly."""

    def __init__(self, session: Session, folder: Path) -> None:
        self.session, self.path = session, folder / "list.xlsx"
        self.organ = Organ(code="sf", name="某县司法局")
        session.add(self.organ)
        session.flush()
        self.department = Department(organ_id=key(self.organ.id), name="法规科")
        self.plan = AnnualPlan(organ_id=key(self.organ.id), year=2026, title="某县司法局2026年度工作计划")
        session.add_all([self.department, self.plan])
        session.flush()
        self.project = Project(plan_id=key(self.plan.id), ordinal=1, name="法治宣传教育")
        session.add(self.project)
        session.flush()
        self.wang, self.zhou = self.post("王敏", Role.LEADER), self.post("周建国", Role.FIRST_RESPONSIBLE)
        self.zhang = self.post("张静", Role.HANDLER, inside=True)

    def post(self, name: str, role: Role, *, inside: bool = False) -> int:
        organ_id = key(self.organ.id)
        person = Person(organ_id=organ_id, name=name)
        post = Post(
            organ_id=organ_id, department_id=self.department.id if inside else None, title=role.label, role=role
        )
        self.session.add_all([person, post])
        self.session.flush()
        self.session.add(Tenure(post_id=key(post.id), person_id=key(person.id), started_on=dt.date(2026, 1, 1)))
        self.session.flush()
        return key(post.id)

    def item(self, number: str, title: str = "普法宣传", **more: Any) -> WorkItem:
        item = WorkItem(
            plan_id=key(self.plan.id),
            organ_id=key(self.organ.id),
            project_id=key(self.project.id),
            number=number,
            title=title,
            **more,
        )
        self.session.add(item)
        self.session.flush()
        return item

    def take_out(self) -> int:
        return export_list(self.session, self.plan, self.path, on=ON)

    def bring_back(self, *, dry_run: bool = False) -> ImportReport:
        return import_list(self.session, self.path, by=administrator(ON), year=2026, dry_run=dry_run)

    def cell(self, row: int, heading: str) -> Any:
        sheet = page(self.path)
        return sheet.cell(row, [cell.value for cell in sheet[2]].index(heading) + 1)


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Iterator[Office]:
    with Session(engine) as session:
        yield Office(session, tmp_path)


def full(office: Office) -> WorkItem:
    item = office.item(
        "3-2", "开展“宪法宣传周”\x07活动", deliverable="活动总结", department_id=office.department.id,
        lead_text="法规科", leader_post_id=office.wang, handler_post_id=office.zhang, start_on=dt.date(2026, 3, 1),
        due_on=dt.date(2026, 6, 30), due_text="6月底前", target_count=2.0, target_unit="场", evidence_rule="照片",
        note="=SUM(A1)", source="第一句。\n第二句。",
    )  # fmt: skip
    office.session.add(ItemLeader(item_id=key(item.id), post_id=office.zhou, ordinal=2))
    for ordinal, text in enumerate(("办公室", "县各有关单位"), 1):
        office.session.add(ItemUnit(item_id=key(item.id), ordinal=ordinal, text=text))
    office.session.flush()
    return item


def test_what_is_taken_out_says_everything_a_person_needs(office: Office) -> None:
    full(office)

    assert office.take_out() == 1

    sheet = page(office.path)
    assert dict(zip([cell.value for cell in sheet[2]], [cell.value for cell in sheet[3]], strict=True)) == {
        "序号": "3-2", "项目": "法治宣传教育", "任务内容": "开展“宪法宣传周”活动", "预期成果": "活动总结",
        "牵头领导": "王敏、周建国", "牵头单位": "法规科", "配合单位": "办公室、县各有关单位", "承办人": "张静",
        "开始时间": "2026-03-01", "完成时限": "6月底前", "每年": None, "重要程度": "一般", "目标数量": 2,
        "计量单位": "场", "佐证要求": "照片", "备注": "=SUM(A1)", "状态": "拟办", "办结日": None,
        "缺少": None, "来源类别": None, "文号": None, "来源原文": "第一句。\n第二句。",
    }  # fmt: skip
    assert sheet["R3"].data_type == "s"


def test_what_is_taken_out_and_brought_back_changes_nothing(office: Office) -> None:
    full(office).title = "开展“宪法宣传周”活动"
    office.item("4", recurrence="FREQ=YEARLY", due_text="定期开展", unconfirmed=True)
    office.item("5", leader_post_id=office.zhou)

    assert office.take_out() == 3
    report = office.bring_back()

    assert report.errors == []
    assert [report.count(action) for action in ("create", "update", "keep")] == [0, 0, 3]


TEXT = st.text(st.sampled_from("甲乙丙ab1.，、；=+-@ \n()《》"), min_size=1, max_size=12).map(
    lambda text: f"任{text}务"
)
DAYS = st.dates(dt.date(2026, 2, 1), dt.date(2026, 12, 31))


@given(
    items=st.lists(
        st.fixed_dictionaries(
            {"title": TEXT.map(lambda text: text.replace("\n", ""))},
            optional={
                "deliverable": TEXT,
                "evidence_rule": TEXT,
                "note": TEXT.map(lambda text: f"={text}"),
                "source": TEXT,
                "start_on": st.just(dt.date(2026, 1, 5)),
                "due_on": DAYS,
                "target_count": st.sampled_from([1.0, 2.5, 40.0]),
            },
        ),
        min_size=1,
        max_size=4,
    )
)
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_plan_taken_out_and_brought_back_is_the_same(office: Office, items: list[dict[str, Any]]) -> None:
    with office.session.begin_nested() as savepoint:
        for number, values in enumerate(items, 1):
            text = {"due_text": str(values["due_on"])} if "due_on" in values else {}
            office.item(str(number), **values, **text)
        office.take_out()
        report = office.bring_back(dry_run=True)
        savepoint.rollback()

    assert report.errors == []
    assert [change.values for change in report.changes] == [{} for _ in items]


def test_what_is_missing_is_coloured_and_can_be_filled_in(office: Office) -> None:
    office.item(
        "1", "有来源的任务", source="定期开展普法。", recurrence="RRULE:FREQ=YEARLY", unconfirmed=True, due_text="每年"
    )
    office.item("2", "什么都没有的任务")
    office.take_out()

    coloured = [
        (row[0].value, HEADINGS[at])
        for row in page(office.path).iter_rows(min_row=3)
        for at, cell in enumerate(row)
        if cell.style == "待填格"
    ]
    assert coloured == [
        ("1", "牵头领导"), ("1", "牵头单位"), ("1", "承办人"), ("1", "完成时限"),
        ("2", "牵头领导"), ("2", "牵头单位"), ("2", "承办人"), ("2", "完成时限"),
    ]  # fmt: skip
    assert office.cell(4, "缺少").value == "完成时限、责任人"

    book = load_workbook(office.path)
    for row, due in ((3, "每季度"), (4, "6月底前")):
        book["任务清单"].cell(row, HEADINGS.index("承办人") + 1).value = "张静"
        book["任务清单"].cell(row, HEADINGS.index("完成时限") + 1).value = due
    book.save(office.path)
    report = office.bring_back()

    assert (report.errors, report.incomplete) == ([], [])
    query = select(WorkItem).order_by(col(WorkItem.number))
    assert [(item.handler_post_id, item.missing) for item in office.session.exec(query)] == [(office.zhang, [])] * 2


def test_a_post_that_nobody_holds_is_left_blank_and_stays(office: Office) -> None:
    item = office.item("1", handler_post_id=office.zhang, due_on=dt.date(2026, 6, 30), due_text="6月底前")
    office.session.exec(select(Tenure).where(Tenure.post_id == office.zhang)).one().ended_on = dt.date(2026, 1, 10)
    office.take_out()

    assert office.cell(3, "承办人").value is None
    office.bring_back()
    office.session.refresh(item)
    assert item.handler_post_id == office.zhang


def test_the_examples_of_the_template_are_not_imported(office: Office) -> None:
    write_template(office.path, LIST, title=TITLE)

    report = office.bring_back(dry_run=True)

    assert [error.accepted for error in report.errors] == ["表头下没有任何任务：请至少填写一行。"]
    assert [sheet.name for sheet in open_workbook(office.path)] == ["任务清单"]
