"""导入: a year's list brought in. Looked through first, with what is understood and what is wrong in the cells they
stand in; due texts put right in place; then confirmed. A large file is looked through and brought in in the background.
"""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import Engine
from sqlmodel import Session

from duban.web.attachment import XLSX, attachment
from duban.web.background.jobs import Report, actor_of, kind_of_work, start_job
from duban.web.background.preview import KeptPreview, find, keep
from duban.web.background.waiting_file import WaitingFile, drop_waiting, find_waiting, keep_waiting
from duban.web.background.work_folder import hand_on, reach, touch, work_folder
from duban.web.posted import Posted, Sent
from duban.web.refusals import status_of
from duban.web.visit import Signed, Visit
from models.actor import Actor
from models.database import key, on_record, reading
from models.dates.day_override import office_calendar
from models.engine.job import Job
from models.errors import BadInputError, DubanError, ForbiddenError, ManyMessagesError
from models.people.organ import Organ
from models.people.permission import Action
from models.settings import Settings
from tasks.acting.authorize import authorize_organ
from tasks.files.write_errors import write_errors
from tasks.notices.ask_first import asking_first
from tasks.people.find import find_plan
from tasks.people.find_posts import names_to_offer
from tasks.plan.batches import kept_columns, newest_batches
from tasks.plan.import_list import ImportReport, import_list, read_list
from tasks.plan.preview_list import preview_list
from tasks.reading.cells import CellRefusedError, due
from tasks.reading.item_list import ItemList
from tasks.reading.plan_columns import LIST
from tasks.sheets.template import write_template

router = APIRouter()
KIND = "list"
DIRECT = 256 * 1024
"""Bytes of a file that is looked through while its person waits; a larger one is worked on in the background."""
LOOK, BRING = "preview_list", "import_list"
YEARS = range(1990, 2201)


@router.get("/plans/import")
def ask(visit: Signed, waiting: str = "", shown: str = "", page: int = 1) -> HTMLResponse:
    """Choose a file; with one that was looked through, what was found."""
    with visit.reading() as session:
        _require(session, visit)
        if not waiting:
            return _choose(session, visit)
        file = find_waiting(visit, KIND, waiting)
        found = find(_kept(visit, file.token))
        for path in (file.path.parent, found.path):
            touch(path, now=visit.now)
        return _show(session, visit, file, found, shown=shown, page=page)


@router.post("/plans/import")
def bring_in(sent: Sent) -> Response:
    """Look a file through, put readings right, or bring it in."""
    visit = sent.visit
    with visit.reading() as session:
        _require(session, visit)
    doing = sent.text("do")
    if doing in _DOING:
        file = find_waiting(visit, KIND, sent.text("waiting"))
        return _DOING[doing](sent, file, find(_kept(visit, file.token)))
    try:
        year = _year(sent)
        files = sent.files("file")
        if not files:
            raise BadInputError("请选择文件：台账，或上年度报告、工作要点。")
        file = keep_waiting(visit, KIND, files[0])
        touch(file.path.parent, now=visit.now)
        with visit.reading() as session:
            columns = kept_columns(session, visit.organ.id)
        return _look(visit, file, year, {"dues": {}, "columns": columns, "visible_only": False})
    except ForbiddenError:
        raise
    except DubanError as error:
        with visit.reading() as session:
            return _choose(session, visit, typed=sent.typed, error=error.message, status_code=status_of(error))


@router.get("/plans/import/errors.xlsx")
def errors(visit: Signed, waiting: str) -> Response:
    """What is wrong, as a sheet to hand on to whoever filled the list in."""
    with visit.reading() as session:
        _require(session, visit)
    file = find_waiting(visit, KIND, waiting)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "errors.xlsx"
        write_errors(find(_kept(visit, file.token)).all_errors(), path)
        return attachment(path.read_bytes(), f"{file.path.stem}-错误清单.xlsx", XLSX)


@router.get("/plans/template.xlsx")
def template(visit: Signed) -> Response:
    """The empty list, with the office's departments and people to pick from."""
    with visit.reading() as session:
        departments, people = names_to_offer(session, visit.organ)
    title = f"{visit.year or visit.on.year}年度工作任务清单"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        write_template(path, LIST, title=title, departments=departments, people=people)
        return attachment(path.read_bytes(), f"{title}模板.xlsx", XLSX)


