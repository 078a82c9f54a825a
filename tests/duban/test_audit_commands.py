"""`duban audit`, and what the other commands show to whom, as a person at a terminal or a program sees it."""

import json
import re
import shutil
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from models.audit import GENESIS, AuditEntry
from models.database import unit_of_work
from models.items.item import WorkItem
from models.migrate import open_current
from models.people.organ import Organ
from models.people.person import Person, Post, Role, Tenure
from models.settings import load_settings
from models.signed_head import SignedHead
from tests.homes import lay_home
from tests.office import FIRST, HANDLER, HEAD, LONG_AGO, OUTSIDER, SUPERVISOR, Office
from tests.terminal import Terminal

DAY = ("--on", "2026-06-08")


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office in which something happened: two items, one reported on, one of another department."""
    settings = load_settings(lay_home(tmp_path_factory.mktemp("office") / "data"))
    engine = open_current(settings)
    office = Office(engine, settings.home)
    office.hire("周承办")
    office.assign("普法宣传", due="2026-06-30")
    office.assign("经费保障", due="2026-06-12", to=None)
    other = office.department("财务科", head="钱科长")
    with unit_of_work(engine) as session:
        session.exec(select(WorkItem).where(WorkItem.number == "2")).one().department_id = other
    office.report("1", "完成一半", on="2026-06-08", percent=50)
    engine.dispose()
    return settings.home


@pytest.fixture
def terminal(founded: Path, tmp_path: Path) -> Terminal:
    return Terminal(Path(shutil.copytree(founded, tmp_path / "data")))


def tamper(terminal: Terminal, statement: str) -> None:
    engine = open_current(load_settings(terminal.home))
    with engine.begin() as connection:
        for verb in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER IF EXISTS audit_entry_no_{verb}"))
        connection.execute(text(statement))
    engine.dispose()


def forget(terminal: Terminal) -> None:
    """As if neither the machine nor a checkpoint knew how far the trail went."""
    tamper(terminal, "DELETE FROM trail_checkpoint")
    for name in ("trail-head.json", "trail-checkpoint"):
        (terminal.home / name).unlink()


# --- verify -------------------------------------------------------------------------------------------------------


def test_a_whole_trail_is_verified_with_its_head_to_be_noted(terminal: Terminal) -> None:
    said = terminal.says("audit", "verify")
    data = terminal.data("audit", "verify", "--whole")
    entries = data["entries"]
    whole = {"whole": True, "broken": None, "recomputed": entries, "checkpoint": None, "sealed": [], "opened": []}
    assert data == {"entries": entries, "head": data["head"], **whole}
    assert said.startswith(f"操作记录完好，共 {entries} 条。\n全部逐条重算。\n链尾 {data['head']}\n")
    assert terminal.data("audit", "verify", "--head", data["head"])["whole"] is True


def test_a_broken_trail_is_one_line_and_exit_code_one(terminal: Terminal) -> None:
    tamper(terminal, "UPDATE audit_entry SET actor = '别人' WHERE id = 3")
    assert terminal.refused("audit", "verify") == (
        "错误：操作记录已被改动。内容被改动：第 3 号记录的内容与它的哈希值不符（此前 2 条完好）。\n"
    )
    told = terminal.run("audit", "verify", "--json")
    data = json.loads(told.stdout)
    assert (told.exit_code, data["whole"], data["entries"]) == (1, False, 2)
    assert (data["broken"]["id"], data["broken"]["fault"]) == (3, "changed")


def test_what_was_proved_stands_by_a_checkpoint_and_the_rest_is_recomputed(terminal: Terminal) -> None:
    before = terminal.data("audit", "verify")
    terminal.says("plan", "export", terminal.home.parent / "清单.xlsx", "--as", SUPERVISOR)

    data = terminal.data("audit", "verify")
    assert (data["entries"], data["recomputed"]) == (before["entries"] + 1, 1)
    assert data["checkpoint"] == {
        "on": data["checkpoint"]["on"], "whole_on": data["checkpoint"]["on"], "entries": before["entries"],
        "entry_id": before["entries"], "hash": before["head"],
    }  # fmt: skip
    terminal.says("plan", "export", terminal.home.parent / "又.xlsx", "--as", SUPERVISOR)
    last, day = data["entries"], data["checkpoint"]["on"]
    said = terminal.says("audit", "verify")
    assert said.splitlines()[1] == (
        f"本次重算第 {last} 号以后的 1 条；此前 {last} 条以 {day} 的检查点为准，检查点所在的第 {last} 号记录重算相符。"
    )
    # What stands before a checkpoint was proved then, not now: only recomputing all of it tells.
    tamper(terminal, "UPDATE audit_entry SET actor = '别人' WHERE id = 3")
    assert terminal.data("audit", "verify")["whole"] is True
    assert "第 3 号记录的内容与它的哈希值不符" in terminal.refused("audit", "verify", "--whole")


def test_a_cut_tail_is_found_by_the_head_noted_before(terminal: Terminal) -> None:
    noted = terminal.data("audit", "verify")
    tamper(terminal, "DELETE FROM audit_entry WHERE id = (SELECT max(id) FROM audit_entry)")
    assert "末尾的记录缺失" in terminal.refused("audit", "verify")
    forget(terminal)
    assert terminal.data("audit", "verify")["entries"] == noted["entries"] - 1
    assert "所记的末尾不在链中" in terminal.refused("audit", "verify", "--head", noted["head"])
    assert terminal.run("audit", "verify", "--head", noted["head"]).exit_code == 1
    assert re.search("64 位十六进制的哈希值", terminal.refused("audit", "verify", "--head", "abc"))


def test_the_line_signed_each_morning_is_taken_as_it_was_mailed(terminal: Terminal) -> None:
    terminal.says("supervise", "--on", "2026-06-23")
    engine = open_current(load_settings(terminal.home))
    with Session(engine) as session:
        line = session.exec(select(SignedHead.line)).one()
    engine.dispose()

    whole = terminal.says("audit", "verify", "--head", line)
    assert re.search(r"2026-06-23 签发的链尾（第 \d+ 号记录）仍在链中，其后又有 0 条", whole)
    assert "签名不符" in terminal.refused("audit", "verify", "--head", line.replace("2026-06-23", "2026-06-24"))
    tamper(terminal, "DELETE FROM audit_entry WHERE id = (SELECT max(id) FROM audit_entry)")
    forget(terminal)
    assert "2026-06-23 签发" in terminal.refused("audit", "verify", "--head", line)


def test_a_file_that_a_command_writes_of_what_the_office_holds_is_on_record_once_a_day(
    terminal: Terminal, tmp_path: Path
) -> None:
    for _ in range(2):
        terminal.says("plan", "export", tmp_path / "清单.xlsx", "--as", SUPERVISOR)
    terminal.says("ledger", "export", "training", "--organ", "bureau", "--out", tmp_path / "培训.xlsx")
    terminal.says("report", "word-template", "new", "--out", tmp_path / "空白模板.docx")

    taken = terminal.data("audit", "show", "--action", "取走文件")
    assert [(entry["actor"][:5], entry["after"]) for entry in taken] == [
        (SUPERVISOR, {"file": "清单.xlsx", "command": "duban plan export"}),
        ("本机管理员", {"file": "培训.xlsx", "command": "duban ledger export"}),
    ]


def test_before_anything_happened_the_trail_is_empty_and_whole(tmp_path: Path) -> None:
    terminal = Terminal(lay_home(tmp_path / "data"))
    assert terminal.data("audit", "verify") == {
        "entries": 0, "head": GENESIS, "whole": True, "broken": None, "recomputed": 0, "checkpoint": None,
        "sealed": [], "opened": [],
    }  # fmt: skip
    assert terminal.data("audit", "show") == []


# --- show ---------------------------------------------------------------------------------------------------------


def test_the_trail_is_shown_and_narrowed(terminal: Terminal) -> None:
    rows = terminal.data("audit", "show", "--item", "1", "--organ", "bureau", "--year", "2026")
    assert [row["action"] for row in rows] == ["sign", "report"]
    assert {
        "id",
        "at",
        "on",
        "actor",
        "stands_for",
        "action_label",
        "reason",
        "changes",
        "before",
        "after",
        "hash",
    } <= (rows[0].keys())
    assert [row["actor"] for row in terminal.data("audit", "show", "--person", HANDLER)] == [HANDLER, HANDLER]
    assert [row["id"] for row in terminal.data("audit", "show", "--action", "填报进展")] == [rows[1]["id"]]
    assert terminal.data("audit", "show", "--year", "2025") == []
    assert len(terminal.data("audit", "show", "--from", "2026-06-08", "--until", "2026-06-08")) == 1
    screen = terminal.says("audit", "show", "--limit", "1")
    assert "填报进展" in screen
    assert "进度 0 → 50" in screen
    assert f"再早的记录：加 --before {rows[1]['id']}" in screen
    assert "不是操作" in terminal.refused("audit", "show", "--action", "偷看")


def test_who_may_not_audit_is_refused_and_the_outsider_hears_of_nothing(terminal: Terminal) -> None:
    for name in (HANDLER, HEAD):
        assert "不能查看操作记录" in terminal.refused("audit", "show", "--as", name)
        assert "不能查看操作记录" in terminal.refused("audit", "verify", "--as", name)
    assert terminal.data("audit", "show", "--as", FIRST)
    assert terminal.data("audit", "show", "--as", OUTSIDER) == []
    there = terminal.refused("audit", "show", "--as", OUTSIDER, "--organ", "bureau", "--item", "1")
    missing = terminal.refused("audit", "show", "--as", OUTSIDER, "--organ", "bureau", "--item", "99")
    assert there == missing


# --- what other commands show to whom -----------------------------------------------------------------------------


def test_the_plan_shows_each_what_the_person_may_see(terminal: Terminal) -> None:
    def numbers(*words: str) -> list[str]:
        data = terminal.data("plan", "show", "--year", "2026", *DAY, *words)
        return [item["number"] for project in data["projects"] for item in project["items"]]

    assert numbers("--organ", "bureau") == ["1", "2"]
    assert numbers("--as", SUPERVISOR) == ["1", "2"]
    assert numbers("--as", HANDLER) == ["1"]
    assert numbers("--as", "钱科长") == ["2"]
    assert "或者它不在您的查看范围内" in terminal.refused(
        "plan", "show", "--year", "2026", *DAY, "--as", OUTSIDER, "--organ", "bureau"
    )


def test_notices_are_listed_as_far_as_their_items_may_be_seen(terminal: Terminal) -> None:
    terminal.says("supervise", "--on", "2026-06-15")

    def items(*words: str) -> set[str]:
        return {row["item"] for row in terminal.data("notice", "list", "--on", "2026-06-15", *words)}

    assert items() == items("--as", SUPERVISOR) == {"2"}
    assert items("--as", "钱科长") == {"2"}
    assert items("--as", HANDLER) == items("--as", OUTSIDER) == set()


@pytest.mark.parametrize(
    "words", [["status"], ["plan", "export", "{out}"], ["report", "trace", "案件", "--year", "2026"]]
)
def test_what_shows_a_whole_organ_is_for_those_who_may_see_it(
    terminal: Terminal, tmp_path: Path, words: list[str]
) -> None:
    words = [word.replace("{out}", str(tmp_path / "out.xlsx")) for word in words]
    refused = terminal.refused(*words, "--as", HANDLER)
    assert refused == "错误：李承办不能查看：可由本单位的第一责任人、督办员、监督检查、管理员办理。\n"
    assert "不能查看" in terminal.refused(*words, "--as", OUTSIDER, "--organ", "bureau")
    allowed = terminal.run(*words, "--as", SUPERVISOR)
    assert "不能查看" not in allowed.stderr


def test_somebody_of_the_organ_above_looks_into_the_one_below(terminal: Terminal) -> None:
    engine = open_current(load_settings(terminal.home))
    with unit_of_work(engine) as session:
        city = Organ(code="city", name="市局")
        session.add(city)
        session.flush()
        session.exec(select(Organ).where(Organ.code == "bureau")).one().parent_id = city.id
        person, post = (
            Person(organ_id=city.id or 0, name="市督办"),
            Post(organ_id=city.id or 0, title="督办", role=Role.SUPERVISOR),
        )
        session.add_all([person, post])
        session.flush()
        session.add(Tenure(post_id=post.id or 0, person_id=person.id or 0, started_on=LONG_AGO))
    engine.dispose()
    below = ("--organ", "bureau", "--as", "市督办")
    assert terminal.data("plan", "show", "--year", "2026", *DAY, *below)["projects"]
    assert terminal.data("status", *DAY, *below)
    assert "不能催办" in terminal.refused("item", "urge", "1", *DAY, *below)


def test_an_act_takes_its_proof_along_or_is_not_written_down(terminal: Terminal, tmp_path: Path) -> None:
    proof = tmp_path / "会议纪要.txt"
    proof.write_text("研究部署普法工作", encoding="utf-8")
    add = ("act", "add", "--kind", "部署", "--text", "主持会议", *DAY, "--as", SUPERVISOR)
    data = terminal.data(*add, "--evidence", proof)
    assert data["evidence"]["name"] == "会议纪要.txt"
    stored = terminal.home / "evidence" / data["evidence"]["sha256"][:2] / data["evidence"]["sha256"][2:]
    assert stored.read_text(encoding="utf-8") == "研究部署普法工作"
    assert "佐证材料“会议纪要.txt”" in terminal.says(*add, "--evidence", proof)
    assert "无法打开" in terminal.refused(*add, "--evidence", tmp_path / "没有.txt")
    proof.write_text("机密★", encoding="utf-8")
    assert "涉密材料不得上传" in terminal.refused(*add, "--evidence", proof)
    assert len(terminal.data("act", "list", "--organ", "bureau")) == 2
    engine = open_current(load_settings(terminal.home))
    with Session(engine) as session:
        assert [entry.action for entry in session.exec(select(AuditEntry))][-4:] == ["record", "attach"] * 2
    engine.dispose()
