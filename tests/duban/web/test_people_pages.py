"""人员: who sits where, posts that pass on, leave, departure, a list brought in, and who may know of it."""

import io
import re
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import Engine
from sqlmodel import col, select

from models.clock import opening_of
from models.database import key, on_record, unit_of_work
from models.people.person import Leave, Person, Post, Role, Tenure
from tasks.access.hold_tokens import make_feed, make_token
from tasks.notices.send_letters import send_letters
from tasks.people.find import find_person
from tests.office import FIRST, HANDLER, HEAD, LEADER, OUTSIDER, SUPERVISOR, Office
from tests.web import Visitor, Web, field_value, words_of

HEADINGS = ("单位", "部门", "姓名", "职务", "角色", "邮箱", "手机", "代理人")


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path / "home")
    made.assign("普法宣传", due="2026-06-30", on="2026-06-01")
    made.assign("制度清理", due="2026-09-30", on="2026-06-01")
    return made


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


@pytest.fixture
def visitor(web: Web) -> Visitor:
    return web.of(SUPERVISOR)


def number_of(office: Office, name: str) -> int:
    with unit_of_work(office.engine) as session:
        return key(find_person(session, name).id)


def posts_of(office: Office, name: str) -> list[tuple[str, str, str | None]]:
    with unit_of_work(office.engine) as session:
        held = (
            select(col(Post.title), col(Tenure.started_on), col(Tenure.ended_on))
            .join(Tenure)
            .join(Person)
            .where(Person.name == name)
            .order_by(col(Tenure.started_on))
        )
        return [(title, str(start), str(end) if end else None) for title, start, end in session.exec(held)]


def staff_list(*rows: tuple[str, ...]) -> dict[str, tuple[str, io.BytesIO]]:
    book, file = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in (HEADINGS, *rows):
        sheet.append(row)
    book.save(file)
    file.seek(0)
    return {"file": ("名册.xlsx", file)}


# --- who sits where ------------------------------------------------------------------------------------------------


def test_everybody_of_the_organ_sees_who_sits_where_and_only_staff_the_numbers(office: Office, web: Web) -> None:
    address = office.rows(Person)[0].email
    assert address is not None

    own, staff = web.of(HANDLER).read("/people"), web.of(SUPERVISOR).read("/people")

    for name in (HANDLER, HEAD, LEADER, FIRST, SUPERVISOR, "法规科"):
        assert name in own
    assert address not in own
    assert "导入名册" not in own
    assert address in staff
    assert OUTSIDER not in staff


def test_people_of_a_rank_stand_by_strokes_or_by_pinyin(office: Office, visitor: Visitor) -> None:
    for name in ("曾一", "丁二", "单三", "毛四", "安五"):
        office.hire(name)

    def listed(page: str) -> str:
        shown = re.findall(r">(曾一|丁二|单三|毛四|安五)</a>", visitor.get(page).text)
        return " ".join(dict.fromkeys(shown))

    assert listed("/people") == "丁二 毛四 安五 单三 曾一"
    assert listed("/people?by=pinyin") == "安五 丁二 毛四 单三 曾一"
    assert listed("/people?by=无此") == listed("/people")


def test_a_person_sees_the_own_address_and_no_one_elses(office: Office, web: Web) -> None:
    mine, others = (office.rows(Person)[at].email for at in (0, 1))

    assert str(mine) in web.of(HANDLER).read(f"/people/{number_of(office, HANDLER)}")
    assert str(others) not in web.of(HANDLER).read(f"/people/{number_of(office, HEAD)}")


def test_the_number_of_open_items_is_that_of_the_list_it_leads_to(office: Office, visitor: Visitor) -> None:
    number = number_of(office, HANDLER)

    assert "2 项" in visitor.read(f"/people/{number}")
    listed = visitor.read("/items", person=number, only="open")
    assert "普法宣传" in listed
    assert "制度清理" in listed


def test_vacant_posts_and_people_away_stand_first(office: Office, visitor: Visitor) -> None:
    office.leave(HEAD, first="2026-06-01", last="2026-06-05", deputy=HANDLER)
    office.vacate(LEADER, on="2026-06-01")

    shown = visitor.read("/people")

    assert "空缺 副局长（分管领导） 安排任职" in shown
    assert f"请假 {HEAD} 至 6月5日（周五），由 {HANDLER} 代理" in shown


