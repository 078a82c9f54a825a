"""A staff list brought in: looked through first, with what is wrong in the cells it stands in, then confirmed."""

import datetime as dt
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from duban.edge import today
from duban.web.attachment import XLSX, attachment
from duban.web.background.waiting_file import WaitingFile, drop_waiting, find_waiting, keep_waiting
from duban.web.pages.people import require_staff, second_words
from duban.web.posted import Sent
from duban.web.refusals import status_of
from duban.web.visit import Signed, Visit
from models.database import key
from models.errors import BadInputError, CellError, DubanError, ForbiddenError, ImportRefusedError
from tasks.files.write_errors import write_errors
from tasks.people.find import departments_of
from tasks.reading.sheet import open_workbook
from tasks.reading.staff_list import COLUMNS, STAFF, StaffRow, read_staff
from tasks.sheets.batches import batches_of
from tasks.sheets.template import write_template
from tasks.staff.import_people import ImportedPeople, import_people
from tasks.staff.undo_people import against, brought, find_people_batch, undo_people

router = APIRouter()
KIND = "people"
SHOWN = 200
"""Rows of a list shown; those with errors come first where there are more."""
ALWAYS = dt.date(1900, 1, 1)
"""Posts of a first list count as held all along."""
_KINDS = {"organs": "单位", "departments": "部门", "people": "人员", "posts": "岗位"}


@dataclass(frozen=True)
class StaffPreview:
    """What an import would do, or what keeps it from being done."""

    file: WaitingFile
    rows: Sequence[StaffRow] = ()
    total: int = 0
    columns: Sequence[str] = ()
    errors: Sequence[CellError] = ()
    wrong: Mapping[tuple[str | None, int | None, str | None], str] = field(default_factory=dict)
    done: ImportedPeople | None = None
    notes: Sequence[str] = ()

    @property
    def counts(self) -> list[tuple[str, int, int]]:
        """Kind, how many, and how many of them new."""
        done = self.done
        return [(words, getattr(done, kind), done.new[kind]) for kind, words in _KINDS.items()] if done else []


@router.get("/people/import")
def ask(visit: Signed) -> HTMLResponse:
    """Choose the list."""
    with visit.reading() as session:
        require_staff(session, visit)
        return _page(session, visit, None, "")


@router.post("/people/import")
def bring_in(sent: Sent) -> Response:
    """Look the file through; with the confirmation of a file looked through, bring it in."""
    visit = sent.visit
    with visit.reading() as session:
        require_staff(session, visit)
    started = sent.text("started")
    try:
        on = today(started) if started else ALWAYS
        if sent.text("waiting"):
            file = find_waiting(visit, KIND, sent.text("waiting"))
        else:
            files = sent.files("file")
            if not files:
                raise BadInputError("请选择名册文件。")
            file = keep_waiting(visit, KIND, files[0])
        if sent.text("do") == "confirm":
            with visit.writing() as session:
                done = import_people(session, file.path, by=visit.by, on=on)
            drop_waiting(visit, KIND, file.token)
            number = f"（批次 {done.batch}）" if done.batch else ""
            new = "，".join(
                f"{words} {getattr(done, kind)} 个（新增 {done.new[kind]}）" for kind, words in _KINDS.items()
            )
            return visit.go(visit.link("/people"), f"已导入：{new}{number}。{second_words(done)}")
        preview = _preview(visit, file, on)
    except ForbiddenError:
        raise
    except ImportRefusedError:
        # It was whole when it was looked through: what it is held against has changed since.
        preview = _preview(visit, file, on)
    except DubanError as error:
        with visit.reading() as session:
            return _page(session, visit, None, started, error=error.message, status_code=status_of(error))
    with visit.reading() as session:
        return _page(session, visit, preview, started, status_code=400 if preview.errors else 200)


