"""What pages say beside numbers that lack an archived month, and what they then do not offer."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.office import FIRST, SUPERVISOR, Office
from tests.tasks.archiving.archived_office import TODAY, detached, lived
from tests.web import Visitor, Web

BACK = "请管理员用 duban archive attach 接回 duban-archive-2026-06.zip"
COMPILE, PUBLISH = ">编号留存</button>", ">公布2026年"


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = lived(engine, tmp_path / "home")
    made.today = TODAY
    return made


def archive(office: Office, tmp_path: Path) -> None:
    (tmp_path / "archives").mkdir()
    assert detached(office, tmp_path / "archives") is not None


def page(visitor: Visitor, path: str, **query: str) -> str:
    answer = visitor.get(path, year="2026", **query)
    assert answer.status_code == 200
    return str(answer.text)


def test_a_circular_says_which_months_are_away_and_is_not_offered(office: Office, tmp_path: Path) -> None:
    visitor = Web(office).of(SUPERVISOR)
    query = {"period": "week", "until": "2026-06-17"}
    shown = page(visitor, "/briefs/circular", **query)
    assert (COMPILE in shown, "已归档" in shown) == (True, False)

    archive(office, tmp_path)

    shown = page(visitor, "/briefs/circular", **query)
    assert (COMPILE in shown, BACK in shown) == (False, True)
    answer = visitor.post("/briefs/circular?year=2026", query)
    assert (answer.status_code, BACK in answer.text) == (403, True)


def test_a_score_says_which_months_are_away_and_is_not_offered(office: Office, tmp_path: Path) -> None:
    visitor = Web(office).of(SUPERVISOR)
    shown = page(visitor, "/scores/preview", period="2026-H1")
    assert (PUBLISH in shown, "已归档" in shown) == (True, False)

    archive(office, tmp_path)

    shown = page(visitor, "/scores/preview", period="2026-H1")
    assert (PUBLISH in shown, shown.count(BACK)) == (False, 1)
    assert page(Web(office).of(FIRST), "/scores/preview", period="2026-H1").count(BACK) == 1


def test_the_board_of_a_day_in_an_archived_month_says_so(office: Office, tmp_path: Path) -> None:
    visitor = Web(office).of(FIRST)
    assert "已归档" not in page(visitor, "/board", on="2026-06-17")

    archive(office, tmp_path)

    assert BACK in page(visitor, "/board", on="2026-06-17")
    assert "已归档" not in page(visitor, "/board")
