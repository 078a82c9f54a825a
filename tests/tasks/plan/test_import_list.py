"""Getting a year's list in: dry run, all or nothing, matched by number, people and units found."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, col, select

from models.batch import ImportBatch
from models.database import key, unit_of_work
from models.dates.day_override import DayOverride
from models.errors import NotFoundError, UnreadableFileError
from models.items.item import Deadline, DeadlineMove, ItemLeader, ItemState, ItemUnit, WorkItem
from models.items.plan import AnnualPlan, Project
from models.migrate import seed_presets
from models.people.organ import Organ
from models.people.person import Person, Role
from tasks.ladder.arm import issue_plan
from tasks.people.find import find_item, find_organ, find_plan
from tasks.plan.show_plan import show_plan
from tests.ledgers import HEADER, NOW, ON, YEAR, Rows, bring_in, complaints, register_office, seat, write_xlsx

ROWS: Rows = [
    [80, "法治学习", "组织专题研讨", "俞 悦", "法规科", "县各有关单位", "李 四", "6月底前"],
    [81, "法治学习", "完善制度", "陆 明俞 悦", "办公室", "法规科", "王五", "上半年"],
    [85, "普法", "新媒体宣传", None, "宣传科", None, None, "长期坚持"],
]
REPORT = """某县国动办2025年度法治政府建设情况报告
一、主要举措和成效
开展学习2次。
四、2026年工作安排
1.加强学习。组织开展专题研讨。定期开展案卷自查。
2.普法宣传。每季度开展一次宣传活动。
"""


@pytest.fixture
def session(engine: Engine) -> Any:
    with unit_of_work(engine) as session:
        register_office(session)
        yield session


def ledger(folder: Path, *rows: Any, header: Any = HEADER, name: str = "a.xlsx") -> Path:
    return write_xlsx(folder / name, [header, *rows])


def items(session: Session) -> dict[str, WorkItem]:
    session.expire_all()
    return {item.number: item for item in session.exec(select(WorkItem).order_by(col(WorkItem.id)))}


def shown(session: Session) -> dict[str, dict[str, Any]]:
    plan = find_plan(session, find_organ(session, None), YEAR)
    return {
        item["number"]: item for project in show_plan(session, plan, on=ON)["projects"] for item in project["items"]
    }


def everything(session: Session) -> dict[str, list[Any]]:
    session.flush()
    return {
        table.name: sorted(map(str, session.connection().execute(table.select()).all()))
        for table in SQLModel.metadata.tables.values()
    }


def test_a_ledger_comes_in_with_its_people_and_units(session: Session, tmp_path: Path) -> None:
    report = bring_in(session, ledger(tmp_path, *ROWS))

    found = shown(session)
    assert list(found) == ["80", "81", "85"]
    assert (found["81"]["leaders"], found["81"]["lead"], found["81"]["handler"]) == (["陆明", "俞悦"], "办公室", "王五")
    assert (found["80"]["cooperating"], found["85"]["lead"]) == (["县各有关单位"], "宣传科")
    assert found["80"]["due_on"] == dt.date(YEAR, 6, 30)
    departments = {item.number: item.department_id is not None for item in items(session).values()}
    assert departments == {"80": True, "81": True, "85": False}
    assert found["85"]["missing"] == ["责任人"]
    assert (report.projects, report.count("create"), len(report.incomplete)) == (2, 3, 1)


def test_the_first_leader_answers_and_the_others_stand_beside(session: Session, tmp_path: Path) -> None:
    bring_in(session, ledger(tmp_path, ROWS[1]))

    item = items(session)["81"]
    (second,) = session.exec(select(ItemLeader)).all()
    assert (second.item_id, second.ordinal) == (item.id, 2)
    assert second.post_id != item.leader_post_id


def test_a_dry_run_understands_all_and_writes_nothing(session: Session, tmp_path: Path) -> None:
    before = everything(session)

    report = bring_in(session, ledger(tmp_path, *ROWS), dry_run=True)

    data = report.as_dict()
    assert everything(session) == before
    assert (data["batch"], data["projects"], data["items"], data["incomplete"], data["errors"]) == (None, 2, 3, 1, [])
    assert {key: data["understood"][1][key] for key in ("row", "number", "project", "title", "due_text", "due_on")} == {
        "row": 3,
        "number": "81",
        "project": "法治学习",
        "title": "完善制度",
        "due_text": "上半年",
        "due_on": dt.date(YEAR, 6, 30),
    }
    assert data["understood"][1]["leaders"] == ["陆明", "俞悦"]
    assert (data["understood"][0]["lead"], data["understood"][0]["cooperating"]) == ("法规科", ["县各有关单位"])
    assert "最后一天" in data["understood"][0]["note"]


def test_one_wrong_cell_keeps_everything_out(session: Session, tmp_path: Path) -> None:
    before = everything(session)

    report = bring_in(session, ledger(tmp_path, *ROWS, [85, "普法", "甲", "陆铭", None, None, None, "2月30日"]))

    assert everything(session) == before
    assert complaints(report) == [(5, "完成时限", "2月30日"), (5, "序号", "85"), (5, "牵头领导", "陆铭")]
    assert "陆明" in report.errors[2].accepted
    assert report.batch is None


def test_without_registered_people_the_way_to_register_them_is_said(engine: Engine, tmp_path: Path) -> None:
    with unit_of_work(engine) as session:
        report = bring_in(session, ledger(tmp_path, ROWS[0]))

    assert [error.column for error in report.errors] == ["牵头领导", "责任人"]
    assert all("duban people import" in error.accepted for error in report.errors)


def test_without_any_organ_one_is_made(engine: Engine, tmp_path: Path) -> None:
    with unit_of_work(engine) as session:
        bring_in(session, ledger(tmp_path, [1, "甲", "乙"]), organ_code="gdb")

        assert [(organ.code, organ.name) for organ in session.exec(select(Organ))] == [("gdb", "本单位")]


def test_an_unknown_organ_is_refused_where_others_are_registered(session: Session, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="没有代码为“x”的单位"):
        bring_in(session, ledger(tmp_path, *ROWS), organ_code="x")


def test_the_same_file_again_changes_nothing(session: Session, tmp_path: Path) -> None:
    path = ledger(tmp_path, *ROWS, [None, "普法", "没有编号的一项"], [None, "普法", "没有编号的一项"])
    bring_in(session, path)
    before = everything(session)

    report = bring_in(session, path)

    assert everything(session) == before
    assert (report.count("keep"), report.batch) == (5, None)
    assert sorted(items(session)) == ["80", "81", "85", "86", "87"]


def test_rows_are_matched_by_number_and_blanks_change_nothing(session: Session, tmp_path: Path) -> None:
    bring_in(session, ledger(tmp_path, *ROWS))

    report = bring_in(
        session,
        ledger(tmp_path, [80, None, "组织两次专题研讨", None, None, None, "王五", "9月底前"], name="b.xlsx"),
    )

    item = shown(session)["80"]
    assert (report.count("update"), report.count("create")) == (1, 0)
    assert (item["title"], item["handler"], item["due_on"]) == ("组织两次专题研讨", "王五", dt.date(YEAR, 9, 30))
    assert (item["leaders"], item["lead"], item["cooperating"]) == (["俞悦"], "法规科", ["县各有关单位"])
    assert len(shown(session)) == 3


def test_a_dash_takes_away_what_stood_there(session: Session, tmp_path: Path) -> None:
    bring_in(session, ledger(tmp_path, *ROWS))

    bring_in(session, ledger(tmp_path, [81, None, None, "-", None, "-", "-", "-"], name="b.xlsx"))

    item = shown(session)["81"]
    assert (item["leaders"], item["cooperating"], item["handler"], item["due_text"]) == ([], [], None, None)
    assert item["missing"] == ["完成时限"]


def test_a_moved_row_changes_its_project_and_an_empty_one_may_go(session: Session, tmp_path: Path) -> None:
    bring_in(session, ledger(tmp_path, *ROWS))

    bring_in(session, ledger(tmp_path, [85, "法治学习"], name="b.xlsx"))

    named = {project.id: project.name for project in session.exec(select(Project))}
    assert named[items(session)["85"].project_id] == "法治学习"


def test_a_new_number_needs_a_task(session: Session, tmp_path: Path) -> None:
    report = bring_in(session, ledger(tmp_path, [9, "甲", None, None, "法规科"]))

    assert complaints(report) == [(2, "任务内容", "")]


def test_start_and_due_are_compared_even_when_they_come_from_two_files(session: Session, tmp_path: Path) -> None:
    bring_in(session, ledger(tmp_path, *ROWS))

    report = bring_in(session, ledger(tmp_path, [80, "8月1日"], header=("序号", "开始时间", "任务内容")))

    assert [error.row for error in report.errors] == [2]
    assert "早于开始时间 2026-08-01" in report.errors[0].accepted


def test_a_post_in_the_leading_department_is_preferred(session: Session, tmp_path: Path) -> None:
    organ = find_organ(session, None)
    (wang,) = session.exec(select(Person).where(Person.name == "王五")).all()
    legal = seat(session, organ, "周六", "科员", Role.HANDLER)
    extra = seat(session, organ, "王五", "副主任", Role.LEADER, person=wang)
    assert extra.id == wang.id

    rows = [
        [1, "甲", "a", "王五", "法规科", None, "周六", "6月底前"],
        [2, "甲", "b", "王五", "办公室", None, "王五", "6月底前"],
    ]
    bring_in(session, ledger(tmp_path, *rows))

    found = items(session)
    assert legal.id is not None
    assert found["1"].leader_post_id != found["2"].leader_post_id
    assert found["2"].leader_post_id == found["2"].handler_post_id


def test_two_people_of_one_name_are_not_guessed_at(session: Session, tmp_path: Path) -> None:
    organ = find_organ(session, None)
    seat(session, organ, "张伟", "科员", Role.HANDLER)
    seat(session, organ, "张伟", "科员", Role.HANDLER)

    report = bring_in(session, ledger(tmp_path, [1, "甲", "a", None, None, None, "张伟"]))

    assert "有几位“张伟”" in report.errors[0].accepted


def test_somebody_without_a_post_on_that_day_is_refused(session: Session, tmp_path: Path) -> None:
    seat(session, find_organ(session, None), "钱七", "科员", Role.HANDLER, until=dt.date(YEAR - 1, 6, 30))

    report = bring_in(session, ledger(tmp_path, [1, "甲", "a", None, None, None, "钱七"]))

    assert "现在没有任职" in report.errors[0].accepted


def test_of_several_handlers_the_first_is_taken_and_said(session: Session, tmp_path: Path) -> None:
    report = bring_in(session, ledger(tmp_path, [1, "甲", "a", None, "法规科", None, "李四、王五", "6月底前"]))

    (row,) = report.as_dict()["understood"]
    assert row["handler"] == "李四"
    assert "以首位“李四”为承办人" in row["note"]


def issued(session: Session, path: Path) -> AnnualPlan:
    seed_presets(session)
    bring_in(session, path)
    plan = find_plan(session, find_organ(session, None), YEAR)
    issue_plan(session, plan, on=ON)
    return plan


def test_only_a_person_changes_an_issued_item_by_a_list(session: Session, tmp_path: Path) -> None:
    issued(session, ledger(tmp_path, *ROWS))

    report = bring_in(session, ledger(tmp_path, [80, None, None, None, None, None, None, "9月底前"], name="b.xlsx"))

    assert "本机管理员不能对任务 80 调整时限：请用 --as 姓名 写明由谁办理" in report.errors[0].accepted
    assert items(session)["80"].due_on == dt.date(YEAR, 6, 30)
    assert session.exec(select(DeadlineMove)).all() == []


def test_the_same_due_text_leaves_an_extended_day_alone(session: Session, tmp_path: Path) -> None:
    path = ledger(tmp_path, *ROWS)
    issued(session, path)
    item = items(session)["80"]
    item.due_on = dt.date(YEAR, 8, 31)
    session.flush()

    report = bring_in(session, path)

    assert (report.count("keep"), items(session)["80"].due_on) == (3, dt.date(YEAR, 8, 31))


def test_an_issued_item_cannot_lose_what_it_is_supervised_by(session: Session, tmp_path: Path) -> None:
    issued(session, ledger(tmp_path, *ROWS))

    report = bring_in(session, ledger(tmp_path, [80, None, None, None, None, None, None, "-"], name="b.xlsx"))

    assert "任务 80 已下达，不能改成缺完成时限" in report.errors[0].accepted


def test_a_closed_item_is_not_changed_but_may_stand_in_the_file(session: Session, tmp_path: Path) -> None:
    path = ledger(tmp_path, *ROWS)
    plan = issued(session, path)
    find_item(session, plan, "80").state = ItemState.CLOSED
    session.flush()

    assert bring_in(session, path).errors == []
    report = bring_in(session, ledger(tmp_path, [80, None, "另一任务"], name="b.xlsx"))
    assert "任务 80 已销号" in report.errors[0].accepted


def document(folder: Path, text: str = REPORT, encoding: str = "utf-8") -> Path:
    path = folder / "report.txt"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_last_year_s_report_becomes_drafts_that_invent_nothing(session: Session, tmp_path: Path, encoding: str) -> None:
    report = bring_in(session, document(tmp_path, encoding=encoding), dry_run=False)

    found = items(session)
    assert report.errors == []
    assert list(found) == [str(number) for number in range(1, len(found) + 1)]
    assert all(item.due_on is None and item.handler_post_id is None and item.missing for item in found.values())
    by_title = {item.title: item for item in found.values()}
    (checked,) = [item for title, item in by_title.items() if "自查" in title]
    (publicity,) = [item for title, item in by_title.items() if "每季度" in title]
    assert (checked.recurrence, checked.unconfirmed, checked.due_text) == (None, True, "定期")
    assert (publicity.unconfirmed, publicity.recurrence is not None) == (True, True)
    assert "案卷自查" in (checked.source or "")
    assert {project.name for project in session.exec(select(Project))} == {"加强学习", "普法宣传"}


def test_the_same_document_again_doubles_nothing_and_keeps_what_people_filled_in(
    session: Session, tmp_path: Path
) -> None:
    bring_in(session, document(tmp_path))
    filled = [
        [number, None, None, "俞悦", "法规科", None, "李四", "每季度末" if item.due_text else "6月底前"]
        for number, item in items(session).items()
    ]
    bring_in(session, ledger(tmp_path, *filled))
    before = shown(session)
    assert all(item["missing"] == [] for item in before.values())

    report = bring_in(session, document(tmp_path))

    assert shown(session) == before
    assert report.count("keep") == len(before)


def test_a_rule_from_a_document_is_confirmed_by_the_sheet_that_fills_it_in(session: Session, tmp_path: Path) -> None:
    bring_in(session, document(tmp_path))
    (number,) = [number for number, item in items(session).items() if item.recurrence]
    text = items(session)[number].due_text

    kept = bring_in(session, ledger(tmp_path, [number, None, None, None, None, None, None, f"{text}（待确认）"]))
    assert (kept.count("keep"), items(session)[number].unconfirmed) == (1, True)

    bring_in(session, ledger(tmp_path, [number, None, None, None, None, None, None, text], name="b.xlsx"))
    assert items(session)[number].unconfirmed is False


def test_drafts_continue_the_numbers_of_the_plan(session: Session, tmp_path: Path) -> None:
    bring_in(session, ledger(tmp_path, *ROWS))
    bring_in(session, document(tmp_path))

    assert list(items(session))[:5] == ["80", "81", "85", "86", "87"]


def test_a_document_without_duties_is_refused(session: Session, tmp_path: Path) -> None:
    report = bring_in(session, document(tmp_path, REPORT[: REPORT.index("四、")]))

    assert "没有找到可以列为任务的内容" in report.errors[0].accepted


@pytest.mark.parametrize(("name", "words"), [("a.pdf", "PDF 文件已损坏"), ("没有.xlsx", "找不到文件")])
def test_what_cannot_be_read_is_refused(session: Session, tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")

    with pytest.raises(UnreadableFileError, match=words):
        bring_in(session, tmp_path / name)


def test_a_ledger_comes_in_alike_on_both_databases(any_engine: Engine, tmp_path: Path) -> None:
    with unit_of_work(any_engine) as session:
        register_office(session)
        path = ledger(tmp_path, *ROWS)
        report = bring_in(session, path)
        bring_in(session, ledger(tmp_path, [81, "普法", None, None, None, "办公室", None, "9月底前"], name="b.xlsx"))

        found = shown(session)
        assert report.errors == []
        assert (found["81"]["cooperating"], found["81"]["due_on"]) == (["办公室"], dt.date(YEAR, 9, 30))
        assert found["80"]["leaders"] == ["俞悦"]
        assert len(session.exec(select(ItemUnit)).all()) == 2
        assert [batch.file_name for batch in session.exec(select(ImportBatch).order_by(col(ImportBatch.id)))] == [
            "a.xlsx",
            "b.xlsx",
        ]


def test_the_plan_is_that_of_the_year_named(session: Session, tmp_path: Path) -> None:
    bring_in(session, ledger(tmp_path, [1, "甲", "乙"]), year=YEAR + 1)

    (plan,) = session.exec(select(AnnualPlan)).all()
    assert (plan.year, plan.title, key(plan.organ_id)) == (YEAR + 1, "青水县国动办2027年度工作计划", 1)


def test_what_a_list_marks_as_internal_stays_so_until_a_list_says_otherwise(session: Session, tmp_path: Path) -> None:
    marked = [*HEADER, "密级"]
    for level, internal in (("内部", True), (None, True), ("公开", False), ("内部", True), ("-", False)):
        bring_in(session, ledger(tmp_path, [*ROWS[0], level], header=marked))
        assert items(session)["80"].internal_only is internal


def test_standing_work_stays_so_until_a_list_says_otherwise(session: Session, tmp_path: Path) -> None:
    marked = [*HEADER, "每年"]
    for said, yearly in (("是", True), (None, True), ("否", False), ("是", True), ("-", False)):
        bring_in(session, ledger(tmp_path, [*ROWS[0], said], header=marked))
        assert items(session)["80"].yearly is yearly


def test_every_working_day_is_counted_by_the_office_s_own_calendar(session: Session, tmp_path: Path) -> None:
    session.add(DayOverride(on=dt.date(YEAR, 6, 10), working=False, name="停电检修", source="通知", imported_at=NOW))
    issued(session, ledger(tmp_path, [1, None, "每日零报告", None, "办公室", None, "王五", "每个工作日"]))

    turns = set(session.exec(select(col(Deadline.due_on))))

    assert not turns & {dt.date(YEAR, month, day) for month, day in ((1, 1), (2, 17), (6, 10), (10, 1), (10, 7))}
    assert dt.date(YEAR, 2, 14) in turns
    assert dt.date(YEAR, 6, 11) in turns