# --- leave, hand-over, departure, contact ---------------------------------------------------------------------------


def test_leave_is_taken_and_shown(office: Office, visitor: Visitor) -> None:
    number = number_of(office, HANDLER)
    deputy = number_of(office, HEAD)

    shown = visitor.act(
        f"/people/{number}/leave", {"from_on": "2026-06-10", "until_on": "2026-06-12", "deputy": str(deputy)}
    )

    assert f"6月10日（周三） 至 6月12日（周五），由 {HEAD} 代理" in shown
    assert [(leave.person_id, leave.deputy_id) for leave in office.rows(Leave)] == [(number, deputy)]


def test_leave_that_runs_backwards_keeps_what_was_typed(office: Office, visitor: Visitor) -> None:
    answer = visitor.post(
        f"/people/{number_of(office, HANDLER)}/leave", {"from_on": "2026-06-12", "until_on": "2026-06-10"}
    )

    assert answer.status_code == 400
    assert "早于第一天" in words_of(answer.text)
    assert field_value(answer.text, "from_on") == "2026-06-12"
    assert field_value(answer.text, "until_on") == "2026-06-10"
    assert office.rows(Leave) == []


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"from_on": ""}, "第一天不能为空"),
        ({"until_on": "六月"}, "“六月”无法识别"),
        ({"deputy": OUTSIDER}, "请从列表中选择"),
        ({"deputy": HANDLER}, "请从列表中选择"),
    ],
)
def test_leave_says_beside_the_field_what_is_wrong(
    office: Office, visitor: Visitor, typed: dict[str, str], words: str
) -> None:
    sent = {"from_on": "2026-06-10", "until_on": "2026-06-12", **typed}
    if "deputy" in sent:
        sent["deputy"] = str(number_of(office, sent["deputy"]))

    answer = visitor.post(f"/people/{number_of(office, HANDLER)}/leave", sent)

    assert answer.status_code == 400
    assert f'id="h-{next(iter(typed))}">{words}' in answer.text
    assert office.rows(Leave) == []


def test_a_hand_over_shows_first_what_passes_and_to_whom(office: Office, visitor: Visitor) -> None:
    office.hire("周接任")
    leaving, coming = number_of(office, HANDLER), number_of(office, "周接任")

    shown = visitor.read("/people/hand-over", person=leaving, to=coming, day="2026-06-15")

    assert "将移交给周接任" in shown
    # Two items, each with three rungs ahead of its day.
    assert "法规科科员 2 项 0 项 6 条" in shown
    assert posts_of(office, HANDLER) == [("科员", "2000-01-01", None)]


def test_a_hand_over_passes_the_post_with_its_items_and_notices(office: Office, visitor: Visitor) -> None:
    office.hire("周接任")
    leaving, coming = number_of(office, HANDLER), number_of(office, "周接任")
    with unit_of_work(office.engine) as session:
        post = session.exec(select(Tenure.post_id).where(Tenure.person_id == leaving)).one()

    visitor.act(
        "/people/hand-over",
        {"person": str(leaving), "to": str(coming), "day": "2026-06-15", "posts": str(post)},
    )
    office.fast_forward("2026-06-23")

    assert posts_of(office, HANDLER) == [("科员", "2000-01-01", "2026-06-14")]
    assert ("2026-06-23", "到期前7天", "周接任") in office.told()


def test_a_vacant_post_is_filled(office: Office, visitor: Visitor) -> None:
    office.vacate(LEADER, on="2026-06-01")
    office.hire("周接任")
    with unit_of_work(office.engine) as session:
        post = session.exec(select(Post.id).where(Post.title == "副局长")).one()

    visitor.act(
        "/people/hand-over",
        {"post": str(post), "posts": str(post), "to": str(number_of(office, "周接任")), "day": "2026-06-02"},
    )

    assert ("副局长", "2026-06-02", None) in posts_of(office, "周接任")


def test_a_hand_over_to_nobody_is_asked_again(office: Office, visitor: Visitor) -> None:
    answer = visitor.post("/people/hand-over", {"person": str(number_of(office, HANDLER)), "day": "2026-06-15"})

    assert answer.status_code == 400
    assert "请选择要交接的岗位和接任的人" in words_of(answer.text)


