"""Which organs lie below one, which of them have filed their year-end report, when, and whether that was in time."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from models.coded import Coded
from models.database import key
from models.errors import NotFoundError
from models.people.organ import Organ
from models.report.filing import Filing, FilingState, legal_last_day
from models.report.received_report import PackageKind, ReceivedReport
from models.report.report import Report

_DELIVERED = (FilingState.PUBLISHING, FilingState.ARCHIVED)
"""Where the version a filing names is the one that was delivered."""


class FiledState(Coded):
    """Where the report of an organ below stands, as the organ above can see it."""

    RECEIVED = "received", "已报送"
    DELIVERED = "delivered", "已报送（本系统内）"
    UNDER_REVIEW = "under_review", "审核中，未报送"
    COMPILED = "compiled", "已编制，未报送"
    DRAFT = "draft", "收到草稿，未报送"
    MISSING = "missing", "未报送"


@dataclass(frozen=True)
class Filed:
    """One organ below. `report` is what counts of what it sent as a package, `delivered` the version it filed where its
    own records lie in this database too; `filing` is where its report stands there, None before it was sent on.

    `first_on` is the day it first filed; `late` says whether that was after the last day, or the day has passed.
    """

    organ: Organ
    state: FiledState
    filing: Filing | None
    report: ReceivedReport | None
    delivered: Report | None
    first_on: dt.date | None
    packages: int
    draft: ReceivedReport | None
    """The newest draft it sent, which counts as nothing."""
    late: bool

    @property
    def has_filed(self) -> bool:
        return self.state in (FiledState.RECEIVED, FiledState.DELIVERED)

    @property
    def version(self) -> int | None:
        """The sender's number of what counts."""
        counting = self.report or self.delivered
        return counting.version if counting else None


def organs_below(session: Session, organ: Organ) -> Sequence[Organ]:
    """The organs directly below, by their codes."""
    return session.exec(select(Organ).where(Organ.parent_id == organ.id).order_by(col(Organ.code))).all()


def find_below(session: Session, organ: Organ, named: str) -> Organ:
    """The one with this code or name. Raises NotFoundError that names all there are."""
    below = organs_below(session, organ)
    for one in below:
        if named.strip() in (one.code, one.name):
            return one
    if not below:
        raise NotFoundError(f"{organ.name}没有登记下级单位：请先在“人员”中导入写明下级单位及其上级的名册。")
    known = "、".join(f"{one.name}（{one.code}）" for one in below)
    raise NotFoundError(f"“{named.strip()[:100]}”不是{organ.name}的下级单位；下级单位有：{known}。")


def who_filed(session: Session, organ: Organ, year: int, *, on: dt.date) -> list[Filed]:
    """Every organ directly below, by its code, as of `on`; one whose own records lie in this database is seen on its
    way before it files."""
    below = organs_below(session, organ)
    if not below:
        return []
    ids = [key(one.id) for one in below]
    received = received_reports(session, organ, year, until=on)
    drafts = received_reports(session, organ, year, until=on, kind=PackageKind.DRAFT)
    filings, reports = _at_desk(session, ids, year)
    return [
        _filed(
            one,
            received.get(key(one.id), []),
            drafts.get(key(one.id), []),
            filings.get(key(one.id)),
            reports.get(key(one.id), {}),
            year,
            on,
        )
        for one in below
    ]


def received_reports(
    session: Session,
    organ: Organ,
    year: int,
    *,
    until: dt.date | None = None,
    kind: PackageKind = PackageKind.FILED,
) -> dict[int, list[ReceivedReport]]:
    """What the organ received of a year, by sender; of each first the one that counts: the highest version, of that
    the internal edition, of that the one received last. A draft is none of what was filed."""
    query = select(ReceivedReport).where(
        ReceivedReport.organ_id == organ.id, ReceivedReport.year == year, ReceivedReport.kind == kind
    )
    counting = (col(ReceivedReport.version).desc(), col(ReceivedReport.public), col(ReceivedReport.id).desc())
    if until is not None:
        query = query.where(ReceivedReport.received_on <= until)
    by_sender: dict[int, list[ReceivedReport]] = {}
    for row in session.exec(query.order_by(*counting)):
        by_sender.setdefault(row.sender_id, []).append(row)
    return by_sender


def received_years(session: Session, organ: Organ) -> Sequence[int]:
    """The years of which the organ received reports."""
    return session.exec(select(ReceivedReport.year).where(ReceivedReport.organ_id == organ.id).distinct()).all()


def _at_desk(
    session: Session, organ_ids: list[int], year: int
) -> tuple[dict[int, Filing], dict[int, dict[int, Report]]]:
    """By organ: how far its report has come in this database, and its versions by id."""
    filings = session.exec(select(Filing).where(col(Filing.organ_id).in_(organ_ids), Filing.year == year))
    reports: dict[int, dict[int, Report]] = {}
    for report in session.exec(select(Report).where(col(Report.organ_id).in_(organ_ids), Report.year == year)):
        reports.setdefault(report.organ_id, {})[key(report.id)] = report
    return {filing.organ_id: filing for filing in filings}, reports


def _filed(
    organ: Organ, received: list[ReceivedReport], drafts: list[ReceivedReport], filing: Filing | None,
    reports: dict[int, Report], year: int, on: dt.date,
) -> Filed:  # fmt: skip
    delivered_on = filing.delivered_on if filing and filing.delivered_on and filing.delivered_on <= on else None
    days = [row.received_on for row in received] + ([delivered_on] if delivered_on else [])
    first = min(days, default=None)
    if received:
        state = FiledState.RECEIVED
    elif delivered_on:
        state = FiledState.DELIVERED
    elif filing is not None and filing.report_id is not None:
        state = FiledState.UNDER_REVIEW
    elif reports:
        state = FiledState.COMPILED
    else:
        state = FiledState.DRAFT if drafts else FiledState.MISSING
    return Filed(
        organ, state, filing, received[0] if received else None,
        reports.get(filing.report_id or 0) if filing and delivered_on and filing.state in _DELIVERED else None,
        first, len(received), drafts[0] if drafts else None, late=(first or on) > legal_last_day(year),
    )  # fmt: skip
