"""A report as files: the annex of evidence, the workbook of figures, the year in charts, and all of them by ending."""

import csv
import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import docx
import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import Engine
from sqlmodel import col, select

from models.clock import opening_of
from models.database import key, unit_of_work
from models.errors import BadInputError, DubanError
from models.items.evidence import Category, Evidence, EvidenceState, StoredFile
from models.items.item import WorkItem
from models.ledgers.leadership_act import LeadershipAct
from models.ledgers.measure import OWN_BOOKS
from models.settings import Settings
from tasks.files.check_upload import examine
from tasks.files.file_store import MEGABYTE, FileStore
from tasks.papers.official_document import BarChart, Table
from tasks.papers.word_template import starter_template
from tasks.papers.year_review import year_review
from tasks.report.compiling.read_back import read_back
from tasks.report.desk.edit_block import edit_block
from tasks.report.desk.mark_block import mark_figure, mark_internal
from tasks.report.figures.gather_year_review import gather_year_review
from tasks.report.output.edition import edition_of
from tasks.report.output.keep_word_template import check_template_file, keep_word_template
from tasks.report.output.write_annex import HEADER, LIST, MANIFEST, write_annex
from tasks.report.output.write_figures import write_figures
from tasks.report.output.write_report import KINDS, review_of, write_report, write_review, write_starter
from tests.desk import DeskYear, on_the_desk
from tests.filing import vouch
from tests.report_year import ReportYear, day


class Filed(DeskYear):
    """A year with a report and a store for the files behind it."""

    store: FileStore

    def attach(self, owner: WorkItem | LeadershipAct, name: str, content: str = "", **more: Any) -> Evidence:
        """A piece of evidence as `tasks.items.attach` leaves it, whatever its name."""
        stored = self.store.put(io.BytesIO((content or name).encode()), largest=MEGABYTE)
        if self.session.get(StoredFile, stored.sha256) is None:
            now = opening_of(day("12-1"))
            self.session.add(StoredFile(sha256=stored.sha256, size=stored.size, media_type="text/plain", stored_at=now))
            self.session.flush()
        values: dict[str, Any] = {
            "item_id" if isinstance(owner, WorkItem) else "act_id": key(owner.id), "name": name,
            "sha256": stored.sha256, "category": Category.ROUTINE, "on": day("12-1"),
            "recorded_at": opening_of(day("12-1")),
        }  # fmt: skip
        piece = Evidence(**values | more)
        self.session.add(piece)
        self.session.flush()
        return piece

    def item(self, title: str) -> WorkItem:
        return self.session.exec(select(WorkItem).where(WorkItem.title == title)).one()

    @property
    def act(self) -> LeadershipAct:
        return self.session.exec(select(LeadershipAct).order_by(col(LeadershipAct.id))).all()[0]

    def annex(self, *, public: bool = False) -> zipfile.ZipFile:
        made = io.BytesIO()
        compiled = edition_of(self.session, self.newest, public=public).compiled
        write_annex(self.session, compiled, made, self.store, public=public)
        return zipfile.ZipFile(made)

    def written(self, path: Path, *, public: bool = False, **more: Any) -> bytes:
        settings = Settings(home=path.parent / "home")
        write_report(self.session, self.newest, path, settings=settings, store=self.store, public=public, **more)
        return path.read_bytes()


@pytest.fixture
def year(engine: Engine) -> Iterator[Filed]:
    with unit_of_work(engine) as session:
        desk = on_the_desk(session)
        vouch(session, desk.year.organ, 2025)
        filed = Filed(desk.session, desk.year, desk.people)
        filed.store = FileStore(f"memory://{uuid4().hex}")
        yield filed


def files(archive: zipfile.ZipFile) -> dict[str, str]:
    """What is in the archive beside the two lists."""
    names = [name for name in archive.namelist() if name not in (LIST, MANIFEST)]
    return {name: archive.read(name).decode() for name in names}


