"""The story of a week, told through the pages by five people: from the list that comes in to the report's download."""

from pathlib import Path

import docx
import openpyxl
import pytest
from playwright.sync_api import Page, expect

from models.database import on_record
from models.items.item import ItemState
from tasks.access.manage_accounts import invite
from tasks.people.find import find_person
from tests.actors import administrator
from tests.browsing import Served
from tests.ledgers import HEADER, write_xlsx
from tests.office import FIRST, HANDLER, HEAD, LEADER, SUPERVISOR, Office, day

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "灯火阑珊处的青山2026"
LEDGER = [
    HEADER,
    ("1", "制度建设", "清理行政规范性文件", "张副局", "法规科", "", HANDLER, "2026年6月3日"),
    ("2", "普法宣传", "开展普法宣传", "张副局", "法规科", "", HANDLER, "2026年6月30日"),
]


@pytest.fixture
def codes(office: Office) -> dict[str, str]:
    """The one-time addresses the five were given."""
    office.today = day("2026-06-01")
    found = {}
    for name in (HANDLER, HEAD, LEADER, FIRST, SUPERVISOR):
        with on_record(office.engine) as session:
            found[name] = invite(session, find_person(session, name), by=administrator(office.today), login=name).shown
    return found


def comes_in(pages: Served, name: str, code: str) -> Page:
    """Somebody opens the invitation, sets a password, and signs in with it."""
    page = pages.stranger(accept_downloads=True).new_page()
    page.goto(f"/welcome?code={code}")
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.locator("main button").last.click()
    page.context.clear_cookies()
    return signs_in(page, name)


def signs_in(page: Page, name: str) -> Page:
    """Whoever was away for two hours signs in again, and comes to the workbench."""
    page.goto("/")
    page.get_by_label("姓名或登录名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("工作台")
    return page


def said(page: Page, words: str) -> None:
    expect(page.get_by_role("status").first).to_contain_text(words)


def sends(page: Page, path: str, button: str, words: str, **typed: str) -> None:
    """Open a form, fill it in by its labels, send it; the page then says these words."""
    page.goto(path)
    for label, value in typed.items():
        page.get_by_label(label).fill(value)
    page.locator("main").get_by_role("button", name=button).click()
    said(page, words)


def test_a_week(pages: Served, office: Office, codes: dict[str, str], tmp_path: Path) -> None:
    supervisor = comes_in(pages, SUPERVISOR, codes[SUPERVISOR])
    handler = comes_in(pages, HANDLER, codes[HANDLER])
    leader = comes_in(pages, LEADER, codes[LEADER])
    first = comes_in(pages, FIRST, codes[FIRST])

    # Monday: the list comes in, is looked through, and is issued.
    supervisor.goto("/plans/import")
    supervisor.get_by_label("计划的年度").fill("2026")
    supervisor.get_by_label("文件").set_input_files(write_xlsx(tmp_path / "台账.xlsx", LEDGER))
    supervisor.get_by_role("button", name="先核对一遍").click()
    expect(supervisor.locator("main")).to_contain_text("可以导入：2 项任务")
    supervisor.get_by_role("button", name="确认导入").click()
    said(supervisor, "已导入：新增 2 项")
    supervisor.goto("/plans/1/issue")
    expect(supervisor.locator("main")).to_contain_text(HANDLER)
    supervisor.get_by_role("button", name="下达 2 项").click()
    said(supervisor, "下达")

    # Tuesday: the handler signs, reports with a file, and asks for more time for the second.
    handler.goto("/")
    handler.get_by_role("button", name="全部签收").click()
    said(handler, "已签收 2 项")
    handler.goto("/items/1/report")
    handler.get_by_label("进展情况").fill("已梳理一半")
    handler.get_by_label("进度").fill("50")
    handler.get_by_label("佐证材料").set_input_files(
        {"name": "目录.txt", "mimeType": "text/plain", "buffer": "清理目录".encode()}
    )
    handler.locator("main").get_by_role("button", name="填报进展").click()
    said(handler, "附材料 1 份")
    talk = handler.get_by_role("textbox", name="留言")
    talk.press_sequentially("材料已传，请@张")
    expect(handler.get_by_role("option")).to_have_text(f"{LEADER}（副局长）")
    talk.press("Enter")
    expect(talk).to_have_value(f"材料已传，请@{LEADER} ")
    talk.press_sequentially("看")
    handler.get_by_role("button", name="留言", exact=True).click()
    said(handler, f"将在每日汇总中告知{LEADER}")
    sends(
        handler, "/items/2/extend", "申请延期", "待审批", 延至="2026-07-15", 原因="上级要求调整", 目前进展="已完成一半"
    )
    leader.goto("/")
    expect(leader.locator("#work")).to_contain_text("开展普法宣传")
    sends(leader, "/items/2/approve", "批准延期", "2026-07-15")

    # The first item passes its day; day by day it climbs to the first responsible person, who instructs.
    office.fast_forward("2026-06-24")
    for page, name in ((supervisor, SUPERVISOR), (handler, HANDLER), (first, FIRST)):
        signs_in(page, name)
    expect(first.locator("main")).to_contain_text("清理行政规范性文件")
    sends(first, "/items/1/instruct", "批示", "批示已下达", 批示内容="本周办结", 办理时限="2026-06-30")
    handler.goto("/")
    expect(handler.locator("#work")).to_contain_text("本周办结")
    sends(handler, "/items/1/reply?instruction=1", "反馈批示", "已反馈", 办理情况="今日可办结")
    sends(first, "/items/1/close-instruction?instruction=1", "办结批示", "已办结", 办理结果="按要求落实")

    # It is done, shown to be done, and struck off.
    sends(handler, "/items/1/request-close", "申请办结", "待审核", 办结情况="清理完毕，目录已公布")
    supervisor.goto("/")
    expect(supervisor.locator("#work")).to_contain_text("清理行政规范性文件")
    sends(supervisor, "/items/1/accept", "审核通过", "已销号")
    assert office.item("1").state is ItemState.CLOSED
    supervisor.goto("/items/1")
    expect(supervisor.locator("main")).to_contain_text("已销号")

    # The list as it is shown goes out as a file; the report is compiled in the background and taken along.
    supervisor.goto("/items")
    with supervisor.expect_download() as sheet:
        supervisor.get_by_role("button", name="导出 Excel").click()
    sheet.value.save_as(tmp_path / "清单.xlsx")
    rows = list(openpyxl.load_workbook(tmp_path / "清单.xlsx").worksheets[0].iter_rows(values_only=True))
    assert any("开展普法宣传" in row for row in rows)
    supervisor.goto("/reports")
    supervisor.get_by_role("button", name="现在编制").click()
    expect(supervisor.locator("main")).to_contain_text("已完成", timeout=60_000)
    supervisor.goto("/reports/1")
    with supervisor.expect_download() as paper:
        supervisor.locator('a[href$="report.docx"], a[href*="report.docx"]').first.click()
    paper.value.save_as(tmp_path / "报告.docx")
    texts = [paragraph.text for paragraph in docx.Document(str(tmp_path / "报告.docx")).paragraphs]
    assert any("2026年度法治政府建设" in text for text in texts)
    assert any("清理行政规范性文件" in text or "目录已公布" in text for text in texts)
