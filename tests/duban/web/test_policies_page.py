"""督办策略: told in sentences, foretold for a sample item, changed without anybody's work being lost."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from models.clock import opening_of
from models.database import unit_of_work
from models.dates.workdays import WorkCalendar
from models.items.plan import AnnualPlan
from models.ladder.policy import Policy, Rung
from models.ladder.policy_change import PolicyChange
from models.people.organ import Organ
from models.people.person import Role
from tasks.ladder.set_policy import find_policy, show_policy
from tasks.oversight.simulate import simulate
from tests.office import HANDLER, OUTSIDER, SUPERVISOR, Office, day
from tests.web import Visitor, Web, words_of


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    return Office(engine, tmp_path / "home")


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


@pytest.fixture
def visitor(web: Web) -> Visitor:
    return web.of(SUPERVISOR)


def stored(office: Office, name: str = "常规") -> dict[str, Any]:
    with unit_of_work(office.engine) as session:
        return show_policy(session, find_policy(session, name))


def number_of(office: Office, name: str = "常规") -> int:
    with unit_of_work(office.engine) as session:
        return find_policy(session, name).id or 0


def fields_of(html: str) -> dict[str, Any]:
    """What a browser would send of the form on the page, as it stands."""
    form = html[html.index('name="shown"') - 200 :]
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and not ('type="checkbox"' in tag and " checked" not in tag) and name[1] not in ("csrf", "q"):
            sent.setdefault(name[1], []).append(unescape(value[1]) if value else "")
    for name_text, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        sent[name_text] = [chosen[1]] if chosen else [""]
    return sent


def opened(visitor: Visitor, number: int) -> dict[str, Any]:
    return fields_of(visitor.get(f"/policies/{number}/edit").text)


def preview(html: str) -> list[tuple[str, str]]:
    """Day and rung of each line of a sample's year."""
    return re.findall(
        r'<th scope="row" class="nowrap">([^<]*)</th>\s*<td>(?:<span[^>]*></span>)?([^<（]*)', html
    )  # fmt: skip


def test_rungs_and_terms_are_told_in_sentences(office: Office, visitor: Visitor) -> None:
    shown = visitor.read(f"/policies/{number_of(office, '三色督办单A')}")

    assert "逾期1个工作日，其后每5个工作日 ：承办人、科室负责人、分管领导、第一责任人，红色，红色督办单" in shown
    assert "滞后 10 个百分点亮黄灯，超过 30 个亮红灯" in shown
    assert "督办员 → 分管领导或第一责任人，至多 2 次" in shown


def test_the_form_as_it_stands_saves_the_same_policy(office: Office, visitor: Visitor) -> None:
    for name in ("常规", "三级预警", "三色督办单A", "三色督办单B"):
        before = stored(office, name)
        number = number_of(office, name)
        visitor.act(f"/policies/{number}/edit", {**opened(visitor, number), "do": "save"})
        assert stored(office, name) == before


def test_a_change_is_foretold_before_it_is_saved(office: Office, visitor: Visitor) -> None:
    number = number_of(office)
    typed = opened(visitor, number) | {"rung-0-offset": "10", "due": "2026-06-30", "issued": "2026-06-01"}

    answer = visitor.post(f"/policies/{number}/edit", {**typed, "do": "preview"})

    assert answer.status_code == 200
    assert ("6月18日（周四）", "到期前10天") in preview(answer.text)  # the 20th rests, and so does the 19th
    assert "第 1 级“到期前7天：承办人”改为“到期前10天：承办人”" in words_of(answer.text)
    assert stored(office)["rungs"][0]["offset"] == 7


