"""操作记录: the trail, filtered and paged by id, verified, and taken along as a table."""

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, cast

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import Engine
from sqlmodel import Session

from duban.edge import today
from duban.web.attachment import streamed
from duban.web.background.jobs import Report, actor_of, kind_of_work, start_job
from duban.web.background.work_folder import new_result
from duban.web.posted import Sent
from duban.web.refusals import status_of
from duban.web.visit import Signed, Visit
from models.actor import Actor
from models.clock import local
from models.database import key, reading
from models.engine.job import Job
from models.errors import BadInputError, DubanError, NotFoundError
from models.items.item import WorkItem
from models.people.organ import Organ
from models.people.permission import Action
from models.people.person import Person
from models.settings import Settings
from tasks.acting.authorize import authorize_organ, organs_within
from tasks.people.find import find_item, unknown_item
from tasks.people.roster import everybody
from tasks.trail.changes_since import newest_of_all
from tasks.trail.fold_sign_ins import fold_sign_ins, what_of
from tasks.trail.months_away import away_words
from tasks.trail.noted_head import read_head
from tasks.trail.prove_trail import keep_proved, prove_trail
from tasks.trail.show_audit import MOST, TrailEntry, show_audit
from tasks.trail.tell_entry import MACHINE_ACTIONS, WATCHED_ACTIONS

router = APIRouter()
SHOWN = 50
AT_ONCE = 3_000
"""A trail longer than this is verified and exported in the background; ids follow each other, so the newest tells."""
VERIFY, EXPORT = "verify_audit", "export_audit"
FILTERS = ("organ", "from", "until", "person", "action", "item")
CSV = "text/csv; charset=utf-8"
HELD = 4 * 1024 * 1024
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
HEADINGS = ("编号", "记录时间", "日期", "何人", "代何人", "途径", "操作", "单位", "任务", "理由", "改动", "哈希值")


@dataclass(frozen=True)
class TrailChoice:
    """What of the trail is wanted."""

    organ: Organ | None
    item: WorkItem | None
    person: Person | None
    action: str | None
    from_on: dt.date | None
    until_on: dt.date | None
    before: int | None

    @property
    def is_narrow(self) -> bool:
        """Whether it can only be little: one item's entries."""
        return self.item is not None


@router.get("/audit")
def trail(visit: Signed) -> HTMLResponse:
    """The newest entries that fit, newest first."""
    with visit.reading() as session:
        _require(session, visit)
        rows: list[TrailEntry] = []
        error: DubanError | None = None
        try:
            rows = _read(session, visit.by, _asked(session, visit, visit.request.query_params), SHOWN + 1)
        except BadInputError as wrong:
            error = wrong
        older = rows[-SHOWN].id if len(rows) > SHOWN else None
        seen = organs_within(session, visit.by, Action.AUDIT)
        return visit.page(
            session, "audit.html", menu="/settings", status_code=status_of(error) if error else 200,
            lines=fold_sign_ins(rows[::-1][:SHOWN]), what_of=what_of, older=older, error=error.message if error else "",
            asked=visit.request.query_params, actions=_actions(), people=_people(session, seen),
            several=len(seen) > 1, kept=_kept(visit),
            away="" if older else away_words(session, "操作记录"),
        )  # fmt: skip


@router.post("/audit/export")
def export(sent: Sent) -> Response:
    """What fits as a table, newest first: at once where it is little, else in the background."""
    visit = sent.visit
    asked_for = {name: value for name in FILTERS if (value := sent.text(name))}
    with visit.reading() as session:
        _require(session, visit)
        asked = _asked(session, visit, asked_for)
        if not asked.is_narrow and newest_of_all(session) > AT_ONCE:
            parameters = {"asked": asked_for, "organ": visit.organ.id, "item": asked.item.id if asked.item else None}
            return visit.go(visit.link(f"/jobs/{start_job(visit, EXPORT, '导出操作记录', parameters)}"))
        kept = cast(BinaryIO, tempfile.SpooledTemporaryFile(max_size=HELD))  # noqa: SIM115 - closed when it is sent
        _write(session, visit.by, asked, kept)
    size = kept.tell()
    kept.seek(0)
    return streamed(kept, f"操作记录-{visit.now:%Y%m%d}.csv", CSV, size)