def test_the_annex_holds_what_the_report_rests_on_by_category_and_tells_what_each_shows(year: Filed) -> None:
    year.attach(year.item("修订工作规则"), "规则.txt", category=Category.REGULATION)
    year.attach(year.item("开展宪法宣传周活动"), "照片说明.txt", category=Category.RESULT, public=True)
    year.attach(year.act, "会议纪要.txt", category=Category.MEETING)
    archive = year.annex()
    assert files(archive) == {
        "制度建设/任务2_规则.txt": "规则.txt",
        "会议信息/履职记录2025-02-11_会议纪要.txt": "会议纪要.txt",
        "成果展示/任务4_照片说明.txt": "照片说明.txt",
    }
    manifest = json.loads(archive.read(MANIFEST))
    report = year.newest
    assert (manifest["version"], manifest["snapshot"], manifest["edition"]) == (1, report.snapshot, "internal")
    for told in manifest["files"]:
        content = archive.read(told["path"])
        assert (told["sha256"], told["size"]) == (hashlib.sha256(content).hexdigest(), len(content))
        assert told["blocks"]
    assert [told["row"] for told in manifest["files"]] == ["item:2", "act:1", "item:4"]
    assert archive.read(LIST).startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(archive.read(LIST).decode("utf-8-sig"))))
    assert tuple(rows[0]) == HEADER
    assert [(row[1], row[4], row[7]) for row in rows[1:]] == [
        ("制度建设", "任务2 修订工作规则", "内部"),
        ("会议信息", "履职记录2025-02-11", "内部"),
        ("成果展示", "任务4 开展宪法宣传周活动", "公开"),
    ]


def test_every_program_shows_the_chinese_names_of_the_annex(year: Filed, tmp_path: Path) -> None:
    name = "制度建设/任务2_规则（修订）.txt"
    year.attach(year.item("修订工作规则"), "规则（修订）.txt", category=Category.REGULATION)
    file = tmp_path / "附件.zip"
    content = year.written(file)
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        assert name in archive.namelist()
    assert {(one.create_system, one.external_attr >> 16) for one in entries} == {(3, 0o100644)}
    assert all(one.flag_bits & 0x800 for one in entries if not one.filename.isascii())
    assert name.encode() in content
    unzip = shutil.which("unzip")
    if unzip:
        told = subprocess.run([unzip, "-l", file], capture_output=True, env={"LC_ALL": "C.UTF-8"}, check=True)
        assert name in told.stdout.decode()


def test_only_public_pieces_go_into_the_public_annex_and_none_of_an_internal_block(year: Filed) -> None:
    year.attach(year.item("修订工作规则"), "内部.txt")
    year.attach(year.item("修订工作规则"), "公开.txt", public=True)
    year.attach(year.act, "纪要.txt", public=True)
    assert sorted(files(year.annex(public=True)).values()) == ["公开.txt", "纪要.txt"]
    for name in year.listed():
        if f"act:{year.act.id}" in year.block(name).sources:
            mark_internal(year.session, year.newest, name, by=year.by(), reason="内部掌握")
    archive = year.annex(public=True)
    assert list(files(archive).values()) == ["公开.txt"]
    assert json.loads(archive.read(MANIFEST))["edition"] == "public"
    assert len(files(year.annex())) == 3


def test_what_was_replaced_or_rejected_and_what_no_block_cites_stays_out(year: Filed) -> None:
    item = year.item("修订工作规则")
    old = year.attach(item, "旧.txt", state=EvidenceState.REPLACED)
    year.attach(item, "新.txt", replaces_id=old.id, revision=2)
    year.attach(item, "不采信.txt", state=EvidenceState.REJECTED)
    other = ReportYear(year.session, "另一项目", name="另一局", code="other")
    year.attach(other.item("他局的任务", closed="6-1"), "他局.txt")
    assert list(files(year.annex()).values()) == ["新.txt"]


