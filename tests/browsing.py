"""A real browser for tests: the pages served on a port of their own, and Debian's Chromium to look at them."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from duban.web.visit import COOKIE
from tests.processes import eventually
from tests.web import Web

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1366, "height": 768}


def chromium_path() -> str:
    """Where Chromium lies. Without one the test is skipped with the reason, but on CI it fails."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        reason = "no Chromium here: install the packages chromium and fonts-noto-cjk to run the tests of the pages"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window; root may not have the sandbox."""
    path = chromium_path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@dataclass
class Served:
    """A story's pages on a port of this machine, and the browsers of its people."""

    web: Web
    browser: Browser
    address: str

    def stranger(self, **options: Any) -> BrowserContext:
        """A browser nobody is signed in with. What a page asks of another site, or logs as an error, fails the test."""
        options = {"viewport": DESK, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"} | options
        return self.browser.new_context(base_url=self.address, **options)

    def of(self, name: str, **options: Any) -> BrowserContext:
        """The browser of somebody who is signed in."""
        context = self.stranger(**options)
        token = self.web.of(name).token
        context.add_cookies([{"name": COOKIE, "value": token, "url": self.address}])
        return context

    def page(self, name: str, path: str, **options: Any) -> Page:
        """A page of somebody who is signed in."""
        page = self.of(name, **options).new_page()
        page.goto(path)
        return page


@contextmanager
def served(web: Web, browser: Browser) -> Iterator[Served]:
    """The pages, served until the block ends; the office's clock stands still."""
    server = uvicorn.Server(uvicorn.Config(web.app, port=0, lifespan="off", log_config=None))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    eventually(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield Served(web, browser, f"http://127.0.0.1:{port}")
    finally:
        server.should_exit = True
        thread.join(timeout=10)
