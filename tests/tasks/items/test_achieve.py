"""What a report says of something done can be written when the work is over: on record, and at no cost."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.audit import AuditEntry
from models.errors import BadInputError, ForbiddenError
from models.items.item import Deadline, ItemState
from models.items.progress import ProgressEntry
from tasks.items.achieve import achieve
from tests.item_forms import fill
from tests.office import HANDLER, SUPERVISOR, Office, day
from tests.web import Web


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    made = Office(any_engine, tmp_path / "home")
    made.assign("普法宣传", due="2026-06-30", on="2026-06-01")
    return made


def test_an_achievement_is_added_after_closing_and_nothing_else_changes(office: Office) -> None:
    office.report("1", percent=80, on="2026-06-05")
    office.close("1", on="2026-06-08")
    before = office.rows(Deadline), office.item("1").model_dump()

    office.do(SUPERVISOR, achieve, "1", on="2027-01-05", achievement="举办宣传活动3场。")
    office.do(SUPERVISOR, achieve, "1", on="2027-01-06", achievement="举办宣传活动4场。")

    [entry] = office.rows(ProgressEntry)
    assert (entry.achievement, str(entry.on)) == ("举办宣传活动4场。", "2026-06-05")
    assert office.item("1").state is ItemState.CLOSED
    assert (office.rows(Deadline), office.item("1").model_dump()) == before
    first, second = [one for one in office.rows(AuditEntry) if one.action == "achieve"]
    name = f"progress_entry:{entry.id}"
    assert (first.before[name]["achievement"], second.before[name]["achievement"]) == (None, "举办宣传活动3场。")


def test_without_words_the_last_progress_is_taken(office: Office) -> None:
    office.report("1", percent=80, on="2026-06-05")
    office.close("1", on="2026-06-08")
    last = office.rows(ProgressEntry)[-1].text

    office.do(HANDLER, achieve, "1", on="2026-06-09")

    assert office.rows(ProgressEntry)[-1].achievement == last
    with pytest.raises(BadInputError, match="与原来的成效相同"):
        office.do(HANDLER, achieve, "1", on="2026-06-10")


def test_of_work_that_was_never_reported_on_the_words_are_asked_for(office: Office) -> None:
    office.close("1", on="2026-06-08")
    with pytest.raises(BadInputError, match="没有填报过进展：请写明成效"):
        office.do(SUPERVISOR, achieve, "1", on="2027-01-05")

    office.do(SUPERVISOR, achieve, "1", on="2027-01-05", achievement="举办宣传活动3场。")

    [entry] = office.rows(ProgressEntry)
    assert (str(entry.on), entry.percent, entry.achievement) == ("2027-01-05", None, "举办宣传活动3场。")


def test_what_is_still_in_work_is_told_with_its_progress(office: Office) -> None:
    office.report("1", percent=80, on="2026-06-05")
    with pytest.raises(ForbiddenError, match="现为“在办”，不能补记成效"):
        office.do(SUPERVISOR, achieve, "1", on="2026-06-08", achievement="举办宣传活动3场。")


def test_the_form_offers_the_last_progress_and_the_page_tells_what_stood_there(office: Office) -> None:
    office.report("1", percent=80, on="2026-06-05")
    office.close("1", on="2026-06-08")
    office.do(SUPERVISOR, achieve, "1", on="2026-06-09", achievement="举办宣传活动3场。")
    office.today = day("2026-06-10")
    supervisor = Web(office).of(SUPERVISOR)

    assert "举办宣传活动3场。</textarea>" in supervisor.get("/items/1/achieve").text
    fill(supervisor, "/items/1/achieve", achievement="举办宣传活动4场。")

    page = supervisor.read("/items/1")
    assert "补记成效" in page
    assert "原为 举办宣传活动3场" in page
