"""Whatever counts notices or the trail over a span says which months of it are away, and no paper is drawn up from
numbers that are not whole; the report counts none of them.
"""

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from models.archive_seal import ArchiveSeal
from models.database import key, reading, unit_of_work
from models.dates.day_override import office_calendar
from models.dates.days import DAY
from models.dates.span import span_named
from models.errors import ForbiddenError
from models.items.plan import AnnualPlan
from models.ledgers.inspection import Inspection
from models.papers.circular import CircularKind
from models.papers.document import Document, DocumentKind
from models.people.organ import Organ
from models.scores.scoring import DEFAULT_RULE, ScoreEvent
from tasks.archiving.attach import attach_month
from tasks.archiving.detach import Detached
from tasks.draws.verify_draw import verify_draw
from tasks.items.close import reopen
from tasks.ledgers.row_history import history_lacks
from tasks.oversight.compile_circular import circular_lacks, compile_circular, gather_circular
from tasks.oversight.levels_away import levels_away
from tasks.papers.circular import Circular
from tasks.report.figures.gather_figures import gather_figures
from tasks.scores.gather_score_events import gather_score_events, score_lacks
from tasks.scores.publish_scores import publish_scores
from tasks.scores.set_scoring_rule import find_rule
from tasks.trail.months_away import Lacking, lacking_words, months_away
from tests.draws import Draws
from tests.office import FIRST, SUPERVISOR, Office, day
from tests.tasks.archiving.archived_office import BY, TODAY, detached, file_report

LATE = day("2026-06-17")
"""The first item's day has passed and was brought before somebody; it is closed five days later."""
HALF = span_named("2026-H1")
BACK = "请管理员用 duban archive attach 接回 duban-archive-2026-06.zip"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "archives").mkdir()
    return tmp_path / "archives"


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    """An item late in June, closed, opened again and closed in July; the year's report filed."""
    made = Office(any_engine, tmp_path / "home")
    made.assign("普法宣传", due="2026-06-05", on="2026-06-01")
    made.fast_forward("2026-06-22")
    made.close("1", on="2026-06-22")
    made.do(FIRST, reopen, "1", on="2026-06-24", reason="材料不实", due_on=day("2026-07-10"))
    made.fast_forward("2026-07-03")
    made.close("1", on="2026-07-03")
    file_report(any_engine)
    return made


def gone(office: Office, place: Path) -> Detached:
    made = detached(office, place)
    assert made is not None
    assert min(made.seal.notices, made.seal.entries) > 0
    return made


def plan_of(session: Session, office: Office) -> AnnualPlan:
    return session.get_one(AnnualPlan, office.plan_id)


def previewed(office: Office, until: dt.date = LATE) -> tuple[Circular, str]:
    with reading(office.engine) as session:
        plan = plan_of(session, office)
        content = gather_circular(
            session, plan, kind=CircularKind.WEEK, until=until, issued_on=TODAY, calendar=office_calendar(session)
        )
        return content, circular_lacks(session, plan, content, today=TODAY)


def compiled(office: Office, until: dt.date = LATE, *, again: bool = False) -> Document:
    with unit_of_work(office.engine) as session:
        by = office.by(session, SUPERVISOR, TODAY)
        return compile_circular(
            session, plan_of(session, office), by=by, kind=CircularKind.WEEK, until=until,
            calendar=office_calendar(session), again=again,
        )  # fmt: skip


def test_a_circular_whose_levels_are_away_is_refused_until_the_month_is_back(office: Office, place: Path) -> None:
    whole, nothing = previewed(office)
    assert ([row.level != "" for row in whole.overdue], nothing) == ([True], "")

    made = gone(office, place)

    content, said = previewed(office)
    assert content != whole, "else nobody would have to be told"
    assert said.startswith("2026-06 的通知已归档到文件，逾期事项")
    assert BACK in said
    with pytest.raises(ForbiddenError, match="通报没有编号留存。2026-06 的通知已归档到文件"):
        compiled(office)
    assert DocumentKind.CIRCULAR not in {one.kind for one in office.rows(Document)}

    attach_month(office.engine, made.file, by=BY)

    assert previewed(office) == (whole, "")
    assert compiled(office).written_number


def test_a_circular_that_tells_of_nothing_away_is_drawn_up(office: Office, place: Path) -> None:
    first = compiled(office)
    gone(office, place)

    assert compiled(office).id == first.id, "the one of before the archive is given as it was"
    with pytest.raises(ForbiddenError, match="已归档到文件"):
        compiled(office, again=True)
    content, said = previewed(office, until=day("2026-07-17"))
    assert (content.overdue, said) == ((), ""), "nothing was overdue: no level is told"
    assert compiled(office, until=day("2026-07-17")).id != first.id
    with reading(office.engine) as session:
        plan = plan_of(session, office)
        assert levels_away(session, plan, on=LATE, today=TODAY) != ""
        assert levels_away(session, plan, on=TODAY, today=TODAY) == "", "what is overdue today is in no archive"


