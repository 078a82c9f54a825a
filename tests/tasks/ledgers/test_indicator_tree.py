"""An indicator system brought in as its publisher prints it: merged cells, three levels, no number built in."""

from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import Engine

from models.database import unit_of_work
from models.ledgers.indicator import KIND
from models.people.organ import Organ
from tasks.ledgers.find_row import find_row
from tasks.ledgers.import_ledger import LedgerImport, import_ledger
from tasks.ledgers.indicator_tree import Branch, indicator_tree
from tasks.ledgers.record import correct_row
from tests.linked_office import LinkedOffice

ALWAYS = {"adopted_on": "2026-01-01", "system": "示范指标（2021年版）"}
PRINTED: list[list[str | float | None]] = [
    ["一级指标", "二级指标", "三级指标", "分值"],
    ["一、政务公开", "主动公开", "公开目录齐全", 6],
    [None, None, "公开及时", 4],
    [None, "依申请公开", "依法答复", 5.5],
    ["二、队伍", "教育", "年度培训", 2],
]


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> LinkedOffice:
    return LinkedOffice(engine, tmp_path / "home")


def printed(path: Path, *, scores: dict[int, tuple[object, str]] | None = None) -> Path:
    book = Workbook()
    sheet = book.worksheets[0]
    for place, row in enumerate(PRINTED):
        own: tuple[object, ...] = (scores or {}).get(place, (None, None)) if place else ("自评得分", "自评依据")
        sheet.append([*row, *(own if scores else ())])
    sheet.merge_cells("A2:A4")
    sheet.merge_cells("B2:B3")
    book.save(path)
    return path


def bring_in(office: LinkedOffice, path: Path) -> LedgerImport:
    return office.acting(lambda session, organ, by: import_ledger(session, path, organ, KIND, by=by, always=ALWAYS))


def tree(office: LinkedOffice) -> Branch:
    with unit_of_work(office.engine) as session:
        return indicator_tree(session, session.get_one(Organ, office.organ_id), 2026)


def outline(branch: Branch, depth: int = 0) -> list[str]:
    lines = [f"{'  ' * depth}{one.row.title} {one.row.points}" for one in branch.own]
    for below in branch.branches:
        lines += [f"{'  ' * depth}{below.title} {below.total}项 {below.points}分", *outline(below, depth + 1)]
    return lines


def test_merged_cells_become_the_tree_they_print(office: LinkedOffice, tmp_path: Path) -> None:
    done = bring_in(office, printed(tmp_path / "指标.xlsx"))

    assert (done.errors, done.told) == ([], "已导入示范指标：新增 4 项（批次 1）。")
    assert outline(tree(office)) == [
        "示范指标（2021年版） 4项 17.50分",
        "  一、政务公开 3项 15.50分",
        "    主动公开 2项 10.00分",
        "      公开目录齐全 6.00",
        "      公开及时 4.00",
        "    依申请公开 1项 5.50分",
        "      依法答复 5.50",
        "  二、队伍 1项 2.00分",
        "    教育 1项 2.00分",
        "      年度培训 2.00",
    ]


def test_the_same_sheet_filled_in_later_scores_what_is_there(office: LinkedOffice, tmp_path: Path) -> None:
    bring_in(office, printed(tmp_path / "指标.xlsx"))
    done = bring_in(office, printed(tmp_path / "自评.xlsx", scores={1: (5.5, "见网站"), 3: (5, "见台账")}))

    assert done.told == "已导入示范指标：更正 2 项，未变 2 项（批次 2）。"
    assert (tree(office).total, tree(office).claimed) == (4, Decimal("10.5"))


def test_a_wrong_cell_is_told_in_its_place_and_nothing_is_written(office: LinkedOffice, tmp_path: Path) -> None:
    done = bring_in(office, printed(tmp_path / "自评.xlsx", scores={2: (9, "见网站"), 4: ("两分", "见台账")}))

    assert [(error.row, error.column, error.value) for error in done.errors] == [
        (3, "自评得分", "9"), (5, "自评得分", "两分"),
    ]  # fmt: skip
    assert tree(office).total == 0


def test_support_and_scores_add_up_level_by_level(office: LinkedOffice, tmp_path: Path) -> None:
    bring_in(office, printed(tmp_path / "指标.xlsx"))
    office.assign("公开目录", due="2026-06-30", on="2026-06-01")
    office.link(KIND, 2, item="1")
    office.acting(lambda session, organ, by: correct_row(
        session, organ, KIND, find_row(session, organ, KIND, 3), {"claimed": "5", "basis": "全部按期答复"}, by=by
    ))  # fmt: skip

    first, second = tree(office).branches[0].branches
    assert (first.covered, first.total, first.claimed) == (1, 3, Decimal(5))
    assert (second.covered, second.total, second.claimed) == (0, 1, Decimal(0))
    assert [leaf.row.title for leaf in first.leaves() if not leaf.covered] == ["公开目录齐全", "依法答复"]
