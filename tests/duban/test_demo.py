"""The demonstration: an invented office's year, from the list to the report and back, as `make run` shows it."""

import datetime as dt
import mailbox
import re
import socket
import sqlite3
import tomllib
from collections import Counter
from pathlib import Path

import docx
import pytest
import typer
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from duban.cli import root
from duban.commands import demo
from duban.demonstration.acts import ACTS, read_script
from duban.demonstration.story import FILES, LEDGER, SCRIPT, Story, example, year_shown
from duban.demonstration.tell import in_short
from models import clock
from models.database import reading, sqlite_url
from models.dates.days import days_from
from models.dates.workdays import DayRule, WorkCalendar
from models.errors import BadInputError, DubanError
from tasks.access.hash_password import is_password
from tasks.engine.gather_health import gather_runs
from tests.databases import disposed
from tests.models.search.kept_index import kept_and_made

FIGURES = {
    "集中学习研讨": (2, "study", 2),
    "行政执法案件": (13, "case", 13),
    "简易程序案件": (4, "case", 4),
    "普通程序案件": (9, "case", 9),
    "罚款金额": (3, "case", 13),
    "被变更或撤销案件": (0, "case", 0),
}
"""The figures of a real office's year: value, and the rows each is counted from."""


STORY = Story(2026, Path("nowhere"))
AFTER = "2027-01-18"
"""A day after the year and its report."""


