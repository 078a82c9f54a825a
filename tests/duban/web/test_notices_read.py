"""Reading on the pages: whose look counts, the badge, the link of a message, and who watches what is not opened."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models.audit import AuditEntry
from models.database import unit_of_work
from models.ladder.message import Message, SendState
from models.ladder.notice import Notice, NoticeKind, NoticeState
from tasks.notices.channel_health import note_down
from tests.office import FIRST, HANDLER, LEADER, OUTSIDER, SUPERVISOR, Office
from tests.web import Web


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    """An item long overdue, of which its leaders hear."""
    made = Office(engine, tmp_path / "home")
    made.assign("普法宣传", due="2026-06-05", on="2026-06-01")
    made.assign("执法检查", due="2026-06-30", on="2026-06-01")
    made.instruct("2", "请抓紧", due="2026-06-20", on="2026-06-01")
    made.fast_forward("2026-06-10")
    return made


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def of(office: Office, name: str, kind: NoticeKind | None = None) -> list[Notice]:
    """What was sent to somebody."""
    rows = [row for row in office.rows(Notice) if office.name_of(row.recipient_id) == name]
    return [row for row in rows if row.state is NoticeState.SENT and kind in (None, row.kind)]


def unread(office: Office, name: str) -> int:
    return sum(row.read_at is None for row in of(office, name))


def test_the_link_of_a_message_marks_what_it_tells_and_leads_to_the_item(office: Office, web: Web) -> None:
    notice = of(office, HANDLER, NoticeKind.INSTRUCTION)[0]
    answer = web.of(HANDLER).client.get(f"/notices/open/{notice.id}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/items/2/sign-instruction?instruction=1")
    marked = next(row for row in office.rows(Notice) if row.id == notice.id)
    message = next(row for row in office.rows(Message) if row.id == notice.message_id)
    assert (marked.read_at, message.read_at) == (web.now, web.now)
    assert unread(office, HANDLER) == len(of(office, HANDLER)) - 1


def test_the_link_survives_signing_in(office: Office, web: Web) -> None:
    notice = of(office, HANDLER)[0]
    led = web.anonymous().get(f"/notices/open/{notice.id}", follow_redirects=False)
    assert (led.status_code, led.headers["location"]) == (303, f"/login?next=%2Fnotices%2Fopen%2F{notice.id}")
    onward = web.of(HANDLER).client.get(led.headers["location"], follow_redirects=False)
    assert onward.headers["location"] == f"/notices/open/{notice.id}"
    for away in ("https://example.com/", "//example.com", "/\\example.com"):
        answer = web.of(HANDLER).client.get("/login", params={"next": away}, follow_redirects=False)
        assert answer.headers["location"] == "/"


def test_only_the_recipients_own_look_counts(office: Office, web: Web) -> None:
    before = unread(office, HANDLER)
    notice = of(office, HANDLER)[0]
    for path in (f"/notices/open/{notice.id}", f"/notices/{notice.message_id}", f"/items/{notice.item_id}"):
        assert web.of(SUPERVISOR).get(path).status_code == 200
        assert web.of(OUTSIDER).get(path).status_code == 404
        for headers in ({"sec-purpose": "prefetch;prerender"}, {"purpose": "prefetch"}):
            assert web.of(HANDLER).client.get(path, headers=headers).status_code == 200
        assert web.of(HANDLER).client.head(path).status_code == 200
    assert unread(office, HANDLER) == before


def test_to_open_the_item_or_the_message_is_to_read(office: Office, web: Web) -> None:
    handler, notices = web.of(HANDLER), of(office, HANDLER)
    assert f"{len(notices)} 条未读" in handler.read("/")
    assert f"{sum(row.item_id != 1 for row in notices)} 条未读" in handler.read("/items/1")
    opened = {row.id for row in office.rows(Message) if row.read_at is not None}
    assert opened == set()
    left = next(row for row in of(office, HANDLER) if row.read_at is None)
    handler.read(f"/notices/{left.message_id}")
    assert all(row.read_at for row in of(office, HANDLER) if row.message_id == left.message_id)
    assert {row.id for row in office.rows(Message) if row.read_at is not None} == {left.message_id}


def test_all_at_once_are_marked_and_what_was_read_before_keeps_its_time(office: Office, web: Web) -> None:
    handler, notice = web.of(HANDLER), of(office, HANDLER)[0]
    handler.get(f"/notices/open/{notice.id}")
    first = web.now
    office.today = office.today.replace(day=11)
    others = unread(office, LEADER)
    assert f"{unread(office, HANDLER)} 条通知已标为已读" in web.of(HANDLER).act("/notices/read")
    assert "全部标为已读" not in web.of(HANDLER).read("/notices")
    assert (unread(office, HANDLER), unread(office, LEADER)) == (0, others)
    assert next(row.read_at for row in office.rows(Notice) if row.id == notice.id) == first


def test_the_badge_counts_what_was_sent_and_no_more_than_it_can_show(office: Office, web: Web) -> None:
    handler, before = web.of(HANDLER), unread(office, HANDLER)
    office.instruct("2", "还没发出", due="2026-06-20", on="2026-06-10")
    assert f"{before} 条未读" in handler.read("/board")
    with unit_of_work(office.engine) as session:
        one = of(office, HANDLER)[0].model_dump(exclude={"id", "rung_id", "subject"})
        session.add_all(Notice.model_validate(one | {"rung_id": None, "subject": f"x:{n}"}) for n in range(100))
    assert "99+ 条未读" in handler.read("/board")


def test_the_supervisor_sees_who_has_not_opened_an_escalation(office: Office, web: Web) -> None:
    supervisor = web.of(SUPERVISOR)
    waiting = [row for name in (LEADER, FIRST, HANDLER, SUPERVISOR) for row in of(office, name, NoticeKind.ESCALATION)]
    desk = supervisor.read("/")
    assert waiting
    assert "还没有打开的升级督办" in desk
    listed = supervisor.get("/notices", unread="yes")
    shown = listed.text.count('<th scope="row">')
    assert f"升级督办：{shown} 条" in desk
    assert "没有打开过，已" in listed.text
    reader = office.name_of(waiting[0].recipient_id) or ""
    web.of(reader).get("/items/1")
    assert supervisor.get("/notices", unread="yes").text.count('<th scope="row">') < shown
    office.close("1", on="2026-06-10")
    assert "没有符合条件的通知" in supervisor.read("/notices?unread=yes")
    assert "还没有打开的升级督办" not in supervisor.read("/")
    assert "还没有打开的升级督办" not in web.of(HANDLER).read("/")


def test_a_channel_that_is_down_is_told_on_the_desk_of_whoever_watches(office: Office, web: Web) -> None:
    assert "不通" not in web.of(SUPERVISOR).read("/")
    wait(office)
    with unit_of_work(office.engine) as session:
        note_down(session, "mail", "连不上邮件服务器", now=web.now, pause=None)
    desk = web.of(SUPERVISOR).read("/")
    assert "邮件从 今天 09:00 起不通：连不上邮件服务器。下次 今天 09:01 再试" in desk
    assert "本单位有 1 封通知 在等" in desk
    assert "不通" not in web.of(HANDLER).read("/")
    listed = web.of(SUPERVISOR).read("/notices?state=pending")
    assert "暂缓发送 今天 09:00 邮件不通（连不上邮件服务器），06-11 09:01 再试，通了即发" in listed


def wait(office: Office, state: SendState = SendState.WAITING) -> int:
    """The handler's first message has not left."""
    with unit_of_work(office.engine) as session:
        message = session.exec(select(Message).order_by(Message.id)).first()  # type: ignore[arg-type]
        assert message is not None
        message.state, message.sent_at = state, None
        for notice in session.exec(select(Notice).where(Notice.message_id == message.id)):
            notice.state = NoticeState.PARKED if state is SendState.PARKED else NoticeState.PENDING
        return message.id or 0


