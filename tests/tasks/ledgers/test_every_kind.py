"""Whatever a kind declares works the same: its empty sheet, its import, its list, its export, its programs' view."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from models.database import on_record, unit_of_work
from models.ledgers.kind import Kind
from models.ledgers.kinds import KINDS
from models.people.organ import Organ
from tasks.ledgers.browse import Wanted, browse, count_kinds, every_row
from tasks.ledgers.export import export_ledger
from tasks.ledgers.import_ledger import import_ledger
from tasks.ledgers.record import correct_row, record_row, reinstate_row, withdraw_row
from tasks.ledgers.row_terms import row_terms
from tasks.ledgers.tell_row import Teller
from tasks.ledgers.undo_import import undo_ledger_import
from tasks.reading.sheet import open_workbook
from tasks.reading.sheet_header import names_of
from tasks.sheets.template import write_template
from tests.actors import administrator
from tests.ledger_rows import fill_in, made_up
from tests.report_year import day

ON = day("2026-01-05")
BY = administrator(ON)
WHOLE = Wanted(year=2025)


@pytest.fixture(params=KINDS.values(), ids=lambda kind: kind.code)
def kind(request: pytest.FixtureRequest) -> Kind:
    found: Kind = request.param
    return found


def office(session: Session) -> Organ:
    found = session.exec(select(Organ)).first()
    if found is None:
        found = Organ(code="water", name="青禾县水务局")
        session.add(found)
        session.flush()
    return found


def rows_of(session: Session, kind: Kind, wanted: Wanted = WHOLE) -> list[Any]:
    return list(browse(session, office(session), kind, wanted, on=ON, amounts={}, page=None).rows)


def test_no_two_fields_are_called_alike(kind: Kind) -> None:
    fields = kind.columns
    assert len({field.label for field in fields}) == len(fields)
    assert {field.name for field in names_of(kind).values()} == {field.name for field in fields}
    assert all(field.name in kind.table.model_fields for field in fields)


def test_an_empty_sheet_filled_in_comes_in_goes_out_and_comes_in_again_as_nothing_new(
    any_engine: Engine, tmp_path: Path, kind: Kind
) -> None:
    rows = made_up(kind, 12)
    write_template(tmp_path / "空白.xlsx", kind, title=f"{kind.title}台账", people=["王科长"])
    filled = fill_in(tmp_path / "空白.xlsx", kind, rows, tmp_path / "填好.xlsx")
    with unit_of_work(any_engine) as session:
        organ = office(session)
    with on_record(any_engine) as session:
        assert import_ledger(session, filled, organ, kind, by=BY, dry_run=True).errors == []
        assert rows_of(session, kind) == []
        done = import_ledger(session, filled, organ, kind, by=BY)
        assert (done.errors, done.count("create"), done.ignored_columns) == ([], 12, [])
        kept = sorted(rows_of(session, kind), key=lambda row: row.id)
        for given, row in zip(rows, kept, strict=True):
            derived = kind.derive(given, None, None) if not kind.terms else given  # type: ignore[arg-type]
            assert {name: getattr(row, name) for name in given} == {name: derived[name] for name in given}
        shown = every_row(session, organ, kind, Wanted(), on=ON, amounts={})
        assert export_ledger(session, kind, shown, tmp_path / "导出.xlsx", title="台账") == 12
        again = import_ledger(session, tmp_path / "导出.xlsx", organ, kind, by=BY)
        assert (again.errors, again.count("keep"), again.batch) == ([], 12, None)
        assert [sheet.name for sheet in open_workbook(tmp_path / "空白.xlsx")] == [kind.title, "示例", "填写说明"]
        undone = undo_ledger_import(session, done.batch or 0, by=BY)
        assert (undone.withdrawn, rows_of(session, kind)) == (12, [])
        assert len(rows_of(session, kind, Wanted(withdrawn=True))) == 12


def test_a_row_is_recorded_corrected_withdrawn_and_told(any_engine: Engine, kind: Kind) -> None:
    with unit_of_work(any_engine) as session:
        organ = office(session)
    first, second = made_up(kind, 2, seed=2)
    with on_record(any_engine) as session:
        row = record_row(session, organ, kind, first, by=BY)
        data = Teller(session, kind, [row]).data(row)
        assert (data["id"], data["revision"], data[kind.day]) == (1, 0, first[kind.day])
        assert correct_row(session, organ, kind, row, first, by=BY) == []
        assert correct_row(session, organ, kind, row, second, by=BY, seen=0) != []
        withdraw_row(session, organ, kind, row, "重复登记", by=BY, seen=1)
        assert row_terms(kind, row, None, {}) == []  # type: ignore[arg-type]
        reinstate_row(session, organ, kind, row, by=BY)
        assert row.revision == 3
        counted = {count.kind.code: count.rows for count in count_kinds(session, organ, 2025, on=ON, amounts={})}
        assert counted == dict.fromkeys(KINDS, 0) | {kind.code: 1}
