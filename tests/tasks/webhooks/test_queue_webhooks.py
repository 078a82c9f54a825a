"""What webhooks are to be told: every act and every notice, once, and nothing of other organs."""

import datetime as dt
import json
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from models.clock import opening_of
from models.database import on_record, unit_of_work
from models.dates.day_override import office_calendar
from models.engine.webhook import Webhook, WebhookMessage
from models.engine.webhook_event import EVENTS, event_of
from models.errors import BadInputError, ConflictError, ForbiddenError
from models.items.lifecycle import LIFECYCLE
from models.people.organ import Organ
from models.people.permission import Action
from models.people.person import Role
from tasks.oversight.supervise import supervise
from tasks.webhooks.hold_webhooks import make_webhook, stop_webhook
from tasks.webhooks.queue_webhooks import queue_webhooks
from tests.office import FIRST, HANDLER, LEADER, SUPERVISOR, Office

ADMIN = "钱管理"
URL = "https://oa.example.gov.cn/duban"


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    made = Office(any_engine, tmp_path)
    made.hire(ADMIN, Role.ADMINISTRATOR, "管理员")
    made.assign("普法宣传", due="2026-06-30", sign=False)
    return made


def make(office: Office, *events: str, url: str = URL, who: str = ADMIN, on: str = "2026-06-01") -> int:
    with on_record(office.engine) as session:
        organ = session.get_one(Organ, office.organ_id)
        made = make_webhook(session, organ, by=office.by(session, who, on), url=url, events=events or EVENTS)
        session.flush()
        return made.id or 0


def queue(office: Office, at: dt.datetime | None = None) -> int:
    with unit_of_work(office.engine) as session:
        return queue_webhooks(session, now=at or opening_of(office.today))


def told(office: Office) -> list[str]:
    return [message.event for message in office.rows(WebhookMessage)]


def test_every_act_upon_an_item_has_an_event() -> None:
    events = {action: event_of(action, of_item=action is not Action.ISSUE) for action in LIFECYCLE}

    assert len({*events.values()}) == len(LIFECYCLE)
    assert {*events.values()} <= EVENTS.keys()
    assert event_of("brand_new", of_item=True) == "item.brand_new"
    assert event_of("staff", of_item=False) is None


def test_what_happens_after_a_webhook_is_made_is_queued_once(office: Office) -> None:
    make(office)
    assert queue(office) == 0

    office.report("1", "办理中", on="2026-06-02")
    office.extend("1", to="2026-07-10", on="2026-06-03")
    office.approve("1", on="2026-06-04")

    assert queue(office) > 0
    assert told(office) == [
        "item.reported", "item.extension_requested", "item.extension_decided", "notice.raised", "notice.raised",
    ]  # fmt: skip
    assert (queue(office), len(told(office))) == (0, 5)


def test_a_message_says_what_when_and_by_whom_and_no_word_of_the_matter(office: Office) -> None:
    make(office, "item.reported")
    office.report("1", "涉及某企业的处理意见", on="2026-06-02")
    queue(office)

    (message,) = office.rows(WebhookMessage)
    assert message.payload == {
        "type": "item.reported",
        "timestamp": message.payload["timestamp"],
        "data": {
            "entry": message.payload["data"]["entry"], "action": "report", "on": "2026-06-02", "actor": HANDLER,
            "item": 1, "number": "1", "year": 2026, "state": "active",
        },
    }  # fmt: skip
    assert "企业" not in json.dumps(message.payload, ensure_ascii=False)
    assert message.source == f"audit_entry:{message.payload['data']['entry']}"


def test_only_the_events_asked_for_are_queued(office: Office) -> None:
    make(office, "item.urged", "plan.issued")
    office.report("1", "办理中", on="2026-06-02")
    office.urge("1", on="2026-06-03")
    office.assign("制度清理", due="2026-07-31", sign=False)
    queue(office)

    assert told(office) == ["item.urged", "plan.issued"]


