"""A ledger's files in the browser: looked through cell by cell, put right, brought in, taken back."""

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from models.ledgers.enforcement_case import EnforcementCase
from models.ledgers.kinds import KINDS
from tasks.reading.sheet import open_workbook
from tests.ledger_rows import write_rows
from tests.office import HANDLER, SUPERVISOR, Office
from tests.web import Visitor, Web, words_of

HEAD = ["决定书文号", "处罚决定日期", "处罚程序", "罚没金额（万元）", "经办"]
RIGHT: list[list[Any]] = [["1号", "2026年3月5日", "一般程序", 1.2, "甲"], ["合计", None, None, 1.2, None]]
WRONG: list[list[Any]] = [["1号", "2026-02-30", "速裁", "许多", "甲"], ["2号", "2026-03-05", "简易", 1, "乙"]]


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    return Office(engine, tmp_path / "home")


@pytest.fixture
def visitor(office: Office) -> Visitor:
    return Web(office).of(SUPERVISOR)


def send(visitor: Visitor, path: Path, rows: list[list[Any]]) -> str:
    """Choose a file; where the answer leads."""
    content = write_rows(path / "案件.xlsx", HEAD, rows).read_bytes()
    answer = visitor.post("/ledgers/case/import", files={"file": ("案件.xlsx", content)})
    assert answer.status_code == 303, words_of(answer.text)
    return str(answer.headers["location"])


def waiting(address: str) -> str:
    found = re.search(r"waiting=([\w-]+)", address)
    assert found is not None, address
    return found[1]


def test_a_file_is_looked_through_brought_in_and_taken_back(visitor: Visitor, office: Office, tmp_path: Path) -> None:
    address = send(visitor, tmp_path, RIGHT)
    words = visitor.read(address)
    assert "可以导入 新增 1 起" in words
    assert "2 1号 2026年3月5日 识别结果：2026-03-05 一般程序 识别结果：普通程序 1.2 识别结果：12000.00 新增" in words
    assert "列：经办" in words
    assert "第 3 行“合计” 合计行" in words
    assert office.rows(EnforcementCase) == []
    said = visitor.act("/ledgers/case/import", {"do": "confirm", "waiting": waiting(address)})
    assert "已导入执法案件：新增 1 起（批次 1）。" in said
    assert "只显示批次 1 导入的" in said
    assert visitor.get(address).status_code == 404, "it waits no longer"
    assert "由文件“案件.xlsx”导入（批次 1 ） 陈督办" in visitor.read("/ledgers/case/1")
    again = send(visitor, tmp_path, RIGHT)
    assert "未变 1 起" in visitor.read(again)
    assert "批次 1 案件.xlsx" in visitor.read("/ledgers/case/import")
    assert "将撤下这次新增的 1 起" in visitor.read("/ledgers/case/batches/1/undo")
    assert "已撤销批次 1：撤下 1 起" in visitor.act("/ledgers/case/batches/1/undo")
    assert [row.withdrawn_reason for row in office.rows(EnforcementCase)] == ["撤销导入批次 1"]
    assert "已于" in visitor.read("/ledgers/case/batches/1/undo")
    for path in ("/ledgers/study/batches/1/undo", "/ledgers/case/batches/9/undo"):
        assert visitor.get(path).status_code == 404


def test_what_is_wrong_stands_in_its_cell_and_on_a_sheet_to_hand_on(
    visitor: Visitor, office: Office, tmp_path: Path
) -> None:
    address = send(visitor, tmp_path, WRONG)
    page = visitor.get(address).text
    assert "有 3 处需要更正，没有写入任何数据" in words_of(page)
    assert page.count('class="cell-wrong"') == 3
    assert "速裁 错误：可用：简易程序、普通程序。" in words_of(page)
    refused = visitor.post("/ledgers/case/import", {"do": "confirm", "waiting": waiting(address)})
    assert (refused.status_code, office.rows(EnforcementCase)) == (303, [])
    sheet = tmp_path / "errors.xlsx"
    sheet.write_bytes(visitor.get("/ledgers/case/import/errors.xlsx", waiting=waiting(address)).content)
    assert [row[1:4] for row in open_workbook(sheet)[0].rows[2:]] == [
        [2, "处罚决定日期", "2026-02-30"], [2, "处罚程序", "速裁"], [2, "罚没金额（万元）", "许多"],
    ]  # fmt: skip


def test_a_batch_whose_rows_were_corrected_names_them(visitor: Visitor, office: Office, tmp_path: Path) -> None:
    address = send(visitor, tmp_path, RIGHT)
    visitor.act("/ledgers/case/import", {"do": "confirm", "waiting": waiting(address)})
    visitor.act("/ledgers/case/1", {"seen": "0", "title": "甲案"})
    assert "须先处理，否则不能撤销：1" in visitor.read("/ledgers/case/batches/1/undo")
    answer = visitor.post("/ledgers/case/batches/1/undo")
    assert (answer.status_code, "执法案件 1导入以后又有更正" in words_of(answer.text)) == (403, True)


def test_what_is_no_sheet_is_told_at_once(visitor: Visitor) -> None:
    for name, content, said in (
        ("a.exe", b"MZ\x90\x00", "里面是程序"),
        ("a.xlsx", b"PK", "里面是没有分列的文字"),
        ("a.csv", b"", "文件是空的"),
    ):
        answer = visitor.post("/ledgers/case/import", files={"file": (name, content)})
        assert (answer.status_code, said in words_of(answer.text)) == (400, True), (name, words_of(answer.text))
    assert "请选择台账文件" in words_of(visitor.post("/ledgers/case/import").text)


def test_every_ledger_gives_its_empty_sheet_with_the_office_s_people(visitor: Visitor, tmp_path: Path) -> None:
    for code, kind in KINDS.items():
        sheet = tmp_path / f"{code}.xlsx"
        sheet.write_bytes(visitor.get(f"/ledgers/{code}/template.xlsx").content)
        assert open_workbook(sheet)[0].rows[1][0] == kind.fields[0].label
        assert "先核对一遍" in visitor.read(f"/ledgers/{code}/import")


def test_only_who_keeps_the_records_looks_files_through(office: Office, visitor: Visitor, tmp_path: Path) -> None:
    token = waiting(send(visitor, tmp_path, RIGHT))
    handler = Web(office).of(HANDLER)
    assert handler.get("/ledgers/case/import", waiting=token).status_code == 403
    assert handler.get("/ledgers/case/import/errors.xlsx", waiting=token).status_code == 403
    assert handler.post("/ledgers/case/import", {"do": "confirm", "waiting": token}).status_code == 403
    assert office.rows(EnforcementCase) == []
