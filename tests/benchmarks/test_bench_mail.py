"""A delivery against a loop that builds the same mails and hands them to one open smtplib connection.

The server is a real one in a process of its own; it throws away what it gets.
"""

import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from models.database import unit_of_work
from models.settings import Settings
from tasks.ladder.remind import remind
from tasks.notices.deliver import deliver
from tests.benchmarks.conftest import Filled
from tests.benchmarks.populate import CALENDAR, NOW, ON

pytestmark = pytest.mark.benchmark

SENDER = "duban@office.test"
HEADERS = ("From", "To", "Subject", "Message-ID", "Date", "Auto-Submitted")
LARGEST = 100_000
"""One organ's hundred mails tell as much as a thousand organs' hundred thousand."""


@pytest.fixture
def port() -> Iterator[int]:
    """A mail server on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
    command = [sys.executable, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{number}", "-c", "aiosmtpd.handlers.Sink"]
    server = subprocess.Popen(command)
    for _attempt in range(100):
        try:
            socket.create_connection(("127.0.0.1", number), timeout=1).close()
            break
        except OSError:
            time.sleep(0.1)
    yield number
    server.terminate()
    server.wait()


def _raise(filled: Filled) -> None:
    filled.forget()
    with unit_of_work(filled.engine) as session:
        remind(session, on=ON, now=NOW, calendar=CALENDAR)


def test_a_delivery(filled: Filled, port: int, tmp_path: Path) -> None:
    if filled.size > LARGEST:
        pytest.skip(f"measured up to {LARGEST:,} items")
    _raise(filled)
    written = deliver(filled.engine, Settings(home=tmp_path, mail_from=SENDER), now=NOW, on=ON)
    mails = [message_from_bytes(file.read_bytes(), policy=SMTP) for file in (tmp_path / "mail" / "new").iterdir()]
    contents = [([str(mail[name]) for name in HEADERS], mail.get_content()) for mail in mails]
    assert len(contents) == written.sent > 0

    def by_hand() -> None:
        with smtplib.SMTP("127.0.0.1", port) as server:
            for headers, body in contents:
                message = EmailMessage(policy=SMTP)
                for name, value in zip(HEADERS, headers, strict=True):
                    message[name] = value
                message.set_content(body, cte="base64")
                server.send_message(message)

    settings = Settings(home=tmp_path, mail_from=SENDER, smtp_host="127.0.0.1", smtp_port=port, smtp_security="none")

    def ours() -> None:
        assert deliver(filled.engine, settings, now=NOW, on=ON).sent == written.sent

    filled.compare(f"{written.sent:,} mails", by_hand, ours, bar="1.2", turns=3, before=lambda: _raise(filled))
    filled.forget()
