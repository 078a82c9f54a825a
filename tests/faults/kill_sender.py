"""Killing the sender with -9 at random, again and again, while it sends to a real SMTP server.

    python -m tests.faults.kill_sender [--kills 200] [--items 2000] [--postgres]

The server is a process of its own that writes down what it took. Each round a child process delivers and is killed
after a random time; then the clock is moved on by the length of a claim, and the next begins where it stopped. At the
end nobody is killed any more. Nothing may be lost: every message has arrived; what arrived twice carries the same
Message-ID and the same words. Prints the counts, and fails where this does not hold.
"""

import argparse
import datetime as dt
import json
import os
import random
import signal
import sys
import tempfile
from collections import Counter, defaultdict
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from sqlmodel import Session, col, func, select

from models.database import open_engine, unit_of_work
from models.ladder.message import Message, SendState
from models.ladder.notice import Notice, NoticeState
from models.settings import Settings
from tasks.ladder.remind import remind
from tasks.notices import claim
from tasks.notices import deliver as delivery
from tasks.notices.claim import BATCH, CLAIM
from tests.benchmarks.populate import CALENDAR, NOW, ON, populate
from tests.databases import Emptied, lay_sqlite, served_postgres
from tests.faults.relay import relay


@dataclass(frozen=True)
class Counted:
    """What a run came to."""

    kills: int
    messages: int
    arrived: int
    lost: int
    repeated: int
    other_words: int
    """Messages that came twice with different words or another Message-ID."""
    unsettled: int
    """Messages and notices that are not settled at the end."""

    @property
    def holds(self) -> bool:
        return self.messages > 0 and not (self.lost or self.other_words or self.unsettled)


def _deliver(url: str, settings: Settings, now: dt.datetime, on: dt.date, batch: int) -> None:
    claim.BATCH = delivery.APART_FROM = batch
    engine = open_engine(url)
    delivery.deliver(engine, settings, now=now, on=on)
    engine.dispose()


def sweep(url: str, now: dt.datetime, on: dt.date) -> None:
    engine = open_engine(url)
    with unit_of_work(engine) as session:
        remind(session, on=on, now=now, calendar=CALENDAR)
    engine.dispose()


def kill_again_and_again(
    url: str, folder: Path, *, kills: int, items: int, seed: int, longest: float, batch: int = BATCH
) -> Counted:
    """Deliveries of claims of `batch`, killed within `longest` seconds until `kills` were, then one that is let be.

    Whenever one gets to its end alive, the next working day is swept, so that there is always something to send.
    """
    engine = open_engine(url)
    populate(engine, items)
    engine.dispose()
    chance, book, now, done, on = random.Random(seed), folder / "book", NOW, 0, ON
    book.touch()
    with relay(book) as port:
        settings = Settings(
            home=folder, database_url=url, smtp_host="127.0.0.1", smtp_port=port, smtp_security="none",
            delivery_attempts=50,
        )  # fmt: skip
        sweep(url, now, on)
        while done < kills:
            child = get_context("fork").Process(target=_deliver, args=(url, settings, now, on, batch))
            child.start()
            child.join(chance.uniform(0, longest))
            if child.is_alive():
                os.kill(child.pid or 0, signal.SIGKILL)
                child.join()
                done += 1
                now += CLAIM
            else:
                on = CALENDAR.add(on, 1)
                now += dt.timedelta(days=1)
                sweep(url, now, on)
        _deliver(url, settings, now, on, batch)
    return count(url, book, done)


def count(url: str, book: Path, kills: int) -> Counted:
    """What came of it: the messages there are, beside those the server's `book` says it took."""
    arrived: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for line in book.read_text().splitlines():
        to, reference, words = json.loads(line)
        arrived[reference].append((to, words))
    engine = open_engine(url)
    with Session(engine) as session:
        wanted = set(session.exec(select(Message.reference).where(Message.state != SendState.EMPTY)))
        open_states = [SendState.WAITING, SendState.SENDING, SendState.PARKED]
        unsettled = session.exec(select(func.count()).where(col(Message.state).in_(open_states))).one()
        unsettled += session.exec(select(func.count()).where(Notice.state == NoticeState.PENDING)).one()
    engine.dispose()
    times = Counter({reference: len(copies) for reference, copies in arrived.items()})
    return Counted(
        kills=kills,
        messages=len(wanted),
        arrived=sum(times.values()),
        lost=len(wanted - arrived.keys()),
        repeated=sum(count > 1 for count in times.values()),
        other_words=sum(len(set(copies)) > 1 for copies in arrived.values()) + len(arrived.keys() - wanted),
        unsettled=unsettled,
    )


def main() -> None:
    """Run by the options, print the counts, and fail where something was lost."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--items", type=int, default=20_000)
    options.add_argument("--longest", type=float, default=1.0, help="seconds until a kill, at most")
    options.add_argument("--batch", type=int, default=BATCH, help="messages claimed at a time; a full claim goes apart")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--postgres", action="store_true", help="a PostgreSQL server of its own instead of SQLite")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as held:
        url = lay_sqlite(Path(folder) / "office.db")
        if chosen.postgres:
            url = Emptied(held.enter_context(served_postgres())).url
        found = kill_again_and_again(
            url,
            Path(folder),
            kills=chosen.kills,
            items=chosen.items,
            seed=chosen.seed,
            longest=chosen.longest,
            batch=chosen.batch,
        )
    sys.stdout.write(
        f"killed {found.kills} times; messages {found.messages}, arrived {found.arrived}, lost {found.lost},"
        f" repeated {found.repeated} (with other words or another Message-ID: {found.other_words}),"
        f" unsettled at the end {found.unsettled}\n"
    )
    sys.exit(0 if found.holds else 1)


if __name__ == "__main__":
    main()
