"""What `duban init` leaves in a data folder: made by it once a process, copied for every test that only needs it."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from models.migrate import create_or_upgrade
from models.settings import Settings


def lay_home(home: Path) -> Path:
    """A data folder as `duban init` leaves it."""
    return Path(shutil.copytree(_made(), home, dirs_exist_ok=True))


@cache
def _made() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="duban-home-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    create_or_upgrade(Settings(home=folder / "home"))
    return folder / "home"
