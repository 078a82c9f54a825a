"""How much evidence an item and an organ may hold: refused with the numbers, nothing kept."""

import io
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from models.errors import BadInputError
from models.items.evidence import Evidence
from tasks.files.check_upload import Limits, examine
from tasks.files.file_store import MEGABYTE
from tasks.items.attach import attach
from tests.office import HANDLER, Office

ON = "2026-06-02"


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path / "home")
    for title in ("制度清理", "普法宣传"):
        made.assign(title, due="2026-06-30", on="2026-06-01")
    return made


def bring(office: Office, number: str, size: int, **more: Any) -> Evidence:
    """A file of so many bytes, unlike any other."""
    content = f"{number} {len(office.rows(Evidence))} ".encode().ljust(size, b"x")
    limits = Limits(MEGABYTE, of_item=2 * MEGABYTE, of_organ=3 * MEGABYTE)
    piece: Evidence = office.do(
        HANDLER, attach, number, on=ON, store=office.store, limits=limits, category="routine",
        file=examine("a.txt", io.BytesIO(content)), **more,
    )  # fmt: skip
    return piece


def test_an_item_holds_so_much_and_its_revisions_count(office: Office) -> None:
    first = bring(office, "1", MEGABYTE)
    bring(office, "1", MEGABYTE, replaces=first.id)

    with pytest.raises(BadInputError) as refused:
        bring(office, "1", MEGABYTE // 2)

    assert refused.value.message == (
        "任务 1 的佐证材料已有 2.0 MB，再加 0.5 MB 将超过上限 2 MB。"
        "请压缩后再上传，或请管理员调整 evidence_item_megabytes。"
    )
    assert len(office.rows(Evidence)) == 2


def test_an_organ_holds_so_much_in_all_items(office: Office) -> None:
    for number in ("1", "1", "2"):
        bring(office, number, MEGABYTE)

    with pytest.raises(BadInputError, match=r"本单位的佐证材料已有 3\.0 MB，.* 3 MB。"):
        bring(office, "2", 1000)

    assert len(office.rows(Evidence)) == 3
