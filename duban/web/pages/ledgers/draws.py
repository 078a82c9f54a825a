"""双随机抽取: the draws of the organ, a new one from pasted or chosen lists, and one with its verification."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from duban.web.background.waiting_file import LARGEST
from duban.web.posted import Posted, Sent
from duban.web.refusals import status_of
from duban.web.visit import Signed, Visit
from models.database import key
from models.draws.random_draw import lists_of
from models.errors import BadInputError, DubanError, ForbiddenError
from models.items.file_kind import safe_name
from models.ledgers.inspection import KIND
from models.people.permission import Action
from models.people.person import Person
from tasks.acting.authorize import authorize_organ, organs_within
from tasks.draws.draw_inspection import draw_inspection, find_draw, list_draws
from tasks.draws.read_draw_lists import (
    conflict_lines,
    read_conflicts,
    read_conflicts_file,
    read_inspectors,
    read_lines,
    read_objects,
    read_percent,
)
from tasks.draws.verify_draw import verify_draw
from tasks.files.check_upload import Limits, check_upload
from tasks.ledgers.find_row import authorize_ledgers

router = APIRouter()
SHOWN = 500
"""Objects of one draw on its page; all of them stand in the ledger."""
_ENDINGS = (".xlsx", ".csv")
_DEFAULTS = {"percent": "10%", "per_object": "2"}


@router.get("/ledgers/draws")
def draws(visit: Signed) -> HTMLResponse:
    """Every draw, the newest first."""
    with visit.reading() as session:
        authorize_ledgers(session, visit.looking, key(visit.organ.id))
        return visit.page(
            session, "ledgers/ledger_draws.html", menu="/ledgers", kind=KIND, draws=list_draws(session, visit.organ),
            may_record=_may_record(session, visit),
        )  # fmt: skip


@router.get("/ledgers/draws/new")
def ask(visit: Signed) -> HTMLResponse:
    """The form of a draw."""
    with visit.reading() as session:
        authorize_organ(session, visit.by, Action.RECORD, visit.organ.id)
        return _form(session, visit, _DEFAULTS)


@router.post("/ledgers/draws/upload")
def draw(sent: Sent) -> Response:
    """Draw from what was pasted, or from the files chosen in its place. What a file said stays in a refused form."""
    visit, typed = sent.visit, dict(sent.typed)
    with visit.reading() as session:
        authorize_organ(session, visit.by, Action.RECORD, visit.organ.id)
    try:
        _read_files(sent, typed)
        lists = lists_of(
            sent.text("plan"), read_lines(typed.get("objects", "")), read_lines(typed.get("inspectors", "")),
            read_conflicts(typed.get("conflicts", "")), percent=read_percent(sent.text("percent")),
            per_object=_per_object(sent),
        )  # fmt: skip
        with visit.writing() as session:
            made = draw_inspection(
                session, visit.organ, lists, by=visit.by, seed=sent.text("seed"), witness=sent.text("witness")
            )
    except ForbiddenError:
        raise
    except DubanError as error:
        with visit.reading() as session:
            return _form(session, visit, typed, error=error)
    said = f"已抽取 {len(made.result)} 户,并记入{KIND.title}台账。"
    return visit.go(visit.link(f"/ledgers/draws/{made.id}"), said)


@router.get("/ledgers/draws/{number:row}")
def show(visit: Signed, number: int, verify: str = "") -> HTMLResponse:
    """One draw; with `verify` it is repeated and held against what is kept."""
    with visit.reading() as session:
        authorize_ledgers(session, visit.looking, key(visit.organ.id))
        found = find_draw(session, visit.organ, number)
        person = session.get(Person, found.drawn_by_id) if found.drawn_by_id else None
        return visit.page(
            session, "ledgers/ledger_draw.html", menu="/ledgers", kind=KIND, drawn=found, rows=found.result[:SHOWN],
            checks=verify_draw(session, found) if verify else None, by=person.name if person else "本机管理员",
        )  # fmt: skip


def _may_record(session: Session, visit: Visit) -> bool:
    return key(visit.organ.id) in organs_within(session, visit.by, Action.RECORD)


def _form(
    session: Session, visit: Visit, typed: dict[str, str], *, error: DubanError | None = None
) -> HTMLResponse:  # fmt: skip
    return visit.page(
        session, "ledgers/ledger_draw_form.html", menu="/ledgers", kind=KIND, typed=typed,
        error=error.message if error else "", status_code=status_of(error) if error else 200,
    )  # fmt: skip


def _read_files(sent: Posted, typed: dict[str, str]) -> None:
    """Put what the chosen files say in the place of what was pasted."""
    readers: dict[str, Callable[[Path], str]] = {
        "objects": lambda path: "\n".join(read_objects(path)),
        "inspectors": lambda path: "\n".join(read_inspectors(path)),
        "conflicts": lambda path: conflict_lines(read_conflicts_file(path)),
    }
    for name, reader in readers.items():
        for file in sent.files(f"{name}_file"):
            with tempfile.TemporaryDirectory() as folder:
                called = safe_name(file.filename or "")
                if not called.lower().endswith(_ENDINGS):
                    raise BadInputError(f"“{called}”不是 {'、'.join(_ENDINGS)} 文件。")
                path = Path(folder) / check_upload(called, file.file, Limits(LARGEST)).name
                with path.open("wb") as kept:
                    shutil.copyfileobj(file.file, kept)
                typed[name] = reader(path)


def _per_object(sent: Posted) -> int:
    found = sent.number("per_object", "每户检查人员")
    if found is None:
        raise BadInputError("请填写每户检查人员,如 2。")
    return found
