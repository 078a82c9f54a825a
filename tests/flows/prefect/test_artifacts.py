"""What a run leaves in Prefect: numbers, versions, links; no names, no titles, and no reason to fail."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from flows.prefect import artifacts
from flows.round import Round
from flows.steps import tell_progress, told_progress
from models.engine.shard import Shard
from models.items.plan import AnnualPlan
from tests.office import HANDLER, Office


@pytest.fixture(autouse=True)
def within_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT__RUNTIME__FLOW_RUN__ID", "0a3e8a0e-0000-4000-8000-000000000001")


@pytest.fixture
def left(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The Markdown of every artifact."""
    made: list[str] = []
    monkeypatch.setattr(artifacts, "create_markdown_artifact", lambda markdown, **_: made.append(markdown))
    return made


def told(office: Office, left: list[str], rhythm: str, result: dict[str, Any]) -> str:
    artifacts.leave_artifact(office.engine, office.settings, rhythm, "某项工作 2026", result)
    return left[-1]


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    return Office(engine, tmp_path / "home", office_url="https://duban.example")


def test_a_sweep_tells_whom_it_reached_by_rung_and_post(office: Office, left: list[str]) -> None:
    office.assign("普法宣传", due="2026-06-10", on="2026-06-01")
    office.fast_forward("2026-06-02", send=False)
    swept = office.sweep("2026-06-03")
    counts = {"reminders": swept.reminders, "escalations": swept.escalations, "late": 0, "held": 0}

    said = told(office, left, "daily_supervision", {**counts, "on": "2026-06-03", "sheets": [], "problems": []})

    assert "提醒 1 条，升级督办 0 条" in said
    assert "| 提醒 | 到期前7天 | 承办人 | 1 | 1 |" in said
    assert HANDLER not in said
    assert "普法宣传" not in said
    assert said.endswith("[系统运行](https://duban.example/system)")


def test_a_report_is_told_by_its_version_with_a_link_and_a_failure_without_its_words(
    office: Office, left: list[str]
) -> None:
    reports = [
        {"organ": "某局", "version": 3, "report": 17},
        {"organ": "某|镇", "problem": "“不该说的题目”没有填齐"},
    ]

    said = told(office, left, "year_end_report", {"year": 2025, "reports": reports})

    assert "| 某局 | [第 3 版](https://duban.example/reports/17) |" in said
    assert "| 某 镇 | 未能完成，原因见“系统运行” |" in said
    assert "不该说的题目" not in said


@pytest.mark.parametrize(
    ("rhythm", "result", "said"),
    [
        ("brief", {"briefs": [{"organ": "某局", "document": 5, "number": None}]}, "[已编印](https://duban.example/documents/5.docx)"),
        ("year_opening", {"plans": [{"organ": "某局", "made": 9, "incomplete": 2}]}, "编入 9 项，其中待补齐 2 项"),
        ("delivery", {"on": "2026-06-03", "sent": 4, "failed": 0, "early": False}, "| 已发送 | 4 |"),
        ("brief", {"on": "2026-06-03", "stopped": "与上次相隔过久"}, "已停下，等人确认：与上次相隔过久"),
    ],
)  # fmt: skip
def test_every_rhythm_tells_what_came_of_it(
    office: Office, left: list[str], rhythm: str, result: dict[str, Any], said: str
) -> None:
    assert said in told(office, left, rhythm, result)


def test_a_prefect_that_takes_nothing_stops_no_run(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("gone")

    for name in ("create_markdown_artifact", "create_progress_artifact"):
        monkeypatch.setattr(artifacts, name, refuse)

    artifacts.leave_artifact(office.engine, office.settings, "delivery", "通知发送", {})
    with artifacts.shown_progress("brief", "简报"):
        tell_progress(0, 40)

    assert [record.__dict__["action"] for record in caplog.records] == ["artifact_failed", "artifact_failed"]


def test_long_work_over_many_organs_shows_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[float, str]] = []

    def note(made: str) -> Callable[..., str]:
        def noted(*given: Any, description: str, **_: object) -> str:
            seen.append((given[-1], description))
            return made

        return noted

    monkeypatch.setattr(artifacts, "create_progress_artifact", note("first"))
    monkeypatch.setattr(artifacts, "update_progress_artifact", note("again"))
    with artifacts.shown_progress("brief", "简报"):
        for done in range(300):
            tell_progress(done, 300)
    with artifacts.shown_progress("brief", "简报"):
        tell_progress(1, 5)
    tell_progress(7, 300)

    assert len(seen) == 100
    assert seen[0] == (0.0, "简报：0/300 个单位")
    assert seen[-1] == (99.0, "简报：297/300 个单位")


def test_a_rhythm_over_organs_says_how_far_it_is(office: Office) -> None:
    said: list[tuple[int, int]] = []
    token = told_progress.set(lambda done, of: said.append((done, of)))

    going = Round(office.engine, "简报", Shard())
    going.over(select(AnnualPlan).where(AnnualPlan.year == 2026), lambda *_: {})

    told_progress.reset(token)
    assert said
    assert said == [(done, len(said)) for done in range(len(said))]
