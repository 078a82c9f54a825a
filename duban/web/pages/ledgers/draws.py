"""双随机抽取: bindings of the organ, a new one from pasted or chosen lists, and the steps from one to its draw."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from duban.web.attachment import DOCX, XLSX, attachment
from duban.web.attempt import attempt
from duban.web.background.waiting_file import LARGEST
from duban.web.posted import Posted, Sent
from duban.web.refusals import status_of
from duban.web.visit import Signed, Visit
from models.database import key
from models.draws.random_draw import lists_of
from models.draws.seed import SeedTerms, SeedWay
from models.errors import BadInputError, DubanError, ForbiddenError
from models.ledgers.inspection import KIND
from models.people.permission import Action
from models.people.person import Person
from models.typed_text import day_or_none
from tasks.acting.authorize import authorize_organ, organs_within
from tasks.draws.bind_draw import bind_draw
from tasks.draws.draw_inspection import draw_inspection
from tasks.draws.draw_record import export_bindings, lay_out_record
from tasks.draws.find_draw import BindingShown, BindingStage, find_binding, list_bindings
from tasks.draws.pledge import pledge, reveal
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
from tasks.files.check_upload import Limits, check_read
from tasks.ledgers.find_row import authorize_ledgers
from tasks.papers.official_document import render

router = APIRouter()
SHOWN = 500
"""Objects of one draw on its page; all of them stand in the ledger."""
_ENDINGS = (".xlsx", ".csv")
_DEFAULTS = {"percent": "10%", "per_object": "2", "way": SeedWay.TWO.value}


@router.get("/ledgers/draws")
def draws(visit: Signed) -> HTMLResponse:
    """Every binding, drawn from or not, the newest first."""
    with visit.reading() as session:
        authorize_ledgers(session, visit.looking, key(visit.organ.id))
        return visit.page(
            session, "ledgers/ledger_draws.html", menu="/ledgers", kind=KIND,
            bindings=list_bindings(session, visit.organ), may_record=_may(session, visit, Action.RECORD),
        )  # fmt: skip


@router.get("/ledgers/draws/export.xlsx")
def export(visit: Signed) -> Response:
    """The same as a sheet."""
    with visit.reading() as session, tempfile.TemporaryDirectory() as folder:
        authorize_ledgers(session, visit.looking, key(visit.organ.id))
        path = Path(folder) / "bindings.xlsx"
        export_bindings(visit.organ, list_bindings(session, visit.organ), path)
        return attachment(path.read_bytes(), f"{visit.organ.name}双随机抽取的绑定.xlsx", XLSX)


@router.get("/ledgers/draws/new")
def ask(visit: Signed) -> HTMLResponse:
    """The form of a binding."""
    with visit.reading() as session:
        authorize_organ(session, visit.by, Action.RECORD, visit.organ.id)
        return _form(session, visit, _DEFAULTS)


@router.post("/ledgers/draws/upload")
def bind(sent: Sent) -> Response:
    """Bind what was pasted, or the files chosen in its place. What a file said stays in a refused form."""
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
            made = bind_draw(session, visit.organ, lists, _terms(sent), by=visit.by, reason=sent.text("reason"))
    except ForbiddenError:
        raise
    except DubanError as error:
        with visit.reading() as session:
            return _form(session, visit, typed, error=error)
    return visit.go(visit.link(f"/ledgers/draws/{made.id}"), f"已绑定，为本计划的第 {made.ordinal} 次。")


@router.get("/ledgers/draws/{number:row}")
def show(visit: Signed, number: int, verify: str = "") -> HTMLResponse:
    """One binding with its draw; with `verify` all is worked out again and held against what is kept."""
    with visit.reading() as session:
        authorize_ledgers(session, visit.looking, key(visit.organ.id))
        return _page(session, visit, find_binding(session, visit.organ, number), verify=bool(verify))


@router.get("/ledgers/draws/{number:row}/record.docx")
def record(visit: Signed, number: int) -> Response:
    """The record on paper."""
    with visit.reading() as session:
        authorize_ledgers(session, visit.looking, key(visit.organ.id))
        found = find_binding(session, visit.organ, number)
        document = lay_out_record(visit.organ, found, verify_draw(session, found))
        return attachment(render(document), f"双随机抽取记录（{found.binding.plan}）.docx", DOCX)


@router.post("/ledgers/draws/{number:row}/pledge")
def give_pledge(sent: Sent, number: int) -> Response:
    """The second person pledges a number."""

    def do(session: Session, found: BindingShown) -> str:
        made = pledge(
            session, found.binding, by=sent.visit.by, number=sent.text("number"), hashed=sent.text("hashed")
        )  # fmt: skip
        return f"已承诺。系统随机数的哈希值：{made.system_hash}。请抄下，抽取后核对。"

    return _done(sent, number, do)


@router.post("/ledgers/draws/{number:row}/reveal")
def give_number(sent: Sent, number: int) -> Response:
    """The second person reveals it."""

    def do(session: Session, found: BindingShown) -> str:
        reveal(session, found.binding, sent.text("number"), by=sent.visit.by)
        return "已揭示，与承诺的一致。现在可以抽取。"

    return _done(sent, number, do)


@router.post("/ledgers/draws/{number:row}/draw")
def draw(sent: Sent, number: int) -> Response:
    """Draw from the binding."""

    def do(session: Session, found: BindingShown) -> str:
        made = draw_inspection(
            session, sent.visit.organ, found.binding, by=sent.visit.by, number=sent.text("number"),
            witness=sent.text("witness"),
        )  # fmt: skip
        return f"已抽取 {len(made.result)} 户，并记入{KIND.title}台账。"

    return _done(sent, number, do)


def _done(sent: Posted, number: int, do: Callable[[Session, BindingShown], str]) -> Response:
    visit = sent.visit

    def again(session: Session, error: DubanError) -> Response:
        return _page(session, visit, find_binding(session, visit.organ, number), sent=sent, error=error)

    with visit.reading() as session:
        authorize_ledgers(session, visit.by, key(visit.organ.id))
    with attempt(visit, again, beyond=()) as session:
        said = do(session, find_binding(session, visit.organ, number))
    return visit.go(visit.link(f"/ledgers/draws/{number}"), said)


def _page(
    session: Session,
    visit: Visit,
    found: BindingShown,
    *,
    verify: bool = False,
    sent: Posted | None = None,
    error: DubanError | None = None,
) -> HTMLResponse:
    people = {
        one: person.name
        for one in (
            found.binding.bound_by_id,
            found.pledge.pledged_by_id if found.pledge else None,
            found.draw.drawn_by_id if found.draw else None,
        )
        if one is not None and (person := session.get(Person, one)) is not None
    }
    return visit.page(
        session, "ledgers/ledger_draw.html", menu="/ledgers", kind=KIND, shown=found, binding=found.binding,
        drawn=found.draw, rows=found.draw.result[:SHOWN] if found.draw else [], stage=found.stage,
        stages=BindingStage, checks=verify_draw(session, found) if verify else None,
        by=lambda one: people.get(one, "本机管理员"), typed=sent.typed if sent else {},
        may_record=_may(session, visit, Action.RECORD), may_give=_may(session, visit, Action.DRAW_NUMBER),
        error=error.message if error else "", status_code=status_of(error) if error else 200,
    )  # fmt: skip


def _may(session: Session, visit: Visit, action: Action) -> bool:
    return key(visit.organ.id) in organs_within(session, visit.by, action)


def _form(
    session: Session, visit: Visit, typed: dict[str, str], *, error: DubanError | None = None
) -> HTMLResponse:  # fmt: skip
    return visit.page(
        session, "ledgers/ledger_draw_form.html", menu="/ledgers", kind=KIND, typed=typed,
        ways=[(way.value, way.label) for way in SeedWay],
        error=error.message if error else "", status_code=status_of(error) if error else 200,
    )  # fmt: skip


def _terms(sent: Posted) -> SeedTerms:
    """The way of the seed that the form names."""
    named = sent.text("way")
    if named not in set(SeedWay):
        raise BadInputError("请选择种子的办法。")
    day = day_or_none(sent.text("source_on"), "公布日期")
    return SeedTerms(SeedWay(named), sent.text("source") or None, day, sent.number("digits", "位数"))


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
                if not file.name.lower().endswith(_ENDINGS):
                    raise BadInputError(f"“{file.name}”不是 {'、'.join(_ENDINGS)} 文件。")
                path = Path(folder) / check_read(file, Limits(LARGEST)).name
                with path.open("wb") as kept:
                    shutil.copyfileobj(file.source, kept)
                typed[name] = reader(path)


def _per_object(sent: Posted) -> int:
    found = sent.number("per_object", "每户检查人员")
    if found is None:
        raise BadInputError("请填写每户检查人员，如 2。")
    return found
