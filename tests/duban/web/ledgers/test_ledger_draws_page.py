"""A draw in the browser: lists pasted or chosen, the outcome with all it follows from, and its verification."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from models.draws.inspection_draw import InspectionDraw
from models.ledgers.inspection import Inspection
from tests.ledger_rows import write_rows
from tests.office import HANDLER, SUPERVISOR, Office
from tests.web import Visitor, Web, field_value, words_of

PAGE, SEND = "/ledgers/draws", "/ledgers/draws/upload"
GIVEN = {
    "plan": "年度抽查", "percent": "50%", "per_object": "2", "objects": "甲公司\n乙公司\n丙公司\n",
    "inspectors": "张一\n李二\n王三", "conflicts": "张一:甲公司、乙公司、丙公司",
}  # fmt: skip


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    return Office(engine, tmp_path / "home")


@pytest.fixture
def visitor(office: Office) -> Visitor:
    return Web(office).of(SUPERVISOR)


def test_lists_are_pasted_drawn_from_and_verified(visitor: Visitor, office: Office) -> None:
    assert "还没有抽取" in visitor.read(PAGE)
    assert "随机抽取" in visitor.read("/ledgers/inspection")
    words = visitor.act(SEND, GIVEN | {"witness": "周某"})

    made = office.rows(InspectionDraw)[0]
    assert "已抽取 2 户,并记入双随机抽查台账。" in words
    assert all(f"{target} {'、'.join(people)}" in words for target, *people in made.result)
    assert all(
        said in words for said in (made.seed, made.content_hash, "由名单、抽取日期和审计记录推算", "周某", SUPERVISOR)
    )
    assert "全部相符" in visitor.read(f"{PAGE}/1", verify="yes")
    assert "年度抽查" in visitor.read(PAGE)
    assert [row.inspectors for row in office.rows(Inspection)] == ["、".join(people) for _, *people in made.result]
    assert {people for _, *names in made.result for people in names} == {"李二", "王三"}


def test_files_take_the_place_of_what_was_pasted(visitor: Visitor, office: Office, tmp_path: Path) -> None:
    objects = write_rows(tmp_path / "a.xlsx", ["序号", "企业名称"], [[1, "丁公司"], [2, "戊公司"]], above=1)
    conflicts = write_rows(tmp_path / "c.xlsx", ["姓名", "企业名称"], [["孙五", "丁公司"]])
    files = {
        "objects_file": ("对象.xlsx", objects.read_bytes()),
        "inspectors_file": ("人员.csv", "姓名\n孙五\n钱六\n".encode()),
        "conflicts_file": ("回避.xlsx", conflicts.read_bytes()),
    }
    answer = visitor.post(SEND, GIVEN | {"per_object": "1", "percent": "100", "seed": "公告第1号"}, files=files)
    assert answer.status_code == 303, words_of(answer.text)

    made = office.rows(InspectionDraw)[0]
    assert (made.objects, made.inspectors) == (["丁公司", "戊公司"], ["孙五", "钱六"])
    assert (made.conflicts, made.seed, made.seed_given) == ([["孙五", "丁公司"]], "公告第1号", True)
    assert ["丁公司", "钱六"] in made.result


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"percent": "许多"}, "应为百分比"), ({"percent": "101"}, "不超过 100%"), ({"per_object": ""}, "每户检查人员"),
        ({"per_object": "9"}, "应为 1 至 3 的整数"), ({"objects": ""}, "检查对象名单是空的"),
        ({"plan": ""}, "抽查计划"), ({"conflicts": "张一"}, "无法识别"),
        ({"conflicts": "张一:甲公司\n李二:甲公司"}, "“甲公司”的检查人员不足 2 名"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_and_what_was_typed_stays(
    visitor: Visitor, office: Office, wrong: dict[str, str], said: str
) -> None:
    answer = visitor.post(SEND, GIVEN | {"witness": "周某"} | wrong)

    assert (answer.status_code, said in words_of(answer.text)) == (400, True), words_of(answer.text)
    assert field_value(answer.text, "witness") == "周某"
    assert office.rows(InspectionDraw) == []


def test_what_a_file_said_stays_in_the_form(visitor: Visitor) -> None:
    files = {"objects_file": ("对象.csv", "检查对象\n己公司\n己公司\n".encode())}
    answer = visitor.post(SEND, GIVEN, files=files)
    assert "“己公司”重复" in words_of(answer.text)
    assert "己公司\n己公司</textarea>" in answer.text
    for name, content in (("对象.txt", b"x"), ("对象.xlsx", b"x")):
        assert visitor.post(SEND, GIVEN, files={"objects_file": (name, content)}).status_code == 400


def test_the_same_plan_is_not_drawn_from_twice_a_day(visitor: Visitor, office: Office) -> None:
    visitor.act(SEND, GIVEN)
    answer = visitor.post(SEND, GIVEN)
    assert (answer.status_code, "同一计划一天只抽取一次" in words_of(answer.text)) == (409, True)
    assert len(office.rows(InspectionDraw)) == 1


def test_a_changed_outcome_shows(visitor: Visitor, office: Office) -> None:
    visitor.act(SEND, GIVEN)
    first = office.rows(InspectionDraw)[0].result[0]
    with office.engine.begin() as connection:
        connection.execute(update(InspectionDraw).values(result=[first]))
    words = visitor.read(f"{PAGE}/1", verify="yes")
    assert "有不符" in words
    assert "应抽中,不在保存的结果中" in words


def test_who_may_not_read_the_ledgers_sees_no_draw(visitor: Visitor, office: Office) -> None:
    visitor.act(SEND, GIVEN)
    handler = Web(office).of(HANDLER)
    for path in (PAGE, f"{PAGE}/1", f"{PAGE}/new"):
        assert handler.get(path).status_code == 403
    assert handler.post(SEND, GIVEN | {"plan": "另一个"}).status_code == 403
    assert visitor.get(f"{PAGE}/2").status_code == 404
    assert len(office.rows(InspectionDraw)) == 1
