"""Bad input gives one clear Chinese line, a non-zero exit, and nothing half-written."""

import json
import os
import stat
import zipfile
from pathlib import Path

import docx
import pytest
from sqlalchemy import create_engine, text

from tests.homes import lay_home
from tests.ledgers import HEADER, write_xlsx
from tests.terminal import Terminal

STAFF = [
    ("单位", "部门", "姓名", "职务", "角色", "邮箱"),
    ("青水县国动办", "法规科", "李四", "科员", "承办人", "li@office.test"),
]
GOOD = (1, "普法", "开展宣传", "", "法规科", "", "李四", "6月底前")


@pytest.fixture
def office(tmp_path: Path) -> Terminal:
    terminal = Terminal(lay_home(tmp_path / "data"))
    terminal.says("people", "import", write_xlsx(tmp_path / "people.xlsx", STAFF))
    return terminal


def items(office: Terminal) -> int:
    engine = create_engine(f"sqlite:///{office.home / 'duban.db'}")
    with engine.connect() as connection:
        found = connection.execute(text("SELECT count(*) FROM work_item")).scalar_one()
    engine.dispose()
    return int(found)


def refused(office: Terminal, path: Path, *words: str) -> None:
    said = office.run("plan", "import", path, "--year", "2026")
    assert said.exit_code == 2, said
    lines = [line for line in said.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, said.stderr
    for word in words:
        assert word in said.stdout + said.stderr, said
    assert "Traceback" not in said.stderr
    assert items(office) == 0


def test_a_file_that_is_no_xlsx(office: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(b"not a workbook at all")
    refused(office, path, "xlsx")


def test_an_encrypted_file(office: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 4096)
    refused(office, path, "加了密")


def test_a_macro_file(office: Terminal, tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "list.xlsx", [HEADER, GOOD])
    with zipfile.ZipFile(path, "a") as book:
        book.writestr("xl/vbaProject.bin", b"macro")
    refused(office, path, "宏")


def test_a_zip_bomb_of_two_hundred_megabytes(office: Terminal, tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "list.xlsx", [HEADER, GOOD])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as book, book.open("xl/media/zeros.bin", "w") as part:
        for _ in range(210):
            part.write(b"\0" * 1024 * 1024)
    assert path.stat().st_size < 1024 * 1024
    refused(office, path)


def test_an_empty_sheet(office: Terminal, tmp_path: Path) -> None:
    refused(office, write_xlsx(tmp_path / "list.xlsx", []), "没有内容")


def test_no_header(office: Terminal, tmp_path: Path) -> None:
    refused(office, write_xlsx(tmp_path / "list.xlsx", [("甲", "乙"), (1, 2)]), "表头")


@pytest.mark.parametrize(
    ("rows", "cell", "words"),
    [
        ([(1, "普法", "开展宣传", "", "法规科", "", "周无名", "6月底前")], "责任人", "周无名"),
        ([(1, "普法", "开展宣传", "", "法规科", "", "李四", "2月30日")], "完成时限", "2月30日"),
        ([GOOD, (1, "普法", "另一项", "", "法规科", "", "李四", "6月底前")], "序号", "重复"),
        ([(1, "普法", "开展宣传", "", "法规科", "", "李四", "2024年6月30日")], "完成时限", "2024"),
    ],
)
def test_a_wrong_cell_is_named_with_its_place(
    office: Terminal, tmp_path: Path, rows: list[tuple[object, ...]], cell: str, words: str
) -> None:
    path = write_xlsx(tmp_path / "list.xlsx", [("青水县2026年清单",), HEADER, *rows])
    refused(office, path, cell, words)
    said = office.run("plan", "import", path, "--year", "2026", "--json")
    assert said.exit_code == 2
    errors = json.loads(said.stdout)["errors"]
    assert errors[0].keys() == {"sheet", "row", "column", "value", "accepted"}
    assert (errors[0]["sheet"], errors[0]["row"], errors[0]["column"]) == ("台账", 2 + len(rows), cell)


def test_a_due_day_before_the_start(office: Terminal, tmp_path: Path) -> None:
    header = ("序号", "项目", "任务内容", "责任人", "开始时间", "完成时限")
    row = (1, "普法", "开展宣传", "李四", "2026-07-01", "2026-06-30")
    refused(office, write_xlsx(tmp_path / "list.xlsx", [header, row]), "开始")


def test_a_text_in_gb18030_is_read(office: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "points.txt"
    path.write_bytes("2026年工作要点\n一、法治宣传\n1.开展普法。组织开展国家宪法日宣传活动。\n".encode("gb18030"))
    assert office.data("plan", "import", path, "--year", "2026")["items"] >= 1


def test_a_docx_with_tracked_changes(office: Terminal, tmp_path: Path) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("一、工作安排")
    inserted = paragraph._p.makeelement("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}ins", {})
    paragraph._p.append(inserted)
    document.save(str(tmp_path / "points.docx"))
    refused(office, tmp_path / "points.docx", "修订")


def test_a_database_of_a_newer_program(office: Terminal) -> None:
    engine = create_engine(f"sqlite:///{office.home / 'duban.db'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    said = office.run("status", "--on", "2026-06-23")
    assert said.exit_code == 2
    assert "更新版本" in said.stderr
    assert office.run("init").exit_code == 2


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(stat.S_IRUSR | stat.S_IXUSR)
    said = Terminal(closed / "data").run("init")
    assert said.exit_code == 2
    assert "无法建立" in said.stderr


def test_a_data_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    said = Terminal(tmp_path / "file").run("init")
    assert (said.exit_code, len(said.stderr.splitlines())) == (2, 1)


def test_a_server_that_refuses_mail(office: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    office.says("plan", "import", write_xlsx(tmp_path / "list.xlsx", [HEADER, GOOD]), "--year", "2026")
    office.says("plan", "issue", "--year", "2026", "--on", "2026-01-05")
    office.says("supervise", "--on", "2026-06-23")
    monkeypatch.setenv("DUBAN_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("DUBAN_SMTP_PORT", "1")
    said = office.run("deliver", "--on", "2026-06-23")
    assert said.exit_code == 1
    assert "127.0.0.1:1 连接失败" in said.stderr
    states = {row["state"] for row in office.data("notice", "list", "--on", "2026-06-23")}
    assert states & {"pending", "sent", "parked"} == {"pending"}


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["supervise", "--on", "2026-02-30"], "2026-02-30"),
        (["item", "accept", "99", "--on", "2026-06-01"], "年度计划"),
        (["report", "read", "nowhere.txt"], "nowhere.txt"),
    ],
)
def test_a_wrong_argument_is_one_line(office: Terminal, args: list[str], words: str) -> None:
    said = office.run(*args)
    assert said.exit_code == 2
    assert words in said.stderr
    assert len(said.stderr.strip().splitlines()) == 1


def test_a_setting_nobody_knows_is_named(office: Terminal) -> None:
    (office.home / "duban.toml").write_text('smtp_hots = "x"\n')
    said = office.run("status")
    assert said.exit_code == 2
    assert "smtp_hots" in said.stderr


def test_a_secret_in_the_settings_never_stands_in_an_error(office: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUBAN_DATABASE_URL", "postgresql://duban:geheim@127.0.0.1:1/office")
    said = office.run("status")
    assert said.exit_code == 2
    assert "geheim" not in said.stderr + said.stdout


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["nothing"], "没有命令“nothing”"),
        (["notic"], "是不是 notice"),
        (["status", "--by", "colour"], "可用：department、project、person"),
        (["item", "accept"], "缺少参数“编号”"),
        (["plan", "import", "list.xlsx"], "缺少选项 --year"),
        (["supervise", "--tomorrow"], "没有选项 --tomorrow"),
        (["plan", "show", "--year", "99"], "应不小于 1990"),
        (["item", "progress", "1", "--text", "x", "--percent", "abc"], "应为整数"),
    ],
)
def test_a_command_that_cannot_be_understood_is_one_chinese_line(office: Terminal, args: list[str], words: str) -> None:
    said = office.run(*args)
    assert said.exit_code == 2
    assert words in said.stderr
    assert "--help" in said.stderr
    assert len(said.stderr.strip().splitlines()) == 1


def test_a_program_gets_the_promised_keys_for_a_file_that_cannot_be_opened(office: Terminal, tmp_path: Path) -> None:
    (tmp_path / "list.xlsx").write_bytes(b"not a workbook at all")
    said = office.run("plan", "import", tmp_path / "list.xlsx", "--year", "2026", "--json")
    assert said.exit_code == 2
    told = json.loads(said.stdout)
    assert told.keys() >= {"batch", "plan", "projects", "items", "incomplete", "errors", "understood"}
    assert "xlsx" in told["errors"][0]["accepted"]
