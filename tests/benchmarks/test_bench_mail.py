"""A delivery of ten thousand digests, building included, against a loop that hands the same bodies, ready made, to one
open smtplib connection.

The relay is a real one in a process of its own; it throws away what it gets.
"""

import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from models.database import unit_of_work
from models.settings import Settings
from tasks.notices.channel import Parcel
from tasks.notices.channels.mail import SmtpMailApart
from tasks.notices.deliver import deliver
from tests.benchmarks.conftest import Filled
from tests.benchmarks.populate import NOW, ON

pytestmark = pytest.mark.benchmark

SENDER = "duban@office.test"
SMALLEST = 100_000
"""Items from which on there are handlers enough: two thousand; 500,000 (DUBAN_BENCH_SIZES) make the ten thousand."""

_NOTICES = text("""
    INSERT INTO notice (fire_on, deadline_id, item_id, rung_id, recipient_id, role, via, kind, due_on, raised_on,
                        send_on, late, state)
    SELECT :on, id, item_id, 1, person_id, 'handler', 'holder', 'reminder', due_on, :on, :on, false, 'pending' FROM (
        SELECT d.id, d.item_id, d.due_on, t.person_id,
               row_number() OVER (PARTITION BY t.person_id ORDER BY d.due_on DESC, d.id) AS place
        FROM deadline d JOIN work_item i ON i.id = d.item_id
        JOIN tenure t ON t.post_id = i.handler_post_id AND t.ended_on IS NULL WHERE d.done_on IS NULL AND d.due_on > :on
    ) nearest WHERE place <= 3
""")
"""Three reminders for every handler."""


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
    _remind_everybody(filled.engine)


def _remind_everybody(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        session.execute(_NOTICES, {"on": ON})


def test_a_delivery(filled: Filled, port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if filled.size < SMALLEST:
        pytest.skip(f"measured from {SMALLEST:,} items on")
    settings = Settings(home=tmp_path, mail_from=SENDER, smtp_host="127.0.0.1", smtp_port=port, smtp_security="none")
    bodies: list[tuple[str, bytes]] = []
    _raise(filled)
    with monkeypatch.context() as listening:
        pack = SmtpMailApart.pack

        def heard(mail: SmtpMailApart, parcel: Parcel) -> tuple[str, bytes]:
            bodies.append(pack(mail, parcel))
            return bodies[-1]

        listening.setattr(SmtpMailApart, "pack", heard)
        wanted = deliver(filled.engine, settings, now=NOW, on=ON).sent
    assert len(bodies) == wanted > 0

    def by_hand() -> None:
        with smtplib.SMTP("127.0.0.1", port) as server:
            for to, body in bodies:
                server.sendmail(SENDER, [to], body)

    def ours() -> None:
        assert deliver(filled.engine, settings, now=NOW, on=ON).sent == wanted

    bar = 1.2 if filled.system == "sqlite" else 1.3
    # By the wall: most of it is the server's work and, of ours, that of the process that talks to it.
    filled.compare("mail", by_hand, ours, bar=bar, turns=2, before=lambda: _raise(filled), clock=time.perf_counter)
    filled.forget()
