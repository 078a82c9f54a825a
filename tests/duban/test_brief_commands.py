"""`duban brief` and `duban document`, as a leader, a supervisor and a program use them."""

from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from sqlalchemy import Engine

from models.database import open_engine
from models.papers.document import Document
from models.settings import Settings
from tasks.items.extend import extend
from tasks.items.instruct import instruct
from tests.homes import lay_home
from tests.office import FIRST, HANDLER, LEADER, OUTSIDER, SUPERVISOR, Office, day
from tests.tasks.papers.papers import cells
from tests.terminal import Terminal

ON = ("--on", "2026-07-01")
HERE = ("--organ", "bureau")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    made = Settings(home=tmp_path / "data")
    lay_home(made.home)
    engine = open_engine(made.database)
    yield engine
    engine.dispose()


@pytest.fixture
def office(database: Engine, tmp_path: Path) -> Office:
    """One item overdue with its sheets, one with an extension asked for and an instruction."""
    made = Office(database, tmp_path / "data")
    made.assign("普法宣传", due="2026-06-10")
    number = made.assign("案卷评查", due="2026-07-08")
    made.fast_forward("2026-06-22", send=False)
    made.report(number, on="2026-06-22", percent=60)
    made.do(HANDLER, extend, number, on="2026-06-23", to=day("2026-08-31"), reason="等省里文件", progress="一半")
    made.do(FIRST, instruct, number, on="2026-06-23", content="请说明原因", due_on=day("2026-07-06"))
    return made


@pytest.fixture
def terminal(office: Office, tmp_path: Path) -> Terminal:
    return Terminal(tmp_path / "data")


def test_the_leader_looks_at_one_page_and_nothing_is_kept_of_it(terminal: Terminal, office: Office) -> None:
    page = terminal.says("brief", "leader", *ON, "--as", FIRST)

    assert "红灯事项 1 项，待您处理 1 项，批示待复 1 项" in page
    for words in ("普法宣传", "逾期14个工作日", "延期审批", "请说明原因", "尚无反馈", "2026-07-08"):
        assert words in page
    data = terminal.data("brief", "leader", *ON, "--as", SUPERVISOR)
    assert (data["person"], data["red"], data["document"]) == ("刘局长（局长）", 1, None)
    assert [row.kind.value for row in office.rows(Document)] == ["sheet", "sheet"]


def test_a_brief_that_is_written_is_kept_and_exported_again_alike(terminal: Terminal, tmp_path: Path) -> None:
    written, exported = tmp_path / "简报.docx", tmp_path / "再来.docx"

    said = terminal.says("brief", "leader", *ON, "--as", FIRST, "--out", written)
    terminal.says("document", "export", "督简〔2026〕1号", "--out", exported, *ON, "--as", FIRST)

    assert "督简〔2026〕1号《督办工作简报（刘局长，2026-07-01）》已留存" in said
    assert written.read_bytes() == exported.read_bytes()
    assert cells(docx.Document(str(written)).tables[0])[0] == ["呈报", "刘局长（局长）", "日期", "2026年7月1日"]


def test_another_leaders_brief_is_had_by_name(terminal: Terminal) -> None:
    data = terminal.data("brief", "leader", *ON, "--as", SUPERVISOR, "--person", LEADER)

    assert (data["person"], [row["what"] for row in data["waiting_rows"]]) == ("张副局（副局长）", ["延期审批"])


def test_a_preview_takes_no_number_and_the_circular_takes_one_once(terminal: Terminal, office: Office) -> None:
    preview = terminal.data("brief", "circular", "--period", "month", *ON, "--preview", *HERE)
    assert (preview["document"], preview["totals"]["items"], preview["until_on"]) == (None, 2, "2026-06-30")
    assert len(office.rows(Document)) == 2

    first = terminal.data("brief", "circular", "--period", "month", *ON, "--as", SUPERVISOR)
    second = terminal.data("brief", "circular", "--period", "month", "--on", "2026-07-02", "--as", SUPERVISOR)
    assert (first["document_number"], second["document"]) == ("督通〔2026〕1号", first["document"])


