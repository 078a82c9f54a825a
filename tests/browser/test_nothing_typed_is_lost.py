"""Nothing typed is lost, as a person sees it: leaving a filled form asks, and an ended session keeps what was sent."""

import pytest
from playwright.sync_api import Dialog, expect
from sqlmodel import select

from models.database import unit_of_work
from models.items.progress import ProgressEntry
from models.people.account import Account
from models.people.person import Person
from tasks.access.hash_password import hash_password
from tasks.access.hold_session import end_sessions
from tests.browsing import Served
from tests.office import HANDLER, Office

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "河湖长制一年四查九次会议"


@pytest.fixture
def office(office: Office) -> Office:
    office.assign("制度清理", number="1", due="2026-06-30", on="2026-06-01")
    return office


def test_leaving_a_form_in_which_something_was_typed_asks_and_sending_it_does_not(
    pages: Served, office: Office
) -> None:
    page = pages.page(HANDLER, "/items/1/report")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.get_by_label("进展情况").fill("已梳理一半")
    page.get_by_role("link", name="返回").click()
    expect(page.get_by_label("进展情况")).to_have_value("已梳理一半")
    assert asked == ["beforeunload"]

    page.get_by_role("button", name="暂存").click()
    expect(page.get_by_role("status")).to_contain_text("已暂存，尚未提交")
    page.goto("/items/1/report")
    expect(page.get_by_label("进展情况")).to_have_value("已梳理一半")
    page.get_by_role("button", name="填报进展").click()
    expect(page.get_by_role("status")).to_contain_text("进展已记录")
    assert asked == ["beforeunload"]


@pytest.mark.parametrize("script", [True, False])
def test_what_was_sent_after_the_session_ended_is_there_after_signing_in(
    pages: Served, office: Office, script: bool
) -> None:
    page = pages.of(HANDLER, java_script_enabled=script).new_page()
    page.goto("/items/1/report")
    page.get_by_label("进展情况").fill("已办妥三件")
    with unit_of_work(office.engine) as session:
        person = session.exec(select(Person).where(Person.name == HANDLER)).one()
        end_sessions(session, person.id or 0, now=pages.web.now)
        kept = hash_password(PASSWORD)
        session.add(Account(person_id=person.id or 0, login=HANDLER, password_hash=kept, made_at=pages.web.now))

    page.get_by_role("button", name="填报进展").click()
    expect(page.get_by_role("status")).to_contain_text("您刚才提交的内容已经保留")
    page.get_by_label("姓名或登录名").fill(HANDLER)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()

    expect(page.get_by_label("进展情况")).to_have_value("已办妥三件")
    page.get_by_role("button", name="填报进展").click()
    expect(page.get_by_role("status")).to_contain_text("进展已记录")
    assert [entry.text for entry in office.rows(ProgressEntry)] == ["已办妥三件"]
