"""Files of a ledger: the empty sheet, a file looked through and brought in, what one brought taken back."""

import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from duban.web.attachment import XLSX, attachment
from duban.web.attempt import attempt
from duban.web.background.waiting_file import WaitingFile, drop_waiting, find_waiting, keep_waiting
from duban.web.background.work_folder import touch
from duban.web.posted import Sent
from duban.web.refusals import status_of
from duban.web.visit import Signed, Visit
from models.batch import ImportBatch
from models.errors import BadInputError, DubanError, ForbiddenError, ImportRefusedError, NotFoundError
from models.ledgers.kind import Kind
from models.ledgers.kinds import KINDS
from models.people.permission import Action
from tasks.acting.authorize import authorize_organ
from tasks.files.write_errors import write_errors
from tasks.ledgers.import_ledger import LedgerImport, import_ledger, refuse_errors
from tasks.ledgers.undo_import import find_ledger_batch, rows_of_batch, undo_ledger_import
from tasks.people.find_posts import names_to_offer
from tasks.sheets.batches import batches_of
from tasks.sheets.template import write_template

router = APIRouter()
SHOWN = 200
"""Rows of a file shown; those with errors come first where there are more."""


@router.get("/ledgers/{code:ledger}/import")
def ask(visit: Signed, code: str, waiting: str = "") -> HTMLResponse:
    """Choose a file; with one that waits, what bringing it in would do."""
    kind = KINDS[code]
    with visit.reading() as session:
        _require(session, visit)
        file = find_waiting(visit, _waiting(kind), waiting) if waiting else None
        if file is not None:
            touch(file.path.parent, now=visit.now)
        found = _preview(session, visit, kind, file) if file else None
        return _page(session, visit, kind, file=file, found=found)


@router.post("/ledgers/{code:ledger}/import")
def bring_in(sent: Sent, code: str) -> Response:
    """Look a file through; with the confirmation of one that was looked through, bring it in."""
    visit, kind = sent.visit, KINDS[code]
    with visit.reading() as session:
        _require(session, visit)
    try:
        if sent.text("do") == "confirm":
            return _confirm(visit, kind, find_waiting(visit, _waiting(kind), sent.text("waiting")))
        files = sent.files("file")
        if not files:
            raise BadInputError("请选择台账文件。")
        file = keep_waiting(visit, _waiting(kind), files[0])
        touch(file.path.parent, now=visit.now)
        with visit.reading() as session:
            # What cannot be read at all is told at once.
            _preview(session, visit, kind, file)
    except (ForbiddenError, NotFoundError):
        raise
    except DubanError as error:
        with visit.reading() as session:
            return _page(session, visit, kind, error=error)
    return visit.go(visit.link(f"/ledgers/{code}/import", waiting=file.token))


@router.get("/ledgers/{code:ledger}/import/errors.xlsx")
def errors(visit: Signed, code: str, waiting: str = "") -> Response:
    """What is wrong, as a sheet to hand on to whoever filled the file in."""
    kind = KINDS[code]
    with visit.reading() as session, tempfile.TemporaryDirectory() as folder:
        _require(session, visit)
        file = find_waiting(visit, _waiting(kind), waiting)
        path = Path(folder) / "errors.xlsx"
        write_errors(_preview(session, visit, kind, file).errors, path)
        return attachment(path.read_bytes(), f"{file.path.stem}-错误清单.xlsx", XLSX)


@router.get("/ledgers/{code:ledger}/template.xlsx")
def template(visit: Signed, code: str) -> Response:
    """The empty sheet, with the office's people to pick from."""
    kind = KINDS[code]
    with visit.reading() as session, tempfile.TemporaryDirectory() as folder:
        _require(session, visit)
        path = Path(folder) / "template.xlsx"
        write_template(path, kind, title=f"{kind.title}台账", people=names_to_offer(session, visit.organ)[1])
        return attachment(path.read_bytes(), f"{kind.title}台账模板.xlsx", XLSX)


