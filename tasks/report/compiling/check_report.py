"""Everything about a year's figures that has to be seen before its report goes out."""

import datetime as dt
from dataclasses import dataclass

from sqlmodel import Session

from models.clock import day_of
from models.people.organ import Organ
from models.report.figure import Figure
from models.report.report import Report
from tasks.people.find import find_plan
from tasks.report.compiling.compile_report import newest_report
from tasks.report.compiling.marks import count_marks, marks_of
from tasks.report.compiling.read_back import read_back
from tasks.report.figures.check_figures import Finding, Severity, check_figures, last_year_figures
from tasks.report.figures.gather_figures import gather_figures, reported_figures


@dataclass(frozen=True)
class Checked:
    """`report` is the version that was checked, None where none is compiled yet: then the records alone are.

    `marks` counts what is still marked in the version, by kind.
    """

    report: Report | None
    findings: list[Finding]
    marks: dict[str, int]
    compared: bool
    """Whether there was a last year to compare with."""

    @property
    def wrong(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.severity is Severity.WRONG]

    @property
    def to_look_at(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.severity is Severity.LOOK]


def check_year(session: Session, organ: Organ, year: int, *, on: dt.date) -> Checked:
    """The newest version of the year's report, or its records as of `on`. Raises NotFoundError without a plan."""
    report = newest_report(session, organ, year)
    if report is not None:
        return check_report(session, report)
    return _checked(session, organ, year, on, None)


def check_report(session: Session, report: Report) -> Checked:
    """A version: the figures it states, and all that its year's records count as of the day it bears."""
    written = (report.paper or {}).get("dated_on")
    on = dt.date.fromisoformat(written) if written else day_of(report.compiled_at)
    return _checked(session, session.get_one(Organ, report.organ_id), report.year, on, report)


def _checked(session: Session, organ: Organ, year: int, on: dt.date, report: Report | None) -> Checked:
    last = last_year_figures(session, organ, year, until=on)
    stated = reported_figures(session, report) if report else []
    counted = gather_figures(session, organ, find_plan(session, organ, year), on=on)
    # A figure that the text states is checked as stated; one check of the two may find what the other does not.
    findings = [*check_figures(stated, last), *check_figures(_besides(counted, stated), last)]
    findings += check_figures(counted)
    ordered = sorted(dict.fromkeys(findings), key=lambda finding: finding.severity is not Severity.WRONG)
    marks = count_marks(marks_of(read_back(session, report)) if report else [])
    return Checked(report, ordered, marks, last is not None)


def _besides(counted: list[Figure], stated: list[Figure]) -> list[Figure]:
    known = {figure.code for figure in stated}
    return [figure for figure in counted if figure.code not in known]