@router.get("/people/import/errors.xlsx")
def errors(visit: Signed, waiting: str, started: str = "") -> Response:
    """What is wrong, as a sheet to hand on."""
    with visit.reading() as session:
        require_staff(session, visit)
    found = _preview(visit, find_waiting(visit, KIND, waiting), today(started) if started else ALWAYS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "errors.xlsx"
        write_errors(found.errors, path)
        return attachment(path.read_bytes(), f"{found.file.path.stem}-错误清单.xlsx", XLSX)


@router.get("/people/template.xlsx")
def template(visit: Signed) -> Response:
    """The empty list."""
    with visit.reading() as session:
        require_staff(session, visit)
        names = [department.name for department in departments_of(session, key(visit.organ.id))]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.xlsx"
        write_template(path, STAFF, title=STAFF.title, departments=names)
        return attachment(path.read_bytes(), "人员名册模板.xlsx", XLSX)


@router.get("/people/batches/{batch_id:row}/undo")
def ask_undo(visit: Signed, batch_id: int) -> HTMLResponse:
    """What undoing would do, or what stands against it."""
    with visit.reading() as session:
        require_staff(session, visit)
        return _undo_page(session, visit, batch_id)


@router.post("/people/batches/{batch_id:row}/undo")
def undo(sent: Sent, batch_id: int) -> Response:
    """Take back what a list brought."""
    visit = sent.visit
    with visit.reading() as session:
        require_staff(session, visit)
    try:
        with visit.writing() as session:
            done = undo_people(session, batch_id, by=visit.by)
    except ForbiddenError as error:
        with visit.reading() as session:
            return _undo_page(session, visit, batch_id, error=error.message, status_code=status_of(error))
    return visit.go(visit.link("/people/import"), done.told)


def _preview(visit: Visit, file: WaitingFile, on: dt.date) -> StaffPreview:
    """The import itself, rolled back whole: what is foretold is what will be done."""
    sheets = open_workbook(file.path)
    rows, _, notes = read_staff(sheets, file.name)
    try:
        with Session(visit.served.database, expire_on_commit=False) as scratch:
            done = import_people(scratch, file.path, by=visit.by, on=on, dry_run=True, sheets=sheets)
    except ImportRefusedError as refused:
        faults = refused.errors
        wrong: dict[tuple[str | None, int | None, str | None], str] = {}
        places = defaultdict(list)
        for fault in faults:
            places[fault.sheet, fault.row, fault.column].append(fault.accepted)
        wrong = {place: "；".join(accepted) for place, accepted in places.items()}
        in_wrong = {(fault.sheet, fault.row) for fault in faults}
        ordered = sorted(rows, key=lambda row: (row.sheet, row.place) not in in_wrong) if len(rows) > SHOWN else rows
        return StaffPreview(file, ordered[:SHOWN], len(rows), _used(rows, faults), faults, wrong, notes=notes)
    return StaffPreview(file, rows[:SHOWN], len(rows), _used(rows, ()), done=done, notes=notes)


def _used(rows: Sequence[StaffRow], faults: Sequence[CellError]) -> list[str]:
    named = {fault.column for fault in faults}
    return [column for column in COLUMNS if column in named or any(row.text[column] for row in rows)]


def _page(
    session: Session,
    visit: Visit,
    preview: StaffPreview | None,
    started: str,
    *,
    error: str = "",
    status_code: int = 200,
) -> HTMLResponse:
    return visit.page(
        session, "people/people_import.html", menu="/settings", found=preview, started=started, error=error,
        batches=[] if preview else batches_of(session, STAFF, visit.organ.id), status_code=status_code,
    )  # fmt: skip


def _undo_page(
    session: Session, visit: Visit, batch_id: int, *, error: str = "", status_code: int = 200
) -> HTMLResponse:
    batch = find_people_batch(session, batch_id, by=visit.by)
    names, restored = brought(session, batch)
    return visit.page(
        session, "people/people_undo.html", menu="/settings", batch=batch, names=names, restored=restored, shown=SHOWN,
        error=error or against(session, batch), status_code=status_code,
    )  # fmt: skip
