"""A signed report filed, its receipts, its publication and its place in the archive."""

import datetime as dt
import hashlib

from sqlmodel import Session, select

from models.actor import Actor
from models.database import key
from models.errors import BadInputError, ConflictError, ForbiddenError, NotFoundError
from models.items.evidence import Evidence
from models.items.item import ItemState, WorkItem
from models.people.permission import Action
from models.report.filing import Filing, FilingAct, FilingState
from models.report.filing_rows import Addressee, Publication
from models.report.report import Report
from models.typed_text import words, words_or_none
from tasks.acting.authorize import standings
from tasks.items.close import check_nothing_open, request_close
from tasks.papers.official_document import render
from tasks.report.filing.addressees import addressees_of, filed_with_all, find_addressee
from tasks.report.filing.deadlines import FILE, OWN, PUBLISH, filing_items
from tasks.report.filing.step import bound_report, step
from tasks.report.filing.tell_next import tell_next
from tasks.report.output.edition import Edition, edition_of
from tasks.report.output.lay_out_report import lay_out_report


def send(session: Session, filing: Filing, name: str, *, by: Actor, way: str, on: dt.date | None = None) -> Addressee:
    """Write down that the signed version went to one addressee, today or on a day since it was signed.

    With the last 主送 the report is filed: the day counts against the law's, and its item's closure is asked for.
    Raises ForbiddenError for an unsigned or changed version, ConflictError where it was sent there.
    """
    how = words(way, "报送方式", longest=100)
    day = on or by.on
    with step(session, filing, FilingAct.SEND, by=by) as taken:
        _signed(filing)
        bound_report(session, filing)
        _check_day(day, filing.approved_on, by, "报送日", "审签日")
        one = find_addressee(session, filing, name)
        session.refresh(one)
        if one.sent_on is not None:
            raise ConflictError(f"已于 {one.sent_on} 报送“{one.name}”（{one.way}）。")
        one.sent_on, one.way, one.sent_by_id = day, how, taken.person_id
        taken.about = f"{one.kind.label}{one.name}，{day}，{how}"
        filed = filed_with_all(session, taken)
    if filed:
        for code in (OWN, FILE):
            _ask_closure(session, filing, code, f"已于 {filing.delivered_on} 报送全部主送机关", by=by)
    return one


def note_receipt(
    session: Session,
    filing: Filing,
    name: str,
    *,
    by: Actor,
    on: dt.date | None = None,
    number: str | None = None,
    evidence_id: int | None = None,
) -> Addressee:
    """Write down the receipt of one addressee: its day, number, and the receipt itself as evidence of the item.

    Raises ForbiddenError where nothing was sent there, ConflictError where its receipt is noted.
    """
    day = on or by.on
    with step(session, filing, FilingAct.RECEIPT, by=by) as taken:
        one = find_addressee(session, filing, name)
        if one.sent_on is None:
            raise ForbiddenError(f"还没有报送“{one.name}”，不能登记回执。")
        if one.receipt_on is not None:
            raise ConflictError(f"“{one.name}”的回执已登记（{one.receipt_on}）。")
        _check_day(day, one.sent_on, by, "回执日", "报送日")
        if evidence_id is not None:
            _check_evidence(session, filing, evidence_id)
        one.receipt_on, one.evidence_id = day, evidence_id
        one.receipt_number = words_or_none(number, "回执号", longest=100)
        taken.about = f"{one.name}，{day}" + (f"，{one.receipt_number}" if one.receipt_number else "")
    return one


