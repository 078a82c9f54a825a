"""The commands around the report, as a person and as another program use them."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
import typer
from typer.testing import CliRunner, Result

from duban.cli import root
from duban.commands.ledgers import ledgers
from duban.commands.report import report
from models.database import unit_of_work
from models.errors import BadInputError, DubanError, NotFoundError, UnreadableFileError
from models.migrate import open_current
from models.settings import load_settings
from tests.homes import lay_home
from tests.report_year import ENFORCEMENT, ReportYear

Duban = Callable[..., Any]


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with an office, its plan of 2025 and one item still open."""
    settings = load_settings(lay_home(tmp_path_factory.mktemp("office") / "data"))
    engine = open_current(settings)
    with unit_of_work(engine) as session:
        year = ReportYear(session)
        year.item("修订工作规则", due="6-30", closed="6-20")
        year.item("开展案卷评查", project=ENFORCEMENT, due="10-31")
    engine.dispose()
    return settings.home


@pytest.fixture
def home(founded: Path, tmp_path: Path) -> Path:
    """That office, for one story."""
    return Path(shutil.copytree(founded, tmp_path / "data"))


@pytest.fixture
def run(home: Path) -> Callable[..., Result]:
    """Runs a command in the data folder; what it raises is raised here."""
    app = typer.Typer()
    app.callback()(root)
    ledgers.register(app)
    report.register(app)

    def run(*words: str) -> Result:
        result = CliRunner().invoke(app, ["--home", str(home), *words])
        if isinstance(result.exception, DubanError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result

    return run


@pytest.fixture
def duban(run: Callable[..., Result]) -> Duban:
    """Runs a command with --json; its data."""
    return lambda *words: json.loads(run(*words, "--json").stdout)


@pytest.fixture
def told(run: Callable[..., Result]) -> Callable[..., str]:
    """Runs a command; what a person sees."""
    return lambda *words: run(*words).stdout


def keep_the_ledgers(duban: Duban) -> None:
    """Two study sessions, thirteen cases with 30,000 yuan in fines, two acts, one deficiency."""
    for month in range(1, 5):
        duban("ledger", "add", "case", "--procedure", "简易", "--on", f"2025-{month:02}-10")
    for month in range(1, 10):
        fine = "3333.33" if month < 9 else "3333.36"
        duban("ledger", "add", "case", "--procedure", "ordinary", "--on", f"2025-{month:02}-20", "--fine", fine)
    duban("ledger", "add", "study", "--on", "2025-04-02", "--topic", "行政处罚法", "--people", "12")
    duban("ledger", "add", "study", "--on", "2025-09-02", "--topic", "民法典")
    duban("act", "add", "--kind", "deploy", "--on", "2025-02-11", "--text", "部署年度工作", "--document-number", "1号")
    duban("act", "add", "--kind", "督办", "--on", "2025-07-02", "--text", "督办规则修订", "--item", "1")
    duban("deficiency", "add", "--on", "2025-12-01", "--text", "渠道单一", "--remedy", "配备专人")


def test_what_is_recorded_gives_its_id_and_is_listed(duban: Duban) -> None:
    keep_the_ledgers(duban)

    made = duban("ledger", "add", "case", "--procedure", "simple", "--on", "2026-01-02", "--outcome", "撤销")
    assert {name: made[name] for name in ("id", "decided_on", "procedure", "fine", "outcome")} == {
        "id": 14,
        "decided_on": "2026-01-02",
        "procedure": "simple",
        "fine": 0,
        "outcome": "revoked",
    }
    listed = duban("ledger", "list", "--year", "2025")
    assert (len(listed["case"]), listed["case"][0]["fine"]) == (13, 3333.36)
    assert [(row["id"], row["held_on"], row["topic"], row["people"]) for row in listed["study"]] == [
        (2, "2025-09-02", "民法典", None),
        (1, "2025-04-02", "行政处罚法", 12),
    ]
    acts = [(act["kind"], act["document_number"]) for act in duban("act", "list")]
    assert acts == [("supervise", None), ("deploy", "1号")]
    assert duban("deficiency", "list", "--year", "2024") == []


def test_a_person_sees_what_was_recorded(told: Callable[..., str]) -> None:
    assert {"执法案件：没有。", "学习研讨：没有。"} <= set(told("ledger", "list").splitlines())
    assert told("act", "add", "--kind", "过问", "--on", "2025-03-01", "--text", "过问评查进度") == (
        "已登记 2025-03-01 的履职（过问），编号 1。\n"
    )
    told("ledger", "add", "case", "--procedure", "普通", "--on", "2025-03-02", "--fine", "200.50", "--number", "1号")

    assert "过问评查进度" in told("act", "list", "--year", "2025")
    assert [line.split() for line in told("ledger", "list").splitlines() if "1号" in line] == [
        ["1", "2025-03-02", "普通程序", "1号", "行政处罚", "200.50", "0.00", "未被变更或撤销"]
    ]


def test_the_report_has_the_shape_that_programs_rely_on(duban: Duban, tmp_path: Path) -> None:
    keep_the_ledgers(duban)

    compiled = duban("report", "compile", "--year", "2025", "--out", str(tmp_path / "报告.docx"))

    assert [section["kind"] for section in compiled["sections"]] == [
        "achievements",
        "deficiencies",
        "first_responsible",
        "next_year",
    ]
    found = {
        figure["name"]: figure
        for section in compiled["sections"]
        for block in section["blocks"]
        for figure in block["figures"]
    }
    assert {name: (found[name]["value"], found[name]["unit"], len(found[name]["rows"])) for name in found} == {
        "列入计划任务": (2, "项", 2),
        "完成任务": (1, "项", 1),
        "按时完成任务": (1, "项", 1),
        "集中学习研讨": (2, "次", 2),
        "行政执法案件": (13, "起", 13),
        "简易程序案件": (4, "件", 4),
        "普通程序案件": (9, "件", 9),
        "罚款金额": (3, "万元", 9),
        "被变更或撤销案件": (0, "起", 0),
    }
    for section in compiled["sections"]:
        assert {"kind", "heading", "blocks"} <= section.keys()
        for block in section["blocks"]:
            assert {"text", "sources", "figures", "unsupported"} <= block.keys()
            assert block["unsupported"] is (block["sources"] == [])
    assert compiled["dated_on"] == "2026-01-15"
    assert docx.Document(str(tmp_path / "报告.docx")).paragraphs[0].text.replace("\n", "") == compiled["title"]


def test_compiled_twice_the_file_is_the_same_to_the_byte(duban: Duban, tmp_path: Path) -> None:
    keep_the_ledgers(duban)
    first, second = tmp_path / "1.docx", tmp_path / "2.docx"

    duban("report", "compile", "--year", "2025", "--out", str(first))
    duban("report", "compile", "--year", "2025", "--out", str(second))

    assert first.read_bytes() == second.read_bytes()


def test_a_person_sees_the_parts_what_to_verify_and_the_file(told: Callable[..., str], tmp_path: Path) -> None:
    file = tmp_path / "报告.docx"

    said = told("report", "compile", "--year", "2025", "--on", "2026-02-01", "--out", str(file))

    assert "青禾县水务局2025年度法治政府建设情况报告（第 1 版，成文日期 2026-02-01）" in said
    assert "一、2025年推进法治政府建设的主要举措和成效" in said
    assert re.search(r"有待核 \d+ 处，文中已标出", said)
    assert f"已写出 {file}。" in said
    assert "未写文件" in told("report", "compile", "--year", "2025")


def test_a_number_leads_back_to_the_records(duban: Duban, told: Callable[..., str]) -> None:
    keep_the_ledgers(duban)
    duban("report", "compile", "--year", "2025")

    said = told("report", "trace", "集中学习研讨", "--year", "2025")

    assert "集中学习研讨：2次" in said
    assert "study:1" in said
    assert "行政处罚法 12" in said
    [traced] = duban("report", "trace", "集中学习研讨", "--year", "2025")
    assert [row["row"] for row in traced["rows"]] == ["study:1", "study:2"]


def test_our_own_report_can_be_read(duban: Duban, told: Callable[..., str], tmp_path: Path) -> None:
    keep_the_ledgers(duban)
    file = str(tmp_path / "报告.docx")
    duban("report", "compile", "--year", "2025", "--out", file)

    read = duban("report", "read", file)
    said = told("report", "read", file)

    assert (read["organ"], read["year"], read["addressee"]) == ("青禾县水务局", 2025, None)
    assert [item["title"] for item in read["items"]] == [
        "开展案卷评查",
        "配备专人",
    ]
    for line in (
        "机关：青禾县水务局",
        "主送：（文中未写明）",
        "四 2026年推进法治政府建设的主要安排 [下一年度主要安排]",
        "    13起  ",
        "可作为下一年度任务导入的 2 项：",
        "    开展案卷评查\n",
    ):
        assert line in said


def test_the_template_of_the_office_lies_in_its_data_folder(duban: Duban, home: Path, tmp_path: Path) -> None:
    (home / "report.toml").write_text('addressee = "县委、县政府"', encoding="utf-8")
    other = tmp_path / "other.toml"
    other.write_text('order = ["next_year"]', encoding="utf-8")

    assert duban("report", "compile", "--year", "2025")["addressee"] == "县委、县政府"
    named = duban("report", "compile", "--year", "2025", "--template", str(other))
    assert [section["kind"] for section in named["sections"]] == ["next_year"]


@pytest.mark.parametrize(
    ("words", "error", "said"),
    [
        (("report", "compile", "--year", "2024"), NotFoundError, "没有 2024 年度计划"),
        (("report", "compile", "--year", "2025", "--on", "2025-02-30"), BadInputError, "日期“2025-02-30”无法识别"),
        (("report", "compile", "--year", "2025", "--out", "报告.pdf"), BadInputError, "“报告.pdf”不是 .docx 文件名"),
        (("report", "compile", "--year", "2025", "--out", "/nowhere/报告.docx"), DubanError, "文件夹不存在"),
        (("report", "read", "/nowhere/报告.docx"), UnreadableFileError, "报告.docx"),
        (("report", "trace", "案件", "--year", "2025"), NotFoundError, "尚未编制"),
        (("act", "add", "--kind", "see", "--text", "x"), BadInputError, "“see”不可用，可用：deploy（部署）"),
        (
            ("act", "add", "--kind", "deploy", "--text", "x", "--on", "2025-01-01", "--item", "9"),
            NotFoundError,
            "没有编号为“9”的任务",
        ),
        (("ledger", "add", "case", "--procedure", "simple", "--fine", "三万"), BadInputError, "罚款（元）“三万”不可用"),
        (("deficiency", "add", "--text", " "), BadInputError, "不足不能为空"),
    ],
)
def test_bad_input_gives_one_clear_line(
    run: Callable[..., Result], words: tuple[str, ...], error: type[DubanError], said: str
) -> None:
    with pytest.raises(error) as refusal:
        run(*words)

    assert said in refusal.value.message
    assert "\n" not in refusal.value.message


def test_a_report_that_cannot_be_written_leaves_no_version_behind(run: Callable[..., Result], duban: Duban) -> None:
    with pytest.raises(DubanError):
        run("report", "compile", "--year", "2025", "--out", "/nowhere/报告.docx")

    with pytest.raises(NotFoundError, match="尚未编制"):
        duban("report", "trace", "完成任务", "--year", "2025")


def test_the_tables_of_enforcement_are_told_and_written(home: Path, run: Callable[..., Result]) -> None:
    told = json.loads(run("report", "enforcement", "--year", "2025", "--json").stdout)
    assert [table["title"] for table in told] == [
        "行政处罚实施情况统计表", "行政许可实施情况统计表", "行政强制实施情况统计表", "行政检查实施情况统计表",
    ]  # fmt: skip
    out = home / "年报.docx"
    assert f"已写出 {out}。" in run("report", "enforcement", "--year", "2025", "--out", str(out)).stdout
    assert len(docx.Document(str(out)).tables) == 4