def test_a_circular_is_shown_and_written(terminal: Terminal, tmp_path: Path) -> None:
    out = tmp_path / "通报.docx"

    said = terminal.says("brief", "circular", "--period", "week", *ON, "--until", "2026-06-26", "--as", SUPERVISOR,
                         "--out", out)  # fmt: skip

    assert "某局关于2026年第26周督办事项办理情况的通报（2026-06-22 至 2026-06-26）" in said
    for words in ("共 2 项", "逾期11个工作日", "第一责任人", "法规科1项事项逾期", "督通〔2026〕1号"):
        assert words in said
    assert docx.Document(str(out)).paragraphs[0].text == "第1期　某局督通〔2026〕1号"


def test_the_preview_can_be_written_too_without_a_number(terminal: Terminal, tmp_path: Path) -> None:
    out = tmp_path / "预览.docx"

    terminal.says("brief", "circular", "--period", "quarter", *ON, "--preview", "--out", out, *HERE)

    assert docx.Document(str(out)).paragraphs[0].text.startswith("某局")


def test_a_circular_whose_content_changed_is_numbered_anew_on_demand(terminal: Terminal, office: Office) -> None:
    again = ("brief", "circular", "--period", "month", *ON, "--as", SUPERVISOR, "--again")

    assert [terminal.data(*again)["document_number"] for _ in range(2)] == ["督通〔2026〕1号"] * 2
    office.report("1", "补报", on="2026-06-30")
    assert terminal.data(*again)["document_number"] == "督通〔2026〕2号"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(("leader", "--as", HANDLER), "不能查看本人简报", id="a handler has no brief"),
        pytest.param(("leader", *HERE), "不能查看本人简报", id="nor has the machine's administrator"),
        pytest.param(("leader", "--as", FIRST, "--out", "a.pdf"), "不是 .docx 文件名", id="only Word files"),
        pytest.param(("circular", "--period", "month", "--as", FIRST), "不能印发通报简报", id="the leader issues none"),
        pytest.param(("circular", "--period", "month", "--preview", "--as", HANDLER), "不能查看", id="nor previews"),
        pytest.param(
            ("circular", "--period", "month", "--until", "2026-07-31", "--as", SUPERVISOR), "还没有到", id="not yet"
        ),
        pytest.param(("circular", "--period", "year"), "month", id="no such period"),
    ],
)
def test_what_is_refused_is_one_line(terminal: Terminal, arguments: tuple[str, ...], words: str) -> None:
    assert words in terminal.refused("brief", *arguments, *ON)


def test_the_documents_are_listed_and_a_sheet_is_exported(terminal: Terminal, tmp_path: Path) -> None:
    listed = terminal.data("document", "list", "--as", SUPERVISOR, *ON)
    out = tmp_path / "督办单.docx"
    terminal.data("document", "export", str(listed[0]["id"]), "--out", out, "--as", HANDLER, *ON)

    assert [(row["kind"], row["number"], row["item"]) for row in listed] == [
        ("sheet", "督办〔2026〕2号", "2"),
        ("sheet", "督办〔2026〕1号", "1"),
    ]
    assert "督办单" in terminal.says("document", "list", "--kind", "督办单", "--as", SUPERVISOR, *ON)
    assert terminal.data("document", "list", "--kind", "催办单", "--as", SUPERVISOR, *ON) == []
    [form] = map(cells, docx.Document(str(out)).tables)
    assert form[0][:2] == ["文号", "某局督办〔2026〕2号"]


def test_a_document_that_is_not_there_or_not_ones_own_is_refused(terminal: Terminal, tmp_path: Path) -> None:
    out = tmp_path / "x.docx"

    assert "没有文书" in terminal.refused("document", "export", "督办〔2026〕9号", "--out", out, "--as", SUPERVISOR)
    assert "不在您的查看范围内" in terminal.refused(
        "document", "export", "督办〔2026〕1号", "--out", out, "--as", OUTSIDER, "--organ", "bureau"
    )
    assert "不是 .docx" in terminal.refused("document", "export", "1", "--out", tmp_path / "x.pdf", "--as", SUPERVISOR)
    assert not out.exists()
