"""涉密不入: whatever way a text or a file comes, a marked one is refused before anything is done.

The forms are those the pages show, the operations those the interface has: a new one is tested without anybody
thinking of it.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import anyio
import pytest
from fastapi.routing import APIRoute
from sqlalchemy import Engine

from duban.acts.item import BY_VERB
from duban.web import api, gate
from duban.web.call import may_write
from duban.web.gate import PASSWORDS
from duban.web.interface import PREFIX
from models.audit import AuditEntry
from models.items.evidence import Evidence
from tasks.files.check_upload import Examined, examine
from tasks.files.file_store import FileStore
from tests.documents import PNG, word
from tests.duban.web.test_every_route import addressed, calls, each, found_in, told
from tests.office import HANDLER, SUPERVISOR, Office
from tests.program import token_for
from tests.web import Visitor, Web, words_of

MARK = "机 密 ★10年"
MARKED = word("正文", foot=MARK)
INTERFACE = [
    (method, route) for route in found_in(api.routers()) for method in sorted(route.methods or ()) if method != "GET"
]


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path / "home")
    made.store = FileStore(made.settings.evidence_store)
    made.assign("制度清理", due="2026-06-30", on="2026-06-01")
    made.report("1", percent=40, on="2026-06-03")
    made.instruct("1", "抓紧办理", due="2026-06-20", on="2026-06-04")
    made.extend("1", to="2026-07-15", on="2026-06-05")
    made.fast_forward("2026-06-10")
    return made


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


@dataclass
class Form(HTMLParser):
    """The forms of a page: where each leads, what it holds already, and which fields take files."""

    html: str
    found: list[tuple[str, dict[str, str], set[str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((said.get("action", "") if said.get("method") == "post" else "", {}, set()))
        elif self.found and "name" in said and tag in ("input", "textarea", "select"):
            _, held, files = self.found[-1]
            if said.get("type") == "file":
                files.add(said["name"])
            else:
                held.setdefault(said["name"], said.get("value", ""))


def forms(visitor: Visitor) -> Iterator[tuple[str, dict[str, str], set[str]]]:
    """Every form of every page that opens with the first row of whatever it asks for, and of every act upon an item."""
    paths = [addressed(route) for route in each("GET") if "{verb}" not in route.path]
    for path in [*paths, *(f"/items/1/{verb}" for verb in BY_VERB)]:
        answer = visitor.get(path)
        if answer.status_code == 200 and "html" in answer.headers["content-type"]:
            yield from (form for form in Form(answer.text).found if form[0])


def refused(answer: Any) -> bool:
    return answer.status_code == 400 and "带有密级标志" in words_of(answer.text)


def test_a_marked_text_is_refused_in_every_field_of_every_form(office: Office, web: Web) -> None:
    visitor = web.of(SUPERVISOR)
    fields = {(action.partition("?")[0], name) for action, held, _ in forms(visitor) for name in held}
    fields = {(action, name) for action, name in fields if name not in PASSWORDS | {"csrf"}}
    before = told(office)

    let_in = [(action, name) for action, name in fields if not refused(visitor.post(action, {name: f"前文{MARK}"}))]

    assert let_in == []
    assert told(office) == before
    assert len(fields) > 150


def test_a_marked_text_is_refused_at_every_address_that_takes_a_form(office: Office, web: Web) -> None:
    visitor = web.of(SUPERVISOR)

    assert [route.path for route in each("POST") if not refused(visitor.post(addressed(route), {"x": MARK}))] == []


def test_a_marked_file_is_refused_in_every_field_that_takes_files(office: Office, web: Web) -> None:
    visitor = web.of(SUPERVISOR)
    fields = {
        (action, name): held for action, held, files in [*forms(visitor), *forms(web.of(HANDLER))] for name in files
    }
    before, home = told(office), sorted(path for path in office.settings.home.rglob("*.docx"))

    let_in = []
    for (action, name), held in fields.items():
        whose = web.of(HANDLER) if "/items/" in action else visitor
        typed = {key: value for key, value in held.items() if key not in ("csrf", "do")}
        answer = whose.post(action, typed | FILLED, files={name: ("a.docx", io.BytesIO(MARKED))})
        if not refused(answer):
            let_in.append((action, name, answer.status_code))

    assert let_in == []
    assert (told(office), sorted(office.settings.home.rglob("*.docx")), office.rows(Evidence)) == (before, home, [])
    assert len(fields) > 8


FILLED = {
    "content": "已完成", "seen": "999999", "percent": "10", "on": "2026-06-10", "kind": "deploy", "text": "主持会议",
    "plan": "抽查", "year": "2026",
}  # fmt: skip
"""What the forms with files must hold besides."""


def test_what_was_typed_is_given_back_and_passwords_are_not(web: Web) -> None:
    typed = {"content": f"很长的进展 {MARK}", "problems": "没有", "password": "tiger-tiger"}

    answer = web.of(HANDLER).post("/items/1/report", typed)

    words = words_of(answer.text)
    assert "“content”一栏带有密级标志“机 密 ★10年”。" in words
    assert "没有保存任何内容。" in words
    assert (f"很长的进展 {MARK}" in words, "没有" in words, "tiger" in answer.text) == (True, True, False)


def test_nobody_signs_in_under_a_marked_name(web: Web) -> None:
    client = web.anonymous()
    token = re.search(r'name="csrf" value="([^"]+)"', client.get("/login").text)
    assert token is not None

    answer = client.post("/login", data={"csrf": token[1], "name": MARK, "password": "机密★"})

    assert refused(answer)


def test_what_could_not_be_searched_needs_somebody_s_word_which_stays_on_record(office: Office, web: Web) -> None:
    handler = web.of(HANDLER)
    seen = re.search(r'name="seen" value="(\d+)"', handler.get("/items/1/evidence").text)
    assert seen is not None
    sent = {"seen": seen[1], "category": "日常工作"}

    without = handler.post("/items/1/evidence", sent, files={"file": ("扫描.png", io.BytesIO(PNG))})
    assert without.status_code == 400
    assert "请勾选“不涉密，本人负责”后再上传" in words_of(without.text)

    page = handler.act("/items/1/evidence", sent | {"vouched": "1"}, files={"file": ("扫描.png", io.BytesIO(PNG))})
    assert f"不涉密，{HANDLER}负责" in page
    (piece,) = office.rows(Evidence)
    assert (piece.name, piece.vouched) == ("扫描.png", "“扫描.png”是图片、音像或其他没有文字可查的文件")
    entry = office.rows(AuditEntry)[-1]
    assert entry.actor == HANDLER
    assert all(said in str(entry.after) for said in (piece.name, piece.sha256, str(piece.vouched)))


@pytest.mark.parametrize(("method", "route"), INTERFACE, ids=lambda value: getattr(value, "path", value))
def test_every_act_of_a_program_is_searched(method: str, route: APIRoute) -> None:
    assert may_write in set(calls(route.dependant))


@pytest.fixture
def program(web: Web) -> Any:
    client = web.anonymous()
    client.headers["authorization"] = f"Bearer {token_for(web, SUPERVISOR)}"
    return client


@pytest.mark.parametrize(
    "sent",
    [
        {"json": {"x": MARK}},
        {"json": {"values": {"a": [1, {"b": f"甲{MARK}"}]}}},
        {"json": {MARK: 1}},
        {"json": [MARK]},
        {"json": {}, "params": {"x": MARK}},
        {"data": {"note": MARK}, "files": {"file": ("a.txt", b"a")}},
    ],
    ids=["field", "deep", "name", "list", "query", "form"],
)
def test_a_marked_text_is_refused_wherever_a_program_puts_it(
    office: Office, web: Web, program: Any, sent: dict[str, Any]
) -> None:
    before = told(office)
    let_in = {}
    for method, route in INTERFACE:
        answer = program.request(method, PREFIX + addressed(route), **sent)
        # What is no number of a row, or no known shape, may be told first: nothing is done all the same.
        if not (answer.status_code == 400 and "带有密级标志" in answer.text):
            let_in[route.path] = (answer.status_code, answer.text[:80])

    assert let_in == {}
    assert told(office) == before


@pytest.mark.parametrize("file", [("a.docx", MARKED), ("机密★.txt", b"a")])
def test_a_program_brings_no_marked_file(office: Office, program: Any, file: tuple[str, bytes]) -> None:
    answer = program.post(f"{PREFIX}/items/1/evidence", files={"file": file})

    assert (answer.status_code, "带有密级标志" in answer.json()["detail"]) == (400, True)
    assert office.rows(Evidence) == []


def test_a_program_answers_for_what_could_not_be_searched(office: Office, web: Web) -> None:
    client = web.anonymous()
    client.headers["authorization"] = f"Bearer {token_for(web, HANDLER)}"
    files = {"file": ("a.png", PNG)}

    assert "不涉密，本人负责" in client.post(f"{PREFIX}/items/1/evidence", files=files).json()["detail"]
    assert client.post(f"{PREFIX}/items/1/evidence", files=files, data={"vouched": "true"}).status_code == 201
    assert [piece.vouched is not None for piece in office.rows(Evidence)] == [True]


def test_without_a_token_nothing_that_is_sent_is_read(web: Web) -> None:
    read: list[str] = []
    answers: list[Any] = []

    async def send(message: Any) -> None:
        answers.append(message)

    async def receive() -> Any:
        read.append("a piece")
        return {"type": "http.request", "body": b"x", "more_body": True}

    scope = {
        "type": "http", "method": "POST", "path": f"{PREFIX}/items/1/evidence", "query_string": b"",
        "raw_path": b"", "root_path": "", "scheme": "http", "server": ("127.0.0.1", 8000), "client": ("127.0.0.1", 1),
        "http_version": "1.1", "headers": [(b"host", b"127.0.0.1"), (b"content-length", b"9999999999")],
    }  # fmt: skip
    anyio.run(web.app, scope, receive, send)

    assert (answers[0]["status"], read) == (401, [])


def test_while_a_file_is_searched_everybody_else_writes(
    office: Office, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []

    def examine_beside_a_writer(name: str, source: Any) -> Examined:
        with office.engine.connect() as other:
            # No waiting at all: a lock held by the upload would show at once.
            other.exec_driver_sql("PRAGMA busy_timeout = 0")
            other.exec_driver_sql("UPDATE organ SET name = name")
            other.commit()
        written.append(name)
        return examine(name, source)

    monkeypatch.setattr(gate, "examine", examine_beside_a_writer)
    handler = web.of(HANDLER)
    seen = re.search(r'name="seen" value="(\d+)"', handler.get("/items/1/evidence").text)
    assert seen is not None

    handler.act("/items/1/evidence", {"seen": seen[1]}, files={"file": ("总结.docx", io.BytesIO(word("正文")))})

    assert written == ["总结.docx"]
    assert [piece.name for piece in office.rows(Evidence)] == ["总结.docx"]