@kind_of_work(EXPORT)
def export_all(database: Engine, settings: Settings, job: Job, report: Report) -> dict[str, Any]:
    """The table of a long trail."""
    path = new_result(settings, "csv")
    with reading(database) as session, path.open("wb") as kept:
        given = job.parameters["asked"]
        asked = TrailChoice(
            organ=session.get(Organ, job.parameters["organ"]) if given.get("organ") else None,
            item=session.get(WorkItem, job.parameters["item"]) if job.parameters["item"] else None,
            person=session.get(Person, int(given["person"])) if given.get("person") else None,
            action=given.get("action"),
            from_on=today(given["from"]) if given.get("from") else None,
            until_on=today(given["until"]) if given.get("until") else None,
            before=None,
        )
        total = newest_of_all(session)
        count = _write(
            session, actor_of(session, job), asked, kept, lambda done: report(done, total, f"已写出 {done} 条")
        )
    name = f"操作记录-{local(job.made_at):%Y%m%d}.csv"
    return {"said": f"已写出 {count} 条操作记录。", "file": path.name, "name": name, "type": CSV}


@router.get("/audit/verify")
def ask_verify(visit: Signed) -> HTMLResponse:
    """The form."""
    with visit.reading() as session:
        _require(session, visit)
        return visit.page(session, "audit_verify.html", menu="/settings", chain=None, head="", whole=False, error="")


@router.post("/audit/verify")
def verify(sent: Sent) -> Response:
    """Walk the chain from its last checkpoint on, or all of it, and say whether it holds and contains what was noted; a
    long one in the background.
    """
    visit, head, whole = sent.visit, sent.text("head"), sent.text("whole") == "yes"
    with visit.reading() as session:
        _require(session, visit)
        if newest_of_all(session) > AT_ONCE:
            parameters = {"head": head or None, "organ": visit.organ.id, "whole": whole}
            return visit.go(visit.link(f"/jobs/{start_job(visit, VERIFY, '校验操作记录', parameters)}"))
        chain, error = None, None
        try:
            noted = read_head(visit.served.settings.home, head) if head else None
            home = visit.served.settings.home
            chain = prove_trail(session, home, by=visit.by, organ_id=visit.organ.id, head=noted, whole=whole)
        except BadInputError as wrong:
            error = wrong
        return visit.page(
            session, "audit_verify.html", menu="/settings", status_code=status_of(error) if error else 200,
            chain=chain, head=head, whole=whole, error=error.message if error else "",
        )  # fmt: skip


@kind_of_work(VERIFY)
def verify_all(database: Engine, settings: Settings, job: Job, report: Report) -> dict[str, Any]:
    """Walk a long chain."""
    head = job.parameters["head"]
    noted = read_head(settings.home, head) if head else None
    with reading(database) as session:
        total = newest_of_all(session)
        by = actor_of(session, job)
        chain = prove_trail(
            session, settings.home, by=by, organ_id=job.parameters["organ"], head=noted,
            whole=job.parameters["whole"], track=lambda done: report(done, total, f"已核对 {done} 条"),
        )  # fmt: skip
    keep_proved(database, settings.home, chain, by=by)
    if chain.broken:
        said = (
            f"{chain.broken.verdict}。{chain.broken.fault.label}：{chain.broken.words}（此前 {chain.entries} 条完好，"
            f"最后一条的哈希值 {chain.head}）。请保留数据库现状，与备份对照。"
        )
    else:
        said = (
            f"操作记录完好，共 {chain.entries} 条。{chain.words}{chain.noted_words}"
            f"链尾 {chain.head}：请抄记在系统以外，下次校验时填入。"
        )
    return {"said": said, "entries": chain.entries, "head": chain.head, "whole": chain.broken is None}


