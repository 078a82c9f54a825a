"""Linking duties and indicators to what they rest on: once, on record, ended and not deleted."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.audit import AuditEntry
from models.database import key, unit_of_work
from models.errors import BadInputError, ForbiddenError, NotFoundError
from models.items.evidence import Evidence, EvidenceState
from models.ledgers.duty import KIND as DUTIES
from models.ledgers.enforcement_case import KIND as CASES
from models.ledgers.indicator import KIND as INDICATORS
from models.ledgers.ledger_link import LedgerLink
from tasks.ledgers.find_row import find_row
from tasks.ledgers.link_row import evidence_to_link, link_row, links_of
from tasks.ledgers.record import withdraw_row
from tests.linked_office import ON, LinkedOffice
from tests.office import HANDLER


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> LinkedOffice:
    made = LinkedOffice(engine, tmp_path)
    made.assign("公开目录", due="2026-06-30", on="2026-06-01")
    made.attach("1", "目录.txt", on="2026-06-02")
    return made


def named(office: LinkedOffice, row: int) -> list[str]:
    with unit_of_work(office.engine) as session:
        return [link.name for link in links_of(session, INDICATORS, [row]).get(row, [])]


def test_an_indicator_rests_on_items_and_evidence(office: LinkedOffice) -> None:
    row = office.indicator("主动公开")
    link = office.link(INDICATORS, row, item="1", note=" 全年工作 ")
    office.link(INDICATORS, row, evidence=1)

    assert named(office, row) == ["任务 1 公开目录", "佐证材料 目录.txt"]
    assert (link.note, link.linked_on.isoformat()) == ("全年工作", ON)
    assert f"ledger_link:{link.id}" in next(
        entry.after for entry in office.rows(AuditEntry) if f"ledger_link:{link.id}" in entry.after
    )


def test_a_link_is_made_once_ended_on_record_and_made_again(office: LinkedOffice) -> None:
    row = office.indicator("主动公开")
    first, again = office.link(INDICATORS, row, item="1"), office.link(INDICATORS, row, item="1")
    assert first.id == again.id
    office.unlink(INDICATORS, key(first.id))
    assert named(office, row) == []
    with pytest.raises(NotFoundError, match="已经取消"):
        office.unlink(INDICATORS, key(first.id))
    office.link(INDICATORS, row, item="1")

    assert [one.removed_on is None for one in office.rows(LedgerLink)] == [False, True]


def test_a_link_of_another_ledger_is_not_ended(office: LinkedOffice) -> None:
    link = office.link(INDICATORS, office.indicator("主动公开"), item="1")
    with pytest.raises(NotFoundError, match="责任清单没有编号为 1 的关联"):
        office.unlink(DUTIES, key(link.id))


def test_what_cannot_be_linked_says_why(office: LinkedOffice) -> None:
    row, duty = office.indicator("主动公开"), office.duty("政务公开")
    with pytest.raises(ForbiddenError):
        office.link(INDICATORS, row, item="1", who=HANDLER)
    with pytest.raises(BadInputError, match="职责只关联年度任务"):
        office.link(DUTIES, duty, evidence=1)
    with pytest.raises(NotFoundError, match="没有编号为 99 的佐证材料"):
        office.link(INDICATORS, row, evidence=99)
    office.acting(lambda session, organ, by: withdraw_row(
        session, organ, INDICATORS, find_row(session, organ, INDICATORS, row), "登记有误", by=by))  # fmt: skip
    with pytest.raises(ForbiddenError, match="要关联，请先恢复"):
        office.link(INDICATORS, row, item="1")
    with pytest.raises(NotFoundError, match="可以关联的台账：示范指标、责任清单"):
        office.acting(lambda session, organ, by: link_row(
            session, organ, CASES, session.get_one(DUTIES.table, duty), evidence_to_link(session, organ, 1), by=by
        ))  # fmt: skip
    assert office.rows(LedgerLink) == []


def test_rejected_evidence_supports_nothing(office: LinkedOffice) -> None:
    row = office.indicator("主动公开")
    office.link(INDICATORS, row, evidence=1)
    with unit_of_work(office.engine) as session:
        session.get_one(Evidence, 1).state = EvidenceState.REJECTED

    with unit_of_work(office.engine) as session:
        assert [link.counts for link in links_of(session, INDICATORS, [row])[row]] == [False]