def test_names_are_safe_and_none_hides_another(year: Filed) -> None:
    item = year.item("修订工作规则")
    for name in ("../../etc/passwd", "总结.txt", "总结.TXT", 'a<b>:"|?*.txt', "长" * 190 + ".txt"):
        year.attach(item, name, content=f"内容 {name}")
    paths = list(files(year.annex()))
    assert len({path.casefold() for path in paths}) == 5
    assert paths[:3] == ["日常工作/任务2_passwd", "日常工作/任务2_总结.txt", "日常工作/任务2_总结(2).TXT"]
    for path in paths:
        folder, name = path.split("/")
        assert folder == "日常工作"
        assert not set('<>:"|?*\\') & set(name)
        assert len(name.encode()) <= 255


def test_no_cell_of_the_list_is_a_formula(year: Filed) -> None:
    item = year.item("修订工作规则")
    item.number = "=1+1"
    year.attach(item, "=cmd.txt")
    row = list(csv.reader(io.StringIO(year.annex().read(LIST).decode("utf-8-sig"))))[1]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)


def test_the_annex_is_the_same_bytes_each_time_and_empty_where_there_is_nothing(year: Filed) -> None:
    assert files(year.annex()) == {}
    year.attach(year.item("修订工作规则"), "规则.txt")
    made = []
    for _ in range(2):
        out = io.BytesIO()
        write_annex(year.session, read_back(year.session, year.newest), out, year.store, public=False)
        made.append(out.getvalue())
    assert made[0] == made[1]


@pytest.mark.parametrize("harm", ["lost", "changed"])
def test_a_damaged_store_is_refused_by_the_name_of_the_piece(year: Filed, harm: str) -> None:
    piece = year.attach(year.item("修订工作规则"), "规则.txt")
    if harm == "lost":
        year.store.discard(piece.sha256)
    else:
        year.store._fs.pipe_file(year.store._path(piece.sha256), "改过".encode())
    with pytest.raises(DubanError, match=r"佐证材料“规则.txt”.*缺失或已损坏，附件没有生成"):
        year.annex()


def sheet_rows(path: Path, sheet: str) -> list[tuple[Any, ...]]:
    return list(load_workbook(path)[sheet].iter_rows(min_row=3, values_only=True))


def test_every_figure_stands_in_the_workbook_with_the_rows_behind_it(year: Filed, tmp_path: Path) -> None:
    compiled = read_back(year.session, year.newest)
    write_figures(year.session, compiled, tmp_path / "数字.xlsx")
    figures = {row[1] or row[2]: row for row in sheet_rows(tmp_path / "数字.xlsx", "数字")}
    wanted = {figure.code or figure.name: figure for block in compiled.blocks for figure in block.figures}
    assert wanted.keys() <= figures.keys()
    for name, figure in wanted.items():
        row = figures[name]
        assert (row[2], row[3], row[4], row[8], row[11]) == (
            figure.name, float(figure.value), figure.unit, len(figure.rows), figure.row_hash,
        )  # fmt: skip
        assert (row[5] == "是") is figure.approximate
    fines = [row for row in sheet_rows(tmp_path / "数字.xlsx", "依据") if row[1] == "罚款金额"]
    assert (len(fines), round(sum(row[5] for row in fines), 2)) == (13, 30000)
    assert all(row[2].startswith("case:") and row[3].startswith("2025-") for row in fines)


def test_the_public_workbook_keeps_internal_figures_and_all_rows_in_the_house(year: Filed, tmp_path: Path) -> None:
    edit_block(year.session, year.newest, "ledger:case", by=year.by(), text="办理案件13起。罚款合计30000元。")
    mark_figure(year.session, year.newest, "ledger:case", "罚款金额", by=year.by(), reason="正在复议")
    year.written(tmp_path / "公开.xlsx", public=True)
    workbook = load_workbook(tmp_path / "公开.xlsx")
    assert workbook.sheetnames == ["数字"]
    assert "罚款金额" not in {row[2] for row in sheet_rows(tmp_path / "公开.xlsx", "数字")}
    year.written(tmp_path / "内部.xlsx")
    told = {row[2]: row[10] for row in sheet_rows(tmp_path / "内部.xlsx", "数字")}
    assert told["罚款金额"] == "内部：正在复议"