@kind_of_work(LOOK)
def look_in_background(database: Engine, settings: Settings, job: Job, report: Report) -> dict[str, Any]:
    """Look a large file through."""
    asked = job.parameters
    with reading(database) as session:
        by, organ = actor_of(session, job), session.get_one(Organ, job.organ_id)
        found = preview_list(
            session, reach(settings, settings.home / asked["path"]), by=by, year=asked["year"], organ_code=organ.code,
            report=report, **asked["ways"],
        )  # fmt: skip
    looked = settings.home / asked["looked"]
    keep(found, looked, year=asked["year"], ways=asked["ways"])
    hand_on(settings, looked)
    wrong = len(found.report.errors)
    said = (
        f"已核对 {len(found.report.changes)} 项任务，{f'有 {wrong} 处需要更正' if wrong else '没有错误'}；还没有写入。"
    )
    return {"said": said, "next": asked["next"], "go": "查看核对结果"}


@kind_of_work(BRING)
def bring_in_background(database: Engine, settings: Settings, job: Job, report: Report) -> dict[str, Any]:
    """Bring a large file in, in one transaction."""
    asked = job.parameters
    path = reach(settings, settings.home / asked["path"])
    # Read before the transaction: nobody waits for a large file.
    listed = read_list(path, year=asked["year"], **asked["ways"])
    report(0, 0, "正在写入任务")
    with on_record(database) as session:
        by, organ = actor_of(session, job), session.get_one(Organ, job.organ_id)
        calendar = office_calendar(session, organ_id=organ.id)
        with asking_first(session, settings, by=by, calendar=calendar, sure=asked["sure"]):
            done = _import(session, path, by, organ, asked["year"], asked["ways"], listed, asked["reason"])
        # The last moment at which a service that stops can still leave everything as it was.
        report(0, 0, "正在保存")
        plan_id = _plan_id(session, organ, asked["year"])
    return {"said": _told(done), "next": f"/plans/{plan_id}?year={asked['year']}", "go": "打开年度计划"}


def _look(visit: Visit, file: WaitingFile, year: int, ways: Mapping[str, Any]) -> Response:
    settings, looked = visit.served.settings, _looked(visit, file.token)
    on = visit.link("/plans/import", waiting=file.token)
    home = settings.home
    if file.path.stat().st_size > DIRECT:
        asked = {
            "path": str(file.path.relative_to(home)), "looked": str(looked.relative_to(home)), "year": year,
            "ways": dict(ways), "next": on,
        }  # fmt: skip
        return visit.go(visit.link(f"/jobs/{start_job(visit, LOOK, f'核对“{file.name}”', asked)}"))
    with visit.reading() as session:
        found = preview_list(session, file.path, by=visit.by, year=year, organ_code=visit.organ.code, **ways)
    keep(found, looked, year=year, ways=ways)
    hand_on(settings, looked)
    return visit.go(on)


def _correct(sent: Posted, file: WaitingFile, found: KeptPreview) -> Response:
    """Take over how the person reads due texts; what cannot be read is told beside its field."""
    visit, year = sent.visit, int(found.summary["year"])
    dues, wrong = found.dues, {}
    for place in range(len(found.summary["dues"])):
        was, said = sent.text(f"was-{place}"), sent.text(f"due-{place}")
        if not was or not (said := said or (was if sent.ticked(f"as-{place}") else "")):
            continue
        try:
            if due(said, year).unconfirmed:
                raise CellRefusedError("没有写明周期或日期。可以写：每季度、每月25日、11月底前。")
            # What reads so now may stand in the file in several ways that were put right before.
            dues |= {written: said for written, now in dues.items() if now == was} | {was: said}
        except CellRefusedError as refusal:
            wrong[place] = str(refusal)
    if wrong:
        with visit.reading() as session:
            return _show(session, visit, file, found, typed=sent.typed, wrong=wrong, status_code=400)
    return _look(visit, file, year, found.ways | {"dues": dues})


def _name(sent: Posted, file: WaitingFile, found: KeptPreview) -> Response:
    """Take over which column is which, as the person says."""
    known = {column.name for column in LIST.columns}
    said = {
        heading: sent.text(f"column-{place}")
        for place, heading in enumerate(found.summary["unnamed"])
        if sent.text(f"column-{place}") in known
    }
    ways = found.ways | {"columns": found.ways["columns"] | said}
    return _look(sent.visit, file, int(found.summary["year"]), ways)


def _leave_out(sent: Posted, file: WaitingFile, found: KeptPreview) -> Response:
    """Read the file without the rows that are hidden, filtered or struck out, or with them again."""
    ways = found.ways | {"visible_only": not found.ways["visible_only"]}
    return _look(sent.visit, file, int(found.summary["year"]), ways)


