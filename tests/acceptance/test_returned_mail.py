"""A mail that comes back is read in the office's mailbox, and whoever supervises sees on the notice that it did."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from flows import rhythms
from models.engine.rhythm import LastRun
from models.ladder.message import Message
from models.settings import Settings
from tests.homes import lay_home
from tests.office import HANDLER, SUPERVISOR, Office, text_of
from tests.outside.imap_server import PASSWORD, USER, MailboxServer, mailbox_server
from tests.outside.returned_mails import recipient, report, written
from tests.web import Web


@pytest.fixture
def server() -> Iterator[MailboxServer]:
    with mailbox_server() as made:
        yield made


@pytest.fixture
def settings(tmp_path: Path, server: MailboxServer) -> Settings:
    made = Settings(
        home=tmp_path / "home", imap_host="127.0.0.1", imap_port=server.port, imap_security="none", imap_user=USER,
        imap_password=SecretStr(PASSWORD),
    )  # fmt: skip
    lay_home(made.home)
    return made


@pytest.fixture
def office(database: Engine, settings: Settings) -> Office:
    """The handler was reminded by mail on the day."""
    made = Office(database, settings.home)
    made.assign("普法宣传", due="2026-06-30", on="2026-06-01")
    made.fast_forward("2026-06-23")
    return made


def last_mail(office: Office) -> tuple[str, str]:
    """What the handler's newest mail is called, and where it went."""
    mail = [mail for mail in office.mails() if HANDLER in text_of(mail)][-1]
    return str(mail["Message-ID"]), str(mail["To"])


def test_a_bounce_stands_on_the_notice_and_in_the_way_of_its_message(
    office: Office, settings: Settings, server: MailboxServer
) -> None:
    reference, to = last_mail(office)
    returned = f"Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: {reference}\r\n"
    server.put(written("colleague@office.test", "Re：会议", "好的"))
    server.put(report(recipient(to), returned=returned))

    assert rhythms.returned_mail(settings) == {"failed": 1, "delayed": 0, "away": 0, "others": 1}
    assert rhythms.returned_mail(settings) == {"failed": 0, "delayed": 0, "away": 0, "others": 0}

    [message] = [one for one in office.rows(Message) if one.reference == reference]
    browser = Web(office).of(SUPERVISOR)
    assert "退信：550 5.1.1 User unknown" in browser.read("/notices")
    shown = browser.read(f"/notices/{message.id}")
    assert "没有送出 退信：550 5.1.1 User unknown" in shown
    assert "收到的退信和自动回复" in shown
    assert "重新发送" in shown


def test_whoever_is_away_says_so_to_the_supervisor(office: Office, settings: Settings, server: MailboxServer) -> None:
    reference, to = last_mail(office)
    server.put(written(to, "自动回复：【督办】", "我休假至7月3日，急事请找王科长。", reference=reference))

    assert rhythms.returned_mail(settings)["away"] == 1

    assert "自动回复：自动回复：【督办】：我休假至7月3日，急事请找王科长。" in Web(office).of(SUPERVISOR).read(
        "/notices"
    )


def test_a_mailbox_that_cannot_be_read_is_told_and_tried_again(
    office: Office, settings: Settings, server: MailboxServer, caplog: pytest.LogCaptureFixture
) -> None:
    reference, to = last_mail(office)
    server.put(written(to, "自动回复", "出差", reference=reference))
    server.refuses["LOGIN"] = "NO [UNAVAILABLE] later"

    assert "[UNAVAILABLE] later" in rhythms.returned_mail(settings)["problem"]
    assert [getattr(record, "action", "") for record in caplog.records] == ["mailbox_failed"]
    assert PASSWORD not in caplog.text
    assert [run.slug for run in office.rows(LastRun) if run.slug == "returned_mail"] == ["returned_mail"]

    server.refuses.clear()
    assert rhythms.returned_mail(settings)["away"] == 1


def test_without_a_mailbox_none_is_asked(settings: Settings, server: MailboxServer) -> None:
    assert rhythms.returned_mail(settings.model_copy(update={"imap_host": ""})) == {}
    assert server.commands == []