def test_no_cell_of_the_workbook_is_a_formula(year: Filed, tmp_path: Path) -> None:
    year.item("修订工作规则").title = "=HYPERLINK(1)"
    year.session.flush()
    year.written(tmp_path / "数字.xlsx")
    cells = [cell for row in load_workbook(tmp_path / "数字.xlsx")["依据"].iter_rows() for cell in row]
    assert any("=HYPERLINK(1)" in str(cell.value) for cell in cells)
    assert "f" not in {cell.data_type for cell in cells}


def test_the_year_in_charts_counts_as_the_report_does(year: Filed) -> None:
    found = gather_year_review(year.session, year.year.organ, 2025, on=day("2026-01-15"))
    assert {month: count for month, count in enumerate(found.in_time, 1) if count} == {3: 1, 12: 1}
    assert {month: count for month, count in enumerate(found.late, 1) if count} == {7: 1}
    assert [(one.name, one.in_time, one.late, one.open) for one in found.projects] == [
        ("强化理论学习", 1, 0, 0), ("健全工作机制", 0, 1, 0), ("规范行政执法", 0, 0, 1),
        ("落实“谁执法谁普法”责任制", 1, 0, 0),
    ]  # fmt: skip
    assert [(one.name, sum(one.counts)) for one in found.cases] == [("简易程序", 4), ("普通程序", 9)]
    assert found.cases[0].counts == (1, 1, 1, 1) + (0,) * 8
    ledgers = {one.name: sum(one.counts) for one in found.ledgers}
    assert ledgers["行政执法案件" if "行政执法案件" in ledgers else "执法案件"] == 13


def test_what_is_later_than_the_day_looked_at_does_not_count(year: Filed) -> None:
    found = gather_year_review(year.session, year.year.organ, 2025, on=day("3-31"))
    assert (sum(found.in_time), sum(found.late)) == (1, 0)
    assert [sum(one.counts) for one in found.cases] == [3, 3]


def test_the_charts_show_their_numbers_and_an_empty_year_says_so(year: Filed) -> None:
    document = year_review(gather_year_review(year.session, year.year.organ, 2025, on=day("2026-01-15")))
    charts = [block for block in document.body if isinstance(block, BarChart)]
    assert [sum(map(sum, (one.values for one in chart.series))) for chart in charts[:3]] == [3, 4, 13]
    (table,) = (block for block in document.body if isinstance(block, Table))
    assert all(int(row[-1]) == sum(int(cell or 0) for cell in row[1:-1]) for row in table.rows)
    empty = year_review(gather_year_review(year.session, year.year.organ, 2031, on=day("2031-12-31")))
    assert [run.text for run in empty.body[0].runs] == [  # type: ignore[union-attr]
        "数据截至2031年12月31日。本年度尚无已完成的任务和台账记录。"
    ]
    assert len(empty.body) == 1


@pytest.mark.parametrize("public", [False, True])
@pytest.mark.parametrize("ending", sorted(KINDS))
def test_each_kind_is_the_same_bytes_each_time_and_leaves_nothing_else(
    year: Filed, tmp_path: Path, ending: str, public: bool
) -> None:
    year.attach(year.item("修订工作规则"), "规则.txt", public=True)
    folder = tmp_path / "out"
    folder.mkdir()
    first = year.written(folder / f"一{ending}", public=public)
    assert first == year.written(folder / f"二{ending.upper()}", public=public)
    assert sorted(path.name for path in folder.iterdir()) == sorted([f"一{ending}", f"二{ending.upper()}"])


