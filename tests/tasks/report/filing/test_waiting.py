"""What of a report on its way waits for whom: shown at the desk of whoever may do it, and of nobody else."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.database import unit_of_work
from tasks.report.filing.waiting import waiting_filings
from tests.filing import FINANCE, FINANCE_HEAD, FilingOffice
from tests.office import FIRST, HANDLER, HEAD, LEADER, OUTSIDER, SUPERVISOR
from tests.web import Web

EVERYBODY = (HANDLER, HEAD, FINANCE_HEAD, LEADER, FIRST, SUPERVISOR, OUTSIDER)


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> FilingOffice:
    return FilingOffice(engine, tmp_path / "home")


def waiting(office: FilingOffice) -> dict[str, list[str]]:
    """What waits for each who has something waiting."""
    with unit_of_work(office.engine) as session:
        seen = {name: office.by(session, name, office.today) for name in EVERYBODY}
        found = {
            name: [row.words for row in waiting_filings(session, office.organ_id, by=by)] for name, by in seen.items()
        }
    return {name: words for name, words in found.items() if words}


@pytest.mark.parametrize(
    ("state", "words", "who"),
    [
        ("consulting", "现在“征求意见”，待您送法制审核", {SUPERVISOR}),
        ("legal_review", "现在“法制审核”，待您通过法制审核", {LEADER}),
        ("secrecy_review", "现在“保密审查”，待您通过保密审查", {LEADER}),
        ("sign_off", "现在“领导审签”，待您审签", {FIRST}),
        ("filing", "现在“报送”，待您报送", {SUPERVISOR}),
        ("publishing", "现在“公开”，待您公开", {SUPERVISOR}),
    ],
)
def test_each_step_waits_for_those_who_may_do_it(office: FilingOffice, state: str, words: str, who: set[str]) -> None:
    office.until(state)
    assert waiting(office) == {name: [words] for name in who}


def test_an_opinion_waits_for_the_department_until_it_replies(office: FilingOffice) -> None:
    office.until("consulting")
    office.consult(FINANCE, due="2026-01-20")
    assert waiting(office)[FINANCE_HEAD] == ["财务科应于 2026-01-20 前反馈意见"]
    assert HEAD not in waiting(office)
    office.reply(FINANCE_HEAD, FINANCE)
    assert FINANCE_HEAD not in waiting(office)


def test_it_stands_on_the_desk(office: FilingOffice) -> None:
    office.until("sign_off")
    web = Web(office)
    assert "2025 年度报告 现在“领导审签”，待您审签" in web.of(FIRST).read("/")
    assert "待您审签" not in web.of(SUPERVISOR).read("/")
