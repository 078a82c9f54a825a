"""The main pages in a browser: usable by all (WCAG 2.2 AA), whole at every width, fetching nothing elsewhere."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response

from models.database import unit_of_work
from models.organ import Organ
from tasks.report.compiling.compile_report import compile_report
from tasks.report.compiling.find_report import find_report
from tasks.report.desk.comment_report import comment
from tasks.report.desk.edit_block import edit_block
from tests.browsing import DESK, PHONE, Served
from tests.office import FIRST, HANDLER, SUPERVISOR, Office

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}

PAGES = [
    (HANDLER, "/"),
    (FIRST, "/"),
    (SUPERVISOR, "/"),
    (SUPERVISOR, "/board"),
    (SUPERVISOR, "/items"),
    (HANDLER, "/items/1"),
    (HANDLER, "/items/1/report"),
    (SUPERVISOR, "/calendar"),
    (SUPERVISOR, "/gantt"),
    (SUPERVISOR, "/plans"),
    (SUPERVISOR, "/plans/1"),
    (SUPERVISOR, "/plans/import"),
    (SUPERVISOR, "/ledgers"),
    (SUPERVISOR, "/ledgers/indicator/tree"),
    (SUPERVISOR, "/ledgers/duty/gaps"),
    (SUPERVISOR, "/ledgers/draws"),
    (SUPERVISOR, "/ledgers/draws/new"),
    (SUPERVISOR, "/reports"),
    (SUPERVISOR, "/reports/below"),
    (SUPERVISOR, "/reports/layout"),
    (SUPERVISOR, "/reports/1?block=1"),
    (SUPERVISOR, "/reports/1/compare"),
    (SUPERVISOR, "/reports/1/figures?figure=1"),
    (FIRST, "/reports/1/internal"),
    (SUPERVISOR, "/notices"),
    (SUPERVISOR, "/scores"),
    (SUPERVISOR, "/briefs"),
    (SUPERVISOR, "/settings"),
    (SUPERVISOR, "/people"),
    (SUPERVISOR, "/policies"),
    (SUPERVISOR, "/workdays"),
    (SUPERVISOR, "/audit"),
    (HANDLER, "/account"),
    (HANDLER, "/more"),
]


@pytest.fixture
def pages(office: Office, pages: Served) -> Served:
    office.assign("制度清理", due="2026-06-08", on="2026-06-01")
    office.assign("一项名称很长的工作任务,用来看看表格和卡片在窄屏幕上会不会被撑开", due="2026-06-30", on="2026-06-01")
    office.assign("尚未签收", due="2026-09-30", on="2026-06-01", sign=False)
    office.report("1", percent=40, on="2026-06-03")
    office.attach("1", on="2026-06-03")
    office.extend("2", to="2026-07-15", on="2026-06-05")
    office.instruct("1", "抓紧办理", due="2026-06-20", on="2026-06-08")
    office.fast_forward("2026-06-15")
    with unit_of_work(office.engine) as session:
        organ, by = session.get_one(Organ, office.organ_id), office.by(session, SUPERVISOR, "2026-06-15")
        compile_report(session, organ, 2026, by=by, on=by.on)
        report = find_report(session, organ, 2026)
        edit_block(session, report, "overview", by=by, text="任务完成过半。")
        comment(session, report, "overview", by=by, text="再核一遍")
    return pages


def watched(page: Page, complaints: list[str]) -> Page:
    """A page whose complaints, its own script's and the browser's, are kept."""
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    found: list[str] = []
    yield found
    assert found == []


def test_no_page_breaks_a_rule_of_accessibility_in_either_light(pages: Served, complaints: list[str]) -> None:
    broken = []
    for scheme in ("light", "dark"):
        browsers = {name: pages.of(name, color_scheme=scheme) for name in (HANDLER, FIRST, SUPERVISOR)}
        for name, path in PAGES:
            page = watched(browsers[name].new_page(), complaints)
            page.goto(path)
            found = Axe().run(page, options=RULES)
            broken += [
                (scheme, path, violation["id"], violation["nodes"][0]["html"][:160])
                for violation in found.response["violations"]
            ]
            page.close()
    assert broken == []


@pytest.mark.parametrize("size", [PHONE, {"width": 768, "height": 1024}, DESK], ids=["phone", "tablet", "desk"])
def test_no_page_is_wider_than_its_window(pages: Served, complaints: list[str], size: dict[str, int]) -> None:
    browsers = {name: pages.of(name, viewport=size) for name in (HANDLER, FIRST, SUPERVISOR)}
    wide = []
    for name, path in PAGES:
        page = watched(browsers[name].new_page(), complaints)
        page.goto(path)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            wide.append(path)
        page.close()
    assert wide == []


def _weighing(sizes: list[int]) -> Callable[[Response], None]:
    """Notes how large each answer is, in bytes."""
    return lambda answer: sizes.append(len(answer.body()))


def test_pages_fetch_nothing_from_elsewhere_and_weigh_little(pages: Served) -> None:
    asked: list[str] = []
    heavy = {}
    for name, path in PAGES:
        context = pages.of(name)
        page = context.new_page()
        bytes_of: list[int] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("response", _weighing(bytes_of))
        page.goto(path)
        page.wait_for_load_state("networkidle")
        if sum(bytes_of) > 120 * 1024:
            heavy[path] = sum(bytes_of)
        context.close()

    assert {url for url in asked if not url.startswith(pages.address)} == set()
    assert heavy == {}