@router.get("/ledgers/{code:ledger}/batches/{batch_id:row}/undo")
def ask_undo(visit: Signed, code: str, batch_id: int) -> HTMLResponse:
    """What undoing would do."""
    kind = KINDS[code]
    with visit.reading() as session:
        _require(session, visit)
        return _undo_page(session, visit, kind, _batch(session, visit, kind, batch_id))


@router.post("/ledgers/{code:ledger}/batches/{batch_id:row}/undo")
def undo(sent: Sent, code: str, batch_id: int) -> Response:
    """Take back what a file brought."""
    visit, kind = sent.visit, KINDS[code]
    with visit.reading() as session:
        _require(session, visit)
    with attempt(
        visit,
        lambda session, error: _undo_page(session, visit, kind, _batch(session, visit, kind, batch_id), error=error),
        told=ForbiddenError,
    ) as session:
        _batch(session, visit, kind, batch_id)
        done = undo_ledger_import(session, batch_id, by=visit.by)
    said = f"已撤销批次 {batch_id}：撤下 {done.withdrawn} {kind.unit}，恢复原样 {done.restored} {kind.unit}。"
    return visit.go(visit.link(f"/ledgers/{code}"), said)


def _confirm(visit: Visit, kind: Kind, file: WaitingFile) -> Response:
    try:
        with visit.writing() as session:
            done = import_ledger(session, file.path, visit.organ, kind, by=visit.by)
            refuse_errors(done)
    except ImportRefusedError:
        # It was in order when it was looked through: what it is held against has changed since, or it never was.
        return visit.go(visit.link(f"/ledgers/{kind.code}/import", waiting=file.token))
    drop_waiting(visit, _waiting(kind), file.token)
    return visit.go(visit.link(f"/ledgers/{kind.code}", batch=done.batch or ""), done.told)


def _preview(session: Session, visit: Visit, kind: Kind, file: WaitingFile) -> LedgerImport:
    return import_ledger(session, file.path, visit.organ, kind, by=visit.by, dry_run=True)


def _require(session: Session, visit: Visit) -> None:
    authorize_organ(session, visit.by, Action.RECORD, visit.organ.id)


def _waiting(kind: Kind) -> str:
    return f"ledger-{kind.code}"


def _batch(session: Session, visit: Visit, kind: Kind, batch_id: int) -> ImportBatch:
    batch, found = find_ledger_batch(session, batch_id, by=visit.by)
    if found is not kind or batch.organ_id != visit.organ.id:
        raise NotFoundError(f"{visit.organ.name}的{kind.title}没有编号为 {batch_id} 的导入批次。")
    return batch


def _page(
    session: Session,
    visit: Visit,
    kind: Kind,
    *,
    file: WaitingFile | None = None,
    found: LedgerImport | None = None,
    error: DubanError | None = None,
) -> HTMLResponse:
    wrong: dict[tuple[str | None, int | None], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    rows: list[Any] = []
    general = []
    if found is not None:
        places = {(row.sheet, row.row) for row in found.rows}
        for fault in found.errors:
            if (fault.sheet, fault.row) in places:
                wrong[fault.sheet, fault.row][fault.column or ""].append(fault.accepted)
            else:
                general.append(fault)
        rows = sorted(found.rows, key=lambda row: (row.sheet, row.row) not in wrong) if wrong else found.rows
    return visit.page(
        session, "ledgers/ledger_import.html", menu="/ledgers", kind=kind, file=file, found=found,
        general=general[:SHOWN],
        rows=rows[:SHOWN], columns=[kind.field(name) for name in found.headings] if found else [],
        wrong=wrong, batches=batches_of(session, kind, visit.organ.id) if found is None else [],
        error=error.message if error else "", status_code=status_of(error) if error else 200,
    )  # fmt: skip


def _undo_page(
    session: Session, visit: Visit, kind: Kind, batch: ImportBatch, *, error: DubanError | None = None
) -> HTMLResponse:
    return visit.page(
        session, "ledgers/ledger_undo.html", menu="/ledgers", kind=kind, batch=batch,
        rows=rows_of_batch(session, batch, kind),
        error=error.message if error else "", status_code=status_of(error) if error else 200,
    )  # fmt: skip