def test_whoever_leaves_is_told_of_with_the_posts_left_vacant(office: Office, visitor: Visitor) -> None:
    number = number_of(office, HANDLER)

    assert "法规科科员：在办任务 2 项" in visitor.read(f"/people/{number}/depart")
    shown = visitor.act(f"/people/{number}/depart", {"day": "2026-06-30"})

    assert "空缺的岗位：科员" in shown
    assert "在任至 6月30日（周二）" in shown


def test_contact_and_deputy_are_changed(office: Office, visitor: Visitor) -> None:
    number, deputy = number_of(office, HANDLER), number_of(office, HEAD)

    visitor.act(
        f"/people/{number}/contact", {"email": "new@office.test", "mobile": "138 0000 0000", "deputy": str(deputy)}
    )

    changed = office.rows(Person)[0]
    assert (changed.email, changed.mobile, changed.deputy_id) == ("new@office.test", "13800000000", deputy)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"email": "没有"}, "邮箱“没有”不可用"),
        ({"mobile": "电话"}, "手机“电话”不可用"),
    ],
)
def test_contact_that_is_none_is_refused_and_kept(
    office: Office, visitor: Visitor, typed: dict[str, str], words: str
) -> None:
    answer = visitor.post(f"/people/{number_of(office, HANDLER)}/contact", {"email": "", "mobile": "", **typed})

    assert answer.status_code == 400
    assert words in words_of(answer.text)
    assert field_value(answer.text, next(iter(typed))) == next(iter(typed.values()))


# --- somebody new ---------------------------------------------------------------------------------------------------


def test_somebody_new_is_registered_by_hand(office: Office, visitor: Visitor) -> None:
    shown = visitor.act(
        "/people/new",
        {"name": "新来的", "department": "执法科", "title": "科员", "role": "承办人", "day": "2026-06-02"},
    )

    assert "执法科" in shown
    assert posts_of(office, "新来的") == [("科员", "2026-06-02", None)]


def test_what_is_wrong_with_somebody_new_stands_beside_its_field(visitor: Visitor) -> None:
    answer = visitor.post("/people/new", {"name": "新来的", "role": "科室负责人", "email": "@", "day": "2026-06-02"})
    shown = words_of(answer.text)

    assert answer.status_code == 400
    assert "应为一个邮箱地址" in shown
    assert "科室负责人应写明所在部门" in shown
    assert field_value(answer.text, "name") == "新来的"


# --- a list ---------------------------------------------------------------------------------------------------------


def test_a_list_is_looked_through_and_then_brought_in(office: Office, visitor: Visitor) -> None:
    answer = visitor.post(
        "/people/import", {}, files=staff_list(("某局", "执法科", "钱一", "科长", "科室负责人", "", "", HANDLER))
    )
    waiting = field_value(answer.text, "waiting")

    assert answer.status_code == 200
    assert "人员 1 个，新增 1" in words_of(answer.text)
    assert posts_of(office, "钱一") == []
    assert waiting

    assert "（批次 1）" in visitor.act("/people/import", {"waiting": waiting, "started": "", "do": "confirm"})
    assert [title for title, _, _ in posts_of(office, "钱一")] == ["科长"]
    again = visitor.post("/people/import", {"waiting": waiting, "do": "confirm"})
    assert again.status_code == 404


def test_a_list_brought_in_is_taken_back(office: Office, visitor: Visitor) -> None:
    answer = visitor.post(
        "/people/import", {}, files=staff_list(("某局", "执法科", "钱一", "科长", "科室负责人", "", "", HANDLER))
    )
    visitor.act("/people/import", {"waiting": field_value(answer.text, "waiting"), "started": "", "do": "confirm"})
    assert f"批次 1 名册.xlsx {SUPERVISOR}" in visitor.read("/people/import")

    shown = visitor.read("/people/batches/1/undo")
    assert "人员 1 个 钱一" in shown
    assert "撤销本次导入" in shown
    assert "删去人员 1 个、岗位 1 个、部门 1 个，恢复 0 处" in visitor.act("/people/batches/1/undo")
    assert posts_of(office, "钱一") == []
    assert "已撤销" in visitor.read("/people/import")

    again = visitor.post("/people/batches/1/undo", {})
    assert (again.status_code, "批次 1 已经撤销过了" in words_of(again.text)) == (403, True)
    assert visitor.get("/people/batches/7/undo").status_code == 404


