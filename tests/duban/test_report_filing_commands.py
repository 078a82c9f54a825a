"""The commands by which a report goes its way, as a person types them and another program reads them."""

import shutil
from pathlib import Path

import pytest

from models.migrate import open_current
from models.settings import load_settings
from tests.filing import COPY, FINANCE, FINANCE_HEAD, TO, FilingOffice
from tests.homes import lay_home
from tests.office import FIRST, LEADER, SUPERVISOR
from tests.terminal import Terminal

YEAR = ("--year", "2025", "--organ", "bureau")
ON = ("--on", "2026-01-19")


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the office of the stories."""
    settings = load_settings(lay_home(tmp_path_factory.mktemp("office") / "data"))
    engine = open_current(settings)
    FilingOffice(engine, settings.home)
    engine.dispose()
    return settings.home


@pytest.fixture
def terminal(founded: Path, tmp_path: Path) -> Terminal:
    return Terminal(Path(shutil.copytree(founded, tmp_path / "data")))


def report(terminal: Terminal, who: str, *words: str) -> str:
    return terminal.says("report", *words, *YEAR, *ON, "--as", who)


def test_the_whole_way_by_commands(terminal: Terminal) -> None:
    status = report(terminal, SUPERVISOR, "status")
    assert "起草（第 1 版未送审）" in status
    assert "报送的法定期限 2026-02-28：还有25个工作日，任务 年报1（在办）" in status

    assert "已送审（校验码 " in report(terminal, SUPERVISOR, "submit")
    asked = report(terminal, SUPERVISOR, "consult", "--department", FINANCE, "--due", "2026-01-23")
    assert asked == "已向 1 个科室征求意见，2026-01-23 前反馈。\n"
    report(terminal, FINANCE_HEAD, "opine", "--department", FINANCE, "--text", "请补充数据")
    assert "财务科的意见尚未处理" in terminal.refused("report", "forward", *YEAR, *ON, "--as", SUPERVISOR)
    report(terminal, SUPERVISOR, "settle", "1", "--adopted", "no", "--reason", "数据已在附件")
    report(terminal, SUPERVISOR, "forward")
    report(terminal, LEADER, "review", "--text", "内容合法")
    report(terminal, LEADER, "secrecy")

    told = terminal.data("report", "status", *YEAR, *ON, "--as", FIRST)
    assert (told["state"], told["may"], told["findings"]) == ("sign_off", ["return", "sign"], [])
    assert [(one["department"], one["adopted"]) for one in told["consultations"]] == [(FINANCE, "no")]
    wrong = terminal.refused("report", "sign", "--hash", "0" * 12, *YEAR, *ON, "--as", FIRST)
    assert "已换成另一版" in wrong
    assert "可以报送" in report(terminal, FIRST, "sign", "--hash", told["hash"][:12])

    for name in (*TO, COPY):
        report(terminal, SUPERVISOR, "send", name, "--way", "机要交换")
    assert "已登记“某县委”2026-01-19 的回执" in report(terminal, SUPERVISOR, "receipt", TO[0], "--number", "收1")
    late = terminal.says(
        "report", "publish", "--place", "某日报", *YEAR, "--on", "2026-04-02", "--as", SUPERVISOR
    )  # fmt: skip
    assert "已登记 2026-04-02 公开（不公开 1 处）；已过法定时限，记为逾期。" in late
    terminal.says(
        "report", "archive", "--number", "2026-1", "--place", "档案室", *YEAR, "--on", "2026-04-03", "--as", SUPERVISOR
    )  # fmt: skip
    told = terminal.data("report", "status", *YEAR, "--on", "2026-04-03", "--as", SUPERVISOR)
    assert (told["state"], told["filed_late"], told["published_late"]) == ("archived", False, True)
    assert [row["act"] for row in told["log"]][-3:] == ["receipt", "publish", "archive"]
    assert "某县委" in report(terminal, SUPERVISOR, "status")


def test_a_return_leads_where_it_is_told_to(terminal: Terminal) -> None:
    report(terminal, SUPERVISOR, "submit")
    report(terminal, SUPERVISOR, "forward", "--reason", "不涉及其他科室")
    refused = terminal.refused("report", "return", "--reason", "改", "--to", "公开", *YEAR, *ON, "--as", FIRST)
    assert "不能从“法制审核”退到“公开”：可退到起草、征求意见。" in refused
    assert "没有“某处”这个环节" in terminal.refused(
        "report", "return", "--reason", "改", "--to", "某处", *YEAR, *ON, "--as", FIRST
    )
    assert "已退回“征求意见”" in report(terminal, FIRST, "return", "--reason", "再问财务科", "--to", "征求意见")
    assert "已退回“起草”" in report(terminal, FIRST, "return", "--reason", "再改")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("settle", "1", "--adopted", "maybe"), "“maybe”不可用：请写 yes（采纳）、partly（部分采纳）或 no（不采纳）。"),
        (("consult", "--department", "没有科", "--due", "2026-01-23"), "没有科"),
        (("consult", "--department", FINANCE, "--due", "下周"), "反馈时限“下周”无法识别"),
    ],
)
def test_what_is_typed_wrong_is_told(terminal: Terminal, words: tuple[str, ...], said: str) -> None:
    report(terminal, SUPERVISOR, "submit")
    assert said in terminal.refused("report", *words, *YEAR, *ON, "--as", SUPERVISOR)


def test_before_anything_was_sent_on_there_is_nothing_to_sign(terminal: Terminal) -> None:
    assert "还没有送审：请先在“年度报告”中编制，再送审" in terminal.refused("report", "sign", *YEAR, *ON, "--as", FIRST)


def test_the_days_stand_in_the_plan_already(terminal: Terminal) -> None:
    assert report(terminal, SUPERVISOR, "days") == "各项时限都已在计划中。\n"
    own = report(terminal, SUPERVISOR, "days", "--own", "02-10", "--note", "市局通知")
    assert (
        own
        == "年报3 完成2025年度法治政府建设年度报告定稿并报送（时限 2026-02-10）\n已列入 2026 年度计划 1 项，待下达。\n"
    )
