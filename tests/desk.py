"""A report on the desk: what the stories about editing it are told with."""

import datetime as dt
from dataclasses import dataclass

from sqlmodel import Session, col, select

from models.actor import Actor, Channel
from models.clock import opening_of
from models.database import key
from models.people.person import Role
from models.report.report import Report, ReportBlock, ReportSection
from tasks.report.compiling.compile_report import newest_report
from tasks.report.desk.at_desk import block_hash
from tests.report_year import ReportYear, a_year, day

CHEN, LIU = "陈督办", "刘督办"


@dataclass
class DeskYear:
    """A year whose report is compiled, and two people who work on it."""

    session: Session
    year: ReportYear
    people: dict[str, int]

    @property
    def newest(self) -> Report:
        found = newest_report(self.session, self.year.organ, 2025)
        assert found is not None
        return found

    def by(self, name: str = CHEN, on: dt.date | None = None) -> Actor:
        on = on or day("2026-01-15")
        return Actor(name, Channel.WEB, on, opening_of(on), self.people[name])

    def block(self, key: str, report: Report | None = None) -> ReportBlock:
        of_report = select(ReportBlock).join(ReportSection, col(ReportSection.id) == ReportBlock.section_id)
        report = report or self.newest
        return self.session.exec(of_report.where(ReportSection.report_id == report.id, ReportBlock.key == key)).one()

    def seen(self, key: str) -> str:
        return block_hash(self.block(key))

    def listed(self, *, withdrawn: bool = False) -> list[str]:
        """The blocks of the newest version in order, those withdrawn only where asked for."""
        query = (
            select(ReportBlock)
            .join(ReportSection, col(ReportSection.id) == ReportBlock.section_id)
            .where(ReportSection.report_id == self.newest.id)
            .order_by(col(ReportSection.ordinal), col(ReportBlock.ordinal))
        )
        return [one.key for one in self.session.exec(query) if withdrawn or not one.withdrawn]

    def bind(self) -> Report:
        """As filing does when the version is sent on."""
        report = self.newest
        report.content_hash = "0" * 64
        self.session.flush()
        return report


def on_the_desk(session: Session) -> DeskYear:
    """The year of `tests.report_year`, compiled."""
    year = a_year(session)
    people = {name: key(year.person(name, Role.SUPERVISOR).id) for name in (CHEN, LIU)}
    year.compile()
    return DeskYear(session, year, people)