def reopenings(session: Session, office: Office) -> int:
    found = gather_score_events(
        session, plan_of(session, office), HALF, calendar=office_calendar(session), on=HALF.until_on + DAY
    )
    return sum(fact.event is ScoreEvent.REOPENED for fact in found.facts)


def published(office: Office) -> int:
    with unit_of_work(office.engine) as session:
        run = publish_scores(
            session, plan_of(session, office), by=office.by(session, SUPERVISOR, TODAY), from_on=HALF.from_on,
            until_on=HALF.until_on, rule=find_rule(session, office.organ_id, DEFAULT_RULE),
        )  # fmt: skip
        return key(run.id)


def test_scores_that_lack_reopenings_say_so_and_are_not_published(office: Office, place: Path) -> None:
    def counted() -> tuple[int, str]:
        with reading(office.engine) as session:
            return reopenings(session, office), score_lacks(session, plan_of(session, office), HALF, on=TODAY)

    assert counted() == (1, "")

    made = gone(office, place)

    missing, said = counted()
    assert missing == 0
    assert said.startswith("2026-06 的操作记录已归档到文件，重开的扣分")
    assert BACK in said
    with pytest.raises(ForbiddenError, match="没有公布。2026-06 的操作记录已归档到文件"):
        published(office)
    with reading(office.engine) as session:
        before = span_named("2025-H1")
        assert score_lacks(session, plan_of(session, office), before, on=TODAY) == "", "a span before it lacks nothing"

    attach_month(office.engine, made.file, by=BY)

    assert counted() == (1, "")
    assert published(office) > 0


def test_no_figure_of_the_report_changes_with_an_archive(office: Office, place: Path) -> None:
    def figures() -> list[object]:
        with reading(office.engine) as session:
            organ = session.get_one(Organ, office.organ_id)
            return list(gather_figures(session, organ, plan_of(session, office), on=TODAY))

    before = figures()
    gone(office, place)

    assert figures() == before
    assert before


def test_a_draw_whose_entries_are_away_is_not_said_to_be_changed(
    any_engine: Engine, tmp_path: Path, place: Path
) -> None:
    office = Office(any_engine, tmp_path / "home")
    draws = Draws(office)
    number = draws.drawn()
    office.assign("普法宣传", due="2026-08-31", on="2026-07-01")
    file_report(any_engine)
    made = detached(office, place)
    assert made is not None

    def trail() -> tuple[bool, str]:
        with reading(office.engine) as session:
            checks = verify_draw(session, draws.shown(number))
            return next((one.holds, one.words) for one in checks if one.title == "与审计记录核对")

    def history() -> str:
        with reading(office.engine) as session:
            return history_lacks(session, session.exec(select(Inspection)).first())

    held, said = trail()
    assert (held, said.startswith("2026-06 的操作记录已归档到文件，这次绑定")) == (False, True)
    assert history().startswith("2026-06 的操作记录已归档到文件，这条记录的更正和撤下这里可能没有列全")

    attach_month(office.engine, made.file, by=BY)

    assert (trail()[0], history()) == (True, "")


def test_many_files_are_told_by_the_first(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        for month in range(1, 6):
            first = dt.date(2026, month, 1)
            session.add(
                ArchiveSeal(
                    month=f"{first:%Y-%m}", made_at=BY.now, made_by="甲", file=f"{month}.zip", file_sha256=f"{month}",
                    from_on=first, until_on=first.replace(day=28), notices=month % 2, messages=0, attempts=0,
                    returned=0, entries=1, line="",
                )
            )  # fmt: skip
    with reading(engine) as session:
        first, last = dt.date(2026, 1, 28), dt.date(2026, 4, 1)
        assert [seal.month for seal in months_away(session, first=first, last=last)] == [
            "2026-01",
            "2026-02",
            "2026-03",
            "2026-04",
        ]
        assert [seal.month for seal in months_away(session, lacking=Lacking.NOTICES, first=first, last=last)] == [
            "2026-01",
            "2026-03",
        ]
        said = lacking_words(session, Lacking.TRAIL, "少了", first=first, last=last)
        assert said == (
            "2026-01、2026-02、2026-03、2026-04 的操作记录已归档到文件，少了："
            "请管理员用 duban archive attach 接回 1.zip、2.zip、3.zip等（文件见 duban archive list），再看。"
        )
