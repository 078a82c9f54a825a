import html
import io
import re
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine
from sqlmodel import select

from duban.web.background.jobs import jobs_of
from models.audit import AuditEntry
from models.database import key, unit_of_work
from models.engine.job import Job
from models.items.item import WorkItem
from models.items.plan import AnnualPlan
from models.ladder.notice import Notice
from models.people.person import Role
from tests.duban.web.test_import_page import send, token, xlsx
from tests.office import FIRST, HANDLER, HEAD, LEADER, OUTSIDER, SUPERVISOR, Office, day
from tests.web import Visitor, Web, statements, words_of


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    """A plan with one item issued, one ready, and three that lack something."""
    made = Office(engine, tmp_path / "home")
    made.assign("普法宣传", due="2026-06-10", number="1")
    made.assign("合同审查", due="2026-06-03", number="2", issue=False)
    made.assign("走访企业", number="3", issue=False)
    made.assign("案卷评查", due="2026-12-01", number="4", issue=False, to=None, department=False)
    made.assign("以案释法", number="5", issue=False, recurrence="FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1")
    with unit_of_work(engine) as session:
        item = session.exec(select(WorkItem).where(WorkItem.number == "5")).one()
        item.unconfirmed, item.due_text = True, "每季度"
    return made


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def ids(office: Office) -> dict[str, int]:
    return {item.number: key(item.id) for item in office.rows(WorkItem)}


def row(visitor: Visitor, item_id: int, **typed: str) -> dict[str, Any]:
    """One row of the form as a browser would send it: what is shown, and what was typed over it."""
    page = visitor.get("/plans/1").text
    was = html.unescape(re.search(rf'name="was-{item_id}" value="([^"]*)"', page)[1])  # type: ignore[index]
    sent: dict[str, Any] = {f"was-{item_id}": was}
    for name in ("due", "department", "handler", "leader"):
        shown = re.search(rf'name="{name}-{item_id}" value="([^"]*)"', page)[1]  # type: ignore[index]
        sent[f"{name}-{item_id}"] = typed.get(name, html.unescape(shown))
    if "sure" in typed:
        sent[f"sure-{item_id}"] = "yes"
    return sent


def test_the_years_stand_with_their_numbers_each_leading_to_its_rows(web: Web) -> None:
    page = web.of(SUPERVISOR).get("/plans").text
    assert "2026 2026年度工作要点 已下达 6月1日（周一） 5 1 0 0 1 3" in words_of(page)
    assert re.findall(r'<td class="number[^>]*><a href="([^"]*)">(\d+)</a>', page) == [
        ("/items?year=2026", "5"), ("/items?year=2026&amp;only=open", "1"), ("/items?year=2026&amp;state=closed", "0"),
        ("/plans/1/issue?year=2026", "1"), ("/plans/1?year=2026#gaps", "3"),
    ]  # fmt: skip


def test_an_office_without_a_plan_is_told_what_to_do(web: Web) -> None:
    assert "还没有年度计划。计划由督办员导入和下达" in web.of(OUTSIDER).read("/plans")


def test_several_gaps_are_filled_in_one_submit_and_stand_in_the_trail(web: Web, office: Office) -> None:
    visitor, known = web.of(SUPERVISOR), ids(office)
    assert "要素不全 3 项" in visitor.read("/plans/1")
    sent = row(visitor, known["3"], due="11月底前") | row(visitor, known["4"], department="法规科", leader=LEADER)
    sent |= row(visitor, known["5"], sure="yes") | {"item": [str(known[number]) for number in "345"], "do": "save"}
    assert "已保存 3 项。" in visitor.act("/plans/1/fill", sent)
    assert [(item.number, item.missing, item.due_text) for item in office.rows(WorkItem)][2:] == [
        ("3", [], "11月底前"), ("4", [], None), ("5", [], "每季度"),
    ]  # fmt: skip
    entry = office.rows(AuditEntry)[-1]
    assert (entry.action, entry.actor, entry.after[f"work_item:{known['3']}"]["due_on"]) == (
        "plan", SUPERVISOR, "2026-11-30",
    )  # fmt: skip
    assert "每一项都有时限和责任人" in visitor.read("/plans/1")