def publish(session: Session, filing: Filing, place: str, *, by: Actor, on: dt.date | None = None) -> Publication:
    """Write down where the public edition can be read, an address or a newspaper, and since when.

    After the law's day it is written down as late. Raises ForbiddenError before every 主送 has it or for a changed
    version, BadInputError where the public edition carries a secrecy marking.
    """
    where = words(place, "公开的网址或报刊", longest=500)
    day = on or by.on
    with step(session, filing, FilingAct.PUBLISH, by=by) as taken:
        _signed(filing)
        report = bound_report(session, filing)
        unsent = [one.name for one in addressees_of(session, filing, main=True) if one.sent_on is None]
        if unsent:
            raise ForbiddenError(f"尚未报送{'、'.join(unsent)}：主送都报送之后才能公开。")
        _check_day(day, filing.approved_on, by, "公开日", "审签日")
        known = select(Publication).where(
            Publication.filing_id == filing.id, Publication.round == filing.round, Publication.place == where
        )
        if session.exec(known).first() is not None:
            raise ConflictError(f"已登记在此公开：{where}。")
        edition = public_edition(session, report)
        made = Publication(
            filing_id=key(filing.id), round=filing.round, report_id=key(report.id), place=where, on=day,
            left_out=len(edition.left_out), sha256=hashlib.sha256(public_document(edition)).hexdigest(),
            person_id=taken.person_id,
        )  # fmt: skip
        session.add(made)
        filing.published_on = filing.published_on or day
        taken.about = f"{where}，{day}"
    _ask_closure(session, filing, PUBLISH, f"已于 {day} 公开：{where}", by=by)
    return made


def archive(session: Session, filing: Filing, *, by: Actor, number: str, place: str, on: dt.date | None = None) -> None:
    """Put it away under a number: the end of its way. Raises ForbiddenError before it is public."""
    as_number, where = words(number, "档号", longest=100), words(place, "存放处", longest=200)
    day = on or by.on
    with step(session, filing, FilingAct.ARCHIVE, by=by) as taken:
        _signed(filing)
        bound_report(session, filing)
        rows = publications_of(session, filing)
        if not rows:
            raise ForbiddenError(f"{filing.year} 年度报告尚未公开：公开之后才能归档。")
        _check_day(day, rows[0].on, by, "归档日", "公开日")
        filing.archive_number, filing.archive_place, filing.archived_on = as_number, where, day
        taken.becomes, taken.about = FilingState.ARCHIVED, f"{as_number}，{where}"
        tell_next(session, filing, FilingState.ARCHIVED, by=by)


def publications_of(session: Session, filing: Filing) -> list[Publication]:
    """Where it can be read, in this round, the earliest first."""
    query = select(Publication).where(Publication.filing_id == filing.id, Publication.round == filing.round)
    return sorted(session.exec(query), key=lambda one: (one.on, key(one.id)))


def public_edition(session: Session, report: Report) -> Edition:
    """The version without what is internal, and what that leaves out."""
    return edition_of(session, report, public=True)


def public_document(edition: Edition) -> bytes:
    """The edition as a document; the same version gives the same bytes."""
    return render(lay_out_report(edition.compiled))


def _signed(filing: Filing) -> None:
    if filing.approved_on is None:
        raise ForbiddenError(f"{filing.year} 年度报告尚未审签，不能办理：请先由第一责任人审签。")


def _check_day(day: dt.date, first: dt.date | None, by: Actor, what: str, after: str) -> None:
    if day > by.on:
        raise BadInputError(f"{what} {day} 还没有到：应不晚于 {by.on}。")
    if first is not None and day < first:
        raise BadInputError(f"{what} {day} 早于{after} {first}：应在 {first} 至 {by.on} 之间。")


def _check_evidence(session: Session, filing: Filing, evidence_id: int) -> None:
    found = session.get(Evidence, evidence_id)
    item = session.get(WorkItem, found.item_id) if found is not None and found.item_id is not None else None
    if item is None or item.organ_id != filing.organ_id:
        raise NotFoundError(f"没有编号为 {evidence_id} 的佐证材料：请先把回执上传到报送任务，再填它的编号。")


def _ask_closure(session: Session, filing: Filing, code: str, statement: str, *, by: Actor) -> None:
    """Ask for the closure of the item whose day this met, where `by` may and nothing of it is open; else it stays
    for whoever does it, and the page leads there."""
    item = filing_items(session, filing.organ_id, filing.year).get(code)
    if item is None or item.state is not ItemState.ACTIVE or not standings(session, by, Action.REQUEST_CLOSE, item):
        return
    try:
        check_nothing_open(session, item, Action.REQUEST_CLOSE)
    except ForbiddenError:
        return
    if item.start_on is None or item.start_on <= by.on:
        request_close(session, item, by=by, statement=statement)