def test_who_manages_nobody_takes_nothing_back(office: Office, web: Web, visitor: Visitor) -> None:
    answer = visitor.post("/people/import", {}, files=staff_list(("某局", "执法科", "钱一", "", "", "", "", "")))
    visitor.act("/people/import", {"waiting": field_value(answer.text, "waiting"), "started": "", "do": "confirm"})

    for name in (HANDLER, OUTSIDER):
        assert web.of(name).get("/people/batches/1/undo").status_code in (403, 404)
        assert web.of(name).post("/people/batches/1/undo", {}).status_code in (403, 404)
    assert [title for title, _, _ in posts_of(office, "钱一")] == ["承办人"]


def test_columns_of_a_list_that_are_not_read_are_said(visitor: Visitor) -> None:
    files = {"file": ("名册.csv", io.BytesIO("单位,姓名,工号,籍贯\n某局,钱一,7,某地\n".encode()))}

    answer = visitor.post("/people/import", {}, files=files)

    assert "没有读取的列：工号、籍贯。" in words_of(answer.text)


def test_errors_of_a_list_stand_in_their_cells_and_nothing_is_written(office: Office, visitor: Visitor) -> None:
    before = len(office.rows(Person))
    answer = visitor.post(
        "/people/import",
        {},
        files=staff_list(
            ("某局", "执法科", "钱一", "科长", "科室负责人", "不是邮箱", "", ""),
            ("某局", "执法科", "钱二", "科员", "洒扫", "", "", "没有这人"),
        ),
    )
    shown = words_of(answer.text)

    assert answer.status_code == 400
    assert "有 3 处需要更正" in shown
    assert answer.text.count('class="cell-wrong"') == 3
    assert "不是邮箱 应为一个邮箱地址" in shown
    assert "洒扫 应为：" in shown
    assert 'value="confirm"' not in answer.text
    assert len(office.rows(Person)) == before


def test_the_list_of_errors_can_be_taken_along(visitor: Visitor, office: Office) -> None:
    answer = visitor.post("/people/import", {}, files=staff_list(("某局", "", "钱一", "", "洒扫", "", "", "")))
    token = answer.text.partition("waiting=")[2].partition('"')[0]
    got = visitor.get("/people/import/errors.xlsx", waiting=token)

    sheet = load_workbook(io.BytesIO(got.content)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[3]][2:4] == ["角色", "洒扫"]


def test_nobody_confirms_the_file_of_another(web: Web, office: Office) -> None:
    office.hire("另一督办", next(post.role for post in office.rows(Post) if post.title == "督办员"), "督办员")
    answer = web.of(SUPERVISOR).post("/people/import", {}, files=staff_list(("某局", "", "钱一", "", "", "", "", "")))
    waiting = field_value(answer.text, "waiting")

    assert web.of("另一督办").post("/people/import", {"waiting": waiting, "do": "confirm"}).status_code == 404
    assert posts_of(office, "钱一") == []


@pytest.mark.parametrize("name", ["名册.exe", "名册.xlsx"])
def test_a_file_that_is_no_list_is_refused_in_words(visitor: Visitor, name: str) -> None:
    answer = visitor.post("/people/import", {}, files={"file": (name, io.BytesIO(b"not a workbook"))})

    assert answer.status_code == 400
    assert name.split(".")[0] in words_of(answer.text)


def test_the_template_is_a_list_that_the_import_reads(visitor: Visitor) -> None:
    book = load_workbook(io.BytesIO(visitor.get("/people/template.xlsx").content))
    sheet = book["人员名册"]

    assert [cell.value for cell in sheet[2]] == list(HEADINGS)


# --- the way in -----------------------------------------------------------------------------------------------------


def test_an_account_is_opened_and_the_address_goes_to_its_person_alone(office: Office, visitor: Visitor) -> None:
    number = number_of(office, HANDLER)

    answer = visitor.act(f"/people/{number}/invite")

    assert "一次性地址马上发到本人邮箱" in answer
    assert "/welcome?code=" not in visitor.get(f"/people/{number}").text
    assert "待领取地址" in visitor.read(f"/people/{number}")
    send_letters(office.engine, office.settings, now=opening_of(office.today))
    office.inbox(HANDLER).expect("开通账户", "/welcome?code=")
    assert "待设密码" in visitor.read(f"/people/{number}")
    assert "已关闭" in visitor.act(f"/people/{number}/close")