def _confirm(sent: Posted, file: WaitingFile, found: KeptPreview) -> Response:
    visit, sure = sent.visit, sent.ticked("sure")
    year = int(found.summary["year"])
    if found.errors:
        raise BadInputError(f"文件中还有 {found.errors} 处错误：更正后再导入。没有写入任何数据。")
    reason = sent.text("reason")
    if found.summary["issued"] and not reason:
        with visit.reading() as session:
            return _show(session, visit, file, found, no_reason="请写明修改理由。没有写入任何数据。", status_code=400)
    if file.path.stat().st_size > DIRECT:
        asked = {"path": str(file.path.relative_to(visit.served.settings.home)), "year": year, "ways": found.ways}
        asked |= {"sure": sure, "reason": reason}
        return visit.go(visit.link(f"/jobs/{start_job(visit, BRING, f'导入“{file.name}”', asked)}"))
    try:
        listed = read_list(file.path, year=year, **found.ways)
        with visit.writing() as session:
            calendar = office_calendar(session, organ_id=visit.organ.id)
            with asking_first(session, visit.served.settings, by=visit.by, calendar=calendar, sure=sure):
                done = _import(session, file.path, visit.by, visit.organ, year, found.ways, listed, reason)
            plan_id = _plan_id(session, visit.organ, year)
    except ManyMessagesError as many:
        with visit.reading() as session:
            return _show(session, visit, file, found, typed=sent.typed, many=many, status_code=status_of(many))
    except BadInputError:
        # It was in order when it was looked through: what it is held against has changed since.
        return _look(visit, file, year, found.ways)
    drop_waiting(visit, KIND, file.token)
    return visit.go(visit.link(f"/plans/{plan_id}", year=year), _told(done))


def _import(
    session: Session,
    path: Path,
    by: Actor,
    organ: Organ,
    year: int,
    ways: Mapping[str, Any],
    listed: ItemList,
    reason: str,
) -> ImportReport:
    done = import_list(session, path, by=by, year=year, organ_code=organ.code, found=listed, reason=reason, **ways)
    if done.errors:
        raise BadInputError(
            f"核对以后，人员或计划已有变化：现在有 {len(done.errors)} 处错误，没有写入任何数据。请重新选择文件。"
        )
    return done


_DOING = {"correct": _correct, "confirm": _confirm, "name": _name, "leave-out": _leave_out}
"""What a person does with a file that was looked through, by its button."""


def _told(done: ImportReport) -> str:
    if done.batch is None:
        return "清单与现有计划相同，没有变化，未写入。"
    counts = "，".join(f"{words} {count} 项" for action, words in (("create", "新增"), ("update", "更新"))
                      if (count := done.count(action)))  # fmt: skip
    gaps = f"其中 {len(done.incomplete)} 项要素不全，补齐后才能下达。" if done.incomplete else ""
    asked = f"其中 {done.asking} 项的时限调整已提请审批，批准前时限不变。" if done.asking else ""
    return f"已导入：{counts}（批次 {done.batch}）。{gaps}{asked}"


def _plan_id(session: Session, organ: Organ, year: int) -> int:
    return key(find_plan(session, organ, year).id)


def _require(session: Session, visit: Visit) -> None:
    authorize_organ(session, visit.by, Action.PLAN, visit.organ.id)


def _looked(visit: Visit, token: str) -> Path:
    return work_folder(visit.served.settings) / f"looked-{visit.person.id}" / f"{token}.zip"


def _kept(visit: Visit, token: str) -> Path:
    """The same, as whichever process looked the file through last kept it."""
    return reach(visit.served.settings, _looked(visit, token))


def _year(sent: Posted) -> int:
    year = sent.number("plan_year", "年度")
    if year is None or year not in YEARS:
        raise BadInputError("请填写计划的年度，如 2026。")
    return year


def _choose(
    session: Session, visit: Visit, *, typed: Mapping[str, str] | None = None, error: str = "", status_code: int = 200
) -> HTMLResponse:
    return visit.page(
        session, "plan/plan_import.html", menu="/plans", error=error, status_code=status_code,
        batches=newest_batches(session, key(visit.organ.id), most=5),
        typed=typed or {"plan_year": str(visit.year or visit.on.year)},
    )  # fmt: skip


def _show(
    session: Session,
    visit: Visit,
    file: WaitingFile,
    found: KeptPreview,
    *,
    shown: str = "",
    page: int = 1,
    typed: Mapping[str, str] | None = None,
    wrong: Mapping[int, str] | None = None,
    many: ManyMessagesError | None = None,
    no_reason: str = "",
    status_code: int = 200,
) -> HTMLResponse:
    if shown not in ("all", "wrong") or not found.pages(shown):
        shown = "wrong" if found.pages("wrong") else "all"
    page = min(max(1, page), max(1, found.pages(shown)))
    return visit.page(
        session, "plan/plan_import_preview.html", menu="/plans", file=file, found=found, about=found.summary,
        shown=shown,
        number=page, rows=found.page(shown, page), typed=typed or {}, wrong=wrong or {}, status_code=status_code,
        large=file.path.stat().st_size > DIRECT, many=many, no_reason=no_reason,
        fields=[(column.name, column.label) for column in LIST.columns],
        read_as={said: was for was, said in found.dues.items()},
    )  # fmt: skip