def test_what_is_foretold_is_what_the_year_brings(office: Office, visitor: Visitor) -> None:
    """The edited ladder, saved, issued and lived without anybody acting, speaks on just the days foretold."""
    number = number_of(office)
    typed = opened(visitor, number) | {
        "rung-1-offset": "4", "rung-1-unit": "working", "rung-4-offset": "5", "rung-5-every": "8",
        "due": "2026-09-30", "issued": "2026-01-01",
    }  # fmt: skip
    foretold = preview(visitor.post(f"/policies/{number}/edit", {**typed, "do": "preview"}).text)
    visitor.act(f"/policies/{number}/edit", {**typed, "do": "save"})
    office.assign("普法宣传", due="2026-09-30", issue=False)
    with Session(office.engine) as session:
        plan = session.get_one(AnnualPlan, office.plan_id)
        lived = simulate(session, plan, now=opening_of(day("2026-01-01")), calendar=WorkCalendar())

    days = {(f"{one['fired_on'].month}月{one['fired_on'].day}日", one["rung"]) for one in lived if
            one["state"] == "pending"}  # fmt: skip
    assert {(when.partition("（")[0], rung.strip()) for when, rung in foretold} == days
    assert len(days) > 10


def test_a_rung_is_added_and_taken_away_and_nothing_typed_is_lost(office: Office, visitor: Visitor) -> None:
    number = number_of(office)
    typed = opened(visitor, number) | {"near_days": "8"}

    longer = fields_of(visitor.post(f"/policies/{number}/edit", {**typed, "do": "add"}).text)
    assert (longer["rungs"], longer["near_days"]) == (["9"], ["8"])
    shorter = fields_of(visitor.post(f"/policies/{number}/edit", {**longer, "do": "remove-0"}).text)
    assert (shorter["rungs"], shorter["rung-0-offset"]) == (["8"], ["3"])

    visitor.act(f"/policies/{number}/edit", {**shorter, "do": "save"})
    rungs = stored(office)["rungs"]
    assert (len(rungs), rungs[0]["offset"], rungs[-1]["relation"]) == (8, 3, "after")
    assert stored(office)["near_days"] == 8


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"near_days": ""}, "临期天数没有填写"),
        ({"near_days": "许多"}, "临期天数“许多”无法识别"),
        ({"near_days": "99"}, "应为 0 至 60 的整数"),
        ({"lag_yellow": "40"}, "不能大于"),
        ({"rung-0-roles": []}, "第 1 级没有选择通知谁"),
        ({"rung-2-offset": "999"}, "第 3 级 offset（天数）"),
        ({"rung-0-relation": "during"}, "第 1 级 relation（时点）"),
        ({"closure_levels-0": []}, "closure_levels"),
        ({"issued": "2026-08-01", "due": "2026-06-30"}, "应在时限 2026-06-30 之前"),
        ({"instruction_terms": "急件 三"}, "批示时限档次“急件 三”无法识别"),
        ({"instruction_terms": "急件 3、急件 5"}, "不重复"),
    ],
)
def test_what_is_wrong_is_said_and_kept(office: Office, visitor: Visitor, typed: dict[str, Any], words: str) -> None:
    number, before = number_of(office), stored(office)
    do = "preview" if "due" in typed else "save"

    answer = visitor.post(f"/policies/{number}/edit", {**opened(visitor, number), **typed, "do": do})

    assert answer.status_code == 400
    assert words in words_of(answer.text)
    assert stored(office) == before
    kept = fields_of(answer.text)
    assert {name: kept.get(name, [None])[0] for name, value in typed.items() if isinstance(value, str)
            and "relation" not in name} == {name: value for name, value in typed.items() if isinstance(value, str)
            and "relation" not in name}  # fmt: skip


