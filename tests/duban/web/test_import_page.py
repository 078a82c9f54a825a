import io
import re
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import Engine

from duban.web.background.jobs import jobs_of
from duban.web.pages import plan_import
from models.audit import AuditEntry
from models.batch import ImportBatch
from models.engine.job import Job
from models.items.item import WorkItem
from tests.office import HANDLER, OUTSIDER, SUPERVISOR, Office
from tests.web import Visitor, Web, field_value, words_of

HEAD_LINE = ["序号", "任务内容", "牵头单位", "承办人", "完成时限", "经费"]


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    return Office(engine, tmp_path / "home")


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def xlsx(*rows: list[Any], title: str = "分工") -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for row in (HEAD_LINE, *rows):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def send(visitor: Visitor, content: bytes, name: str = "分工表.xlsx", year: str = "2026") -> str:
    """Choose a file; the address of what was found."""
    answer = visitor.post("/plans/import", {"plan_year": year}, files={"file": (name, io.BytesIO(content))})
    assert answer.status_code == 303, words_of(answer.text)
    address: str = answer.headers["location"]
    return address


def token(address: str) -> str:
    return re.search(r"waiting=([\w-]+)", address)[1]  # type: ignore[index]


GOOD = xlsx(
    ["1", "普法宣传", "法规科", HANDLER, "6月底前", "2万"],
    ["2", "案卷评查", "市司法局", HANDLER, "每季度", ""],
    ["3", "走访企业", "法规科", "", "定期", ""],
)


def test_a_list_is_looked_through_then_brought_in_and_nothing_is_written_before(web: Web, office: Office) -> None:
    visitor = web.of(SUPERVISOR)
    assert "先核对一遍" in visitor.read("/plans/import")
    address = send(visitor, GOOD)
    html = visitor.get(address).text
    words = words_of(html)
    assert "可以导入：3 项任务，1 个项目" in words
    assert "6月底前 识别结果：最后一天为6月30日（含当日）" in words
    assert "每季度 识别结果：3月31日、6月30日、9月30日、12月31日" in words
    assert "法规科 本单位科室，2 处" in words
    assert "市司法局 不是本单位科室，按文字保留，1 处" in words
    assert "列：经费" in words
    assert "缺周期待确认" in words or "缺完成时限" in words
    assert html.count('class="cell-wrong"') == 0
    assert (office.rows(WorkItem), office.rows(ImportBatch)) == ([], [])
    said = visitor.act("/plans/import", {"do": "confirm", "waiting": token(address)})
    assert "已导入：新增 3 项（批次 1）。其中 1 项要素不全，补齐后才能下达。" in said
    assert [item.number for item in office.rows(WorkItem)] == ["1", "2", "3"]
    assert [(entry.action, entry.actor, str(entry.channel)) for entry in office.rows(AuditEntry)][-1] == (
        "plan", SUPERVISOR, "web"
    )  # fmt: skip
    assert visitor.get(address).status_code == 404


def test_what_is_wrong_stands_in_its_cell_and_keeps_everything_out(web: Web, office: Office) -> None:
    visitor = web.of(SUPERVISOR)
    rows = [[str(at), f"任务{at}", "法规科", HANDLER, "6月底前", ""] for at in range(1, 450)]
    rows.append(["450", "末项", "法规科", "王五", "国庆节前", ""])
    address = send(visitor, xlsx(*rows))
    page = visitor.get(address)
    words = words_of(page.text)
    assert "有 2 处需要更正，没有写入任何数据" in words
    assert "有错误的行 1 全部 450" in words
    assert "451 450 末项 法规科 王五 错误：人员中没有“王五”" in words
    assert "国庆节前 错误：节日请改为写明月日" in words
    assert "国庆节前 1 行 无法识别" in words
    every = visitor.get(f"{address}&shown=all&page=3").text
    assert "第 3 页，共 3 页" in words_of(every)
    assert every.count('<th scope="row" class="number">') == 50
    assert max(len(visitor.get(f"{address}&shown=all&page={at}").content) for at in (1, 2)) < 120 * 1024
    refused = visitor.post("/plans/import", {"do": "confirm", "waiting": token(address)})
    assert (refused.status_code, "还有 2 处错误" in refused.text) == (400, True)
    listed = visitor.get(f"/plans/import/errors.xlsx?waiting={token(address)}")
    cells = [
        cell
        for row in load_workbook(io.BytesIO(listed.content)).worksheets[0].iter_rows(values_only=True)
        for cell in row
    ]
    assert ("国庆节前" in cells, "王五" in cells, 451 in cells) == (True, True, True)
    assert office.rows(WorkItem) == []