def test_with_one_cell_wrong_nothing_is_saved_and_everything_typed_is_kept(web: Web, office: Office) -> None:
    visitor, known = web.of(SUPERVISOR), ids(office)
    sent = row(visitor, known["3"], due="国庆节前") | row(visitor, known["4"], handler="王五", department="财务科")
    sent |= row(visitor, known["5"], due="每月25日") | {"item": [str(known[number]) for number in "345"], "do": "save"}
    answer = visitor.post("/plans/1/fill", sent)
    words = words_of(answer.text)
    assert (answer.status_code, "没有保存：有 3 处需要更正" in words) == (400, True)
    assert "节日请改为写明月日" in words
    assert "人员中没有“王五”" in words
    assert "duban" not in words
    assert "没有科室“财务科”；现有：法规科。" in words
    assert "识别结果：每月25日（含当日）" in words
    assert [value in answer.text for value in ('value="国庆节前"', 'value="王五"', 'value="每月25日"')] == [True] * 3
    assert [item.due_text for item in office.rows(WorkItem)] == [None, None, None, None, "每季度"]


def test_how_a_time_is_read_is_told_before_anything_is_saved(web: Web, office: Office) -> None:
    visitor, known = web.of(SUPERVISOR), ids(office)
    sent = row(visitor, known["3"], due="每季度") | {"item": [str(known["3"])], "do": "check"}
    answer = visitor.post("/plans/1/fill", sent)
    assert "识别结果：3月31日、6月30日、9月30日、12月31日" in words_of(answer.text)
    assert 'value="每季度"' in answer.text
    assert [item.due_text for item in office.rows(WorkItem)][2] is None
    irregular = visitor.post("/plans/1/fill", row(visitor, known["3"], due="定期") | {"item": [str(known["3"])]})
    assert "没有写明周期或日期" in words_of(irregular.text)


def test_of_two_who_fill_the_same_cell_the_second_is_told_and_overwrites_nothing(web: Web, office: Office) -> None:
    office.hire("钱督办", Role.SUPERVISOR, "督办员")
    first, second, known = web.of(SUPERVISOR), web.of("钱督办"), ids(office)
    item = {"item": [str(known["4"]), str(known["3"])]}
    late = row(second, known["4"], handler=HANDLER) | row(second, known["3"], due="9月底前") | item
    first.act("/plans/1/fill", row(first, known["3"], due="11月底前") | row(first, known["4"]) | item)
    answer = second.post("/plans/1/fill", late)
    words = words_of(answer.text)
    assert answer.status_code == 409
    assert "没有保存：有 1 处需要更正" in words
    assert [(one.due_text, one.handler_post_id) for one in office.rows(WorkItem)][2:4] == [
        ("11月底前", office.rows(WorkItem)[2].handler_post_id), (None, None),
    ]  # fmt: skip
    again = row(second, known["4"], handler=HANDLER) | {"item": [str(known["4"])]}
    assert "已保存 1 项" in second.act("/plans/1/fill", again)


def test_cells_nobody_touched_do_not_collide(web: Web, office: Office) -> None:
    first, known = web.of(SUPERVISOR), ids(office)
    sent = row(first, known["4"], handler=HANDLER) | {"item": [str(known["4"])]}
    other = row(first, known["4"], leader=LEADER) | {"item": [str(known["4"])]}
    first.act("/plans/1/fill", other)
    assert "已保存 1 项" in first.act("/plans/1/fill", sent)
    item = office.rows(WorkItem)[3]
    assert (item.leader_post_id is not None, item.handler_post_id is not None) == (True, True)


def test_issuing_shows_first_whom_it_reaches_then_does_it(web: Web, office: Office) -> None:
    visitor = web.of(SUPERVISOR)
    words = visitor.read("/plans/1/issue")
    assert "将下达 1 项，今天通知 2 人 3 条" in words
    assert HANDLER in words
    assert "3 项要素不全 ，这次不下达" in words
    assert (len(office.rows(Notice)), office.item("2").issued_on) == (0, None)
    assert "已下达 1 项任务。还有 3 项缺少要素" in visitor.act("/plans/1/issue", {"policy": "常规"})
    office.sweep(office.today)
    assert {row["recipient"] for row in office.notices() if row["item"] == "2" and row["recipient"]} == {HANDLER, HEAD}
    assert "没有可以下达的任务" in visitor.read("/plans/1/issue")


