"""工作日历: the year as it is worked, and changes that show first which reminders they move."""

import io
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select, update

from models.database import unit_of_work
from models.dates.day_override import DayOverride
from models.people.organ import Organ
from models.people.person import Person, Post
from tests.office import HANDLER, OUTSIDER, SUPERVISOR, Office
from tests.web import Visitor, Web, field_value, words_of

TABLE = "日期,类型,名称\n2026-06-23,休息,防汛\n2026-06-27,上班,补班\n"


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    """Another organ stands beside it, so that its supervisor sets the days of this one alone."""
    made = Office(engine, tmp_path / "home")
    made.assign("普法宣传", due="2026-06-30", on="2026-06-01")
    return made


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


@pytest.fixture
def visitor(web: Web) -> Visitor:
    return web.of(SUPERVISOR)


def days_file(text: str = TABLE, name: str = "安排.csv") -> dict[str, tuple[str, io.BytesIO]]:
    return {"file": (name, io.BytesIO(text.encode()))}


def test_the_year_is_shown_with_its_rest_and_make_up_days(web: Web) -> None:
    shown = web.of(HANDLER).read("/workdays", year=2026)

    assert "2026 年工作日历 共 248 个工作日" in shown
    assert "10月 18 个工作日" in shown
    assert "1 休" in shown
    assert "10 班" in shown
    assert "设置一天" not in shown


def test_a_year_without_a_notice_says_so(web: Web) -> None:
    assert "2031 年的放假安排尚未公布或尚未导入，按法定节日和周一至周五暂定" in web.of(HANDLER).read(
        "/workdays", year=2031
    )


def test_a_file_is_shown_first_and_then_brought_in(office: Office, visitor: Visitor) -> None:
    answer = visitor.post("/workdays/import", {}, files=days_file())
    shown = words_of(answer.text)

    assert answer.status_code == 200
    assert "6月23日（周二） 改为 休息" in shown
    assert "6月27日（周六） 改为 上班" in shown
    assert office.rows(DayOverride) == []

    waiting = field_value(answer.text, "waiting")
    shown = visitor.act("/workdays/import", {"waiting": waiting, "do": "confirm"})
    assert "2 天的上班或休息有变化" in shown
    assert "防汛" in shown
    assert {(str(row.on), row.working) for row in office.rows(DayOverride)} == {
        ("2026-06-23", False), ("2026-06-27", True),
    }  # fmt: skip


def test_where_the_days_of_all_are_set_the_reminders_that_move_are_shown(office: Office, web: Web) -> None:
    """The only organ there is: what it sets holds for all, and reminders go by it."""
    office_of_all(office)
    visitor = web.of(SUPERVISOR)

    answer = visitor.post("/workdays/day", {"day": "2026-06-23", "what": "rest", "name": "防汛"})
    shown = words_of(answer.text)

    assert "随之移动的提醒和升级 1 条" in shown
    assert "1 普法宣传 6月30日（周二） 到期前7天 6月23日（周二） 6月22日（周一）" in shown
    shown = visitor.act("/workdays/day", {"day": "2026-06-23", "what": "rest", "name": "防汛", "do": "confirm"})
    assert "随之移动的提醒和升级 1 条" in shown
    office.fast_forward("2026-06-22", send=False)
    assert ("2026-06-22", "到期前7天", HANDLER) in office.told()


def office_of_all(office: Office) -> None:
    """Everybody of the other organ moves over, and that organ is no more."""
    with unit_of_work(office.engine) as session:
        other = session.exec(select(Organ).where(Organ.code == "other")).one()
        session.execute(update(Person).where(col(Person.organ_id) == other.id).values(organ_id=office.organ_id))
        session.execute(update(Post).where(col(Post.organ_id) == other.id).values(organ_id=office.organ_id))
        session.delete(other)


def test_a_single_day_is_set_and_taken_back(office: Office, visitor: Visitor) -> None:
    typed = {"day": "2026-06-24", "what": "rest", "name": "局庆"}

    assert "6月24日（周三） 改为 休息" in words_of(visitor.post("/workdays/day", typed).text)
    assert office.rows(DayOverride) == []
    assert "局庆" in visitor.act("/workdays/day", {**typed, "do": "confirm"})
    assert [(row.name, row.working, row.organ_id) for row in office.rows(DayOverride)] == [
        ("局庆", False, office.organ_id)
    ]
    visitor.act("/workdays/day", {"day": "2026-06-24", "what": "clear", "do": "confirm"})
    assert office.rows(DayOverride) == []


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ({"day": "", "what": "rest", "name": "局庆"}, 400, "无法识别"),
        ({"day": "2026-06-24", "what": "rest", "name": ""}, 400, "请写明名称"),
        ({"day": "2026-06-24", "what": "party", "name": "局庆"}, 400, "请选择这一天"),
        ({"day": "1966-06-24", "what": "rest", "name": "局庆"}, 400, "不在 1990 年至 2200 年之间"),
        ({"day": "2026-06-24", "what": "clear", "name": ""}, 404, "没有另行安排"),
    ],
)
def test_a_day_that_cannot_be_set_is_refused_and_kept(
    visitor: Visitor, typed: dict[str, str], status: int, words: str
) -> None:
    answer = visitor.post("/workdays/day", typed)

    assert answer.status_code == status
    assert words in words_of(answer.text)
    assert field_value(answer.text, "day") == typed["day"]
    assert field_value(answer.text, "name") == typed["name"]


def test_what_is_wrong_in_a_file_is_shown_by_its_cells(office: Office, visitor: Visitor) -> None:
    answer = visitor.post(
        "/workdays/import", {}, files=days_file("日期,类型,名称\n2026-13-01,休息,错\n2026-06-24,玩,\n")
    )
    shown = words_of(answer.text)

    assert answer.status_code == 400
    assert "2026-13-01" in shown
    assert "应为“休息”或“上班”" in shown
    assert office.rows(DayOverride) == []


@pytest.mark.parametrize("name", ["安排.txt", "安排.xlsx"])
def test_a_file_that_is_no_table_is_refused_in_words(visitor: Visitor, name: str) -> None:
    answer = visitor.post("/workdays/import", {}, files=days_file(name=name))

    assert answer.status_code == 400
    assert "安排" in words_of(answer.text)


def test_only_those_who_run_the_office_change_its_days(office: Office, web: Web) -> None:
    typed = {"day": "2026-06-24", "what": "rest", "name": "局庆", "do": "confirm"}

    for name in (HANDLER, OUTSIDER):
        assert web.of(name).post("/workdays/day", typed).status_code == 403
        assert web.of(name).get("/workdays/import").status_code == 403
        assert web.of(name).post("/workdays/import", {}, files=days_file()).status_code == 403
    assert office.rows(DayOverride) == []


def test_an_outsider_sees_the_own_days_and_not_ours(office: Office, web: Web, visitor: Visitor) -> None:
    visitor.act("/workdays/day", {"day": "2026-06-24", "what": "rest", "name": "局庆", "do": "confirm"})

    assert "局庆" in web.of(HANDLER).read("/workdays")
    assert "局庆" not in web.of(OUTSIDER).read("/workdays")
    assert web.of(OUTSIDER).get("/workdays?organ=bureau").status_code == 404