def test_on_paper_another_prints_the_slip_to_be_signed(office: Office, web: Web, visitor: Visitor) -> None:
    office.hire("林督办", Role.SUPERVISOR, "督办员")
    number = number_of(office, HANDLER)
    assert "须另一位管理人员在此人的页面打印领取单" in visitor.act(f"/people/{number}/invite", {"paper": "yes"})

    refused = visitor.post(f"/people/{number}/slip")
    assert (refused.status_code, "由另一位管理人员打印" in words_of(refused.text)) == (403, True)
    slip = web.of("林督办").post(f"/people/{number}/slip")

    assert slip.status_code == 200
    words = words_of(slip.text)
    assert "账户领取单" in words
    assert "领取人签名" in words
    assert f"姓名 {HANDLER}" in words
    assert slip.text.count("/welcome?code=") == 1
    assert "<svg" in slip.text
    assert "/welcome?code=" not in web.of("林督办").get(f"/people/{number}").text


def test_all_accounts_are_opened_at_once(office: Office, visitor: Visitor) -> None:
    said = visitor.act("/people/accounts")

    assert "新开通 5 个账户：5 人的一次性地址发到本人邮箱" in said
    assert send_letters(office.engine, office.settings, now=opening_of(office.today)).letters == 5
    assert "待设密码" in visitor.read("/people/accounts")


def test_tokens_of_all_are_listed_and_revoked(office: Office, visitor: Visitor) -> None:
    with on_record(office.engine) as session:
        person, by = find_person(session, HANDLER), office.by(session, HANDLER, office.today)
        make_token(session, person, by=by, name="报表程序", scopes=["read", "write"])
        make_feed(session, person, by=by)
    number = number_of(office, HANDLER)
    words = visitor.read("/people/accounts")
    assert f"{HANDLER} 报表程序 查看、办理" in words
    assert f"{HANDLER} 日历订阅 查看" in words

    for name in ("报表程序", "日历订阅"):
        said = visitor.act(f"/people/{number}/revoke", {"token": name, "from": "accounts"})
        assert f"已吊销{HANDLER}的 1 个令牌或日历订阅" in said
    assert "没有人有接口令牌或日历订阅地址" in visitor.read("/people/accounts")


# --- who may --------------------------------------------------------------------------------------------------------

FOR_STAFF = (
    "/people/new", "/people/import", "/people/accounts", "/people/template.xlsx", "/people/1/leave",
    "/people/1/contact", "/people/1/depart", "/people/hand-over?person=1",
)  # fmt: skip


@pytest.mark.parametrize("path", FOR_STAFF)
def test_only_staff_open_what_changes_people(web: Web, path: str) -> None:
    assert web.of(HANDLER).get(path).status_code == 403
    assert web.of(SUPERVISOR).get(path).status_code == 200
    assert web.of(OUTSIDER).get(path).status_code in (403, 404)


@pytest.mark.parametrize(
    "path",
    [
        "/people/1/leave", "/people/1/contact", "/people/1/depart", "/people/1/invite", "/people/1/reset",
        "/people/1/close", "/people/1/unlock", "/people/1/slip", "/people/1/revoke", "/people/1/bind",
        "/people/1/clear-factor", "/people/hand-over", "/people/new", "/people/import",
        "/people/accounts",
    ],
)  # fmt: skip
def test_only_staff_change_people(web: Web, office: Office, path: str) -> None:
    typed = {
        "from_on": "2026-06-10", "until_on": "2026-06-12", "day": "2026-06-30", "person": "1", "to": "2",
        "posts": "1", "name": "外人", "email": "", "mobile": "",
    }  # fmt: skip

    assert web.of(HANDLER).post(path, typed).status_code == 403
    # Whoever manages nobody is told so; of people of another organ nothing is said.
    assert web.of(OUTSIDER).post(path, typed).status_code in (403, 404)
    assert len(office.rows(Tenure)) == 6


def test_an_outsider_finds_nobody_of_ours(office: Office, web: Web) -> None:
    visitor = web.of(OUTSIDER)

    assert visitor.get(f"/people/{number_of(office, HANDLER)}").status_code == 404
    assert visitor.get("/people?organ=bureau").status_code == 404
    assert HANDLER not in visitor.read("/people")