def test_a_message_that_waits_is_parked_by_a_person_with_a_reason(office: Office, web: Web) -> None:
    number = wait(office)
    assert web.of(SUPERVISOR).post(f"/notices/{number}/park", {"reason": " "}).status_code == 400
    page = web.of(SUPERVISOR).act(f"/notices/{number}/park", {"reason": "内容有误"})
    assert f"{SUPERVISOR}停发：内容有误" in page
    entry = office.rows(AuditEntry)[-1]
    assert (entry.action, entry.actor, entry.reason) == ("park", SUPERVISOR, "内容有误")
    assert web.of(SUPERVISOR).post(f"/notices/{number}/park", {"reason": "再来"}).status_code == 403
    reader = office.name_of(next(row.recipient_id for row in office.rows(Message) if row.id == number)) or ""
    assert web.of(reader).post(f"/notices/{number}/park", {"reason": "不要"}).status_code == 403
    assert office.send("2026-06-10").sent == 0


def test_whatever_is_parked_is_sent_again_at_once_with_one_entry(office: Office, web: Web) -> None:
    supervisor = web.of(SUPERVISOR)
    assert supervisor.post("/notices/retry").status_code == 403
    wait(office, SendState.PARKED)
    assert "重发全部已停发" not in web.of(HANDLER).read("/notices")
    assert web.of(HANDLER).post("/notices/retry").status_code == 403
    before = len(office.rows(AuditEntry))
    assert "重发全部已停发" in supervisor.read("/notices")
    assert "停发的 1 封通知将在下一次发送时重发" in supervisor.act("/notices/retry")
    entries = office.rows(AuditEntry)[before:]
    assert [(one.action, one.after["messages"]) for one in entries] == [("resend", 1)]
    assert {row.state for row in office.rows(Message)} & {SendState.PARKED} == set()