def test_readings_are_put_right_in_place_and_told_in_the_trail(web: Web, office: Office) -> None:
    visitor = web.of(SUPERVISOR)
    rows = (
        ["1", "普法宣传", "法规科", HANDLER, "国庆节前", ""],
        ["2", "走访企业", "法规科", HANDLER, "定期", ""],
        ["3", "以案释法", "法规科", HANDLER, "定期", ""],
    )
    address = send(visitor, xlsx(*rows))
    html = visitor.get(address).text
    assert [field_value(html, f"was-{at}") for at in (0, 1)] == ["国庆节前", "定期"]
    again = {"do": "correct", "waiting": token(address), "was-0": "国庆节前", "was-1": "定期"}
    refused = visitor.post("/plans/import", again | {"due-0": "左右", "due-1": "不定期"})
    assert refused.status_code == 400
    assert "没有写明周期或日期。可以写：每季度、每月25日、11月底前。" in words_of(refused.text)
    assert field_value(refused.text, "was-0") == "国庆节前"
    assert 'value="左右"' in refused.text
    words = visitor.act("/plans/import", again | {"due-0": "9月30日前", "due-1": "每月25日"})
    assert "可以导入：3 项任务" in words
    assert "每月25日 2 行 每月25日（含当日） （原文“定期”，您已更正）" in words
    visitor.act("/plans/import", {"do": "confirm", "waiting": token(address)})
    assert [(item.due_text, str(item.due_on), item.missing) for item in office.rows(WorkItem)] == [
        ("9月30日前", "2026-09-30", []), ("每月25日", "None", []), ("每月25日", "None", []),
    ]  # fmt: skip
    assert office.rows(AuditEntry)[-1].after["read_as"] == ["国庆节前 → 9月30日前", "定期 → 每月25日"]


def test_what_changes_an_issued_item_stands_apart_and_takes_a_reason(web: Web, office: Office) -> None:
    office.assign("普法宣传", due="2026-06-30")
    visitor = web.of(SUPERVISOR)
    address = send(visitor, xlsx(["1", "", "", "", "9月底前", ""], ["2", "新任务", "", HANDLER, "9月底前", ""]))
    words = words_of(visitor.get(address).text)
    assert "改动已下达的任务：1 项" in words
    assert "1 普法宣传 在办 完成时限：2026-06-30 → 9月底前" in words
    assert "其中 1 项的时限须经批准：导入后提请审批，批准前时限不变。" in words
    assert "改动：2026-06-30 → 9月底前" in words
    refused = visitor.post("/plans/import", {"do": "confirm", "waiting": token(address)})
    assert (refused.status_code, "请写明修改理由" in words_of(refused.text)) == (400, True)
    assert (str(office.item("1").due_on), len(office.rows(WorkItem))) == ("2026-06-30", 1)
    said = visitor.act("/plans/import", {"do": "confirm", "waiting": token(address), "reason": "上级改期"})
    assert "已导入：新增 1 项，更新 1 项（批次 1）" in said
    assert (str(office.item("1").due_on), len(office.rows(WorkItem))) == ("2026-06-30", 2)
    office.decide_adjustment("1", on="2026-06-01")
    assert str(office.item("1").due_on) == "2026-09-30"


def test_a_report_of_last_year_gives_drafts_whose_rules_are_confirmed_in_place(web: Web, office: Office) -> None:
    text = (
        "某局2025年法治政府建设年度报告\n四、2026年度工作安排\n"
        "（一）加强行政执法监督。每季度开展一次案卷评查。\n（二）深化普法宣传。12月底前举办宪法宣传活动。\n"
    )
    visitor = web.of(SUPERVISOR)
    address = send(visitor, text.encode(), "上年报告.txt")
    words = visitor.read(address)
    assert "每季度 1 行 待确认" in words
    again = {"do": "correct", "waiting": token(address), "was-0": "每季度", "as-0": "yes"}
    words = visitor.act("/plans/import", again)
    assert "待确认" not in words
    visitor.act("/plans/import", {"do": "confirm", "waiting": token(address)})
    assert {item.unconfirmed for item in office.rows(WorkItem)} == {False}


def test_a_large_list_is_worked_on_in_the_background(web: Web, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_import, "DIRECT", 10)
    visitor, other = web.of(SUPERVISOR), web.of(HANDLER)
    job = send(visitor, GOOD)
    assert job.startswith("/jobs/")
    runs = jobs_of(web.app.state.served)
    assert runs.settle()
    shown = visitor.get(job)
    assert "已完成 已核对 3 项任务，没有错误；还没有写入。" in words_of(shown.text)
    address = re.search(r'href="(/plans/import\?waiting=[\w-]+)"', shown.text)[1]  # type: ignore[index]
    assert other.get(address).status_code == 403
    assert "文件较大，将在后台写入" in visitor.read(address)
    answer = visitor.post("/plans/import", {"do": "confirm", "waiting": token(address)})
    assert runs.settle()
    assert "已完成 已导入：新增 3 项（批次 1）" in visitor.read(answer.headers["location"])
    assert [job.kind for job in office.rows(Job)] == ["preview_list", "import_list"]
    assert [entry.actor for entry in office.rows(AuditEntry)][-1] == SUPERVISOR