def test_a_notice_is_told_when_it_is_raised_and_again_when_it_is_sent(office: Office) -> None:
    make(office, "notice.raised", "notice.sent", on="2026-06-20")
    office.sweep("2026-06-23")
    queue(office, opening_of(dt.date(2026, 6, 23)))
    office.send("2026-06-23")
    queue(office, opening_of(dt.date(2026, 6, 23)))
    queue(office, opening_of(dt.date(2026, 6, 24)))

    assert sorted(set(told(office))) == ["notice.raised", "notice.sent"]
    sources = [message.source for message in office.rows(WebhookMessage)]
    assert len(sources) == len(set(sources))
    assert {source.removesuffix(":sent") for source in sources if source.endswith(":sent")} <= set(sources)


def test_another_organ_s_webhook_hears_nothing_of_ours(office: Office) -> None:
    with unit_of_work(office.engine) as session:
        other = session.exec(select(Organ).where(Organ.code == "other")).one()
        session.add(
            Webhook(organ_id=other.id or 0, url=URL, events=list(EVENTS), salt="x", made_at=opening_of(office.today))
        )
    office.report("1", "办理中", on="2026-06-02")
    office.sweep("2026-06-23")

    assert (queue(office), told(office)) == (0, [])


def test_a_stopped_webhook_is_told_of_nothing_more(office: Office) -> None:
    number = make(office)
    with on_record(office.engine) as session:
        webhook = session.get_one(Webhook, number)
        stop_webhook(session, webhook, by=office.by(session, ADMIN, "2026-06-02"))
    office.report("1", "办理中", on="2026-06-02")

    assert queue(office) == 0
    with on_record(office.engine) as session, pytest.raises(ConflictError, match="已经停用"):
        stop_webhook(session, session.get_one(Webhook, number), by=office.by(session, ADMIN, "2026-06-02"))


@pytest.mark.parametrize("name", [HANDLER, LEADER, FIRST, SUPERVISOR])
def test_only_the_administrator_makes_one(office: Office, name: str) -> None:
    with pytest.raises(ForbiddenError, match="可由本单位的管理员办理"):
        make(office, who=name)


@pytest.mark.parametrize(
    "url",
    ["", "oa.example.gov.cn", "ftp://oa.example.gov.cn/", "https:///x", "https://a b/", "https://x:y@z/", "http://[::1",
     "https://x/#y", "http://x:99999/", "https://" + "x" * 500],
)  # fmt: skip
def test_an_address_that_will_not_do_is_refused(office: Office, url: str) -> None:
    with pytest.raises(BadInputError):
        make(office, url=url)


def test_one_address_is_told_once_and_an_organ_has_so_many(office: Office) -> None:
    make(office)
    with pytest.raises(ConflictError, match="已在向"):
        make(office)
    with pytest.raises(BadInputError, match="至少一种"):
        make(office, "nothing.known", url=URL + "2")
    for place in range(19):
        make(office, url=f"{URL}/{place}")
    with pytest.raises(ConflictError, match="至多 20 个"):
        make(office, url=URL + "/more")


def test_a_long_backlog_is_told_in_order_bit_by_bit(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.webhooks.queue_webhooks.BATCH", 3)
    make(office, "item.reported")
    for day in range(2, 10):
        office.report("1", "办理中", on=f"2026-06-{day:02}")

    # The first of the three was the making of the webhook itself.
    assert [queue(office) for _ in range(4)] == [2, 3, 3, 0]
    entries = [message.payload["data"]["entry"] for message in office.rows(WebhookMessage)]
    assert entries == sorted(entries)


def test_the_notices_of_a_transaction_still_open_are_not_passed_over(office: Office) -> None:
    """On PostgreSQL ids are given before they are committed; SQLite writes one transaction at a time."""
    if office.engine.dialect.name == "sqlite":
        pytest.skip("SQLite knows no open transaction beside ours")
    make(office, "notice.raised")
    with Session(office.engine) as open_one:
        supervise(open_one, by=office.by(open_one, SUPERVISOR, "2026-06-23"), calendar=office_calendar(open_one))
        assert queue(office) == 0
        open_one.commit()

    assert queue(office) > 0