def test_of_two_who_edit_the_second_is_told_what_changed_and_loses_nothing(office: Office, web: Web) -> None:
    office.hire("管网络", Role.ADMINISTRATOR, "管理员")
    first, second = web.of(SUPERVISOR), web.of("管网络")
    number = number_of(office)
    early, late = opened(first, number) | {"near_days": "9"}, opened(second, number) | {"urge_gap": "7"}
    first.act(f"/policies/{number}/edit", {**early, "do": "save"})

    answer = second.post(f"/policies/{number}/edit", {**late, "do": "save"})
    shown = words_of(answer.text)

    assert answer.status_code == 409
    assert "已被他人改动，没有保存：临期天数 5 → 9" in shown
    kept = fields_of(answer.text)
    assert kept["urge_gap"] == ["7"]
    assert (stored(office)["near_days"], stored(office)["urge_gap"]) == (9, 3)
    second.act(f"/policies/{number}/edit", {**kept, "near_days": "9", "do": "save"})
    assert (stored(office)["near_days"], stored(office)["urge_gap"]) == (9, 7)


def test_the_presets_of_instructions_are_edited_as_a_line(office: Office, visitor: Visitor) -> None:
    number = number_of(office)
    sent = opened(visitor, number)
    assert sent["instruction_terms"] == ["特急件 1、急件 3、平急件 5、一般件 15、疑难件 30"]
    visitor.act(f"/policies/{number}/edit", sent | {"instruction_terms": "急件 2、平件 10", "do": "save"})
    assert stored(office)["instruction_terms"] == [{"name": "急件", "days": 2}, {"name": "平件", "days": 10}]


def test_a_running_plan_keeps_its_copy(office: Office, visitor: Visitor) -> None:
    office.assign("普法宣传", due="2026-06-30", on="2026-06-01")
    number = number_of(office)
    visitor.act(f"/policies/{number}/edit", {**opened(visitor, number), "near_days": "9", "do": "save"})
    with unit_of_work(office.engine) as session:
        frozen = session.exec(select(Policy).where(Policy.frozen_hash.is_not(None))).one()  # type: ignore[union-attr]

    assert "有 1 处不同" in visitor.read("/policies")
    assert "到期前 5 个工作日起亮黄灯" in visitor.read(f"/policies/{frozen.id}")
    assert visitor.get(f"/policies/{frozen.id}/edit").status_code == 403
    assert visitor.post(f"/policies/{frozen.id}/edit", {"do": "save"}).status_code == 403


def test_a_running_plan_takes_the_policy_as_it_stands_now_once_what_moves_was_shown(
    office: Office, visitor: Visitor
) -> None:
    office.assign("普法宣传", due="2026-06-30", on="2026-06-01")
    number = number_of(office)
    visitor.act(f"/policies/{number}/edit", {**opened(visitor, number), "rung-1-offset": "4", "do": "save"})
    assert "/plans/1/policy?policy=" in visitor.get("/policies").text

    page = visitor.get("/plans/1/policy").text
    assert "到期前3天：承办人、科室负责人 到期前4天：承办人、科室负责人 1 2" in words_of(page).replace("，", "、")
    assert office.rows(PolicyChange) == []
    seal = re.search(r'name="seal" value="([^"]*)"', page)
    assert seal is not None
    sent = {"policy": "常规", "seal": seal[1], "reason": "办法已修订"}
    assert visitor.post("/plans/1/policy", sent | {"reason": ""}).status_code == 400
    stale = visitor.post("/plans/1/policy", sent | {"seal": "0"})
    assert (stale.status_code, "再看一次" in stale.text, "办法已修订" in stale.text) == (409, True, True)
    assert "已改用“常规”（第 2 版），自 2026-06-01 起执行" in visitor.act("/plans/1/policy", sent)

    words = visitor.read("/plans/1")
    assert "督办策略“常规”（第 2 版）" in words
    assert f"第 2 版 6月1日（周一） 常规 办法已修订 {SUPERVISOR}" in words
    first, second = [policy.id for policy in office.rows(Policy) if policy.frozen_hash]
    before, now = visitor.read(f"/policies/{first}"), visitor.read(f"/policies/{second}")
    assert ("以前的副本" in before, "到期前3天 ：承办人、科室负责人" in before) == (True, True)
    assert ("运行中的副本" in now, "到期前4天 ：承办人、科室负责人" in now) == (True, True)
    assert "没有要改的" in visitor.read("/plans/1/policy")


