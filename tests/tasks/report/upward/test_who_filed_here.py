"""The organ above sees where the reports of those below stand."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.database import key, unit_of_work
from models.people.organ import Organ
from models.people.person import Role
from models.report.filing import FilingState
from tasks.report.filing.send import send
from tasks.report.upward.who_filed import who_filed
from tests.filing import TO, FilingOffice
from tests.office import SUPERVISOR, day
from tests.web import Web


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> FilingOffice:
    """某局 and a bureau beside it stand below 某市局."""
    made = FilingOffice(engine, tmp_path / "home")
    with unit_of_work(engine) as session:
        above = Organ(code="city", name="某市局")
        session.add(above)
        session.flush()
        session.get_one(Organ, made.organ_id).parent_id = above.id
        session.add(Organ(code="silent", name="某分局", parent_id=above.id))
        made._seat(session, key(above.id), "市督办", Role.SUPERVISOR, "督办员", None)
    return made


def seen(office: FilingOffice, on: str) -> list[tuple[str, FilingState | None, bool]]:
    with unit_of_work(office.engine) as session:
        above = session.get_one(Organ, session.get_one(Organ, office.organ_id).parent_id)
        below = who_filed(session, above, 2025, on=day(on))
        return [(one.organ.name, one.filing.state if one.filing else None, one.late) for one in below]


def test_each_organ_below_with_the_step_its_report_waits_at(office: FilingOffice) -> None:
    assert seen(office, "2026-02-28") == [("某局", None, False), ("某分局", None, False)]
    office.until("sign_off")
    assert seen(office, "2026-02-28") == [("某局", FilingState.SIGN_OFF, False), ("某分局", None, False)]
    assert seen(office, "2026-03-01") == [("某局", FilingState.SIGN_OFF, True), ("某分局", None, True)]


@pytest.mark.parametrize(("filed", "late"), [("2026-02-27", False), ("2026-03-03", True)])
def test_what_was_filed_counts_by_its_own_day(office: FilingOffice, filed: str, late: bool) -> None:
    office.until("filing")
    for name in TO:
        office.acting(SUPERVISOR, send, name, on=filed, way="公文系统")
    assert seen(office, "2026-04-10")[0] == ("某局", FilingState.PUBLISHING, late)


def test_a_supervisor_above_finds_them_on_the_page_and_reads_but_does_nothing(office: FilingOffice) -> None:
    office.until("sign_off")
    visitor = Web(office).of("市督办")
    page = visitor.read("/reports/filing/2025")
    assert "某局 领导审签" in page
    assert "某分局 未送审" in page
    below = visitor.read("/reports/filing/2025", organ="bureau")
    assert "办理记录" in below
    assert visitor.post("/reports/filing/2025/return?organ=bureau", {"to": "drafting", "why": "改"}).status_code == 403
