"""Import of 50,000 rows against its limit: calamine rows, the same checks in plain Python, and executemany.

Run it with `python tests/benchmarks/bench_import.py [ROWS]`. Both sides read the same file, refuse the same
mistakes and fill the same tables of a fresh SQLite file; the ratio of the best of three runs each is the result.
"""

import datetime as dt
import re
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
from python_calamine import CalamineWorkbook
from sqlmodel import Session

import models.tables
from models.actor import Actor, Channel
from models.database import open_engine, sqlite_url
from models.dates.due_text import understand
from models.people.organ import Department, Organ
from models.people.person import Person, Post, Role, Tenure
from models.words import SQLITE_FUNCTION, cut
from tasks.plan.import_list import import_list

YEAR = 2026
ON = dt.date(YEAR, 1, 5)
NOW = dt.datetime(YEAR, 1, 5, 9, tzinfo=dt.UTC)
BY = Actor("本机管理员", Channel.COMMAND, ON, NOW)
HEADER = ["序号", "项目", "任务内容", "牵头单位", "配合单位", "牵头领导", "责任人", "完成时限", "目标值", "备注"]
MARKED = re.compile("(绝密|机密|秘密)★")
TARGET = re.compile(r"≥?(\d+)(\S*)")
DEPARTMENTS = ["法规科", "计财科", "办公室", "执法支队", "人事科"]


def write_ledger(path: Path, rows: int, people: tuple[str, str] = ("陆明", "俞悦")) -> None:
    """A ledger of an office's usual shape, with a dozen due texts and two people."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    sheet.append(["年度重点任务台账"])
    sheet.append(HEADER)
    dues = [f"{month}月底前" for month in range(1, 13)] + ["上半年", "第三季度", "每季度", "每月25日前"]
    for index in range(1, rows + 1):
        sheet.append([
            index, f"项目{index // 200}", f"第{index}项任务：完成年度工作安排", DEPARTMENTS[index % 5],
            f"{DEPARTMENTS[(index + 1) % 5]}、县各有关单位", *people, dues[index % len(dues)],
            f"≥{index % 9 + 1}次" if index % 3 == 0 else None, "备注" if index % 4 == 0 else None,
        ])  # fmt: skip
    book.save(path)


def prepare(path: Path) -> None:
    """A database with the office's departments and people."""
    engine = open_engine(sqlite_url(path))
    models.tables.METADATA.create_all(engine)
    with Session(engine) as session:
        session.add(Organ(id=1, code="office", name="某局"))
        session.flush()
        session.add_all(Department(organ_id=1, name=name) for name in DEPARTMENTS)
        for number, (name, role) in enumerate([("陆明", Role.LEADER), ("俞悦", Role.HANDLER)], 1):
            session.add(Person(id=number, organ_id=1, name=name))
            session.add(Post(id=number, organ_id=1, title="职务", role=role))
            session.flush()
            session.add(Tenure(post_id=number, person_id=number, started_on=dt.date(YEAR - 1, 1, 1)))
        session.commit()
    engine.dispose()


def ours(ledger: Path, database: Path) -> None:
    """The import itself, committed."""
    engine = open_engine(sqlite_url(database))
    with Session(engine) as session:
        report = import_list(session, ledger, by=BY, year=YEAR)
        session.commit()
    engine.dispose()
    if report.errors or report.incomplete:
        raise SystemExit(f"the ledger of the benchmark is wrong: {report.errors[:1]}")


def limit(ledger: Path, database: Path) -> None:
    """The same outcome by the shortest way: one loop that checks and looks up, and three executemany."""
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA foreign_keys=ON")
    connection.create_function(SQLITE_FUNCTION, 2, cut, deterministic=True)
    departments = dict(connection.execute("SELECT name, id FROM department"))
    posts = dict(connection.execute("SELECT n.name, t.post_id FROM person n JOIN tenure t ON t.person_id = n.id"))
    connection.execute("INSERT INTO annual_plan (id, organ_id, year, title) VALUES (1, 1, ?, '计划')", (YEAR,))
    connection.execute(
        "INSERT INTO import_batch (id, kind, plan_id, file_name, sha256, imported_at, imported_by)"
        " VALUES (1, 'plan', 1, 'f', '0', ?, '')",
        (NOW.isoformat(),),
    )
    with CalamineWorkbook.from_path(ledger) as book:
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    projects: dict[str, int] = {}
    numbers: set[str] = set()
    meanings: dict[str, Any] = {}
    items, units = [], []
    for line, row in enumerate(rows[2:], 3):
        number, title, lead, due = str(int(float(str(row[0])))), str(row[2]).strip(), str(row[3]).strip(), str(row[7])
        if number in numbers or not title or len(title) > 1000 or len(number) > 64 or len(lead) > 300:
            raise SystemExit(f"row {line}")
        if any(isinstance(cell, str) and "密" in cell and MARKED.search(cell) for cell in row):
            raise SystemExit(f"row {line}")
        numbers.add(number)
        if due not in meanings:
            meaning = understand(due, YEAR)
            meanings[due] = (meaning.text, meaning.due_on and meaning.due_on.isoformat(), meaning.recurrence)
        target = TARGET.fullmatch(str(row[8])) if row[8] else None
        items.append((
            line, number, projects.setdefault(str(row[1]), len(projects) + 1), title, departments.get(lead), lead,
            posts[str(row[5])], posts[str(row[6])], *meanings[due], float(target[1]) if target else None,
            target[2] if target else None, str(row[9]) or None,
        ))  # fmt: skip
        for ordinal, unit in enumerate(str(row[4]).split("、"), 1):
            units.append((line, ordinal, departments.get(unit), unit))
    connection.executemany(
        "INSERT INTO project (id, plan_id, ordinal, name) VALUES (?, 1, ?, ?)",
        [(number, number, name) for name, number in projects.items()],
    )
    connection.executemany(
        "INSERT INTO work_item (id, plan_id, organ_id, batch_id, state, percent, unconfirmed, importance, number,"
        " project_id, title, department_id, lead_text, leader_post_id, handler_post_id, due_text, due_on, recurrence,"
        " target_count, target_unit, note) VALUES (?, 1, 1, 1, 'draft', 0, 0, 'normal', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
        " ?, ?, ?)",
        items,
    )
    connection.executemany("INSERT INTO item_unit (item_id, ordinal, department_id, text) VALUES (?, ?, ?, ?)", units)
    connection.commit()
    connection.close()


def span(work: Callable[[Path, Path], None], ledger: Path, database: Path) -> float:
    """Processor seconds of one run on a fresh database: what else the machine does is not counted."""
    prepare(database)
    began = time.process_time()
    work(ledger, database)
    return time.process_time() - began


def main(rows: int = 50_000, runs: int = 3) -> None:
    """Print both times and their ratio."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ledger = folder / "ledger.xlsx"
        write_ledger(ledger, rows)
        floor = min(span(limit, ledger, folder / f"limit-{turn}.db") for turn in range(runs))
        taken = min(span(ours, ledger, folder / f"ours-{turn}.db") for turn in range(runs))
    print(f"{rows} rows: limit {floor:.2f} s, import {taken:.2f} s, ratio {taken / floor:.2f} (bar 1.3)")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