def test_a_change_that_would_tell_very_many_today_is_asked_again_with_the_list(
    office: Office, visitor: Visitor
) -> None:
    office.settings.ask_above = 1
    office.hire("钱承办")
    office.assign("普法宣传", due="2026-06-30", on="2026-06-01")
    office.assign("案卷评查", due="2026-06-30", to="钱承办", on="2026-06-01")
    number = number_of(office)
    visitor.act(f"/policies/{number}/edit", {**opened(visitor, number), "rung-1-offset": "29", "do": "save"})
    sent = {"policy": "常规", "reason": "办法已修订"}
    seal = re.search(r'name="seal" value="([^"]*)"', visitor.get("/plans/1/policy").text)
    assert seal is not None
    sent["seal"] = seal[1]

    asked = visitor.post("/plans/1/policy", sent)

    words = words_of(asked.text)
    assert (asked.status_code, "尚未保存" in words, "钱承办 1 条" in words, "办法已修订" in asked.text) == (
        400, True, True, True,
    )  # fmt: skip
    assert office.rows(PolicyChange) == []
    assert "已改用“常规”（第 2 版）" in visitor.act("/plans/1/policy", sent | {"sure": "yes"})


def test_a_policy_begins_as_another(office: Office, visitor: Visitor) -> None:
    number = number_of(office, "三级预警")

    assert "已新建策略“本局办法”" in visitor.act(f"/policies/{number}/copy", {"name": "本局办法"})
    assert stored(office, "本局办法") == stored(office, "三级预警") | {"name": "本局办法"}
    assert visitor.post(f"/policies/{number}/copy", {"name": "常规"}).status_code == 400
    assert visitor.post(f"/policies/{number}/copy", {"name": ""}).status_code == 400


# --- who may --------------------------------------------------------------------------------------------------------

PATHS = ("/policies", "/policies/1", "/policies/1/edit")
OF_A_PLAN = "/plans/1/policy"


@pytest.mark.parametrize("path", PATHS)
def test_only_those_who_run_the_office_look_at_policies(web: Web, path: str) -> None:
    assert [web.of(name).get(path).status_code for name in (SUPERVISOR, HANDLER, OUTSIDER)] == [200, 403, 403]


@pytest.mark.parametrize("path", ["/policies/1/edit", "/policies/1/copy"])
def test_only_those_who_run_the_office_change_policies(office: Office, web: Web, path: str) -> None:
    before = office.rows(Rung)

    for name in (HANDLER, OUTSIDER):
        assert web.of(name).post(path, {"do": "save", "name": "外人"}).status_code == 403
    assert office.rows(Rung) == before


def test_only_those_who_run_the_office_change_the_policy_of_its_plan(office: Office, web: Web) -> None:
    office.assign("普法宣传", due="2026-06-30", on="2026-06-01")
    for name, status in ((HANDLER, 403), (OUTSIDER, 404)):
        assert web.of(name).get(OF_A_PLAN).status_code == status
        assert web.of(name).post(OF_A_PLAN, {"policy": "三级预警", "reason": "想改"}).status_code == status
    assert office.rows(PolicyChange) == []


def test_an_organ_below_looks_and_does_not_change(office: Office, web: Web) -> None:
    with unit_of_work(office.engine) as session:
        session.get_one(Organ, office.organ_id).parent_id = session.exec(
            select(Organ.id).where(Organ.code == "other")
        ).one()
    visitor = web.of(SUPERVISOR)

    assert "由最上级单位的督办员或管理员修改" in visitor.read("/policies")
    assert visitor.get("/policies/1/edit").status_code == 403
    assert visitor.post("/policies/1/edit", {"do": "save"}).status_code == 403


def test_what_is_no_policy_is_not_found(visitor: Visitor) -> None:
    assert visitor.get("/policies/999").status_code == 404