def test_issuing_names_the_days_that_are_past_and_asks_what_becomes_of_them(web: Web, office: Office) -> None:
    office.assign("一季度调研", due="2026-03-31", number="9", issue=False)
    visitor = web.of(SUPERVISOR)
    words = visitor.read("/plans/1/issue")
    assert "有 1 个时限在今天以前已过，将“不追溯”：改定时限以前不提醒、不升级。 9 一季度调研" in words
    assert "将“全部”：按策略提醒、升级" in visitor.read("/plans/1/issue?past=whole")
    said = visitor.act("/plans/1/issue", {"policy": "常规", "past": "notice"})
    assert "下达前已过的时限 1 个，只提醒：告知承办人一次，改定时限以前不升级。" in said
    assert "下达时 3月31日（周二） 已过，只提醒" in visitor.read(f"/items/{ids(office)['9']}")
    assert visitor.post("/plans/1/issue", {"policy": "常规", "past": "皆可"}).status_code == 400


def test_the_first_issue_chooses_among_the_policies(web: Web, office: Office) -> None:
    with unit_of_work(office.engine) as session:
        session.add(AnnualPlan(organ_id=office.organ_id, year=2027, title="2027年度工作要点"))
    visitor = web.of(FIRST)
    new = next(key(plan.id) for plan in office.rows(AnnualPlan) if plan.year == 2027)
    assert "没有可以下达的任务" in visitor.read(f"/plans/{new}/issue")
    with unit_of_work(office.engine) as session:
        item = session.exec(select(WorkItem).where(WorkItem.number == "2")).one()
        session.add(WorkItem(**item.model_dump(exclude={"id", "plan_id"}), plan_id=new))
    page = visitor.get(f"/plans/{new}/issue").text
    names = re.findall(r"<option[^>]*>([^<]*)</option>", page)
    assert ("常规" in names, len(names) > 1) == (True, True)
    refused = visitor.post(f"/plans/{new}/issue", {"policy": "没有的策略"})
    assert (refused.status_code, "没有名为“没有的策略”的督办策略" in refused.text) == (400, True)
    visitor.act(f"/plans/{new}/issue", {"policy": names[-1]})
    assert office.rows(AnnualPlan)[-1].policy_id is not None


def test_an_import_is_taken_back_after_what_it_takes_back_was_shown(web: Web, office: Office) -> None:
    visitor = web.of(SUPERVISOR)
    address = send(visitor, xlsx(["2", "案卷评查", "", "", "每季度", ""], ["3", "", "", "", "定期", ""]))
    visitor.act("/plans/import", {"do": "confirm", "waiting": token(address)})
    words = visitor.read("/plans/1")
    assert "1 分工表.xlsx 今天 09:00 0 2 撤销本次导入" in words
    words = visitor.read("/plans/1/batches/1/undo")
    assert "将删去这次新增的 0 项任务，把这次改动的 2 项恢复原样" in words
    assert "已撤销批次 1（“分工表.xlsx”）：删去任务 0 项，恢复 2 项。" in visitor.act("/plans/1/batches/1/undo")
    again = visitor.post("/plans/1/batches/1/undo")
    assert (again.status_code, "已经撤销过了" in again.text) == (403, True)
    assert visitor.get("/plans/1/batches/2/undo").status_code == 404


def test_an_import_that_changed_an_issued_item_says_that_it_stays(web: Web) -> None:
    """In the place where it could be taken back, and for whoever has the address."""
    visitor = web.of(SUPERVISOR)
    address = send(visitor, xlsx(["1", "", "", "", "6月底前", ""]))
    visitor.act("/plans/import", {"do": "confirm", "waiting": token(address), "reason": "上级改期"})
    words = visitor.read("/plans/1")
    assert "批次 1 不能撤销：它改动的任务 1已下达" in words
    assert "撤销本次导入" not in words
    words = visitor.read("/plans/1/batches/1/undo")
    assert "批次 1 不能撤销：它改动的任务 1已下达" in words
    assert "撤销本次导入" not in words


def test_the_plan_is_taken_along_to_be_filled_in(web: Web) -> None:
    answer = web.of(SUPERVISOR).get("/plans/1/export.xlsx")
    cells = [list(row) for row in load_workbook(io.BytesIO(answer.content))["任务清单"].iter_rows(values_only=True)]
    assert [row[2] for row in cells[-5:]] == ["普法宣传", "合同审查", "走访企业", "案卷评查", "以案释法"]
    assert web.of(HANDLER).get("/plans/1/export.xlsx").status_code == 403


