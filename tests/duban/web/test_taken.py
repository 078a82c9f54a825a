"""No file leaves by the pages or the interface without being on record, once a day for each person and file."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from duban.web import app as application
from models.audit import AuditEntry
from models.day_count import DayCount
from tests.documents import png
from tests.item_forms import file, fill
from tests.office import FIRST, HANDLER, OUTSIDER, SUPERVISOR, Office, day
from tests.program import program_of
from tests.web import Web


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path / "home")
    made.assign("制度清理", due="2026-06-30", on="2026-06-01")
    made.today = day("2026-06-02")
    return made


@pytest.fixture
def web(office: Office) -> Web:
    made = Web(office)
    fill(made.of(HANDLER), "/items/1/evidence", files=[file("总结 “终稿”.txt", "结果")])
    return made


def taken(office: Office) -> list[AuditEntry]:
    return [entry for entry in office.rows(AuditEntry) if entry.action == "take_file"]


def test_who_takes_evidence_stands_in_the_trail_of_its_item_once_a_day(office: Office, web: Web) -> None:
    visitor = web.of(FIRST)
    for _ in range(3):
        assert visitor.get("/evidence/1").content == "结果".encode()

    [entry] = taken(office)
    assert (entry.actor, entry.item_id, entry.organ_id) == (FIRST, 1, office.organ_id)
    assert entry.after == {"file": "总结 “终稿”.txt", "address": "/evidence/1"}
    assert [row.times for row in office.rows(DayCount)] == [3]
    assert f"{FIRST} 取走文件 任务 1" in web.of(SUPERVISOR).read("/audit", action="take_file")

    office.today = day("2026-06-03")
    web.of(FIRST).get("/evidence/1")
    assert [str(entry.on) for entry in taken(office)] == ["2026-06-02", "2026-06-03"]


def test_so_does_a_program(office: Office, web: Web) -> None:
    assert program_of(web, HANDLER).ask("/evidence/1/file").content == "结果".encode()
    assert [(entry.actor, entry.channel.value, entry.item_id) for entry in taken(office)] == [(HANDLER, "api", 1)]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/audit/export", {}),
        ("/items/export.xlsx", None),
        ("/plans/1/export.xlsx", None),
        ("/people/template.xlsx", None),
    ],
)
def test_an_export_is_on_record(office: Office, web: Web, path: str, data: dict[str, str] | None) -> None:
    visitor = web.of(SUPERVISOR)
    answer = visitor.get(path) if data is None else visitor.post(path, data)
    assert answer.headers.get("content-disposition", "").startswith("attachment"), f"{path}: {answer.status_code}"
    [entry] = taken(office)
    assert (entry.actor, entry.after["address"]) == (SUPERVISOR, path)


def test_what_is_looked_at_in_the_browser_is_on_record_as_what_is_kept(office: Office, web: Web) -> None:
    fill(web.of(HANDLER), "/items/1/evidence", files=[file("现场.png", png(8, 6))], vouched="on")
    for path in ("/evidence/2/thumbnail", "/evidence/2"):
        assert web.of(FIRST).get(path).status_code == 200
    [entry] = taken(office)
    assert (entry.actor, entry.after) == (FIRST, {"file": "现场.png", "address": "/evidence/2"})


def test_what_was_not_given_out_is_not_on_record(office: Office, web: Web) -> None:
    assert web.of(OUTSIDER).get("/evidence/1").status_code == 404
    assert taken(office) == []


def test_a_file_that_cannot_be_put_on_record_does_not_leave(
    office: Office, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(application, "note_taken", fail)
    answer = web.of(FIRST).get("/evidence/1")
    assert (answer.status_code, "结果" in answer.text) == (500, False)
