"""Comments on the pages and by programs: said, told in the browser, taken back, and nobody's form held up by them."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.items.comment import ItemComment
from models.items.progress import ProgressEntry
from models.people.person import Role
from tests.item_forms import carried, fill, press
from tests.office import HANDLER, HEAD, LEADER, OUTSIDER, SUPERVISOR, Office, day
from tests.program import program_of
from tests.web import Web

OTHER = "钱科长"
NEXT = day("2026-06-03")


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path / "home")
    made.today = day("2026-06-02")
    made.department("财务科", head=OTHER)
    made.assign("制度清理", due="2026-06-30", on="2026-06-01")
    return made


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def test_a_talk_on_the_page_of_an_item(office: Office, web: Web) -> None:
    supervisor, other, handler = web.of(SUPERVISOR), web.of(OTHER), web.of(HANDLER)
    assert other.get("/items/1").status_code == 404
    people = _choices(supervisor.get("/items/1/comment").text)
    [head] = [one for one, words in people if words.startswith(OTHER)]
    told = supervisor.act("/items/1/comment", {"content": f"<b>@{LEADER}</b>\n初稿何时报来？", "copies": head})
    assert f"已留言，将在每日汇总中告知{LEADER}、{OTHER}、{HANDLER}。" in told
    page = supervisor.get("/items/1").text
    assert f'&lt;b&gt;<span class="called">@{LEADER}</span>&lt;/b&gt;\n初稿何时报来？' in page
    assert f"抄送 {OTHER}" in other.read("/items/1")
    assert "留言中提到或抄送本人" in other.read("/notices")
    # Whoever reads it by the copy answers, and hears of what follows.
    assert f"将在每日汇总中告知{SUPERVISOR}、{HANDLER}。" in other.act("/items/1/comment", {"content": "财务科已备好"})
    assert "撤回" in other.read("/items/1").partition("经过")[0]
    assert "留言已撤回。" in other.act("/items/1/withdraw-comment", {"comment": "2"})
    last = handler.read("/items/1")
    assert "已由本人撤回" in last
    assert "财务科已备好" not in last
    wrong = other.post("/items/1/withdraw-comment", {"comment": "1"})
    assert (wrong.status_code, "请从列表中选择。" in wrong.text) == (400, True)


def test_what_was_typed_in_the_short_form_goes_along_to_the_whole_one(office: Office, web: Web) -> None:
    handler = web.of(HANDLER)
    form = handler.post("/items/1/comment", {"content": "请@" + HEAD + " 看", "choose": "yes"})
    assert (form.status_code, f"请@{HEAD} 看</textarea>" in form.text) == (200, True)
    assert office.rows(ItemComment) == []
    wrong = handler.post("/items/1/comment", {"content": "@查无此人 看"})
    assert (wrong.status_code, "“@查无此人”不是本单位在职的人" in wrong.text) == (400, True)


def test_what_the_digest_told_is_read_with_the_page(office: Office, web: Web) -> None:
    web.of(SUPERVISOR).act("/items/1/comment", {"content": "请抓紧"})
    office.send(NEXT)
    office.today = NEXT
    handler = web.of(HANDLER)
    assert "还有 1 条没有打开" in handler.read("/notices", kind="comment")
    handler.read("/items/1")
    assert "没有打开" not in handler.read("/notices", kind="comment")
    led = handler.client.get("/notices/open/1", follow_redirects=False).headers["location"]
    assert led == "/items/1#comments"


def test_a_comment_holds_up_nobody(office: Office, web: Web) -> None:
    handler = web.of(HANDLER)
    before = carried(handler, "/items/1/report")
    program = program_of(web, HANDLER)
    tag = program.ask("/items/1").headers["ETag"]
    web.of(SUPERVISOR).act("/items/1/comment", {"content": "请抓紧"})
    assert "任务 1 的进展已记录。" in handler.act("/items/1/report", before | {"content": "已梳理"})
    press(web.of(SUPERVISOR), 1, "comment", content="好", seen="0")
    assert len(office.rows(ProgressEntry)) == 1
    assert program.send("/items/1/acts/report", {"content": "又"}, If_Match=tag).status_code == 412
    tag = program.ask("/items/1").headers["ETag"]
    web.of(SUPERVISOR).act("/items/1/comment", {"content": "还有吗"})
    assert program.send("/items/1/acts/report", {"content": "又"}, If_Match=tag).status_code == 200


def test_programs_talk_once_by_a_key_and_read_page_by_page(office: Office, web: Web) -> None:
    supervisor = program_of(web, SUPERVISOR)
    body = {"content": f"@{LEADER} 请看", "copies": [OTHER]}
    once = {"Idempotency_Key": "k1"}
    assert supervisor.send("/items/1/acts/comment", body, **once).json()["created"] == [1]
    assert supervisor.send("/items/1/acts/comment", body, **once).json()["created"] == [1]
    for number in range(25):
        supervisor.act(1, "comment", content=f"第{number}条")
    page = supervisor.read("/items/1/comments", limit=20)
    rest = supervisor.read("/items/1/comments", limit=20, after=page["next"])
    assert [len(page["comments"]), len(rest["comments"]), rest["next"]] == [20, 6, None]
    assert page["comments"][0] | {"at": None} == {
        "id": 1, "on": "2026-06-02", "at": None, "person": SUPERVISOR, "stands_for": None, "mine": True,
        "text": f"@{LEADER} 请看", "mentions": [LEADER], "copies": [OTHER], "taken_back_on": None,
    }  # fmt: skip
    assert supervisor.act(1, "withdraw_comment", comment=1) == "留言已撤回。"
    assert supervisor.read("/items/1/comments")["comments"][0]["text"] is None
    assert supervisor.send("/items/1/acts/withdraw_comment", {"comment": 99}).status_code == 404
    assert supervisor.send("/items/1/acts/comment", {"content": "好", "copies": ["查无此人"]}).status_code == 404
    assert program_of(web, OUTSIDER).ask("/items/1/comments").status_code == 404


def test_behind_an_at_the_people_of_the_office_are_offered(office: Office, web: Web) -> None:
    office.hire(HANDLER, Role.HANDLER, "同名的人")
    offered = web.of(HEAD).get("/items/1/colleagues").json()
    assert {"called": OTHER, "name": OTHER, "units": "财务科"} in offered
    assert [one["called"] for one in offered if one["name"] == HANDLER] == [f"{HANDLER}（法规科）"] * 2
    assert OUTSIDER not in {one["name"] for one in offered}
    assert web.of(OTHER).get("/items/1/colleagues").status_code == 404
    assert fill(web.of(HEAD), "/items/1/comment", content="好").count("已留言") == 1


def _choices(page: str) -> list[tuple[str, str]]:
    """The people to tick: what is sent, and the words beside it."""
    parts = page.split('name="copies" value="')[1:]
    return [(part.partition('"')[0], part.partition("> ")[2].partition("</label>")[0]) for part in parts]
