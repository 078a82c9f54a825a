"""A draw in the browser: lists pasted or chosen and bound, a second person's number, the outcome, its verification."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.draws.draw_binding import DrawBinding
from models.draws.draw_pledge import DrawPledge
from models.draws.inspection_draw import InspectionDraw
from models.ledgers.inspection import Inspection
from tests.draws import NUMBER, unguarded
from tests.ledger_rows import write_rows
from tests.office import HANDLER, LEADER, SUPERVISOR, Office, day
from tests.web import Visitor, Web, field_value, words_of

PAGE, SEND = "/ledgers/draws", "/ledgers/draws/upload"
GIVEN = {
    "plan": "年度抽查", "percent": "50%", "per_object": "2", "objects": "甲公司\n乙公司\n丙公司\n",
    "inspectors": "张一\n李二\n王三", "conflicts": "张一：甲公司、乙公司、丙公司", "way": "two",
}  # fmt: skip
BALL = {"way": "public", "source": "某期开奖号码，按期次先后", "source_on": "2026-06-02", "digits": "9"}


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    return Office(engine, tmp_path / "home")


@pytest.fixture
def visitor(office: Office) -> Visitor:
    return Web(office).of(SUPERVISOR)


@pytest.fixture
def second(office: Office) -> Visitor:
    return Web(office).of(LEADER)


def test_lists_are_bound_drawn_by_two_and_verified(visitor: Visitor, second: Visitor, office: Office) -> None:
    assert "还没有绑定" in visitor.read(PAGE)
    assert "随机抽取" in visitor.read("/ledgers/inspection")
    words = visitor.act(SEND, GIVEN)
    assert "已绑定，为本计划的第 1 次。" in words
    assert "共绑定 1 次，抽取 0 次，1 次没有抽取" in words
    mine = visitor.post(f"{PAGE}/1/pledge", {"number": NUMBER})
    assert (mine.status_code, "已绑定名单，不能办理“参与随机抽取”" in words_of(mine.text)) == (403, True)

    words = second.act(f"{PAGE}/1/pledge", {"number": NUMBER})
    assert office.rows(DrawPledge)[0].system_hash in words
    assert office.rows(DrawPledge)[0].secret_number not in words
    wrong = second.post(f"{PAGE}/1/reveal", {"number": "x" * 16})
    assert (wrong.status_code, "不是同一个数字" in words_of(wrong.text)) == (400, True)
    assert "现在可以抽取" in second.act(f"{PAGE}/1/reveal", {"number": NUMBER})
    words = visitor.act(f"{PAGE}/1/draw", {"witness": "周某"})

    made = office.rows(InspectionDraw)[0]
    assert "已抽取 2 户，并记入双随机抽查台账。" in words
    assert all(f"{target} {'、'.join(people)}" in words for target, *people in made.result)
    assert all(said in words for said in (made.seed, made.content_hash, "周某", SUPERVISOR, LEADER, NUMBER))
    verified = visitor.read(f"{PAGE}/1", verify="yes")
    assert "全部相符" in verified
    assert "不能证明是" not in verified
    assert "年度抽查" in visitor.read(PAGE)
    assert [row.inspectors for row in office.rows(Inspection)] == ["、".join(people) for _, *people in made.result]
    assert {people for _, *names in made.result for people in names} == {"李二", "王三"}


def test_a_public_number_is_named_in_advance_and_entered_after_its_day(visitor: Visitor, office: Office) -> None:
    today = visitor.post(SEND, GIVEN | BALL | {"source_on": "2026-06-01"})
    assert (today.status_code, "应晚于 2026-06-01" in words_of(today.text)) == (400, True)
    assert "待公开号码" in visitor.act(SEND, GIVEN | BALL)
    early = visitor.post(f"{PAGE}/1/draw", {"number": "123456789"})
    assert (early.status_code, "才公布" in words_of(early.text)) == (409, True)
    office.today = day("2026-06-02")
    later = Web(office).of(SUPERVISOR)
    assert "已抽取 2 户" in later.act(f"{PAGE}/1/draw", {"number": "123 456 789"})
    assert "本系统不能核实录入的号码" in later.read(f"{PAGE}/1", verify="yes")


def test_a_plan_bound_three_times_shows_three(visitor: Visitor) -> None:
    visitor.act(SEND, GIVEN)
    refused = visitor.post(SEND, GIVEN)
    assert (refused.status_code, "再次绑定须写明理由" in words_of(refused.text)) == (400, True)
    for reason in ("名单有误", "名单又有误"):
        visitor.act(SEND, GIVEN | {"reason": reason})

    assert visitor.read(PAGE).count("共 3 次") == 3
    assert "本计划第 2 次绑定；共绑定 3 次，抽取 0 次，3 次没有抽取。重新绑定的理由：名单有误。" in visitor.read(
        f"{PAGE}/2"
    )
    assert visitor.get(f"{PAGE}/export.xlsx").content[:2] == b"PK"
    assert visitor.get(f"{PAGE}/2/record.docx").content[:2] == b"PK"


def test_files_take_the_place_of_what_was_pasted(visitor: Visitor, office: Office, tmp_path: Path) -> None:
    objects = write_rows(tmp_path / "a.xlsx", ["序号", "企业名称"], [[1, "丁公司"], [2, "戊公司"]], above=1)
    conflicts = write_rows(tmp_path / "c.xlsx", ["姓名", "企业名称"], [["孙五", "丁公司"]])
    files = {
        "objects_file": ("对象.xlsx", objects.read_bytes()),
        "inspectors_file": ("人员.csv", "姓名\n孙五\n钱六\n".encode()),
        "conflicts_file": ("回避.xlsx", conflicts.read_bytes()),
    }
    answer = visitor.post(SEND, GIVEN | {"per_object": "1", "percent": "100"}, files=files)
    assert answer.status_code == 303, words_of(answer.text)

    made = office.rows(DrawBinding)[0]
    assert (made.objects, made.inspectors) == (["丁公司", "戊公司"], ["孙五", "钱六"])
    assert (made.conflicts, made.lists.count) == ([["孙五", "丁公司"]], 2)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"percent": "许多"}, "应为百分比"), ({"percent": "101"}, "不超过 100%"), ({"per_object": ""}, "每户检查人员"),
        ({"per_object": "9"}, "应为 1 至 3 的整数"), ({"objects": ""}, "检查对象名单是空的"),
        ({"plan": ""}, "抽查计划"), ({"conflicts": "张一"}, "无法识别"),
        ({"conflicts": "张一：甲公司\n李二：甲公司"}, "“甲公司”的检查人员不足 2 名"),
        ({"way": "chosen"}, "请选择种子的办法"), (BALL | {"source_on": "明天"}, "公布日期"),
        (BALL | {"digits": "3"}, "6 至 60"), (BALL | {"way": "two"}, "不填公开号码的来源"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_and_what_was_typed_stays(
    visitor: Visitor, office: Office, wrong: dict[str, str], said: str
) -> None:
    answer = visitor.post(SEND, GIVEN | {"reason": "重来"} | wrong)

    assert (answer.status_code, said in words_of(answer.text)) == (400, True), words_of(answer.text)
    assert field_value(answer.text, "reason") == "重来"
    assert office.rows(DrawBinding) == []


def test_what_a_file_said_stays_in_the_form(visitor: Visitor) -> None:
    files = {"objects_file": ("对象.csv", "检查对象\n己公司\n己公司\n".encode())}
    answer = visitor.post(SEND, GIVEN, files=files)
    assert "“己公司”重复" in words_of(answer.text)
    assert "己公司\n己公司</textarea>" in answer.text
    for name, content in (("对象.txt", b"x"), ("对象.xlsx", b"x")):
        assert visitor.post(SEND, GIVEN, files={"objects_file": (name, content)}).status_code == 400


def drawn(visitor: Visitor, second: Visitor) -> None:
    visitor.act(SEND, GIVEN)
    second.act(f"{PAGE}/1/pledge", {"number": NUMBER})
    second.act(f"{PAGE}/1/reveal", {"number": NUMBER})
    visitor.act(f"{PAGE}/1/draw", {})


def test_a_binding_is_drawn_from_once(visitor: Visitor, second: Visitor, office: Office) -> None:
    drawn(visitor, second)
    answer = visitor.post(f"{PAGE}/1/draw", {})
    assert (answer.status_code, "一次绑定只抽取一次" in words_of(answer.text)) == (409, True)
    assert len(office.rows(InspectionDraw)) == 1


def test_a_changed_outcome_shows(visitor: Visitor, second: Visitor, office: Office) -> None:
    drawn(visitor, second)
    unguarded(office.engine, "UPDATE inspection_draw SET result = '[]'")
    words = visitor.read(f"{PAGE}/1", verify="yes")
    assert "有不符" in words
    assert "应抽中，不在保存的结果中" in words


def test_who_may_not_read_the_ledgers_sees_no_draw(visitor: Visitor, office: Office) -> None:
    visitor.act(SEND, GIVEN)
    handler = Web(office).of(HANDLER)
    for path in (PAGE, f"{PAGE}/1", f"{PAGE}/new", f"{PAGE}/export.xlsx", f"{PAGE}/1/record.docx"):
        assert handler.get(path).status_code == 403
    for path in (SEND, f"{PAGE}/1/pledge", f"{PAGE}/1/reveal", f"{PAGE}/1/draw"):
        assert handler.post(path, GIVEN | {"number": NUMBER}).status_code == 403
    assert visitor.get(f"{PAGE}/2").status_code == 404
    assert len(office.rows(DrawBinding)) == 1
