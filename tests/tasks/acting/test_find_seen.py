"""What one may not know of and what there is not read alike, whatever is asked for and whatever its number."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from models.actor import Actor
from models.database import reading
from models.errors import NotFoundError
from models.items.evidence import StoredFile
from models.items.plan import AnnualPlan
from tasks.acting.find_seen import (
    seen_document,
    seen_evidence,
    seen_item,
    seen_items,
    seen_numbered,
    seen_organ,
)
from tasks.files.fetch_evidence import fetch_evidence
from tasks.files.file_store import FileStore
from tests.office import FIRST, OUTSIDER, Office

SEEN: dict[str, Callable[..., Any]] = {"item": seen_item, "document": seen_document, "evidence": seen_evidence}


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    made = Office(any_engine, tmp_path / "home")
    made.store = FileStore(made.settings.evidence_store)
    made.assign("制度清理", due="2026-06-30", on="2026-06-01")
    made.attach("1", on="2026-06-02")
    made.urge("1", on="2026-06-08")
    return made


def asked(office: Office, who: str, find: Callable[[Session, Actor], Any]) -> str:
    """The id that was found, or what was said."""
    with reading(office.engine) as session:
        try:
            return str(find(session, office.by(session, who, "2026-06-09")).id)
        except NotFoundError as error:
            return error.message


@pytest.mark.parametrize("what", SEEN)
def test_a_row_is_found_by_whoever_may_see_it_and_by_nobody_else(office: Office, what: str) -> None:
    def found(who: str, number: int) -> str:
        return asked(office, who, lambda session, by: SEEN[what](session, number, by=by))

    missing = found(FIRST, 99)

    assert found(FIRST, 1) == "1"
    assert missing.endswith("或者它不在您的查看范围内。")
    assert {found(OUTSIDER, 1), found(FIRST, 0), found(FIRST, -1), found(FIRST, 2**40)} == {missing}


def test_of_several_items_those_are_found_that_one_may_see(office: Office) -> None:
    office.assign("普法宣传", due="2026-07-31", on="2026-06-01")

    def found(who: str, organ_id: int | None) -> set[int]:
        with reading(office.engine) as session:
            by = office.by(session, who, "2026-06-09")
            return set(seen_items(session, [1, 2, 99], by=by, organ_id=organ_id))

    assert found(FIRST, office.organ_id) == found(FIRST, None) == {1, 2}
    assert found(FIRST, office.organ_id + 1) == found(OUTSIDER, office.organ_id) == found(OUTSIDER, None) == set()


def test_a_number_leads_to_its_item_for_whoever_may_see_it(office: Office) -> None:
    def found(who: str, number: str) -> int | None:
        with reading(office.engine) as session:
            plan, by = session.get_one(AnnualPlan, office.plan_id), office.by(session, who, "2026-06-09")
            item = seen_numbered(session, plan, number, by=by)
            return item.id if item is not None else None

    assert found(FIRST, "1") == 1
    assert found(FIRST, "清理") is found(OUTSIDER, "1") is None


def test_an_organ_of_others_is_not_told_of(office: Office) -> None:
    def found(who: str, named: str) -> str:
        return asked(office, who, lambda session, by: seen_organ(session, named, by=by))

    assert found(FIRST, "某局") == found(FIRST, "bureau")
    assert found(OUTSIDER, "bureau") == "没有代码为“bureau”的单位，或者它不在您的查看范围内。"
    assert found(OUTSIDER, "nowhere") == "没有代码为“nowhere”的单位，或者它不在您的查看范围内。"


def test_a_damaged_file_is_not_handed_out(office: Office) -> None:
    with reading(office.engine) as session:
        piece = seen_evidence(session, 1, by=office.by(session, FIRST, "2026-06-09"))
        file, stored = fetch_evidence(session, piece, office.store)
        with file:
            assert (file.read(), stored) == ("总结.txt".encode(), session.get_one(StoredFile, piece.sha256))
        for place in Path(office.settings.evidence_store).rglob(f"*{piece.sha256[-8:]}*"):
            place.chmod(0o600)
            place.write_bytes(b"changed")
        with pytest.raises(NotFoundError, match="文件缺失或已损坏"):
            fetch_evidence(session, piece, office.store)