def test_a_large_plan_is_written_out_and_a_year_rehearsed_in_the_background(web: Web, office: Office) -> None:
    visitor = web.of(SUPERVISOR)
    notices = len(office.rows(Notice))
    runs = jobs_of(web.app.state.served)
    answer = visitor.post("/plans/1/export")
    assert runs.settle()
    assert "已导出 5 项任务。" in visitor.read(answer.headers["location"])
    fetched = visitor.get(f"{answer.headers['location']}/file")
    assert load_workbook(io.BytesIO(fetched.content))["任务清单"].max_row >= 6
    assert "还没有推演过" in visitor.read("/plans/1/preview")
    answer = visitor.post("/plans/1/preview")
    assert runs.settle()
    assert "已完成 全年将发出" in visitor.read(answer.headers["location"])
    words = visitor.read("/plans/1/preview")
    assert "没有写入任何数据" in words
    assert HANDLER in words
    assert len(office.rows(Notice)) == notices
    assert list((office.settings.home / "work").glob("copy-*")) == []
    assert office.rows(Job)[0].message == "已导出 5 项任务。"


def test_who_may_do_what(web: Web, office: Office) -> None:
    handler, outsider = web.of(HANDLER), web.of(OUTSIDER)
    words = handler.read("/plans/1")
    assert ("保存" in words, "下达 1 项" in words, "导入记录" in words) == (False, False, False)
    for path in ("/plans/1/issue", "/plans/1/preview"):
        assert handler.get(path).status_code == 403
    for path in ("/plans/1/fill", "/plans/1/issue", "/plans/1/export", "/plans/1/preview"):
        assert handler.post(path, {"item": []}).status_code == 403
    for path in ("/plans/1", "/plans/1/issue", "/plans/1/export.xlsx", "/plans/1/preview", "/plans/1?organ=bureau"):
        assert outsider.get(path).status_code == 404
    assert outsider.post("/plans/1/issue").status_code == 404
    assert office.item("2").issued_on is None


def test_nobody_answering_is_told_with_the_reason(web: Web, office: Office) -> None:
    office.vacate(HANDLER, on="2026-06-01")
    office.today = day("2026-06-02")
    words = web.of(SUPERVISOR).read("/plans/1")
    assert "1 普法宣传 法规科 离任无人接任：" in words


def test_a_page_of_many_gaps_asks_as_often_as_one_of_few_and_stays_light(web: Web, office: Office) -> None:
    visitor = web.of(SUPERVISOR)
    visitor.read("/plans/1")
    few = statements(office.engine, lambda: visitor.read("/plans/1"))
    with unit_of_work(office.engine) as session:
        item = session.exec(select(WorkItem).where(WorkItem.number == "3")).one()
        plain = item.model_dump(exclude={"id", "number"})
        session.add_all(WorkItem(**plain, number=f"8.{at}") for at in range(100))
    assert statements(office.engine, lambda: visitor.read("/plans/1")) == few
    assert "第 4 页，共 4 页" in visitor.read("/plans/1?page=9")
    assert len(visitor.get("/plans/1").content) < 80 * 1024


def test_an_issue_that_would_tell_very_many_is_asked_again_with_the_list(web: Web, office: Office) -> None:
    office.settings.ask_above = 1
    office.hire("钱承办")
    office.hire("孙承办")
    for name in ("钱承办", "孙承办"):
        office.assign(f"{name}的事", due="2026-12-20", to=name, issue=False)
    plan = office.plan_id
    asked = web.of(SUPERVISOR).post(f"/plans/{plan}/issue", {"policy": "常规"})
    assert asked.status_code == 400
    words = words_of(asked.text)
    assert ("尚未保存" in words, "钱承办 1 条" in words, "已核对名单" in words) == (True, True, True)
    assert {row.state.value for row in office.rows(WorkItem) if row.title.endswith("的事")} == {"draft"}
    web.of(SUPERVISOR).act(f"/plans/{plan}/issue", {"policy": "常规", "sure": "yes"})
    assert {row.state.value for row in office.rows(WorkItem) if row.title.endswith("的事")} == {"issued"}
