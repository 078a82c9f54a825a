"""The one way an act upon a report on its way goes: permission, step, the act itself, the new step, and the log."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import text
from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import key
from models.errors import ConflictError, ForbiddenError, NotFoundError
from models.people.organ import Organ
from models.report.filing import FLOW, Filing, FilingAct, FilingState, FilingStep
from models.report.report import Report
from tasks.acting.audit import Record, recorded
from tasks.acting.authorize import Standing, authorize_organ
from tasks.report.compiling.report_hash import content_hash, short_hash
from tasks.report.filing.consent_to_report import consent_to_report, is_consent, may_take, standing_by_post


@dataclass
class FilingDeed:
    """An act under way. The body sets `becomes` where the report goes to another step, and what the log is to say."""

    filing: Filing
    by: Actor
    standing: Standing
    record: Record
    becomes: FilingState | None = None
    about: str | None = None
    findings: list[str] = field(default_factory=list)

    @property
    def person_id(self) -> int:
        """Who acts: every grant of these acts is a person's."""
        return key(self.by.person_id)

    @property
    def for_id(self) -> int | None:
        return self.standing.seat.for_id


@contextmanager
def step(
    session: Session,
    filing: Filing,
    act: FilingAct,
    *,
    by: Actor,
    reason: str | None = None,
    seen: str | None = None,
    standing: Standing | None = None,
) -> Iterator[FilingDeed]:
    """Do `act` on the report as `by`; its row is held until the transaction ends, so of two at once one waits and is
    told what the other did.

    `seen` is the beginning of the hash of the version the act was thought out upon. An act for a department comes with
    its `standing`; a consent is given by whoever had no hand in the version. Raises ForbiddenError that names the step,
    or who may; ConflictError for another version than seen.
    """
    transition = FLOW[act]
    session.flush()
    session.refresh(filing, with_for_update=True)
    standing = standing or standing_by_post(session, by, filing, act)
    standing = standing or authorize_organ(session, by, transition.action, filing.organ_id)
    if filing.state not in transition.sources:
        when = "、".join(f"“{state.label}”" for state in transition.sources)
        raise ForbiddenError(
            f"{filing.year} 年度报告现在“{filing.state.label}”环节，不能{act.label}：须在{when}环节办理。"
        )
    if seen and not (filing.content_hash or "").startswith(seen):
        raise ConflictError(
            f"{filing.year} 年度报告已换成另一版（校验码 {short_hash(filing.content_hash)}）："
            "请看过新送审的一版再办理。"
        )
    if is_consent(act):
        standing = consent_to_report(session, by, filing, act)
    with recorded(
        session, by, transition.action, organ_id=filing.organ_id, for_id=standing.seat.for_id, reason=reason
    ) as record:
        taken = FilingDeed(filing, by, standing, record)
        yield taken
        was = filing.state
        if taken.becomes is not None:
            if taken.becomes not in transition.to:
                raise LookupError(f"{act} leads to {transition.to}, not to {taken.becomes}")
            filing.state = taken.becomes
        filing.steps += 1
        session.add(
            FilingStep(
                filing_id=key(filing.id), ordinal=filing.steps, deed=act, round=filing.round, from_state=was,
                to_state=filing.state, person_id=taken.person_id, for_id=taken.for_id, on=by.on, at=by.now,
                reason=reason, about=taken.about[:300] if taken.about else None, report_id=filing.report_id,
                content_hash=filing.content_hash, findings=taken.findings,
            )
        )  # fmt: skip
        session.flush()


def open_filing(session: Session, organ: Organ, year: int) -> Filing:
    """The row that says where the year's report stands, made when first needed; called inside an act."""
    filing = filing_of(session, organ, year)
    if filing is None:
        # Of two who need it at once the second finds what the first made.
        session.execute(
            text(
                "INSERT INTO filing (organ_id, year, state, round, steps) VALUES (:organ, :year, 'drafting', 0, 0)"
                " ON CONFLICT DO NOTHING"
            ),
            {"organ": organ.id, "year": year},
        )
        filing = filing_of(session, organ, year)
    if filing is None:
        raise LookupError("the row just written is not there")
    return filing


def filing_of(session: Session, organ: Organ, year: int) -> Filing | None:
    """Where the year's report stands; None as long as nothing was sent on."""
    return session.exec(select(Filing).where(Filing.organ_id == organ.id, Filing.year == year)).first()


def filing_of_report(session: Session, report: Report) -> Filing | None:
    """Where this very version stands; None where it is not the one that was sent on last."""
    return session.exec(select(Filing).where(Filing.report_id == report.id)).first()


def find_filing(session: Session, organ: Organ, year: int) -> Filing:
    """The same. Raises NotFoundError that says what to do."""
    found = filing_of(session, organ, year)
    if found is None:
        raise NotFoundError(f"{organ.name} {year} 年度报告还没有送审：请先在“年度报告”中编制，再送审。")
    return found


def bound_report(session: Session, filing: Filing) -> Report:
    """The version that is on its way, as it was when it was sent on.

    Raises ForbiddenError where its content is not what was bound then: such a version goes nowhere but back.
    """
    if filing.report_id is None:
        raise ForbiddenError(f"{filing.year} 年度报告还没有送审的版本。")
    report = session.get_one(Report, filing.report_id)
    session.refresh(report)
    if content_hash(session, report) != filing.content_hash:
        raise ForbiddenError(
            f"{filing.year} 年度报告第 {report.version} 版的内容与送审时"
            f"（校验码 {short_hash(filing.content_hash)}）不符，不能继续办理：请退回，核实后重新送审。"
        )
    return report


def steps_of(session: Session, filing: Filing) -> list[FilingStep]:
    """The log, oldest first."""
    query = select(FilingStep).where(FilingStep.filing_id == filing.id).order_by(col(FilingStep.ordinal))
    return list(session.exec(query))


def open_acts(session: Session, by: Actor, filing: Filing) -> set[FilingAct]:
    """What `by` may do now for the organ as a whole, conditions aside; opinions of departments aside."""
    return {
        act
        for act, transition in FLOW.items()
        if filing.state in transition.sources and may_take(session, by, filing, act)
    }