def test_word_pdf_and_page_say_the_same_and_the_public_ones_what_is_public(year: Filed, tmp_path: Path) -> None:
    hidden = year.block("deficiency:1").text
    mark_internal(year.session, year.newest, "deficiency:1", by=year.by(), reason="内部掌握")

    def said(public: bool) -> dict[str, str]:
        word = docx.Document(io.BytesIO(year.written(tmp_path / "a.docx", public=public)))
        pdf = PdfReader(io.BytesIO(year.written(tmp_path / "a.pdf", public=public)))
        page = year.written(tmp_path / "a.html", public=public).decode()
        texts = {
            "word": "".join(paragraph.text for paragraph in word.paragraphs),
            "pdf": "".join(page.extract_text() for page in pdf.pages),
            "page": page,
        }
        return {name: "".join(text.split()) for name, text in texts.items()}

    whole, public = said(False), said(True)
    for name in whole:
        assert hidden in whole[name]
        assert hidden not in public[name]
        assert "青禾县水务局" in public[name]
    assert ("<svg" in whole["page"], "<svg" in public["page"]) == (True, False)


def test_what_the_public_edition_leaves_out_is_answered(year: Filed, tmp_path: Path) -> None:
    mark_internal(year.session, year.newest, "deficiency:1", by=year.by(), reason="内部掌握")
    settings = Settings(home=tmp_path / "home")
    made = write_report(year.session, year.newest, tmp_path / "a.pdf", settings=settings, store=year.store, public=True)
    assert [one.why for one in made.left_out] == [OWN_BOOKS, "内部掌握"]


def test_the_organ_s_own_template_is_used_unless_the_standard_one_is_asked_for(year: Filed, tmp_path: Path) -> None:
    standard = year.written(tmp_path / "a.docx")
    keep_word_template(
        year.session, year.year.organ, by=year.by(), store=year.store,
        file=check_template_file(examine("模板.docx", io.BytesIO(starter_template()))),
    )  # fmt: skip
    own = year.written(tmp_path / "b.docx")
    assert own != standard
    assert "署名" not in "".join(paragraph.text for paragraph in docx.Document(io.BytesIO(own)).paragraphs)
    assert year.written(tmp_path / "c.docx", standard=True) == standard


@pytest.mark.parametrize("name", ["报告.txt", "报告", "报告.docm"])
def test_an_ending_that_is_none_of_ours_is_told_what_is(year: Filed, tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInputError, match=rf"“{name}”的文件类型不能识别.*\.docx（Word 文件）.*\.xlsx"):
        year.written(tmp_path / name)
    assert not (tmp_path / name).exists()


def test_a_place_that_is_not_there_is_told(year: Filed, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"没有的文件夹.*无法写入"):
        year.written(tmp_path / "没有的文件夹" / "报告.pdf")


@pytest.mark.parametrize("ending", [".docx", ".pdf", ".html"])
def test_the_year_in_charts_is_written_by_ending_too(year: Filed, tmp_path: Path, ending: str) -> None:
    document = review_of(year.session, year.newest, edition_of(year.session, year.newest, public=False))
    settings = Settings(home=tmp_path / "home")
    for name in ("一", "二"):
        write_review(document, tmp_path / f"{name}{ending}", settings=settings)
    assert (tmp_path / f"一{ending}").read_bytes() == (tmp_path / f"二{ending}").read_bytes()
    with pytest.raises(BadInputError, match=r"\.docx、\.pdf、\.html 之一"):
        write_review(document, tmp_path / "三.xlsx", settings=settings)


def test_the_template_to_begin_with_is_a_word_file(tmp_path: Path) -> None:
    write_starter(tmp_path / "模板.docx")
    assert (tmp_path / "模板.docx").read_bytes() == starter_template()
    with pytest.raises(BadInputError, match=r"不是 \.docx 文件名"):
        write_starter(tmp_path / "模板.doc")
