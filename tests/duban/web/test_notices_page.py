"""The notice ledger as pages: who reads what, why something was sent or was not, and sending again."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models.audit import AuditEntry
from models.database import unit_of_work
from models.ladder.message import DeliveryAttempt, Message, SendState
from models.ladder.notice import Notice, NoticeState
from tests.office import FIRST, HANDLER, LEADER, OUTSIDER, SUPERVISOR, Office, day
from tests.web import Web, statements, words_of


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    """An item reminded of and escalated, an instruction, and what became of it."""
    made = Office(engine, tmp_path / "home")
    made.assign("普法宣传", due="2026-06-05", on="2026-06-01")
    made.assign("执法检查", due="2026-06-05", on="2026-06-01")
    made.instruct("1", "请抓紧", due="2026-06-30", on="2026-06-01")
    made.fast_forward("2026-06-10")
    return made


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def park(office: Office) -> int:
    """The first message was given up after its last try; returns its number."""
    with unit_of_work(office.engine) as session:
        message = session.exec(select(Message).order_by(Message.id)).first()  # type: ignore[arg-type]
        assert message is not None
        message.state = SendState.PARKED
        for notice in session.exec(select(Notice).where(Notice.message_id == message.id)):
            notice.state, notice.reason = NoticeState.PARKED, "550 no such mailbox"
        for attempt in session.exec(select(DeliveryAttempt).where(DeliveryAttempt.message_id == message.id)):
            attempt.delivered, attempt.answer = False, "550 no such mailbox"
        return message.id or 0


def test_people_read_what_was_sent_to_them_and_supervisors_what_was_sent_to_all(web: Web) -> None:
    mine = web.of(HANDLER).read("/notices")
    assert "您是本任务的承办人；触发规则：到期当日" in mine
    assert (LEADER in mine.partition("结果 日期")[2], "给我的" in mine) == (False, False)

    everybody = web.of(SUPERVISOR).read("/notices")
    assert "本任务的承办人；触发规则：到期当日" in everybody
    assert (LEADER in everybody, "全单位" in everybody) == (True, True)
    assert "没有符合条件的通知" in web.of(SUPERVISOR).read("/notices?mine=yes&kind=instruction")
    assert web.of(FIRST).get("/notices").status_code == 200


def test_a_stranger_reads_no_notice(web: Web) -> None:
    assert "还没有通知" in web.of(OUTSIDER).read("/notices")
    assert web.of(OUTSIDER).get("/notices", organ="bureau").status_code == 404
    assert web.of(OUTSIDER).get("/notices/1").status_code == 404


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ({"kind": "instruction"}, 1),
        ({"item": "2", "kind": "reminder", "until": "2026-06-03"}, 3),
        ({"from": "2026-06-04", "until": "2026-06-04"}, 0),
        ({"state": "parked"}, 0),
        ({"item": "9"}, 0),
    ],
    ids=str,
)
def test_what_is_asked_for_is_what_is_listed(web: Web, query: dict[str, str], rows: int) -> None:
    answer = web.of(SUPERVISOR).get("/notices", **query)

    assert answer.text.count('<th scope="row">') == rows


def test_what_is_no_filter_is_refused_in_words(web: Web) -> None:
    supervisor = web.of(SUPERVISOR)
    for name, value in {"from": "昨天", "kind": "gossip", "state": "x", "after": "x", "person": "x"}.items():
        answer = supervisor.get("/notices", **{name: value})
        assert (name, answer.status_code) == (name, 400)
        assert "无法识别" in words_of(answer.text)


def test_why_something_was_not_sent_is_said(office: Office, web: Web) -> None:
    office.instruct("1", "再抓紧", due="2026-07-10", on="2026-06-12")
    office.today = day("2026-06-12")
    assert "等待下一次发送" in web.of(HANDLER).read("/notices?state=pending")
    office.instruct("1", "周末想到的", due="2026-07-10", on="2026-06-13")
    office.today = day("2026-06-13")
    assert "当天休息，2026-06-15 起发送" in web.of(HANDLER).read("/notices?state=pending")
    office.extend("2", to="2026-07-30", on="2026-06-15", late=True)
    office.refuse("2", on="2026-06-15", who=LEADER)
    office.today = day("2026-06-15")
    assert "已取消 已处理" in web.of(SUPERVISOR).read("/notices?state=dropped")


def test_pages_lead_on_by_key_and_every_notice_is_on_one_of_them(office: Office, web: Web) -> None:
    for number in range(60):
        office.assign(f"事项{number}", due="2026-06-15", issue=False)
    office.today = day("2026-06-11")
    office.issue(on="2026-06-11")
    office.fast_forward("2026-06-16", send=False)
    supervisor, path, seen = web.of(SUPERVISOR), "/notices?kind=reminder", 0
    while True:
        html = supervisor.get(path).text
        seen += html.count('<th scope="row">')
        further = html.partition("更早的通知")[0].rpartition('href="')[2].partition('"')[0]
        if "更早的通知" not in html:
            break
        path = further.replace("&amp;", "&")

    assert seen == len([row for row in office.rows(Notice) if row.kind.value == "reminder"]) > 100


def test_the_ledger_asks_as_often_however_long_it_is(office: Office, web: Web) -> None:
    office.instruct("1", "再抓紧", due="2026-07-10", on="2026-06-10")
    supervisor = web.of(SUPERVISOR)
    few = statements(office.engine, lambda: supervisor.get("/notices"))
    office.fast_forward("2026-06-18", send=False)
    supervisor = web.of(SUPERVISOR)
    assert statements(office.engine, lambda: supervisor.get("/notices")) == few


def test_a_message_tells_every_try_to_its_reader_and_to_supervisors(office: Office, web: Web) -> None:
    number = park(office)
    who = office.name_of(next(row.recipient_id for row in office.rows(Message) if row.id == number)) or ""

    for reader in (who, SUPERVISOR):
        page = web.of(reader).read(f"/notices/{number}")
        assert "没有送出 550 no such mailbox" in page
        assert "多次失败，已停发" in page
    assert "重新发送" not in web.of(who).read(f"/notices/{number}")
    assert web.of(SUPERVISOR).get("/notices/999").status_code == 404


def test_what_was_given_up_is_sent_again_on_record(office: Office, web: Web) -> None:
    number = park(office)
    parked = [row for row in office.rows(Notice) if row.state is NoticeState.PARKED]

    page = web.of(SUPERVISOR).act(f"/notices/{number}/retry")

    assert f"{len(parked)} 条通知将在下一次发送时重发" in page
    entry = office.rows(AuditEntry)[-1]
    assert (entry.action, entry.actor, entry.after["rows"]) == ("resend", SUPERVISOR, len(parked))
    office.send("2026-06-11")
    message = next(row for row in office.rows(Message) if row.id == number)
    assert (message.state, message.attempts) in ((SendState.SENT, 1), (SendState.EMPTY, 1))


def test_only_what_was_given_up_is_sent_again_and_only_by_whoever_may(office: Office, web: Web) -> None:
    assert web.of(SUPERVISOR).post("/notices/1/retry").status_code == 403
    number = park(office)
    who = office.name_of(next(row.recipient_id for row in office.rows(Message) if row.id == number)) or ""
    assert web.of(who).post(f"/notices/{number}/retry").status_code == 403
    assert web.of(OUTSIDER).post(f"/notices/{number}/retry").status_code == 404
