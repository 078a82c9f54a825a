"""帮助: what each role does first leads somewhere that role may go, and every key told is one that works."""

import re
from pathlib import Path

import pytest
from sqlalchemy import Engine

from duban.web.app import STATIC
from duban.web.pages.office.help import FIRST_STEPS, KEYS
from duban.web.render import TEMPLATES
from models.people.person import Role
from tests.office import FIRST, HANDLER, HEAD, LEADER, SUPERVISOR, Office
from tests.web import Web

CAST = {
    Role.HANDLER: HANDLER, Role.DEPARTMENT_HEAD: HEAD, Role.LEADER: LEADER, Role.FIRST_RESPONSIBLE: FIRST,
    Role.SUPERVISOR: SUPERVISOR, Role.AUDITOR: "查监督", Role.ADMINISTRATOR: "管网络", Role.SECURITY: "安保密",
}  # fmt: skip
SHOWN = {"Escape": "Esc", "ArrowUp": "↑", "ArrowDown": "↓"}
"""How keys are told whose names are not on them."""


@pytest.fixture
def web(engine: Engine, tmp_path: Path) -> Web:
    office = Office(engine, tmp_path / "home")
    for role in (Role.AUDITOR, Role.ADMINISTRATOR, Role.SECURITY):
        office.hire(CAST[role], role, role.label)
    return Web(office)


def test_every_role_is_told_first_what_it_may_do(web: Web) -> None:
    assert FIRST_STEPS.keys() == set(Role)
    for role, name in CAST.items():
        visitor = web.of(name)
        own, others = visitor.get("/help").text.split("其他角色从哪里开始")

        assert f"{role.label}从这里开始" in own
        assert f"<h3>{role.label}</h3>" not in others
        for _, path in FIRST_STEPS[role]:
            assert (name, path, visitor.get(path).status_code) == (name, path, 200)


def test_every_key_told_is_listened_to_and_every_key_listened_to_is_told() -> None:
    pages = "".join(file.read_text(encoding="utf-8") for file in TEMPLATES.rglob("*.html"))
    scripts = "".join(file.read_text(encoding="utf-8") for file in STATIC.glob("*.js"))
    heard = set(re.findall(r'data-key="([^"]+)"', pages)) | set(re.findall(r'event\.key === "(\w+)"', scripts))

    told = {key for keys, _ in KEYS for key in keys.split()}
    assert {SHOWN.get(key, key) for key in heard} == told


def test_the_frame_leads_there(web: Web) -> None:
    assert 'href="/help"' in web.of(HANDLER).get("/").text
    assert 'href="/help"' in web.of(HANDLER).get("/more").text
