"""The page of a report on its way: what each role sees and can do there, and what it says when it cannot."""

import re
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models.database import unit_of_work
from models.report.filing import FilingState
from models.report.filing_rows import Consultation
from models.report.report import ReportBlock
from tasks.report.filing.step_posts import find_post
from tests.filing import COPY, FINANCE, FINANCE_HEAD, TO, FilingOffice
from tests.office import FIRST, HANDLER, HEAD, LEADER, OUTSIDER, SUPERVISOR
from tests.web import Web, words_of

PAGE = "/reports/filing/2025"


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> FilingOffice:
    return FilingOffice(engine, tmp_path / "home")


@pytest.fixture
def web(office: FilingOffice) -> Web:
    return Web(office)


def test_the_whole_way_by_the_pages(office: FilingOffice, web: Web) -> None:
    supervisor, first, leader = web.of(SUPERVISOR), web.of(FIRST), web.of(LEADER)
    assert PAGE in supervisor.get("/reports").text
    page = supervisor.read(PAGE)
    assert "最新的是第 1 版，还没有送审" in page
    assert "2026年2月28日" in page or "2月28日" in page
    assert "还有" in page

    assert "已送审，这一版的内容不再改动" in supervisor.act(f"{PAGE}/submit", {"note": "请审"})
    asked = {"department": str(office.unit(FINANCE).id), "due_on": "2026-01-20"}
    assert "已向 1 个科室征求意见" in supervisor.act(f"{PAGE}/consult", asked)
    refused = supervisor.post(f"{PAGE}/forward", {"reason": ""})
    assert refused.status_code == 403
    assert "财务科尚未反馈意见：请等待反馈，或写明不再等待的理由。" in words_of(refused.text)

    finance = web.of(FINANCE_HEAD)
    assert "财务科的意见" in finance.read(PAGE)
    reply = {"department": str(office.unit(FINANCE).id), "opinion": "第二部分请补原因"}
    assert "已为财务科反馈意见" in finance.act(f"{PAGE}/opine", reply)
    number = str(office.rows(Consultation)[0].id)
    assert "意见已处理：部分采纳" in supervisor.act(
        f"{PAGE}/settle", {"consultation": number, "adoption": "partly", "reason": "已在会上说明"}
    )
    assert "已送法制审核" in supervisor.act(f"{PAGE}/forward")

    assert "已通过法制审核" in leader.act(f"{PAGE}/pass_legal", {"opinion": "内容合法"})
    assert "已通过保密审查" in leader.act(f"{PAGE}/pass_secrecy")
    assert "审签这一版" in first.read(PAGE)
    assert "审签这一版" not in supervisor.read(PAGE)
    assert "已审签，可以报送" in first.act(f"{PAGE}/sign")
    for name in (*TO, COPY):
        said = supervisor.act(f"{PAGE}/send", {"name": name, "way": "机要交换", "on_day": "2026-01-15"})
        assert f"已登记 2026-01-15 报送“{name}”" in said
    assert f"已登记“{COPY}”的回执" in supervisor.act(f"{PAGE}/receipt", {"name": COPY, "number": "收12"})
    assert "已登记 2026-01-15 公开" in supervisor.act(f"{PAGE}/publish", {"place": "https://www.example.gov.cn/a"})
    page = supervisor.act(f"{PAGE}/archive", {"number": "2026-12", "kept_at": "档案室"})
    assert "档号 2026-12，档案室" in page
    assert office.filing.state is FilingState.ARCHIVED


def test_what_keeps_it_from_being_sent_on_is_told_with_the_way_there(office: FilingOffice, web: Web) -> None:
    with unit_of_work(office.engine) as session:
        block = session.exec(select(ReportBlock).where(ReportBlock.key == "ledger:study")).one()
        block.proposal = True
    place = f"/reports/{office.newest.id}?block={block.id}#b-{block.id}"
    supervisor = web.of(SUPERVISOR)
    page = supervisor.get(PAGE).text
    assert "送审前须先处理 1 处" in words_of(page)
    # It stands once: what is left for the signature is told apart.
    assert "审签前要看的 0 处" in words_of(page)
    assert f'href="{place}"' in page
    answer = supervisor.post(f"{PAGE}/submit", {"note": "请审"})
    assert answer.status_code == 403
    assert "不能送审，请先处理 1 处。待核：“" in words_of(answer.text)
    assert "duban report" not in answer.text
    assert f'href="{place}"' in answer.text
    assert 'value="请审"' in answer.text
    assert f'id="b-{block.id}"' in supervisor.get(place.partition("#")[0]).text


def test_a_review_is_given_to_a_post_on_the_page(office: FilingOffice, web: Web) -> None:
    supervisor, head = web.of(SUPERVISOR), web.of(HEAD)
    assert head.get(PAGE).status_code == 404
    with unit_of_work(office.engine) as session:
        post = str(find_post(session, office.organ(session), "法规科").id)
    assert "未指定：督办员、分管领导、第一责任人" in supervisor.read(PAGE)
    page = supervisor.act(f"{PAGE}/assign", {"step": "legal_review", "post": post})
    assert "法制审核已指定岗位" in page
    assert f"（{HEAD}）" in page
    for sent, status in (({"step": "legal_review", "post": "999999"}, 400), ({"step": "sign_off", "post": post}, 400)):
        assert supervisor.post(f"{PAGE}/assign", sent).status_code in (status, 404)
    assert web.of(LEADER).post(f"{PAGE}/assign", {"step": "legal_review", "post": post}).status_code == 403
    office.until("legal_review")
    assert "待您通过法制审核" in head.read("/")
    assert "已通过法制审核" in head.act(f"{PAGE}/pass_legal", {"opinion": "合法"})
    assert "法制审核不再指定岗位" in supervisor.act(f"{PAGE}/assign", {"step": "legal_review", "post": ""})


