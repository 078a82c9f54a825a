"""Whatever kind of sheet it is: its template filled in comes in, comes in again as nothing new, and is taken back.

The ledgers, each a kind of its own, have the same in tests/tasks/ledgers/test_every_kind.py.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, select

from models.batch import ImportBatch
from models.database import on_record
from models.items.plan import AnnualPlan
from models.ledgers.kinds import KINDS
from models.ledgers.sheet_kind import SheetKind
from models.people.organ import Organ
from tasks.plan.export_list import export_list
from tasks.plan.import_list import import_list
from tasks.plan.undo_import import undo_import
from tasks.reading.plan_columns import LIST
from tasks.reading.sheet import open_workbook
from tasks.reading.sheet_header import find_header, names_of
from tasks.reading.staff_list import STAFF
from tasks.sheets.template import write_template
from tasks.staff.import_people import import_people
from tasks.staff.undo_people import undo_people
from tasks.workdays.import_calendar import DAYS, import_calendar
from tests.actors import administrator

ON = dt.date(2026, 1, 5)
BY = administrator(ON)


def bring_list(session: Session, path: Path) -> tuple[int, int | None]:
    done = import_list(session, path, by=BY, year=2026)
    assert done.errors == []
    return done.count("create"), done.batch


def take_list_out(session: Session, path: Path) -> None:
    export_list(session, session.exec(select(AnnualPlan)).one(), path, on=ON)


def bring_people(session: Session, path: Path) -> tuple[int, int | None]:
    done = import_people(session, path, by=BY, on=ON)
    return done.new["people"], done.batch


def bring_days(session: Session, path: Path) -> tuple[int, int | None]:
    return len(import_calendar(session, path, by=BY).done.added), None


@dataclass(frozen=True)
class Told:
    """A kind with rows to fill in, how they come in (how many are new, and by which batch), out, and are taken back."""

    kind: SheetKind
    rows: Sequence[Sequence[Any]]
    bring: Callable[[Session, Path], tuple[int, int | None]]
    tables: tuple[str, ...]
    take_out: Callable[[Session, Path], None] | None = None
    undo: Callable[..., object] | None = None


TOLD = [
    Told(
        LIST,
        [
            ("1", "普法", "讲座", "总结", "", "法规科", "办公室", "", "3月1日", "6月底前", "", "重要", 2, "场", "照片"),
            ("1-2", "普法", "评查", "", "", "执法科", "", "", "", "每季度", "是", "一般", None, "", "", "", "", "备注"),
        ],
        bring_list, ("work_item", "item_unit", "project", "import_change"), take_list_out, undo_import,
    ),
    Told(
        STAFF,
        [
            ("某局", "法规科", "赵一", "科长", "科室负责人", "zhao@example.cn", "013800000000", "钱二"),
            ("某局", "法规科", "钱二", "科员", "", "", "", ""),
        ],
        bring_people, ("department", "person", "post", "tenure", "oversight"), None, undo_people,
    ),
    Told(
        DAYS,
        [(dt.date(2027, 10, 1), "休息", "国庆节"), ("2027年10月9日", "上班", "")],
        bring_days, (),
    ),
]  # fmt: skip


def rows_of(session: Session, tables: tuple[str, ...]) -> dict[str, list[str]]:
    session.flush()
    found = {name: session.connection().execute(SQLModel.metadata.tables[name].select()).all() for name in tables}
    return {name: sorted(map(str, rows)) for name, rows in found.items()}


@pytest.mark.parametrize("told", TOLD, ids=lambda told: told.kind.code)
def test_a_template_filled_in_comes_in_once_and_is_taken_back(any_engine: Engine, tmp_path: Path, told: Told) -> None:
    path = tmp_path / "表.xlsx"
    write_template(path, told.kind, title="某局", departments=["法规科"], people=["赵一"])
    book = load_workbook(path)
    empty = next(place for place in range(3, 9) if book[told.kind.title].cell(place, 1).value is None)
    for place, row in enumerate(told.rows, empty):
        for at, value in enumerate(row, 1):
            book[told.kind.title].cell(place, at).value = value
    book.save(path)
    with on_record(any_engine) as session:
        session.add(Organ(code="organ-1", name="某局"))
        session.flush()
        before = rows_of(session, told.tables)
        new, batch = told.bring(session, path)
        assert new == len(told.rows)
        if told.take_out is not None:
            told.take_out(session, path)
        assert told.bring(session, path) == (0, None)
        batches = session.exec(select(ImportBatch)).all()
        assert [(one.id, one.kind) for one in batches] == ([(batch, told.kind.code)] if batch else [])
        if told.undo is not None:
            assert rows_of(session, told.tables) != before
            told.undo(session, batch, by=BY)
            assert rows_of(session, told.tables) == before


@pytest.mark.parametrize("kind", [LIST, STAFF, DAYS, *KINDS.values()], ids=lambda kind: kind.code)
def test_every_kind_finds_the_header_of_its_own_template_and_reads_nothing_else_in_it(
    tmp_path: Path, kind: SheetKind
) -> None:
    write_template(tmp_path / "表.xlsx", kind, title="某局")

    sheets = open_workbook(tmp_path / "表.xlsx")

    found = {sheet.name: header.headings for sheet in sheets if (header := find_header(sheet, kind))}
    assert found == {kind.title: {field.name: field.label for field in kind.to_fill_in}}


@pytest.mark.parametrize("kind", [LIST, STAFF, DAYS], ids=lambda kind: kind.code)
def test_no_two_fields_are_called_alike(kind: SheetKind) -> None:
    assert len({field.label for field in kind.columns}) == len(kind.columns)
    assert {field.name for field in names_of(kind).values()} == {field.name for field in kind.columns}


def test_the_people_of_the_examples_are_not_brought_in(any_engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "名册.xlsx"
    write_template(path, STAFF, title="人员名册")
    book = load_workbook(path)
    assert book["示例"]["C3"].value == "张三"
    for at, value in enumerate(("某局", "法规科", "赵一"), 1):
        book["人员名册"].cell(3, at).value = value
    book.save(path)
    with on_record(any_engine) as session:
        assert import_people(session, path, by=BY, on=ON).people == 1
