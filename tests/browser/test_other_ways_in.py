"""The same day by other ways: with the keyboard alone, on a phone, and without script."""

import re

import pytest
from playwright.sync_api import Page, expect

from models.items.item import ItemState
from models.items.progress import ProgressEntry
from tasks.items.sign import sign as _sign
from tests.browsing import PHONE, Served
from tests.office import HANDLER, LEADER, SUPERVISOR, Office

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def office(office: Office) -> Office:
    office.assign("普法宣传", number="2", due="2026-09-30", on="2026-06-01")
    office.assign("制度清理", number="1", due="2026-06-30", on="2026-06-01", sign=False)
    return office


SAYS = """(() => {
  const here = document.activeElement;
  return (here.labels && here.labels[0] ? here.labels[0].innerText : here.innerText) || here.ariaLabel || "";
})()"""
"""What a voice would say of what has the focus."""


def tab_to(page: Page, words: str, most: int = 60) -> None:
    """Press Tab until what has the focus says these words."""
    for _press in range(most):
        page.keyboard.press("Tab")
        name = page.evaluate(SAYS)
        if words in name:
            return
    raise AssertionError(f"“{words}” cannot be reached by the keyboard on {page.url}")


def test_a_day_by_the_keyboard_alone(pages: Served, office: Office) -> None:
    page = pages.page(HANDLER, "/items")

    page.keyboard.press("/")
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("1 制度清理")
    tab_to(page, "签收")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("已签收")
    page.wait_for_load_state()
    assert office.item("1").state is ItemState.ACTIVE

    tab_to(page, "填报进展")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("填报进展")
    tab_to(page, "进展情况")
    page.keyboard.type("已梳理一半")
    tab_to(page, "进度")
    page.keyboard.type("50")
    tab_to(page, "填报进展")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("进展已记录")
    assert [(entry.text, entry.percent) for entry in office.rows(ProgressEntry)] == [("已梳理一半", 50)]


def test_the_list_answers_to_its_keys(pages: Served, office: Office) -> None:
    page = pages.page(SUPERVISOR, "/items")

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/items/1$"))


def test_filters_work_without_reload_and_come_back(pages: Served, office: Office) -> None:
    page = pages.page(SUPERVISOR, "/items")
    page.evaluate("window.kept = true")

    page.get_by_label("按编号、任务或成果形式筛选").fill("普法")

    expect(page.get_by_role("link", name="普法宣传")).to_be_visible()
    expect(page.get_by_role("link", name="制度清理")).to_have_count(0)
    assert page.evaluate("window.kept") is True
    page.go_back()
    expect(page.get_by_role("link", name="制度清理")).to_be_visible()


def test_a_day_on_a_phone(pages: Served, office: Office) -> None:
    page = pages.page(HANDLER, "/", viewport=PHONE, has_touch=True, is_mobile=True)

    page.get_by_role("button", name="签收").first.tap()
    expect(page.get_by_role("status")).to_contain_text("已签收")
    box = page.get_by_role("navigation", name="主菜单").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] == PHONE["height"]
    page.get_by_role("navigation", name="主菜单").get_by_text("任务清单").tap()
    page.get_by_role("link", name="制度清理").tap()
    page.get_by_role("link", name="填报进展").tap()
    page.get_by_label("进展情况").fill("在手机上填报")
    page.get_by_role("button", name="填报进展").tap()
    expect(page.get_by_role("status")).to_contain_text("进展已记录")


def test_a_day_without_script(pages: Served, office: Office) -> None:
    page = pages.page(HANDLER, "/", java_script_enabled=False)

    page.get_by_role("button", name="签收").first.click()
    assert "已签收" in page.locator("main").inner_text()
    page.goto("/items/2/report")
    page.get_by_label("进展情况").fill("没有脚本也能填报")
    page.get_by_label("佐证材料").set_input_files(
        {"name": "总结.txt", "mimeType": "text/plain", "buffer": "结果".encode()}
    )
    page.get_by_role("button", name="填报进展").click()
    assert "附材料 1 份" in page.locator("main").inner_text()

    supervisor = pages.page(SUPERVISOR, "/items", java_script_enabled=False)
    supervisor.get_by_label("按编号、任务或成果形式筛选").fill("普法")
    supervisor.get_by_role("button", name="筛选").click()
    assert "普法宣传" in supervisor.locator("main").inner_text()
    assert "制度清理" not in supervisor.locator("#result").inner_text()


def test_an_upload_shows_how_far_it_is_and_a_refusal_keeps_what_was_typed(pages: Served, office: Office) -> None:
    office.do(HANDLER, _sign, "1", on="2026-06-01")
    page = pages.page(HANDLER, "/items/2/report")
    page.get_by_label("进展情况").fill("先传错了文件")
    page.get_by_label("佐证材料").set_input_files({"name": "程序.exe", "mimeType": "x/y", "buffer": b"MZ\x00\x00"})
    page.get_by_role("button", name="填报进展").click()

    expect(page.locator("main")).to_contain_text("程序.exe")
    expect(page.get_by_label("进展情况")).to_have_value("先传错了文件")
    page.get_by_label("佐证材料").set_input_files(
        {"name": "总结.txt", "mimeType": "text/plain", "buffer": "结果".encode()}
    )
    page.get_by_role("button", name="填报进展").click()
    expect(page.get_by_role("status").first).to_contain_text("附材料 1 份")


def test_the_second_of_two_browsers_is_told_what_changed(pages: Served, office: Office) -> None:
    first, second = pages.page(LEADER, "/items/1/suspend"), pages.page(SUPERVISOR, "/items/1/suspend")
    first.get_by_label("理由").fill("等待批复")
    first.get_by_role("button", name="中止").click()
    expect(first.get_by_role("status")).to_contain_text("已中止")

    second.get_by_label("理由").fill("经费未到")
    second.get_by_role("button", name="中止").click()

    expect(second.get_by_role("alert")).to_contain_text(f"已有变化（{LEADER}中止），尚未提交")
    expect(second.get_by_label("您打开页面之后的变化")).to_contain_text(LEADER)
    expect(second.get_by_label("理由")).to_have_value("经费未到")
