"""`duban account`, as the administrator at the machine uses it."""

import json
from pathlib import Path

import pytest
from sqlmodel import Session

from models.actor import Actor, Channel
from models.clock import day_of, now
from models.database import on_record
from models.migrate import open_current
from models.settings import load_settings
from tasks.access.hold_tokens import make_feed, make_token
from tasks.access.set_password import find_invited
from tasks.people.find import find_person
from tests.homes import lay_home
from tests.ledgers import write_xlsx
from tests.terminal import Terminal

STAFF = [
    ["单位", "部门", "姓名", "职务", "角色", "邮箱", "手机", "代理人"],
    ["某县司法局", "", "周建国", "局长", "第一责任人", "", "", ""],
    ["某县司法局", "法规科", "李伟", "科长", "科室负责人", "", "13800000003", ""],
    ["某县司法局", "法规科", "李 伟", "科员", "", "", "13800000004", ""],
    ["某县司法局", "办公室", "陈督办", "主任", "督办员", "", "", ""],
]


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    made = Terminal(lay_home(tmp_path / "data"))
    made.says("people", "import", write_xlsx(tmp_path / "staff.xlsx", STAFF), "--on", "2026-01-01")
    return made


def invited(terminal: Terminal, address: str) -> str:
    engine = open_current(load_settings(terminal.home))
    with Session(engine) as session:
        found = find_invited(session, address.partition("code=")[2], now=now())
    engine.dispose()
    return found.person.name


def test_everybody_with_a_post_is_invited_once(terminal: Terminal) -> None:
    rows = terminal.data("account", "invite", "--all")
    assert [(row["name"], row["login"]) for row in rows] == [
        ("周建国", "周建国"), ("李伟", "李伟"), ("李伟", "李伟0004"), ("陈督办", "陈督办"),
    ]  # fmt: skip
    assert [invited(terminal, row["address"]) for row in rows] == [row["name"] for row in rows]
    assert all(row["address"].startswith("http://127.0.0.1:8000/welcome?code=") for row in rows)
    assert terminal.data("account", "invite", "--all") == []
    assert terminal.says("account", "invite", "--all") == "在岗的人都已有账户。\n"


def test_one_person_is_invited_helped_and_closed(terminal: Terminal) -> None:
    said = terminal.says("account", "invite", "周建国", "--login", "Zhou")
    assert said.startswith("周建国，登录名 zhou。请本人打开：\nhttp://127.0.0.1:8000/welcome?code=")
    assert "72 小时内有效，只能用一次" in said
    assert invited(terminal, said.splitlines()[1]) == "周建国"
    again = terminal.data("account", "reset", "周建国")
    assert invited(terminal, again["address"]) == "周建国"
    assert terminal.says("account", "unlock", "周建国") == "已清除周建国的 0 次登录失败。\n"
    assert terminal.data("account", "close", "周建国") == {"name": "周建国", "login": "zhou"}
    assert "周建国没有账户，或者账户已关闭" in terminal.refused("account", "reset", "周建国")
    assert [(row["name"], row["login"], row["state"]) for row in terminal.data("account", "list")] == [
        ("周建国", "zhou", "已关闭"), ("李伟", None, "无账户"), ("李伟", None, "无账户"), ("陈督办", None, "无账户"),
    ]  # fmt: skip
    assert "已关闭" in terminal.says("account", "list")


def test_what_is_left_open_is_asked_for(terminal: Terminal) -> None:
    for words in (["invite"], ["invite", "周建国", "--all"], ["invite", "--all", "--login", "a"]):
        assert "请写明给谁开通" in terminal.refused("account", *words)
    assert "请改用手机号或邮箱" in terminal.refused("account", "invite", "李伟")
    assert json.loads(terminal.says("account", "invite", "13800000003", "--json"))["login"] == "李伟"


def test_whoever_may_not_manage_people_is_refused(terminal: Terminal) -> None:
    for words in (["list"], ["invite", "李伟"], ["invite", "--all"], ["reset", "周建国"], ["close", "周建国"]):
        words = ["13800000003" if word == "李伟" else word for word in words]
        assert "不能管理人员" in terminal.refused("account", *words, "--as", "周建国")


def test_whoever_asks_in_a_name_is_not_shown_the_address(terminal: Terminal) -> None:
    """It goes by mail, or onto a slip that another prints; the administrator at the machine alone sees it."""
    terminal.says("people", "import", write_xlsx(terminal.home / "more.xlsx", [
        STAFF[0], ["某县司法局", "", "周建国", "局长", "第一责任人", "zhou@office.test", "", ""],
    ]), "--on", "2026-01-01")  # fmt: skip
    by_mail = terminal.data("account", "invite", "周建国", "--as", "陈督办")
    assert by_mail == {"name": "周建国", "login": "周建国", "way": "mail"}
    on_paper = terminal.data("account", "invite", "13800000003", "--as", "陈督办")
    assert on_paper == {"name": "李伟", "login": "李伟", "way": "paper"}
    rest = terminal.data("account", "invite", "--all", "--as", "陈督办")
    assert [(row["name"], row["way"], "address" in row) for row in rest] == [
        ("李伟", "paper", False), ("陈督办", "paper", False),
    ]  # fmt: skip
    assert "/welcome" not in terminal.says("account", "reset", "周建国", "--as", "陈督办")
    assert terminal.data("deliver")["letters"] == 1
    assert "/welcome?code=" in terminal.says("account", "reset", "周建国")


def test_tokens_are_listed_and_revoked_by_whoever_manages_accounts(terminal: Terminal) -> None:
    engine = open_current(load_settings(terminal.home))
    with on_record(engine) as session:
        person = find_person(session, "周建国")
        by = Actor("周建国", Channel.WEB, day_of(now()), now(), person.id)
        make_token(session, person, by=by, name="报表", scopes=["read"])
        make_feed(session, person, by=by)
    engine.dispose()
    rows = terminal.data("account", "tokens", "--as", "陈督办")
    assert [(row["name"], row["token"], row["uses"]) for row in rows] == [
        ("周建国", "报表", "查看"), ("周建国", "日历订阅", "查看"),
    ]  # fmt: skip
    assert "日历订阅" in terminal.says("account", "tokens")
    assert "没有名为“别的”的令牌" in terminal.refused("account", "revoke", "周建国", "--token", "别的")
    assert terminal.data("account", "revoke", "周建国", "--token", "报表") == {"name": "周建国", "ended": 1}
    assert "不能管理人员" in terminal.refused("account", "revoke", "周建国", "--as", "周建国")
    assert terminal.data("account", "revoke", "周建国")["ended"] == 1
    assert terminal.data("account", "tokens") == []
