"""Which files of the data folder belong into a backup, and what of them is secret.

Everything an office put there is kept: templates, words, the logo, fonts. What can be made anew is not, nor what says
where something lies: a restored office lies elsewhere.
"""

import json
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from pydantic import SecretStr

from models.settings import OFFICE_FILE, SETTINGS_FILE, Settings
from tasks.files.keep_thumbnail import FOLDER as THUMBNAILS
from tasks.trail.checkpoint import FILE as CHECKPOINT
from tasks.trail.known_head import FILE as HEAD

KEY = ".key"
"""How names of files end that hold a key."""

_MADE_ANEW = frozenset(
    {"duban.db", "duban.db-wal", "duban.db-shm", "work", "prefect", "mail", THUMBNAILS, HEAD, CHECKPOINT}
)
"""The database is kept as rows; mails in `mail` have left already."""
_PLACES = frozenset({"database_url", "evidence_url", "backup_folder"})
_SECRETS = frozenset(
    {name for name, field in Settings.model_fields.items() if field.annotation is SecretStr}
    # Addresses and fields of gateways may hold keys.
    | {"sms_url", "sms_fields", "sms_headers", "message_webhook_url"}
)


def office_files(settings: Settings) -> Iterator[tuple[str, Path]]:
    """The files by their names in the data folder, with `/` between the parts, in order."""
    home = settings.home
    elsewhere = {settings.backup_place, Path(settings.evidence_store)}
    for folder, folders, files in os.walk(home):
        here = Path(folder)
        top = here == home
        folders[:] = sorted(
            name for name in folders if not (top and name in _MADE_ANEW) and here / name not in elsewhere
        )
        for name in sorted(files):
            if not (top and name in _MADE_ANEW) and (here / name).is_file():
                yield (here / name).relative_to(home).as_posix(), here / name


def open_settings(name: str, text: str) -> tuple[str | None, list[str]]:
    """A file of settings without what is secret, and the names of what that is; None where it cannot be taken out."""
    said = _read(name, text)
    secret = [setting for setting in said if setting in _SECRETS and said[setting]]
    return _without(name, text, _SECRETS | _PLACES), secret


def whole_settings(name: str, text: str) -> str | None:
    """A file of settings with its secrets, but without what says where something lies; None where it cannot be."""
    return _without(name, text, _PLACES)


def is_settings(name: str) -> bool:
    """Whether the file holds settings."""
    return name in (SETTINGS_FILE, OFFICE_FILE)


def _without(name: str, text: str, dropped: frozenset[str]) -> str | None:
    kept = {setting: value for setting, value in _read(name, text).items() if setting not in dropped}
    if name == OFFICE_FILE:
        return json.dumps(kept, ensure_ascii=False, indent=2)
    line = re.compile(rf"\s*({'|'.join(sorted(dropped))})\s*=")
    left = "".join(one for one in text.splitlines(keepends=True) if not line.match(one))
    try:
        return left if tomllib.loads(left) == kept else None
    except tomllib.TOMLDecodeError:
        return None


def _read(name: str, text: str) -> dict[str, object]:
    said: dict[str, object] = json.loads(text) if name == OFFICE_FILE else tomllib.loads(text)
    return said