def _require(session: Session, visit: Visit) -> None:
    authorize_organ(session, visit.by, Action.AUDIT, visit.organ.id)


def _asked(session: Session, visit: Visit, asked: Mapping[str, str]) -> TrailChoice:
    """What is asked for. Raises BadInputError; NotFoundError, which is one, for what is not there."""
    seen = organs_within(session, visit.by, Action.AUDIT)
    number, before, item = asked.get("person", ""), asked.get("before", ""), asked.get("item", "").strip()
    person = session.get(Person, int(number)) if number.isdecimal() and len(number) < 10 else None
    if number and (person is None or person.organ_id not in seen):
        raise NotFoundError("没有这个人，或者不在您的查看范围内。")
    if before and (not before.isdecimal() or len(before) > 15):
        raise BadInputError("网址中的编号应为数字。")
    action = asked.get("action", "")
    if action and action not in dict(_actions()):
        raise BadInputError(f"“{action}”不是操作：请从列表中选择。")
    return TrailChoice(
        organ=visit.organ if asked.get("organ") else None,
        item=_item(session, visit, item) if item else None,
        person=person,
        action=action or None,
        from_on=today(asked["from"]) if asked.get("from") else None,
        until_on=today(asked["until"]) if asked.get("until") else None,
        before=int(before) if before else None,
    )


def _item(session: Session, visit: Visit, number: str) -> WorkItem:
    """The item of this number in the plan looked at. Raises NotFoundError in words for a page."""
    plan = visit.plan(session)
    try:
        return find_item(session, plan, number)
    except NotFoundError as error:
        raise unknown_item(plan, number) from error


def _read(session: Session, by: Actor, asked: TrailChoice, limit: int) -> list[TrailEntry]:
    return show_audit(
        session, by=by, organ=asked.organ, item=asked.item, person=asked.person, action=asked.action,
        from_on=asked.from_on, until_on=asked.until_on, before=asked.before, limit=limit,
    )  # fmt: skip


def _write(
    session: Session, by: Actor, asked: TrailChoice, kept: BinaryIO, track: Callable[[int], None] | None = None
) -> int:
    """Write the table page by page, so that a long trail is never held whole; how many entries it has."""
    count = 0
    _rows(kept, [HEADINGS], start=b"\xef\xbb\xbf")
    while rows := _read(session, by, asked, MOST):
        _rows(kept, [_cells(entry) for entry in reversed(rows)])
        count += len(rows)
        if track is not None:
            track(count)
        if len(rows) < MOST:
            break
        asked = replace(asked, before=rows[0].id)
        session.expire_all()
    return count


def _rows(kept: BinaryIO, rows: Sequence[Sequence[str]], *, start: bytes = b"") -> None:
    text = io.StringIO()
    csv.writer(text).writerows([_safe(value) for value in row] for row in rows)
    kept.write(start + text.getvalue().encode())


def _cells(entry: TrailEntry) -> tuple[str, ...]:
    return (
        str(entry.id), f"{local(entry.at):%Y-%m-%d %H:%M:%S}", entry.on.isoformat(), entry.actor,
        entry.stands_for or "", entry.channel, entry.action_label, entry.organ or "", entry.item or "",
        entry.reason or "", "\n".join(entry.changes), entry.hash,
    )  # fmt: skip


def _safe(value: str) -> str:
    """A cell that no spreadsheet program takes for a formula."""
    return f"'{value}" if value.startswith(_FORMULA) else value


def _actions() -> list[tuple[str, str]]:
    return [(action.value, action.label) for action in Action] + [*MACHINE_ACTIONS.items(), *WATCHED_ACTIONS.items()]


def _people(session: Session, organs: set[int]) -> list[tuple[int, str]]:
    return [(key(person.id), person.name) for person in everybody(session, organs, most=2000)]


def _kept(visit: Visit) -> dict[str, str]:
    """The filters of the address, for a link that keeps them; paging begins anew."""
    asked = visit.request.query_params
    return {name: value for name in FILTERS if name != "organ" and (value := asked.get(name))}
