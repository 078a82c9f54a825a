"""下级报送: receiving by the pages, comparing a key, seeing who is missing, and what can be added up."""

import io
import re
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey
from sqlalchemy import Engine

from models.database import unit_of_work
from models.people.organ import Organ
from models.report.received_report import ReceivedReport, TrustedKey
from tasks.report.upward.signing_key import fingerprint_of, spaced
from tests.office import FIRST, HANDLER, OUTSIDER, SUPERVISOR, Office, day
from tests.upward import CODE, DRAFT, KEY, NAME, SAID, a_package, figure_data, report_data
from tests.web import Visitor, Web, words_of

PRINT = fingerprint_of(KEY)


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    office = Office(engine, tmp_path / "home")
    with unit_of_work(engine) as session:
        session.add(Organ(code=CODE, name=NAME, parent_id=office.organ_id))
        session.add(Organ(code="forest", name="青禾县林业局", parent_id=office.organ_id))
    office.today = day("2026-02-20")
    return office


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def upload(visitor: Visitor, content: bytes) -> tuple[int, str, str]:
    """The status, the page or where it leads to, and what it says."""
    answer = visitor.post("/reports/below/upload", files={"file": ("上报包.zip", io.BytesIO(content))})
    where = answer.headers.get("location", "")
    return answer.status_code, where, words_of(visitor.get(where).text if where else answer.text)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def first_received(visitor: Visitor, content: bytes) -> str:
    page = visitor.post("/reports/below/upload", files={"file": ("上报包.zip", io.BytesIO(content))}).text
    sent = {name: hidden(page, name) for name in ("waiting", "fingerprint")} | {"compared": "yes"}
    return visitor.act("/reports/below/confirm", sent)


def test_the_first_package_waits_until_its_key_was_compared(office: Office, web: Web) -> None:
    visitor = web.of(SUPERVISOR)
    words = visitor.read("/reports/below")
    assert "下级报送 2025 年度报告" in words
    assert "未报送 2 个 最后一天为 2026-02-28，还有 8 天" in words

    answer = visitor.post("/reports/below/upload", files={"file": ("上报包.zip", io.BytesIO(a_package()))})
    assert answer.status_code == 200
    assert spaced(PRINT) in words_of(answer.text)
    assert office.rows(ReceivedReport) == []
    sent = {name: hidden(answer.text, name) for name in ("waiting", "fingerprint")}
    refused = visitor.post("/reports/below/confirm", sent)
    assert (refused.status_code, office.rows(TrustedKey)) == (400, [])
    assert "请先与对方核对指纹" in words_of(refused.text)

    words = visitor.act("/reports/below/confirm", sent | {"compared": "yes"})
    assert "已接收青禾县水务局 2025 年度报告（上报包，内部版，第 1 版）。" in words
    assert "已审签，“报送”环节" in words
    assert "通过法制审核：顾副局长，2026-01-13；通过保密审查：沈局长，2026-01-14；审签：沈局长，2026-01-15" in words
    assert SAID in words
    assert [key.fingerprint for key in office.rows(TrustedKey)] == [PRINT]
    words = visitor.read("/reports/below")
    assert "未报送 1 个" in words
    assert "行政执法案件 13起 青禾县水务局 13起" in words


def test_a_draft_is_shown_and_counts_as_nothing(web: Web) -> None:
    visitor = web.of(SUPERVISOR)
    words = first_received(visitor, a_package(report_data(**DRAFT)))
    assert "已接收青禾县水务局 2025 年度报告（草稿包，内部版，第 1 版）。草稿只供查看" in words
    assert "草稿，未报送" in words
    words = visitor.read("/reports/below")
    assert "未报送 2 个" in words
    assert "收到草稿，未报送" in words
    assert "行政执法案件" not in words


def test_the_same_again_is_recognised_and_a_changed_key_is_not_let_in(office: Office, web: Web) -> None:
    visitor = web.of(SUPERVISOR)
    first_received(visitor, a_package())
    assert "已于 2026-02-20 接收，未重复登记" in upload(visitor, a_package())[2]
    other = OKPKey.generate_key("Ed25519")
    later = a_package(report_data(version=2), key=other)
    status, where, words = upload(visitor, later)
    assert (status, where) == (400, "")
    assert "换了签名密钥" in words

    change = {"sender": CODE, "fingerprint": spaced(fingerprint_of(other))}
    refused = visitor.post("/reports/below/key", change)
    assert refused.status_code == 400
    assert "须写明理由" in words_of(refused.text)
    assert fingerprint_of(other)[:4] in refused.text
    visitor.act("/reports/below/key", change | {"reason": "服务器更换，已电话核实"})
    assert "第 2 版" in upload(visitor, later)[2]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (a_package()[:-50], "上报包没有传完"),
        (a_package(report_data(schema_version=9)), "格式版本为 9"),
        (a_package(report_data(organ={"code": "nobody", "name": "某局"})), "“nobody”不是某局的下级单位"),
        (b"%PDF-1.4", "上报包.zip"),
    ],
    ids=["truncated", "of a newer program", "of nobody below", "no zip"],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(office: Office, web: Web, content: bytes, told: str) -> None:
    status, where, words = upload(web.of(SUPERVISOR), content)

    assert (where, status in (400, 404)) == ("", True)
    assert told in words
    assert office.rows(ReceivedReport) == []


def test_each_sees_and_does_what_the_role_lets(office: Office, web: Web) -> None:
    first_received(web.of(SUPERVISOR), a_package(report_data(sections=[])))
    for name in (FIRST, SUPERVISOR):
        visitor = web.of(name)
        assert "青禾县林业局" in visitor.read("/reports/below")
        assert ("接收上报包" in visitor.read("/reports/below")) == (name == SUPERVISOR)
        assert "这份报告没有内容" in visitor.read("/reports/below/1")
        assert visitor.get("/reports/below/1/report.docx").content.startswith(b"PK")
    assert upload(web.of(FIRST), a_package())[0] == 403
    handler = web.of(HANDLER)
    assert "青禾县林业局" not in handler.read("/reports/below")
    assert handler.get("/reports/below/1").status_code == 404
    assert web.of(OUTSIDER).get("/reports/below/1").status_code == 404
    assert web.of(SUPERVISOR).get("/reports/below/2").status_code == 404


def test_estimates_and_what_is_missing_stand_beside_the_total(web: Web) -> None:
    visitor = web.of(SUPERVISOR)
    first_received(visitor, a_package())
    data = report_data(organ={"code": "forest", "name": "青禾县林业局"})
    data["sections"][0]["blocks"][0]["figures"] = [
        figure_data(approximate=True, value="20"),
        figure_data(code="study.studies", name="集中学习研讨", value="2", unit="次"),
    ]
    first_received(visitor, a_package(data, key=OKPKey.generate_key("Ed25519")))
    words = visitor.read("/reports/below")

    assert "均已报送" in words
    assert "行政执法案件 13起 青禾县水务局 13起 青禾县林业局 约20起" in words
    assert "集中学习研讨 2次 青禾县林业局 2次 青禾县水务局" in words


def test_an_organ_with_nobody_below_is_told_so(web: Web) -> None:
    assert "没有登记下级单位" in web.of(OUTSIDER).read("/reports/below")
