"""Opening a workbook from somewhere else: what a person sees, and nothing that could hurt."""

import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest

from models.errors import UnreadableFileError
from tasks.reading.sheet import Merged, open_workbook
from tests.documents import zipped
from tests.ledgers import write_xlsx
from tests.sent.old_files import container, old_sheet


def test_rows_are_counted_as_a_person_counts_them(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["B3"], sheet["C4"] = "题", 2.5
    sheet.merge_cells("B3:B5")
    book.save(tmp_path / "a.xlsx")

    (found,) = open_workbook(tmp_path / "a.xlsx")

    assert found.rows[2][1:3] == ["题", ""]
    assert found.rows[3][1:3] == ["", 2.5]
    assert found.merged == [Merged(2, 1, 4, 1)]


def test_hidden_sheets_are_not_read(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "a.xlsx", [["甲"]], more={"选项": [["乙"]]})
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    book["选项"].sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")

    assert [sheet.name for sheet in open_workbook(tmp_path / "a.xlsx")] == ["台账"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_text_table_is_read_in_every_encoding_an_office_saves(tmp_path: Path, encoding: str, delimiter: str) -> None:
    lines = [["序号", "任务内容"], ["1", "完善制度"], ["2"]]
    (tmp_path / "a.csv").write_bytes("\n".join(delimiter.join(line) for line in lines).encode(encoding))

    (found,) = open_workbook(tmp_path / "a.csv")

    assert found.rows == [["序号", "任务内容"], ["1", "完善制度"], ["2", ""]]


NO_TABLES = [
    ("a.xlsx", b"", "是空的"),
    ("a.xlsx", b"PK\x03\x04" + bytes(200), "损坏"),
    ("a.xlsx", container({"EncryptedPackage": b""}), "加密"),
    ("a.xls", old_sheet([["甲"]], locked=True), "加密"),
    ("a.xls", old_sheet([["甲"]], more={"_VBA_PROJECT_CUR/VBA": b"macro"}), "含有宏"),
    ("a.xls", container({"Workbook": b""}), "没有内容|不是可读的"),
    ("a.xlsb", zipped(members={"xl/workbook.bin": b""}), "另存为 .xlsx"),
    ("a.csv", b"\xff" * 9 + b"\x00", "编码"),
    ("a.csv", b",,\n,,", "没有内容"),
]


@pytest.mark.parametrize(
    ("name", "content", "words"), NO_TABLES, ids=[f"{name} {words}" for name, _, words in NO_TABLES]
)
def test_what_is_no_table_is_refused_in_one_line(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(UnreadableFileError, match=words) as refused:
        open_workbook(tmp_path / name)

    assert "\n" not in refused.value.message


def test_an_absent_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="找不到文件"):
        open_workbook(tmp_path / "没有.xlsx")
    with pytest.raises(UnreadableFileError, match="是文件夹"):
        open_workbook(tmp_path)


def test_an_empty_workbook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="没有内容"):
        open_workbook(write_xlsx(tmp_path / "a.xlsx", []))


def test_macros_are_refused_by_content_and_not_by_name(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "a.xlsm", [["甲"]])
    assert open_workbook(tmp_path / "a.xlsm")[0].rows == [["甲"]]

    write_xlsx(tmp_path / "b.xlsx", [["甲"]])
    with zipfile.ZipFile(tmp_path / "b.xlsx", "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")
    with pytest.raises(UnreadableFileError, match="含有宏"):
        open_workbook(tmp_path / "b.xlsx")


@pytest.fixture(scope="module")
def bomb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """210 MB of blanks in 200 KB."""
    path = tmp_path_factory.mktemp("bomb") / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(21):
                part.write(b" " * 10_000_000)
    return path


def test_a_zip_bomb_is_refused_by_its_directory(bomb: Path) -> None:
    with pytest.raises(UnreadableFileError, match="解压后将达 210 MB"):
        open_workbook(bomb)


def test_a_bomb_that_lies_about_its_size_is_refused_too(bomb: Path, tmp_path: Path) -> None:
    stated = struct.pack("<I", 210_000_000)
    (tmp_path / "liar.xlsx").write_bytes(bomb.read_bytes().replace(stated, struct.pack("<I", 1000)))

    with pytest.raises(UnreadableFileError, match="不是可读的"):
        open_workbook(tmp_path / "liar.xlsx")


@pytest.mark.parametrize(("cell", "words"), [("A1048576", "第 1048576 行"), ("XFD50000", "第 16384 列")])
def test_two_cells_that_span_a_huge_grid_are_refused(tmp_path: Path, cell: str, words: str) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = sheet[cell] = "x"
    book.save(tmp_path / "a.xlsx")

    with pytest.raises(UnreadableFileError, match=words):
        open_workbook(tmp_path / "a.xlsx")


def test_the_huge_grid_is_seen_however_the_xml_is_written(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "a.xlsx", [["甲"]])
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content.replace(b'r="A1"', b"r = 'XFD90000'"))

    with pytest.raises(UnreadableFileError, match="第 16384 列"):
        open_workbook(tmp_path / "b.xlsx")


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("序号,任务内容,完成时限\n1,甲,3月底前;6月底前;9月底前;12月底前\n", ["序号", "任务内容", "完成时限"]),
        ("序号;任务内容\n1;办理甲,乙,丙,丁各案\n2;甲,乙,丙\n", ["序号", "任务内容"]),
        ("2026年,清单\n序号\t任务内容\t备注\n1\t甲,乙;丙\t\n", ["序号", "任务内容", "备注"]),
        ("某局任务清单,内部资料,2026年版\n\n序号\t任务内容\t备注\n", ["序号", "任务内容", "备注"]),
        ('"序号","任务;内容","完成时限"\n1,甲;乙;丙;丁,6月底前\n', ["序号", "任务;内容", "完成时限"]),
        ("1,2,3;4\n5,6,7;8\n", []),
    ],
)
def test_the_separator_is_that_of_the_header_line(tmp_path: Path, text: str, header: list[str]) -> None:
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")

    (found,) = open_workbook(tmp_path / "a.csv")

    assert not header or header in found.rows


def test_characters_that_no_file_can_hold_stay_outside(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("序号,任务内容\n1,编制\ufffe年\x7f度计划\n", encoding="utf-8")

    (found,) = open_workbook(tmp_path / "a.csv")

    assert found.rows[1] == ["1", "编制年度计划"]
