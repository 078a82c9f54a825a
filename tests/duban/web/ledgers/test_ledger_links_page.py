"""The pages of indicators and duties: what is missing is seen, linked and scored where it is seen."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.ledgers.duty import KIND as DUTIES
from models.ledgers.indicator import KIND as INDICATORS
from tests.linked_office import LinkedOffice
from tests.office import HANDLER, OUTSIDER, SUPERVISOR
from tests.web import Web, field_value, words_of

TREE, GAPS = "/ledgers/indicator/tree", "/ledgers/duty/gaps"


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> LinkedOffice:
    made = LinkedOffice(engine, tmp_path)
    made.assign("公开目录", due="2026-06-30", on="2026-06-01")
    made.attach("1", "目录.txt", on="2026-06-01")
    return made


@pytest.fixture
def web(office: LinkedOffice) -> Web:
    return Web(office)


def test_an_indicator_without_support_is_linked_and_scored(web: Web, office: LinkedOffice) -> None:
    office.indicator("目录齐全", points="6")
    visitor = web.of(SUPERVISOR)
    assert "三级指标 1 项，有支撑 0 项；分值 6，自评 0 分。 缺支撑 1 项 目录齐全" in visitor.read(TREE)
    page = "/ledgers/indicator/1"
    assert "任务 1 公开目录 2026 年计划" in visitor.act(f"{page}/links", {"item": "1", "year": "2026"})
    assert "佐证材料 目录.txt" in visitor.act(f"{page}/links", {"evidence": "1", "note": "网站截图"})
    assert "已保存自评" in visitor.act(f"{page}/score", {"claimed": "5.5", "basis": "目录已公布", "seen": "0"})
    words = visitor.read(TREE)
    assert ("有支撑 1 项；分值 6，自评 5.5 分。" in words, "缺支撑" in words) == (True, False)
    assert "已取消关联" in visitor.act(f"{page}/links/1/end")
    assert "公开目录" not in visitor.read(f"{page}/links")


def test_gaps_between_duties_and_items_are_closed(web: Web, office: LinkedOffice) -> None:
    office.duty("政务公开")
    visitor = web.of(SUPERVISOR)
    words = visitor.read(GAPS)
    assert ("没有年度任务的职责 1 项" in words, "没有职责的任务 1 项" in words) == (True, True)
    visitor.act("/ledgers/duty/1/links", {"item": "1", "year": "2026"})
    words = visitor.read(GAPS)
    assert ("每一项职责都有年度任务。" in words, "每一项任务都有职责。" in words) == (True, True)


@pytest.mark.parametrize(
    ("what", "typed", "said", "status"),
    [
        ("links", {"note": "见网站"}, "请填写任务编号或者佐证材料编号，只填一个", 400),
        ("links", {"item": "1", "evidence": "1", "note": "见网站"}, "只填一个", 400),
        ("links", {"item": "9", "note": "见网站"}, "没有编号为“9”的任务", 404),
        ("links", {"evidence": "9", "note": "见网站"}, "没有编号为 9 的佐证材料", 404),
        ("score", {"claimed": "7", "basis": "多给", "seen": "0"}, "自评得分 7 多于分值 6", 400),
        ("score", {"claimed": "5", "basis": "晚了", "seen": "3"}, "已有变化", 409),
    ],
)
def test_what_is_refused_says_why_and_what_was_typed_stays(
    web: Web, office: LinkedOffice, what: str, typed: dict[str, str], said: str, status: int
) -> None:
    office.indicator("目录齐全", points="6")
    answer = web.of(SUPERVISOR).post(f"/ledgers/indicator/1/{what}", typed)

    assert (answer.status_code, said in words_of(answer.text)) == (status, True)
    name = "note" if what == "links" else "claimed"
    assert field_value(answer.text, name) == typed[name]


def test_who_keeps_no_ledgers_sees_and_does_nothing(web: Web, office: LinkedOffice) -> None:
    office.link(INDICATORS, office.indicator("目录齐全"), item="1")
    office.link(DUTIES, office.duty("政务公开"), item="1")
    for name in (HANDLER, OUTSIDER):
        visitor = web.of(name)
        assert "目录齐全" not in visitor.get(TREE).text
        assert visitor.get("/ledgers/indicator/1/links").status_code == 404
        assert visitor.post("/ledgers/duty/1/links/2/end").status_code in (403, 404)
    assert web.of(SUPERVISOR).get("/ledgers/case/1/links").status_code == 404
    assert web.of(SUPERVISOR).post("/ledgers/duty/1/score", {"claimed": "1"}).status_code == 400
