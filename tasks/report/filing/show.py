"""Where a year's report stands, with all that goes along with it: for the page, the command and programs."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from models.actor import Actor
from models.dates.workdays import WorkCalendar
from models.items.explanation import distance
from models.items.item import WorkItem
from models.ladder.light import Light
from models.people.organ import Organ
from models.report.filing import (
    ORDER,
    Filing,
    FilingAct,
    FilingState,
    FilingStep,
    legal_last_day,
    public_last_day,
)
from models.report.filing_rows import Addressee, Consultation, Publication
from models.report.report import Report
from tasks.report.compiling.compile_report import newest_report
from tasks.report.compiling.marks import MarkKind
from tasks.report.compiling.report_hash import short_hash
from tasks.report.filing.addressees import addressees_of
from tasks.report.filing.check import FilingFinding, ready
from tasks.report.filing.consult import consultations_of
from tasks.report.filing.deadlines import FILE, OWN, PUBLISH, filing_items, own_day
from tasks.report.filing.send import publications_of
from tasks.report.filing.step import filing_of, open_acts, steps_of

_NEAR = 5
"""Working days: from then on a day is near, as the ladders of the presets have it."""


@dataclass(frozen=True)
class FilingDay:
    """One day the report is to be met by: what for, when it was met, and what that looks like on the day asked."""

    code: str
    what: str
    due_on: dt.date
    done_on: dt.date | None
    light: Light
    distance: str
    item: WorkItem | None

    @property
    def words(self) -> str:
        done = f"{self.done_on} 完成" if self.done_on else self.distance
        late = "，逾期" if self.done_on and self.done_on > self.due_on else ""
        listed = f"，任务 {self.item.number}（{self.item.state.label}）" if self.item else "，未列入计划"
        return f"{self.what} {self.due_on}：{done}{late}{listed}"


@dataclass(frozen=True)
class FilingShown:
    """The report's way as of a day. `bound` is the version on its way, `newest` the one at the desk."""

    filing: Filing | None
    bound: Report | None
    newest: Report | None
    days: list[FilingDay]
    consultations: list[Consultation]
    addressees: list[Addressee]
    publications: list[Publication]
    looked_at: Report | None
    """The version that the findings are about."""
    findings: list[FilingFinding]
    log: list[FilingStep]
    acts: set[FilingAct]

    @property
    def marks(self) -> dict[str, int]:
        """How many of the findings are marks in the text, by kind, as `report check` counts them."""
        return {kind.value: sum(one.kind.value == kind.value for one in self.findings) for kind in MarkKind}

    @property
    def state(self) -> FilingState:
        return self.filing.state if self.filing else FilingState.DRAFTING

    @property
    def hash(self) -> str:
        """The beginning of the hash of the version on its way."""
        return short_hash(self.filing.content_hash) if self.filing else ""

    @property
    def steps(self) -> list[tuple[FilingState, str]]:
        """Every step, with whether it is done, the present one, or to come."""
        here = ORDER.index(self.state)
        ended = self.state is FilingState.ARCHIVED
        return [
            (state, "done" if place < here or ended else "here" if place == here else "")
            for place, state in enumerate(ORDER)
        ]

    @property
    def version_words(self) -> str:
        if self.bound is None:
            return f"（第 {self.newest.version} 版未送审）" if self.newest else "（尚未编制）"
        return f"（第 {self.bound.version} 版，校验码 {self.hash}）"

    def as_dict(self, units: Mapping[int | None, str]) -> dict[str, Any]:
        """For programs; `units` names the departments asked."""
        filing = self.filing
        return {
            "state": self.state,
            "version": self.bound.version if self.bound else None,
            "hash": filing.content_hash if filing else None,
            "approved_on": filing.approved_on if filing else None,
            "filed_on": filing.delivered_on if filing else None,
            "filed_late": bool(filing and filing.filed_late),
            "published_on": filing.published_on if filing else None,
            "published_late": bool(filing and filing.published_late),
            "days": [
                {"code": day.code, "due_on": day.due_on, "done_on": day.done_on, "light": day.light,
                 "item": day.item.number if day.item else None}
                for day in self.days
            ],
            "consultations": [
                {"id": one.id, "department": units[one.id], "due_on": one.due_on, "replied_on": one.replied_on,
                 "waived_on": one.waived_on, "opinion": one.opinion, "adopted": one.adoption, "reason": one.reason}
                for one in self.consultations
            ],
            "addressees": [
                {"name": one.name, "kind": one.kind, "sent_on": one.sent_on, "way": one.way,
                 "receipt_on": one.receipt_on, "receipt_number": one.receipt_number}
                for one in self.addressees
            ],
            "publications": [
                {"place": one.place, "on": one.on, "left_out": one.left_out} for one in self.publications
            ],
            **self.marks,
            "findings": [{"kind": one.kind, "words": one.words, "block": one.block} for one in self.findings],
            "log": [
                {"act": row.deed, "from": row.from_state, "to": row.to_state, "person": row.person_id, "on": row.on,
                 "reason": row.reason, "about": row.about, "hash": row.content_hash}
                for row in self.log
            ],
            "may": sorted(self.acts),
        }  # fmt: skip


def show_filing(session: Session, organ: Organ, year: int, *, by: Actor, calendar: WorkCalendar) -> FilingShown:
    """The way of the year's report as `by` sees it on `by.on`."""
    filing, newest = filing_of(session, organ, year), newest_report(session, organ, year)
    bound = session.get_one(Report, filing.report_id) if filing and filing.report_id else None
    # While it is drafted the version at the desk is what has to be put right, afterwards the one on its way.
    looked_at = newest if filing is None or filing.state is FilingState.DRAFTING else bound
    over = filing is not None and ORDER.index(filing.state) > ORDER.index(FilingState.SIGN_OFF)
    return FilingShown(
        filing=filing,
        bound=bound,
        newest=newest,
        days=days_of(session, organ, year, filing, on=by.on, calendar=calendar),
        consultations=consultations_of(session, filing) if filing else [],
        addressees=addressees_of(session, filing) if filing else [],
        publications=publications_of(session, filing) if filing else [],
        looked_at=looked_at,
        findings=ready(session, looked_at, on=by.on) if looked_at is not None and not over else [],
        log=steps_of(session, filing) if filing else [],
        acts=open_acts(session, by, filing or Filing(organ_id=organ.id or 0, year=year)) if newest else set(),
    )


def days_of(
    session: Session, organ: Organ, year: int, filing: Filing | None, *, on: dt.date, calendar: WorkCalendar
) -> list[FilingDay]:
    """The days of the report, the earliest first."""
    items = filing_items(session, organ.id or 0, year)
    own = own_day(session, organ.id or 0, year)
    filed, public = (filing.delivered_on, filing.published_on) if filing else (None, None)
    wanted = [
        (OWN, "本单位自定的报送日", own, filed),
        (FILE, "报送的法定期限", legal_last_day(year), filed),
        (PUBLISH, "公开的法定期限", public_last_day(year), public),
    ]
    return [
        FilingDay(code, what, due, done, _light(due, done, on, calendar), distance(due, on=on, calendar=calendar),
            items.get(code))
        for code, what, due, done in wanted
        if due is not None
    ]  # fmt: skip


def _light(due: dt.date, done: dt.date | None, on: dt.date, calendar: WorkCalendar) -> Light:
    if done is not None:
        return Light.BLUE if done <= due else Light.RED
    if on > due:
        return Light.RED
    return Light.YELLOW if calendar.between(on, due) <= _NEAR else Light.GREEN
