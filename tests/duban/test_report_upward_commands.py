"""`duban report figures|check|pack|key|receive|trust|below`, as two people on two machines type them."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlmodel import Session, select

from models.database import unit_of_work
from models.migrate import open_current
from models.people.organ import Organ
from models.settings import load_settings
from tasks.report.compiling.compile_report import compile_report
from tests.actors import administrator
from tests.homes import lay_home
from tests.report_year import a_year
from tests.terminal import Terminal
from tests.upward import CODE, NAME, SENT, TEMPLATE, approve

WHEN = ("--on", "2026-01-16")


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with an empty database of this version."""
    return lay_home(tmp_path_factory.mktemp("office") / "data")


@contextmanager
def opened(home: Path) -> Iterator[Session]:
    """A session on the database of a data folder, that writes as it likes."""
    engine = open_current(load_settings(home))
    with unit_of_work(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def below(founded: Path, tmp_path: Path) -> Terminal:
    """青禾县水务局 with its report of 2025."""
    home = Path(shutil.copytree(founded, tmp_path / "below"))
    with opened(home) as session:
        made = a_year(session)
        made.compile(template=TEMPLATE)
        approve(session, made.organ, 2025)
    return Terminal(home)


@pytest.fixture
def above(founded: Path, tmp_path: Path) -> Terminal:
    """县政府 with two organs below."""
    home = Path(shutil.copytree(founded, tmp_path / "above"))
    with opened(home) as session:
        organ = Organ(code="county", name="青禾县人民政府")
        session.add(organ)
        session.flush()
        session.add(Organ(code=CODE, name=NAME, parent_id=organ.id))
        session.add(Organ(code="forest", name="青禾县林业局", parent_id=organ.id))
    return Terminal(home)


def test_a_report_goes_from_one_machine_to_another(below: Terminal, above: Terminal, tmp_path: Path) -> None:
    package = tmp_path / "上报包.zip"
    packed = below.data("report", "pack", "--year", "2025", "--out", package, *WHEN)
    fingerprint = below.data("report", "key")["fingerprint"]
    assert packed["fingerprint"] == fingerprint
    assert below.data("report", "pack", "--year", "2025", "--out", tmp_path / "again.zip")["sha256"] == packed["sha256"]

    county = ("--organ", "county", *WHEN)
    assert "尚未核对其签名密钥" in above.refused("report", "receive", package, *county)
    said = above.says("report", "receive", package, "--fingerprint", fingerprint, *county)
    assert said.splitlines() == [
        ("已接收青禾县水务局 2025 年度报告（上报包，内部版，第 1 版），"
"编号 1。"), "通过法制审核：青禾县分管领导，2026-01-16",
        "通过保密审查：青禾县分管领导，2026-01-16", "审签：青禾县第一责任人，2026-01-16",
    ]  # fmt: skip
    again = above.data("report", "receive", package, "--organ", "county", "--on", "2026-01-20")
    assert (again["new"], again["received_on"]) == (False, "2026-01-16")

    data = above.data("report", "below", "--year", "2025", "--organ", "county", "--on", "2026-03-02")
    assert data["last_day"] == "2026-02-28"
    assert [(one["code"], one["state"], one["late"]) for one in data["organs"]] == [
        ("forest", "missing", True), ("water", "received", False),
    ]  # fmt: skip
    totals = {figure["code"]: (figure["total"], figure["unit"]) for figure in data["figures"]}
    assert totals["case.cases"] == (13, "起")
    assert totals["case.fines"] == (3, "万元")
    screen = above.says("report", "below", "--year", "2025", *county)
    assert "最后一天为 2026-02-28；未报送：青禾县林业局。" in screen
    assert "行政执法案件" in screen


def test_a_draft_is_a_kind_of_its_own(below: Terminal, above: Terminal, tmp_path: Path) -> None:
    out, county = tmp_path / "草稿包.zip", ("--organ", "county", *WHEN)
    assert "已审签，不是草稿" in below.refused("report", "pack", "--year", "2025", "--out", out, "--draft")
    with opened(below.home) as session:
        compile_report(
            session, session.exec(select(Organ)).one(), 2025, by=administrator(SENT), on=SENT, template=TEMPLATE
        )
    assert "不是送审的一版" in below.refused("report", "pack", "--year", "2025", "--version", "2", "--out", out)
    packed = below.data("report", "pack", "--year", "2025", "--out", out, "--draft", *WHEN)
    assert (packed["kind"], packed["version"]) == ("draft", 2)
    assert packed["cover"].startswith("【草稿，未经审签，不作为报送的报告】【内部版】第2版，“起草”环节")

    fingerprint = below.data("report", "key")["fingerprint"]
    said = above.says("report", "receive", out, "--fingerprint", fingerprint, *county)
    assert "草稿只供查看，不作为已报送，不计入合计。" in said
    data = above.data("report", "below", "--year", "2025", *county)
    assert [(one["code"], one["state"]) for one in data["organs"]] == [("forest", "missing"), ("water", "draft")]
    assert data["figures"] == []


def test_a_key_that_changed_is_confirmed_anew_with_a_reason(below: Terminal, above: Terminal, tmp_path: Path) -> None:
    package, fingerprint = tmp_path / "上报包.zip", below.data("report", "key")["fingerprint"]
    county = ("--organ", "county", *WHEN)
    above.says("report", "trust", CODE, "--fingerprint", fingerprint, *county)
    (below.home / "report-signing.key").unlink()
    below.says("report", "pack", "--year", "2025", "--out", package, *WHEN)
    assert "换了签名密钥" in above.refused("report", "receive", package, *county)
    other = below.data("report", "key")["fingerprint"]
    assert "须写明理由" in above.refused("report", "trust", CODE, "--fingerprint", other, *county)
    above.says("report", "trust", NAME, "--fingerprint", other, "--reason", "电脑更换，已电话核实", *county)
    assert "已接收" in above.says("report", "receive", package, *county)
    assert "不是青禾县人民政府的下级单位" in above.refused("report", "trust", "nobody", "--fingerprint", other, *county)


def test_what_cannot_be_packed_or_received_says_why(below: Terminal, above: Terminal, tmp_path: Path) -> None:
    out = tmp_path / "x.zip"
    assert "没有第 7 版；现有：1" in below.refused("report", "pack", "--year", "2025", "--version", "7", "--out", out)
    assert "2024 年度报告尚未编制" in below.refused("report", "pack", "--year", "2024", "--out", out)
    assert "无法写入文件" in below.refused("report", "pack", "--year", "2025", "--out", tmp_path / "no" / "x.zip")
    shutil.copyfile(__file__, out)
    assert "不是上报包" in above.refused("report", "receive", out, "--organ", "county")
    assert "无法读取" in above.refused("report", "receive", tmp_path / "nowhere.zip", "--organ", "county")
    assert "没有登记下级单位" in below.says("report", "below", "--year", "2025")


def test_every_figure_of_a_year_is_listed_with_what_it_counts(below: Terminal) -> None:
    figures = {one["code"]: one for one in below.data("report", "figures", "--year", "2025", "--on", "2026-01-16")}
    cases = figures["case.cases"]
    assert (cases["value"], cases["unit"], cases["approximate"], len(cases["rows"])) == (13, "起", False, 13)
    assert (cases["first_on"], cases["last_on"]) == ("2025-01-01", "2025-12-31")
    assert cases["definition"]
    assert len(cases["row_hash"]) == 64
    (only,) = below.data("report", "figures", "--year", "2025", "--name", "case.simple")
    assert (only["name"], only["value"]) == ("简易程序案件", 4)
    assert "简易程序案件" in below.says("report", "figures", "--year", "2025", "--name", "简易")
    assert "没有名为“天气”的数字" in below.refused("report", "figures", "--year", "2025", "--name", "天气")


def test_a_year_is_checked_before_it_is_sent(below: Terminal) -> None:
    data = below.data("report", "check", "--year", "2025")
    assert (data["version"], data["findings"]) == (1, [])
    # What was sent on had nothing left to verify.
    assert data["unverified"] == 0
    screen = below.says("report", "check", "--year", "2025")
    assert "核对青禾县水务局 2025 年度报告第 1 版" in screen
    assert "没有上年度的计划，未与上年比较。" in screen
