"""Correcting what one reported: the words are right from then on, and the trail keeps what stood there."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.audit import AuditEntry
from models.errors import BadInputError, ForbiddenError
from models.items.progress import ProgressEntry
from tasks.items.correct_progress import correct_progress
from tests.item_forms import fill
from tests.office import HANDLER, HEAD, Office, day
from tests.web import Web, field_value


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    made = Office(any_engine, tmp_path / "home")
    made.assign("普法宣传", due="2026-06-30", on="2026-06-01")
    made.report("1", percent=20, on="2026-06-03")
    made.report("1", percent=80, on="2026-06-05")
    return made


def test_the_newest_entry_is_put_right_and_the_old_words_stay_on_record(office: Office) -> None:
    was = office.rows(ProgressEntry)[-1].text

    office.do(HANDLER, correct_progress, "1", on="2026-06-08", content="完成四成", percent=40, reason="误填")

    first, newest = office.rows(ProgressEntry)
    assert (newest.text, newest.percent, newest.on) == ("完成四成", 40, day("2026-06-05"))
    assert (first.percent, office.item("1").percent) == (20, 40)
    entry = next(one for one in office.rows(AuditEntry) if one.action == "correct")
    name = f"progress_entry:{newest.id}"
    assert (entry.before[name]["text"], entry.after[name]["text"], entry.reason) == (was, "完成四成", "误填")


def test_without_its_percentage_the_one_before_counts_again(office: Office) -> None:
    office.do(HANDLER, correct_progress, "1", on="2026-06-08", content="未核实", reason="误填")
    assert office.item("1").percent == 20


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"content": "", "reason": "误填"}, "进展内容"),
        ({"content": "完成", "reason": ""}, "更正理由"),
        ({"content": "完成", "percent": 101, "reason": "误填"}, "不在 0 到 100"),
    ],
)
def test_what_will_not_do_is_said(office: Office, given: dict[str, object], why: str) -> None:
    with pytest.raises(BadInputError, match=why):
        office.do(HANDLER, correct_progress, "1", on="2026-06-08", **given)


def test_nothing_to_correct_is_said(office: Office) -> None:
    newest = office.rows(ProgressEntry)[-1]
    with pytest.raises(BadInputError, match="与原来填报的相同"):
        office.do(HANDLER, correct_progress, "1", on="2026-06-08", content=newest.text, percent=80, reason="误填")
    with pytest.raises(ForbiddenError, match="没有您本人填报的进展"):
        office.do(HEAD, correct_progress, "1", on="2026-06-08", content="代改", reason="误填")


def test_the_form_holds_what_was_reported_and_the_item_s_page_tells_both(office: Office) -> None:
    office.today = day("2026-06-08")
    handler = Web(office).of(HANDLER)
    was = office.rows(ProgressEntry)[-1].text
    html = handler.get("/items/1/correct").text

    assert was in html
    assert field_value(html, "percent") == "80"
    page = fill(handler, "/items/1/correct", content="完成四成", percent="40", reason="误填")
    assert "任务 1 6月5日的进展已更正，原来的内容留在操作记录中。" in page
    assert "更正进展" in page
    assert f"原为 {was}" in page
