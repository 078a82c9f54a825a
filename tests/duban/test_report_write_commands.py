"""`duban report write|charts|word-template`, as a person and as another program use them."""

import re
import shutil
import zipfile
from pathlib import Path

import docx
import pytest
from pypdf import PdfReader

from models.database import unit_of_work
from models.ledgers.measure import OWN_BOOKS
from models.migrate import open_current
from models.settings import load_settings
from tasks.report.desk.mark_block import mark_internal
from tests.desk import on_the_desk
from tests.filing import vouch
from tests.homes import lay_home
from tests.terminal import Terminal


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a compiled report, one block of it internal."""
    settings = load_settings(lay_home(tmp_path_factory.mktemp("office") / "data"))
    engine = open_current(settings)
    with unit_of_work(engine) as session:
        desk = on_the_desk(session)
        vouch(session, desk.year.organ, 2025)
        mark_internal(session, desk.newest, "deficiency:1", by=desk.by(), reason="内部掌握")
    engine.dispose()
    return settings.home


@pytest.fixture
def terminal(founded: Path, tmp_path: Path) -> Terminal:
    return Terminal(Path(shutil.copytree(founded, tmp_path / "data")))


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("a.docx", "Word 文件"), ("a.PDF", "PDF 文件"), ("a.html", "网页"), ("a.zip", "佐证材料附件"),
        ("a.xlsx", "数字及所据记录"),
    ],
)  # fmt: skip
def test_the_ending_tells_what_is_written(terminal: Terminal, tmp_path: Path, name: str, what: str) -> None:
    said = terminal.says("report", "write", "--year", "2025", "--out", tmp_path / name)
    assert f"已写出 {tmp_path / name}：" in said
    assert f"（第 1 版，内部版，{what}）" in said
    assert (tmp_path / name).stat().st_size > 0


def test_the_public_edition_says_what_it_leaves_out(terminal: Terminal, tmp_path: Path) -> None:
    out = tmp_path / "公开.pdf"
    said = terminal.says("report", "write", "--year", "2025", "--edition", "public", "--out", out)
    assert "未公开：推进法治政府建设存在的不足和原因：普法渠道较为单一。" in said
    assert "普法渠道较为单一" not in "".join(page.extract_text() for page in PdfReader(out).pages)
    told = terminal.data("report", "write", "--year", "2025", "--edition", "public", "--out", out)
    # Without the fonts of official paper the command says what stands in; with them there is nothing to say.
    assert all(re.fullmatch("(标题|正文|.级标题)的.+以.+代替", one) for one in told["replaced_fonts"])
    assert ("本机没有公文标准字体" in said) is bool(told["replaced_fonts"])
    assert (told["kind"], told["version"], told["edition"]) == ("pdf", 1, "public")
    assert [one["why"] for one in told["left_out"]] == [OWN_BOOKS, "内部掌握"]


def test_a_number_is_given_once_and_stands_on_what_is_written(terminal: Terminal, tmp_path: Path) -> None:
    assert "没有机关代字，不能编文号" in terminal.refused("report", "number", "--year", "2025")
    (tmp_path / "体例.toml").write_text('organ_code = "青水"\n', encoding="utf-8")
    terminal.says("report", "compile", "--year", "2025", "--template", tmp_path / "体例.toml")
    for said in (["--number", "12"], []):
        assert "的文号为 青水〔2026〕12号。" in terminal.says("report", "number", "--year", "2025", *said)
    out = tmp_path / "报告.docx"
    terminal.says("report", "write", "--year", "2025", "--out", out)
    assert docx.Document(str(out)).paragraphs[0].text.startswith("青水〔2026〕12号")


def test_what_cannot_be_written_is_told_and_nothing_is(terminal: Terminal, tmp_path: Path) -> None:
    said = terminal.refused("report", "write", "--year", "2025", "--out", tmp_path / "报告.txt")
    assert "文件名应以下列之一结尾：.docx（Word 文件）" in said
    assert "没有第 7 版" in terminal.refused(
        "report", "write", "--year", "2025", "--version", "7", "--out", tmp_path / "报告.pdf"
    )
    assert "尚未编制" in terminal.refused("report", "charts", "--year", "2031", "--out", tmp_path / "图.docx")
    assert "文件名应以 .docx、.pdf、.html 之一结尾" in terminal.refused(
        "report", "charts", "--year", "2025", "--out", tmp_path / "图.xlsx"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_without_a_font_the_pdf_is_refused_in_one_line(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUBAN_PDF_FONT_FOLDER", "没有的文件夹")
    said = terminal.refused("report", "write", "--year", "2025", "--out", tmp_path / "报告.pdf")
    assert "没有的文件夹 不存在" in said
    assert "DUBAN_PDF_FONT_FOLDER" in said
    monkeypatch.delenv("DUBAN_PDF_FONT_FOLDER")
    monkeypatch.setenv("DUBAN_PDF_TITLE_FONT", "没有的字体")
    said = terminal.refused("report", "write", "--year", "2025", "--out", tmp_path / "报告.pdf")
    assert "标题可用 没有的字体 之一" in said


def test_the_year_in_charts_holds_native_charts(terminal: Terminal, tmp_path: Path) -> None:
    out = tmp_path / "图.docx"
    assert terminal.data("report", "charts", "--year", "2025", "--out", out)["title"] == "青禾县水务局2025年度数据图"
    with zipfile.ZipFile(out) as archive:
        assert sum(name.startswith("word/charts/") for name in archive.namelist()) == 4


def test_a_word_template_is_written_checked_used_and_stopped(terminal: Terminal, tmp_path: Path) -> None:
    template, out = tmp_path / "模板.docx", tmp_path / "报告.docx"
    terminal.says("report", "word-template", "new", "--out", template)
    assert "可以用作报告的 Word 模板" in terminal.says("report", "word-template", "check", template)
    document = docx.Document(str(template))
    document.add_paragraph("承印：{{ 单位 }}")
    document.save(str(template))
    assert "已启用，为第 1 版" in terminal.says("report", "word-template", "set", template)
    terminal.says("report", "write", "--year", "2025", "--out", out)
    assert docx.Document(str(out)).paragraphs[-1].text == "承印：青禾县水务局"
    terminal.says("report", "write", "--year", "2025", "--standard", "--out", out)
    assert "承印" not in docx.Document(str(out)).paragraphs[-1].text
    assert terminal.data("report", "word-template", "stop")["revision"] == 1
    terminal.says("report", "write", "--year", "2025", "--out", out)
    assert "承印" not in docx.Document(str(out)).paragraphs[-1].text


def test_a_word_template_that_does_not_fit_is_told(terminal: Terminal, tmp_path: Path) -> None:
    wrong = tmp_path / "模板.docx"
    wrong.write_bytes(b"x")
    assert "不能用作模板：不是 Word 文件" in terminal.refused("report", "word-template", "check", wrong)
    assert terminal.data("report", "word-template", "check", wrong)["problems"] != []
    assert "无法读取" in terminal.refused("report", "word-template", "set", tmp_path / "没有.docx")
    assert "不是 .docx 文件名" in terminal.refused("report", "word-template", "new", "--out", tmp_path / "模板.txt")
