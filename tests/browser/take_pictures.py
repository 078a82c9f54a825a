"""Takes the pictures of docs/images anew: `python -m tests.browser.take_pictures [NAME…]`, or `make pictures`.

The demonstration office lives until a day in June, then its people look at their pages and at what they were sent.
"""

import datetime as dt
import mailbox
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from sqlalchemy import Engine
from sqlmodel import Session, select

from duban.demonstration.acts import read_script
from duban.demonstration.live import days_to_live, live
from duban.demonstration.story import FILLED, LEDGER, SCRIPT, STAFF, Story
from models.database import open_engine
from models.dates.days import DAY
from models.dates.workdays import WorkCalendar
from models.people.person import Person
from models.settings import Settings
from tests.browsing import DESK, PHONE, chromium, served
from tests.office import Office
from tests.web import Web

TODAY = dt.date(2026, 6, 24)
SUPERVISOR, LEADER, FIRST, HANDLER = "方晓岚", "何文博", "周启明", "陈思远"
STORY = Story(TODAY.year, Path())
IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"


@dataclass(frozen=True)
class Picture:
    """Whose page, at what address, in what window."""

    name: str
    person: str
    path: str
    phone: bool = False
    dark: bool = False


PICTURES = (
    Picture("workbench", HANDLER, "/"),
    Picture("workbench-leader", FIRST, "/"),
    Picture("workbench-phone", HANDLER, "/", phone=True),
    Picture("board", SUPERVISOR, "/board"),
    Picture("board-dark", SUPERVISOR, "/board", dark=True),
    Picture("items", SUPERVISOR, "/items"),
    Picture("items-phone", SUPERVISOR, "/items", phone=True),
    Picture("item", HANDLER, "/items/14"),
    Picture("calendar", SUPERVISOR, "/calendar"),
    Picture("gantt", SUPERVISOR, "/gantt"),
    Picture("plans", SUPERVISOR, "/plans"),
    Picture("notices", SUPERVISOR, "/notices"),
    Picture("scores", SUPERVISOR, "/scores"),
    Picture("people", SUPERVISOR, "/people"),
    Picture("policies", SUPERVISOR, "/policies"),
    Picture("workdays", SUPERVISOR, "/workdays"),
    Picture("audit", SUPERVISOR, "/audit"),
    Picture("system", SUPERVISOR, "/system"),
)


@dataclass(frozen=True)
class Letter:
    """The mail with the most lines that somebody was sent, in what window."""

    name: str
    person: str
    phone: bool = False


LETTERS = (Letter("message", SUPERVISOR), Letter("message-phone", HANDLER, phone=True))


def founded(home: Path) -> Path:
    """The demonstration office on the day its plan was issued, made by the commands."""
    year = ["--year", str(STORY.year), "--on", str(STORY.issued_on)]
    for words in (
        ["init"],
        ["people", "import", str(STORY.file(STAFF)), "--on", str(STORY.in_post_from)],
        ["plan", "import", str(STORY.file(LEDGER)), *year],
        ["plan", "import", str(STORY.file(FILLED)), *year],
        ["plan", "issue", *year],
    ):
        command = [sys.executable, "-m", "duban.cli", "--home", str(home), *words]
        subprocess.run(command, check=True, capture_output=True)
    return home


def take(wanted: set[str]) -> None:
    """The pictures named, or all of them."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=founded(Path(folder) / "demo"))
        database = open_engine(settings.database)
        script = read_script(STORY.file(SCRIPT), WorkCalendar(), issued_on=STORY.issued_on)
        live(database, settings, STORY.year, script, days_to_live(database, STORY.year, before=TODAY + DAY))
        office = cast(Office, SimpleNamespace(settings=settings, engine=database, today=TODAY))
        wanted = wanted or {one.name for one in (*PICTURES, *LETTERS)}
        with chromium() as browser, served(Web(office), browser) as pages:
            for picture in PICTURES:
                if picture.name not in wanted:
                    continue
                size = PHONE if picture.phone else DESK
                scheme = "dark" if picture.dark else "light"
                page = pages.page(picture.person, picture.path, viewport=size, color_scheme=scheme)
                page.screenshot(path=IMAGES / f"{picture.name}.png", full_page=False)
                page.context.close()
                print(f"{picture.name}.png  {picture.person} {picture.path}")  # noqa: T201 - what the script is for
            for letter in LETTERS:
                if letter.name in wanted:
                    page = browser.new_page(viewport=PHONE if letter.phone else DESK)
                    page.set_content(longest_mail(settings, address_of(database, letter.person)))
                    page.screenshot(path=IMAGES / f"{letter.name}.png", full_page=False)
                    page.close()
                    print(f"{letter.name}.png  {letter.person}")  # noqa: T201 - what the script is for
        database.dispose()


def address_of(database: Engine, name: str) -> str | None:
    """Where the person's mail goes."""
    with Session(database) as session:
        return session.exec(select(Person.email).where(Person.name == name)).one()


def longest_mail(settings: Settings, address: str | None) -> str:
    """What a mail program shows of the longest mail to that address."""
    sent = mailbox.Maildir(settings.maildir, create=False)
    mails = (message_from_bytes(sent.get_bytes(key), policy=policy.default) for key in sent.iterkeys())
    shown = (mail.get_body(("html",)) for mail in mails if mail["to"] == address)
    return max((str(body.get_content()) for body in shown if body), key=len)


if __name__ == "__main__":
    take(set(sys.argv[1:]))
