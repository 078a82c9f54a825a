"""设置: each finds what that person may open, and nothing else."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.people.person import Role
from tests.office import FIRST, HANDLER, OUTSIDER, SUPERVISOR, Office
from tests.web import Web

EVERYBODY = ["我的账户", "后台工作", "人员", "工作日历", "接口说明"]


@pytest.fixture
def web(engine: Engine, tmp_path: Path) -> Web:
    office = Office(engine, tmp_path / "home")
    office.hire("管网络", Role.ADMINISTRATOR, "管理员")
    return Web(office)


@pytest.mark.parametrize(
    ("name", "more"),
    [
        (HANDLER, []),
        (FIRST, ["操作记录"]),
        (SUPERVISOR, ["督办策略", "操作记录", "系统运行"]),
        ("管网络", ["督办策略", "操作记录", "系统运行", "接口推送"]),
        (OUTSIDER, ["操作记录"]),
    ],
)
def test_the_hub_shows_what_a_person_may_open(web: Web, name: str, more: list[str]) -> None:
    shown = web.of(name).read("/settings")
    lines = [*EVERYBODY, "督办策略", "操作记录", "系统运行", "接口推送"]

    assert {line for line in lines if line in shown} == {*EVERYBODY, *more}


def test_whatever_the_hub_shows_can_be_opened(web: Web) -> None:
    visitor = web.of("管网络")

    for path in ("/people", "/workdays", "/policies", "/audit", "/system"):
        assert f'href="{path}"' in visitor.get("/settings").text
        visitor.read(path)
