"""Takes the pictures of docs/images anew: `python -m tests.browser.take_pictures [NAME…]`, or `make pictures`.

The demonstration office lives until a day in June, then its people look at their pages.
"""

import datetime as dt
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from duban import demonstration
from duban.commands.demo import FILLED, IN_POST_FROM, ISSUED_ON, LEDGER, SCRIPT, STAFF
from models.database import open_engine
from models.settings import Settings
from tests.browsing import DESK, PHONE, chromium, served
from tests.office import Office
from tests.web import Web

TODAY = dt.date(2026, 6, 24)
SUPERVISOR, LEADER, FIRST, HANDLER = "方晓岚", "何文博", "周启明", "陈思远"
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


def founded(home: Path) -> Path:
    """The demonstration office on the day its plan was issued, made by the commands."""
    year = ["--year", str(demonstration.YEAR), "--on", ISSUED_ON]
    for words in (
        ["init"],
        ["people", "import", str(demonstration.example(STAFF)), "--on", IN_POST_FROM],
        ["plan", "import", str(demonstration.example(LEDGER)), *year],
        ["plan", "import", str(demonstration.example(FILLED)), *year],
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
        script = demonstration.read_script(demonstration.example(SCRIPT))
        days = [day for day in demonstration.days_to_live(database) if day <= TODAY]
        demonstration.live(database, settings, script, days)
        office = cast(Office, SimpleNamespace(settings=settings, engine=database, today=TODAY))
        with chromium() as browser, served(Web(office), browser) as pages:
            for picture in PICTURES:
                if wanted and picture.name not in wanted:
                    continue
                size = PHONE if picture.phone else DESK
                scheme = "dark" if picture.dark else "light"
                page = pages.page(picture.person, picture.path, viewport=size, color_scheme=scheme)
                page.screenshot(path=IMAGES / f"{picture.name}.png", full_page=False)
                page.context.close()
                print(f"{picture.name}.png  {picture.person} {picture.path}")  # noqa: T201 - what the script is for
        database.dispose()


if __name__ == "__main__":
    take(set(sys.argv[1:]))