def walk(*words: str, on: str | None = None) -> Result:
    app = typer.Typer()
    app.callback()(root)
    demo.register(app)
    result = CliRunner().invoke(app, ["demo", *words, *(["--no-serve", "--on", on] if on else [])])
    if isinstance(result.exception, DubanError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of a demonstration that was walked through once, and what a person saw.

    A real office's settings surround it: were one of them followed, nothing would come of the demonstration.
    """
    folder = tmp_path_factory.mktemp("demo") / "data"
    with pytest.MonkeyPatch.context() as surroundings:
        surroundings.setenv("DUBAN_HOME", str(folder.parent / "office"))
        surroundings.setenv("DUBAN_DATABASE_URL", "postgresql://office@nowhere.invalid/office")
        surroundings.setenv("DUBAN_SMTP_HOST", "nowhere.invalid")
        return folder, walk("--dir", str(folder), on=AFTER).stdout


def test_the_office_began_when_it_was_made_whatever_days_it_lived(first: tuple[Path, str]) -> None:
    """Or it would miss, on its first evening, what was planned before it was there."""
    with disposed(sqlite_url(first[0] / "duban.db")) as engine, reading(engine) as session:
        begun = gather_runs(session, []).begun
    assert begun is not None
    assert clock.now() - dt.timedelta(hours=2) < begun <= clock.now()


def rows(folder: Path) -> dict[str, int]:
    """How many rows each table has; how the index of the search lies on its pages is no row of anybody's."""
    with sqlite3.connect(folder / "duban.db") as database:
        named = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search_entry_%'"
        tables = [name for (name,) in database.execute(named)]
        counts = {name: database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}
    database.close()
    return counts


def figures(folder: Path) -> dict[str, tuple[float, list[str]]]:
    with sqlite3.connect(folder / "duban.db") as database:
        found = database.execute("SELECT name, value, rows FROM report_figure").fetchall()
    database.close()
    return {name: (float(value), re.findall(r"\w+:\d+", listed)) for name, value, listed in found}


def words_of(report: Path) -> str:
    return "\n".join(paragraph.text for paragraph in docx.Document(str(report)).paragraphs)


def test_the_report_carries_the_figures_of_a_real_year(first: tuple[Path, str]) -> None:
    folder, _ = first
    report = words_of(folder / STORY.report)

    assert "法治学习研讨2次" in report
    assert "行政执法案件13起，其中简易程序4件、普通程序9件，作出罚款处罚3万元" in report
    assert "未发生行政处罚决定被变更或者撤销的情况" in report


def test_after_a_whole_year_the_search_knows_what_the_tables_hold(first: tuple[Path, str]) -> None:
    with disposed(sqlite_url(first[0] / "duban.db")) as engine:
        kept, made = kept_and_made(engine)

    assert len(kept) > 1000
    assert kept == made


def test_each_of_these_figures_is_traced_to_its_rows(first: tuple[Path, str]) -> None:
    known = figures(first[0])

    for name, (value, table, count) in FIGURES.items():
        assert known[name][0] == value
        assert [row.split(":")[0] for row in known[name][1]] == [table] * count


def test_the_unfinished_item_went_up_to_the_first_responsible_person(first: tuple[Path, str]) -> None:
    _, shown = first
    escalated = shown.split("升级到第一责任人的事项")[1].split("逐条查看")[0]
    lines = [line.split() for line in escalated.splitlines() if line.strip().startswith("2026-")]

    assert {line[1] for line in lines} == {"周启明"}
    assert {line[2] for line in lines} == {"6", "18"}


def test_every_file_the_output_names_is_there(first: tuple[Path, str]) -> None:
    folder, shown = first
    named = [line.split()[0] for line in shown.split("写出的文件")[1].splitlines() if line.startswith("  ")]

    assert len(named) == 4
    assert [path for path in named if not Path(path).exists()] == []
    assert all(Path(path).is_relative_to(folder) for path in named)


def test_the_mails_can_be_read_with_any_mail_program(first: tuple[Path, str]) -> None:
    mails = list(mailbox.Maildir(first[0] / "mail", create=False))

    assert len(mails) == int(re.findall(r"督办邮件 (\d+) 封", first[1])[0])
    assert len(mails) > 50


def test_the_circle_closes_without_losing_an_item(first: tuple[Path, str]) -> None:
    announced, drafted = re.findall(r"下一年度安排写了 (\d+) 项，2027 年度计划现有 (\d+) 项", first[1])[0]

    assert announced == drafted
    assert int(announced) > 5


def test_walked_through_again_it_doubles_nothing(first: tuple[Path, str]) -> None:
    folder, shown = first
    before, report = rows(folder), (folder / STORY.report).read_bytes()

    again = walk("--dir", str(folder), on=AFTER).stdout

    assert again.count("跳过") >= 8
    assert "跳过" not in shown
    assert rows(folder) == before
    assert (folder / STORY.report).read_bytes() == report
    assert re.findall(r"督办邮件 \d+ 封", again) == re.findall(r"督办邮件 \d+ 封", shown)


@pytest.mark.slow
def test_a_year_broken_off_goes_on_where_it_stopped(
    first: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setitem(ACTS, "deficiency", stop)
        app = typer.Typer()
        demo.register(app)
        CliRunner().invoke(app, ["--no-serve", "--on", AFTER, "--dir", str(tmp_path)])
    walk("--dir", str(tmp_path), on=AFTER)

    assert rows(tmp_path) == rows(first[0])


def test_neither_the_database_nor_the_mail_server_of_a_real_office_is_touched(first: tuple[Path, str]) -> None:
    folder, _ = first

    assert [path.name for path in folder.parent.iterdir()] == ["data"]
    assert rows(folder)["message"] == len(list((folder / "mail" / "new").iterdir()))


def test_served_on_a_port_that_is_taken_it_says_so(first: tuple[Path, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(DubanError, match="已被占用"):
        walk("--dir", str(first[0]), "--port", str(taken.getsockname()[1]))


def test_everybody_gets_in_by_name_with_one_password_that_only_a_private_file_tells(first: tuple[Path, str]) -> None:
    folder, shown = first
    file = folder / demo.WAY_IN
    password = file.read_text(encoding="utf-8").strip()

    assert file.stat().st_mode & 0o777 == 0o600
    assert password not in shown
    assert password.encode() not in (folder / "duban.db").read_bytes()
    assert len(password) >= 12
    with sqlite3.connect(folder / "duban.db") as database:
        kept = dict(database.execute("SELECT login, password_hash FROM account").fetchall())
        people = {name for (name,) in database.execute("SELECT name FROM person")}
    database.close()
    assert kept.keys() == people >= {"方晓岚", "赵立群"}
    assert is_password(kept["方晓岚"], password)


def test_a_folder_that_holds_another_database_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "duban.db").write_bytes(b"precious")

    with pytest.raises(BadInputError, match="已有别的数据库"):
        walk("--dir", str(tmp_path), on=AFTER)

    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("duban.db", b"precious")]


def test_everything_scripted_falls_on_a_working_day_of_the_year_it_was_written_for() -> None:
    first, last = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
    always = WorkCalendar(DayRule(day, working=True, name="上班") for day in days_from(first, last))
    days = read_script(example(SCRIPT), always, issued_on=first)

    assert days == read_script(example(SCRIPT), WorkCalendar(), issued_on=first)
    assert STORY.issued_on <= min(days)
    assert max(days) <= last


def test_the_script_has_thirteen_cases_and_thirty_thousand_yuan_in_fines() -> None:
    cases = tomllib.loads(example(SCRIPT).read_text(encoding="utf-8"))["case"]

    assert Counter(case["procedure"] for case in cases) == {"simple": 4, "ordinary": 9}
    assert sum(int(case["fine"]) for case in cases) == 30_000


def test_a_part_of_a_script_that_nobody_knows_is_named(tmp_path: Path) -> None:
    script = tmp_path / "records.toml"
    script.write_text("[[meeting]]\non = 2026-03-02\n", encoding="utf-8")

    with pytest.raises(DubanError, match="meeting"):
        read_script(script, WorkCalendar(), issued_on=STORY.issued_on)


def test_an_example_that_is_missing_is_named() -> None:
    with pytest.raises(DubanError, match=r"examples/nothing\.xlsx"):
        example("nothing.xlsx")


@pytest.mark.parametrize(
    ("listed", "written"),
    [
        (["case:1", "case:2", "case:3"], "case:1–3"),
        (["case:1", "case:3", "case:4", "study:2"], "case:1、3–4；study:2"),
        ([], ""),
    ],
)
def test_neighbouring_rows_are_drawn_together(listed: list[str], written: str) -> None:
    assert in_short(listed) == written


AHEAD = {"due_on", "original_due_on", "expires_on", "renewable_on", "until_on", "comment_until"}
"""What may lie ahead: terms, and how long something holds."""
CLOCK = {"day_count", "audit_entry"}
"""That a file was taken counts by the machine's own day, not by the one that is shown."""


def lies_ahead(folder: Path, today: str) -> list[str]:
    """What the tables hold of days after this one that is no term of anything."""
    found = []
    with sqlite3.connect(folder / "duban.db") as database:
        for table in rows(folder).keys() - CLOCK:
            for _, column, kind, *_ in database.execute(f"PRAGMA table_info({table})").fetchall():
                if kind != "DATE" or column in AHEAD:
                    continue
                last = database.execute(f'SELECT max("{column}") FROM {table}').fetchone()[0]
                if last and last > today:
                    found.append(f"{table}.{column} {last}")
    database.close()
    return found


def test_it_shows_the_office_as_it_stands_today_and_goes_on_another_day(tmp_path: Path) -> None:
    shown = walk("--dir", str(tmp_path), on="2026-04-20").stdout

    assert "2026-01-06 至 2026-04-19 共 104 天" in shown
    assert "编制 2026 年度报告（初稿，写到今天为止）" in shown
    assert lies_ahead(tmp_path, "2026-04-20") == []
    cases = figures(tmp_path)["行政执法案件"]
    assert (cases[0], len(cases[1])) == (4, 4)

    again = walk("--dir", str(tmp_path), on="2026-04-23").stdout

    assert "2026-04-20 至 2026-04-22 共 3 天" in again
    assert lies_ahead(tmp_path, "2026-04-23") == []
    assert rows(tmp_path)["enforcement_case"] == 5


def test_in_another_year_it_tells_the_same_story_of_that_year(tmp_path: Path) -> None:
    shown = walk("--dir", str(tmp_path), on="2029-04-03").stdout

    assert "2029 年任务清单" in shown
    assert "2026" not in shown.replace(str(tmp_path), "")
    assert lies_ahead(tmp_path, "2029-04-03") == []
    with sqlite3.connect(tmp_path / "duban.db") as database:
        numbers = [number for (number,) in database.execute("SELECT number FROM enforcement_case ORDER BY id")]
    database.close()
    assert numbers == ["青水罚〔2029〕1号", "青水罚简〔2029〕1号", "青水罚〔2029〕2号"]


@pytest.mark.parametrize(
    ("today", "year"), [("2026-04-01", 2026), ("2026-12-31", 2026), ("2027-01-01", 2026), ("2027-03-31", 2026)]
)
def test_the_running_year_is_told_from_april_on(today: str, year: int) -> None:
    assert year_shown(dt.date.fromisoformat(today)) == year


def test_a_file_of_the_story_is_copied_with_its_years_moved(tmp_path: Path) -> None:
    story = Story(2027, tmp_path)

    assert [story.file(name).name for name in FILES] == [
        "people.xlsx", "ledger-2027.xlsx", "ledger-2027-filled.xlsx", "records.toml",
        "2026年度法治政府建设情况报告.txt", "2027年法治政府建设工作要点.txt",
    ]  # fmt: skip
    written, copy = (load_workbook(file)["台账"] for file in (example(LEDGER), story.file(LEDGER)))
    assert copy["A1"].value == "青禾县水务局2027年度法治政府建设工作台账"
    assert copy.merged_cells.ranges == written.merged_cells.ranges
    assert [cell.value for cell in copy[6]] == [cell.value for cell in written[6]]


def test_pages_are_always_of_today(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="网页总是今天的"):
        walk("--dir", str(tmp_path), "--on", "2026-06-01")
