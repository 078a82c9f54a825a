"""A sentence that says where something is mended leads there."""

import re
from pathlib import Path

import pytest
from sqlalchemy import Engine

from duban.web.render import named_pages, templates
from tests.office import SUPERVISOR, Office, day
from tests.web import Web

ROOT = Path(__file__).resolve().parents[4]
ROOMS = ("models", "tasks", "flows", "duban")


@pytest.fixture
def web(engine: Engine, tmp_path: Path) -> Web:
    office = Office(engine, tmp_path / "home")
    office.today = day("2026-06-02")
    office.assign("制度清理", due="2026-06-30", on="2026-06-01")
    return Web(office)


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("请先在“人员”中新增。", '请先在“<a href="/people">人员</a>”中新增。'),
        ("在“人员”中，或在“年度计划”中", '在“<a href="/people">人员</a>”中，或在“<a href="/plans">年度计划</a>”中'),
        ("没有登记“人员”这个人", "没有登记“人员”这个人"),
        ("在“别处”中", "在“别处”中"),
        ("<b>在“人员”中", '&lt;b&gt;在“<a href="/people">人员</a>”中'),
        ("在“<script>”中", "在“&lt;script&gt;”中"),
    ],
)
def test_only_the_name_of_a_page_where_something_is_to_be_done_is_a_link(message: str, shown: str) -> None:
    assert templates().from_string("{{ message|ways }}").render(message=message) == shown


def test_every_page_that_a_sentence_of_the_program_names_is_one() -> None:
    said = {
        name
        for room in ROOMS
        for file in (ROOT / room).rglob("*.py")
        for name in re.findall("在“([^“”{<]+)”中[^“”]*[。：，（{]", file.read_text(encoding="utf-8"))
    }

    assert {"人员", "年度计划", "年度报告"} <= said
    assert said - named_pages().keys() == set()


def test_each_named_page_is_there(web: Web) -> None:
    visitor = web.of(SUPERVISOR)

    closed = {path for path in named_pages().values() if visitor.get(path).status_code != 200}

    assert closed <= {"/settings/office", "/webhooks"}, "these take a right that the supervisor lacks"


def test_what_is_wrong_beside_a_field_leads_there(web: Web) -> None:
    visitor = web.of(SUPERVISOR)

    form = visitor.post("/items/new", {"title": "报送材料", "handler": "查无此人", "do": "draft"})

    assert (form.status_code, '在“<a href="/people">人员</a>”中新增或导入' in form.text) == (400, True)