def test_a_return_says_why_in_the_log(office: FilingOffice, web: Web) -> None:
    office.until("sign_off")
    page = web.of(FIRST).act(f"{PAGE}/return", {"to": "drafting", "why": "第三部分过简"})
    assert "已退回“起草”" in page
    assert "退到起草 ：第三部分过简" in page or "退到起草：第三部分过简" in page


def test_who_signs_another_version_than_was_shown_is_told_and_nothing_typed_is_lost(
    office: FilingOffice, web: Web
) -> None:
    office.until("sign_off")
    answer = web.of(FIRST).post(f"{PAGE}/sign", {"seen": "0" * 12, "reason": "已逐项核对"})
    assert answer.status_code == 409
    assert "已换成另一版" in words_of(answer.text)
    assert office.filing.state is FilingState.SIGN_OFF


@pytest.mark.parametrize(
    ("who", "status"),
    [(SUPERVISOR, 200), (FIRST, 200), (LEADER, 200), (HEAD, 404), (HANDLER, 404), (OUTSIDER, 404)],
)
def test_who_reads_the_page(office: FilingOffice, web: Web, who: str, status: int) -> None:
    office.until("consulting")
    query = {"organ": "bureau"} if who == OUTSIDER else {}
    assert web.of(who).get(PAGE, **query).status_code == status
    assert web.of(who).get(f"{PAGE}/public.docx", **query).status_code == status


def test_a_department_reads_what_it_is_asked_about_and_no_more(office: FilingOffice, web: Web) -> None:
    office.until("consulting")
    office.consult(FINANCE, "法规科", due="2026-01-20")
    office.reply(HEAD, "法规科", "法规科的话")
    page = web.of(FINANCE_HEAD).read(PAGE)
    assert ("财务科" in page, "法规科的话" in page, "办理记录" in page) == (True, False, False)
    assert web.of(FINANCE_HEAD).get(f"{PAGE}/draft.docx").status_code == 200
    assert web.of(FINANCE_HEAD).get(f"{PAGE}/public.docx").status_code == 404
    answer = web.of(FINANCE_HEAD).post(
        f"{PAGE}/opine", {"department": str(office.unit("法规科").id), "opinion": "代人说话"}
    )
    assert answer.status_code == 403


def test_acts_of_others_are_refused_by_the_page_too(office: FilingOffice, web: Web) -> None:
    office.until("sign_off")
    for who, act in ((SUPERVISOR, "sign"), (LEADER, "sign"), (LEADER, "send"), (FIRST, "archive")):
        answer = web.of(who).post(f"{PAGE}/{act}", {"name": TO[0], "way": "x", "number": "1", "kept_at": "y"})
        assert answer.status_code == 403, (who, act)
    assert web.of(SUPERVISOR).post(f"{PAGE}/nothing").status_code == 404
    assert office.filing.state is FilingState.SIGN_OFF


def test_the_days_are_put_into_the_plan_from_the_page(engine: Engine, tmp_path: Path) -> None:
    office = FilingOffice(engine, tmp_path / "home", items=False)
    supervisor = Web(office).of(SUPERVISOR)
    assert "未列入 2026 年度计划" in supervisor.read(PAGE)
    page = supervisor.act(f"{PAGE}/days", {"own_day": "02-10", "origin": "市局通知"})
    assert "已列入 2026 年度计划 3 项" in page
    assert "本单位自定的报送日" in page
    assert "未列入" not in page
    assert "各项时限都已在计划中" in supervisor.act(f"{PAGE}/days", {"own_day": "02-10"})
    answer = supervisor.post(f"{PAGE}/days", {"own_day": "03-10"})
    assert answer.status_code == 400
    assert "自定日只能提前" in words_of(answer.text)


def test_a_year_without_a_report_says_what_to_do(web: Web) -> None:
    page = web.of(SUPERVISOR).read("/reports/filing/2024")
    assert "还没有编制这个年度的报告" in page
    assert web.of(SUPERVISOR).get("/reports/filing/1989").status_code == 404
    assert web.of(SUPERVISOR).get("/reports/filing/2024/draft.docx").status_code == 404


@pytest.mark.parametrize("state", ["drafting", "consulting", "sign_off", "filing", "publishing", "published"])
def test_every_field_has_a_label_of_its_own(office: FilingOffice, web: Web, state: str) -> None:
    if state == "published":
        office.published()
    elif state != "drafting":
        office.until(state)
    for who in (SUPERVISOR, FIRST):
        html = web.of(who).get(PAGE).text
        ids = Counter(re.findall(r'\bid="([^"]+)"', html))
        assert [one for one, times in ids.items() if times > 1] == []
        assert set(re.findall(r'<label[^>]* for="([^"]+)"', html)) <= ids.keys()
