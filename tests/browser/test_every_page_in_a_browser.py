"""The main pages in a browser: usable by all (WCAG 2.2 AA), whole at every width, fetching nothing elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Response, ViewportSize

from models.database import unit_of_work
from models.people.organ import Organ
from tasks.items.comment import comment as comment_item
from tasks.report.compiling.compile_report import compile_report
from tasks.report.compiling.find_report import find_report
from tasks.report.desk.comment_report import comment
from tasks.report.desk.edit_block import edit_block
from tests.browsing import DESK, PHONE, Served, served
from tests.databases import disposed, lay_sqlite
from tests.draws import Draws
from tests.office import FIRST, HANDLER, SUPERVISOR, Office
from tests.web import Web

pytestmark = [pytest.mark.browser, pytest.mark.slow]

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WINDOWS: dict[str, ViewportSize] = {"phone": PHONE, "tablet": {"width": 768, "height": 1024}, "desk": DESK}

PAGES = [
    (HANDLER, "/"),
    (FIRST, "/"),
    (SUPERVISOR, "/"),
    (SUPERVISOR, "/board"),
    (SUPERVISOR, "/items"),
    (HANDLER, "/items/1"),
    (HANDLER, "/items/1/report"),
    (SUPERVISOR, "/items/new"),
    (SUPERVISOR, "/items/1/edit"),
    (FIRST, "/instructions/new"),
    (SUPERVISOR, "/mine/unfiled"),
    (SUPERVISOR, "/search?q=制度"),
    (HANDLER, "/search?q=没有这样的"),
    (SUPERVISOR, "/items/1/comment"),
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
    (SUPERVISOR, "/ledgers/draws/1?verify=yes"),
    (FIRST, "/ledgers/draws/2"),
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
    (HANDLER, "/help"),
    (SUPERVISOR, "/people"),
    (FIRST, "/people/proposals"),
    (SUPERVISOR, "/people/import"),
    (SUPERVISOR, "/policies"),
    (SUPERVISOR, "/plans/1/policy"),
    (SUPERVISOR, "/workdays"),
    (SUPERVISOR, "/audit"),
    (HANDLER, "/account"),
    (HANDLER, "/account/messages"),
    (HANDLER, "/more"),
]


def at_work(office: Office) -> None:
    """Something on every page: items in several states, notices, a report with a comment."""
    office.assign("制度清理", due="2026-06-08", on="2026-06-01")
    office.assign("一项名称很长的工作任务，用来看看表格和卡片在窄屏幕上会不会被撑开", due="2026-06-30", on="2026-06-01")
    office.assign("尚未签收", due="2026-09-30", on="2026-06-01", sign=False)
    office.report("1", percent=40, on="2026-06-03")
    office.attach("1", on="2026-06-03")
    office.extend("2", to="2026-07-15", on="2026-06-05")
    office.instruct("1", "抓紧办理", due="2026-06-20", on="2026-06-08")
    office.do(SUPERVISOR, comment_item, "1", on="2026-06-08", content=f"@{HANDLER} 请附目录")
    office.fast_forward("2026-06-15")
    with unit_of_work(office.engine) as session:
        organ, by = session.get_one(Organ, office.organ_id), office.by(session, SUPERVISOR, "2026-06-15")
        compile_report(session, organ, 2026, by=by, on=by.on)
        report = find_report(session, organ, 2026)
        edit_block(session, report, "overview", by=by, text="任务完成过半。")
        comment(session, report, "overview", by=by, text="再核一遍")
    draws = Draws(office)
    draws.drawn(on="2026-06-15")
    draws.bind(on="2026-06-15", plan="专项抽查")


@dataclass
class Look:
    """What one page was found to be, opened once by somebody whose browser had kept nothing of it."""

    path: str
    asked: list[str] = field(default_factory=list)
    """The address of each request."""
    weight: int = 0
    """The bytes of all answers."""
    complaints: list[str] = field(default_factory=list)
    """What its own script and the browser complained of."""
    broken: list[tuple[str, str, str]] = field(default_factory=list)
    """Scheme, rule and place of each breach of accessibility."""
    wider_than: list[str] = field(default_factory=list)
    """The windows it does not fit into."""


def look(pages: Served, name: str, path: str) -> Look:
    """Open a page and look at it from every side; it must not have to be opened again for any of them."""
    found = Look(path)
    context = pages.of(name, viewport=DESK)
    page = context.new_page()
    page.on("request", lambda request: found.asked.append(request.url))
    page.on("response", lambda answer: answers.append(answer))
    page.on("console", lambda said: found.complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: found.complaints.append(str(error)))
    answers: list[Response] = []
    page.goto(path)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        page.evaluate("Promise.all(document.getAnimations().map(change => change.finished))")
        found.broken += [
            (scheme, violation["id"], violation["nodes"][0]["html"][:160])
            for violation in Axe().run(page, options=RULES).response["violations"]
        ]
    for window, size in WINDOWS.items():
        page.set_viewport_size(size)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found.wider_than.append(window)
    page.wait_for_load_state("networkidle")
    found.weight = sum(len(answer.body()) for answer in answers)
    context.close()
    return found


@pytest.fixture(scope="module")
def looks(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Look]]:
    """Every page of an office at work."""
    folder = tmp_path_factory.mktemp("pages")
    with disposed(lay_sqlite(folder / "test.db")) as engine:
        office = Office(engine, folder / "home")
        at_work(office)
        with served(Web(office), browser) as pages:
            yield [look(pages, name, path) for name, path in PAGES]


def test_no_page_breaks_a_rule_of_accessibility_in_either_light(looks: list[Look]) -> None:
    assert {look.path: look.broken for look in looks if look.broken} == {}


@pytest.mark.parametrize("window", WINDOWS)
def test_no_page_is_wider_than_its_window(looks: list[Look], window: str) -> None:
    assert [look.path for look in looks if window in look.wider_than] == []


def test_no_page_makes_the_browser_complain(looks: list[Look]) -> None:
    assert {look.path: look.complaints for look in looks if look.complaints} == {}


def test_pages_fetch_nothing_from_elsewhere_and_weigh_little(looks: list[Look]) -> None:
    hosts = {urlsplit(url).netloc for look in looks for url in look.asked}
    assert len(looks) == len(PAGES)
    assert [host.partition(":")[0] for host in hosts] == ["127.0.0.1"]
    assert {look.path: look.weight for look in looks if look.weight > 120 * 1024} == {}