def test_what_changed_between_the_look_and_the_yes_is_told_and_nothing_written(web: Web, office: Office) -> None:
    visitor = web.of(SUPERVISOR)
    address = send(visitor, GOOD)
    office.vacate(HANDLER, on="2026-05-01")
    words = visitor.act("/plans/import", {"do": "confirm", "waiting": token(address)})
    assert "处需要更正，没有写入任何数据" in words
    assert office.rows(WorkItem) == []


@pytest.mark.parametrize(
    ("name", "content", "year", "said"),
    [
        ("a.exe", b"MZ\x90\x00", "2026", "里面是程序"),
        ("a.xlsx", b"not a workbook", "2026", "a.xlsx"),
        ("a.csv", "任务\n".encode(), "", "请填写计划的年度"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_so_and_the_year_kept(
    web: Web, name: str, content: bytes, year: str, said: str
) -> None:
    answer = web.of(SUPERVISOR).post("/plans/import", {"plan_year": year}, files={"file": (name, io.BytesIO(content))})
    assert (answer.status_code, said in words_of(answer.text)) == (400, True)
    assert field_value(answer.text, "plan_year") == year


def test_only_whoever_runs_the_plan_imports_and_a_file_waits_for_its_person_alone(web: Web, office: Office) -> None:
    address = send(web.of(SUPERVISOR), GOOD)
    office.hire("钱督办")
    for name in (HANDLER, OUTSIDER):
        assert web.of(name).get("/plans/import").status_code in (403, 200)
    assert web.of(HANDLER).get("/plans/import").status_code == 403
    assert web.of(OUTSIDER).get("/plans/import?organ=bureau").status_code == 404
    assert web.of(HANDLER).post("/plans/import", {"do": "confirm", "waiting": token(address)}).status_code == 403
    assert web.of(SUPERVISOR).get("/plans/import?waiting=../../duban.db").status_code == 404
    assert office.rows(WorkItem) == []


def test_a_template_comes_with_the_office_s_own_names(web: Web) -> None:
    book = load_workbook(io.BytesIO(web.of(SUPERVISOR).get("/plans/template.xlsx?year=2027").content))
    names = [cell for row in book["选项"].iter_rows(values_only=True) for cell in row]
    assert ("法规科" in names, HANDLER in names) == (True, True)


def without_header(*heads: str) -> bytes:
    book = load_workbook(io.BytesIO(GOOD))
    for column, head in enumerate(heads, 1):
        book.worksheets[0].cell(1, column).value = head
    book.worksheets[0].row_dimensions[3].hidden = True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_person_says_which_column_is_which_and_the_next_file_is_read_alike(web: Web, office: Office) -> None:
    visitor = web.of(SUPERVISOR)
    heads = ("甲栏", "乙栏", "丙栏", "丁栏", "戊栏", "己栏")
    address = send(visitor, without_header(*heads))
    page = visitor.get(address).text
    assert "没有找到表头" in words_of(page)
    assert re.findall(r'<label for="column-\d">(..)</label>', page) == list(heads)
    # The first rows as they stand, columns by letter: what one tells the columns apart by.
    assert "行 A B C D E F 导入后 1 甲栏 乙栏 丙栏 丁栏 戊栏 己栏" in words_of(page)
    assert "普法宣传" in words_of(page)
    named = {"column-0": "number", "column-1": "title", "column-2": "lead", "column-3": "handler", "column-4": "due"}
    visitor.act("/plans/import", {"do": "name", "waiting": token(address), **named})
    assert "可以导入：3 项任务" in words_of(visitor.get(address).text)
    visitor.act("/plans/import", {"do": "confirm", "waiting": token(address)})
    assert [item.title for item in office.rows(WorkItem)] == ["普法宣传", "案卷评查", "走访企业"]
    assert "甲栏 → 序号" in str([entry.after for entry in office.rows(AuditEntry)][-1])
    again = send(visitor, without_header(*heads))
    assert "可以导入：3 项任务" in words_of(visitor.get(again).text)


def test_rows_that_nobody_sees_are_said_and_left_out_where_somebody_says_so(web: Web) -> None:
    visitor = web.of(SUPERVISOR)
    address = send(visitor, without_header(*HEAD_LINE))
    assert "表中有 1 行是隐藏、筛掉或划去的，也按任务读取。" in words_of(visitor.get(address).text)
    visitor.act("/plans/import", {"do": "leave-out", "waiting": token(address)})
    words = words_of(visitor.get(address).text)
    assert "可以导入：2 项任务" in words
    assert "第 3 行是隐藏或筛掉的，共 1 行，没有导入" in words
    visitor.act("/plans/import", {"do": "leave-out", "waiting": token(address)})
    assert "可以导入：3 项任务" in words_of(visitor.get(address).text)
