"""A database of this version by number whose tables or columns are not this program's is told of in one sentence, on
the command line, on pages and to programs; a mistake in a statement of the program's is not taken for it.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from models.database import reading
from models.faults import UnfitSchemaError, fault_of
from tests.databases import disposed
from tests.office import HANDLER, SUPERVISOR, Office
from tests.program import program_of
from tests.terminal import Terminal
from tests.web import Web, words_of

SAID = "数据库的结构与本程序不符（没有{}），没有改动：数据库被移走、换过，或者由未发布的旧版程序建立"
DO = "请放回原来的数据库，用本版本程序所作的备份恢复（duban restore），或者换一个空的数据目录或数据库，重新 duban init"
TABLE, COLUMN = "ALTER TABLE notice RENAME TO notice_was", "ALTER TABLE work_item RENAME COLUMN title TO title_was"
COMMANDS = (
    ("plan", "show"), ("status",), ("notice", "list"), ("supervise",), ("deliver",),
    ("report", "figures", "--year", "2026"), ("audit", "show"), ("audit", "verify"), ("prune", "--dry-run"),
)  # fmt: skip


@pytest.fixture
def terminal(any_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """An office with people and a plan."""
    monkeypatch.setenv("DUBAN_DATABASE_URL", any_url)
    made = Terminal(tmp_path / "home")
    made.says("init")
    made.says("people", "import", "examples/people.xlsx")
    made.says("plan", "import", "examples/ledger-2026.xlsx", "--year", "2026")
    return made


@pytest.fixture
def database(any_url: str) -> Iterator[Engine]:
    with disposed(any_url) as engine:
        yield engine


def older(database: Engine, statement: str) -> None:
    with database.begin() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize(
    ("statement", "lacking", "exact"),
    [(TABLE, "表 notice", "表 notice"), (COLUMN, "列 title", "表 work_item 的列 title")],
    ids=["table", "column"],
)
def test_every_command_and_serve_end_with_the_sentence(
    terminal: Terminal, database: Engine, statement: str, lacking: str, exact: str
) -> None:
    older(database, statement)

    for look in ("serve", "clock", "init"):
        said = terminal.run(look, *(["--no-prefect"] if look == "serve" else []))
        assert (said.exit_code, said.stdout) == (1, ""), look
        assert said.stderr.startswith(f"错误：{SAID.format(exact)}"), look
        assert said.stderr.endswith(f"{DO}。\n"), look
    ended = {command: terminal.run(*command) for command in COMMANDS}
    refused = {command: said for command, said in ended.items() if said.exit_code != 0}
    assert {("plan", "show"), ("supervise",)} & refused.keys()
    for command, said in refused.items():
        assert said.stderr.startswith("错误：数据库的结构与本程序不符（没有"), (command, said)
        assert DO in said.stderr
        assert len(said.stderr.strip().splitlines()) == 1


def test_pages_and_programs_are_told(any_engine: Engine, tmp_path: Path) -> None:
    office = Office(any_engine, tmp_path / "home")
    office.assign("普法宣传", due="2026-06-30", on="2026-06-01")
    web = Web(office)
    visitor, program = web.of(SUPERVISOR), program_of(web, HANDLER)
    older(any_engine, TABLE)
    try:
        page, answer = visitor.get("/notices"), program.ask("/notices")
        assert (page.status_code, answer.status_code) == (503, 503)
        assert SAID.format("表 notice") in words_of(page.text)
        assert SAID.format("表 notice") in answer.json()["detail"]
    finally:
        older(any_engine, "ALTER TABLE notice_was RENAME TO notice")
    assert visitor.get("/notices").status_code == 200


@pytest.mark.parametrize("statement", ["SELECT nothing_of_ours FROM notice", "SELECT 1 FROM nothing_of_ours"])
def test_a_mistake_in_a_statement_is_not_taken_for_it(any_engine: Engine, statement: str) -> None:
    with reading(any_engine) as session, pytest.raises(DBAPIError) as raised:
        session.execute(text(statement))
    assert fault_of(raised.value) is None


@pytest.mark.parametrize(
    ("statement", "lacking"),
    [
        ("SELECT n.gone FROM notice n", None),
        ("INSERT INTO organ (code, title) VALUES ('a', 'b')", "列 title"),
        ("SELECT i.late FROM work_item i", "列 late"),
        ("UPDATE organ SET title = 'b'", "列 title"),
    ],
)
def test_what_the_database_says_is_read_on_both(any_engine: Engine, statement: str, lacking: str | None) -> None:
    with reading(any_engine) as session, pytest.raises(DBAPIError) as raised:
        session.execute(text(statement))
    fault = fault_of(raised.value)
    assert (isinstance(fault, UnfitSchemaError), fault.message if fault else None) == (
        lacking is not None,
        None if lacking is None else UnfitSchemaError(lacking).message,
    )
