"""What an administrator sets in the browser: kept in the data folder beside the key, on record, never in the database.

The file is written whole before the transaction ends and put in its place once that is committed, so that no choice
holds that is not on record.
"""

import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr, ValidationError
from sqlalchemy import event, update
from sqlalchemy.orm import SessionTransaction
from sqlmodel import Session, col

from models.actor import Actor
from models.database import key
from models.errors import BadInputError
from models.ladder.channel_state import ChannelState
from models.people.organ import Organ
from models.people.permission import Action
from models.settings import CHOOSABLE, OFFICE_FILE, Settings, explain, fixed_by
from tasks.acting.audit import Record, recorded
from tasks.acting.authorize import organs_within
from tasks.acting.perform import performing_for
from tasks.files.check_upload import Examined, Limits, check_read

LARGEST_LOGO = 128 * 1024
"""Bytes: every page shows it."""
_PICTURES = (".png", ".jpg")
_FRESH = {"passed_at": None, "down_since": None, "tries": 0, "next_try_at": None, "reason": None}
_HOST = re.compile(r"[A-Za-z0-9.\-_:\[\]]{1,260}")


@dataclass(frozen=True)
class SettingLine:
    """One setting: what holds, and where it comes from."""

    name: str
    value: str
    """Empty for a secret."""
    given: bool
    """Whether there is anything; of a secret no more is told."""
    fixed: str
    """The file or variable of the deployment that sets it; empty: the browser may."""
    chosen: bool
    """Whether it was chosen in the browser."""


def list_settings(settings: Settings) -> list[SettingLine]:
    """All that may be chosen, in the order of the page."""
    fixed, chosen = fixed_by(settings.home), chosen_in(settings.home)
    return [
        SettingLine(name, _plain(getattr(settings, name)), bool(_raw(getattr(settings, name))), fixed.get(name, ""),
                    name in chosen)
        for name in CHOOSABLE
    ]  # fmt: skip


def head_organ(session: Session, organ: Organ) -> Organ:
    """The organ at the top of this one's tree: its administrators set what holds for the whole system."""
    while organ.parent_id is not None:
        organ = session.get_one(Organ, organ.parent_id)
    return organ


def may_choose(session: Session, organ: Organ, *, by: Actor) -> bool:
    """Whether `by` may set what holds for the whole system."""
    return key(head_organ(session, organ).id) in organs_within(session, by, Action.CONFIGURE)


def choose_settings(
    session: Session, settings: Settings, organ: Organ | None, typed: Mapping[str, str], *, by: Actor
) -> list[str]:
    """Set these by name; an empty text goes back to what holds without a choice. Returns the names that changed.

    Without an organ only the administrator at the machine may, who needs none to begin.
    Raises ForbiddenError, BadInputError that names what the deployment sets itself and what would be accepted.
    """
    with performing_for(session, by, Action.CONFIGURE, _head(session, organ)) as record:
        return _choose(session, settings, typed, record)


def choose_logo(session: Session, settings: Settings, organ: Organ | None, picture: Examined, *, by: Actor) -> None:
    """Show this picture beside the name. Raises as `choose_settings`; for what is no small PNG or JPEG picture."""
    kind = check_read(picture, Limits(LARGEST_LOGO)).kind
    if kind.ending not in _PICTURES:
        raise BadInputError(f"“{picture.name}”不能用作标志：应为 PNG 或 JPEG 图片，不超过 {LARGEST_LOGO // 1024} KB。")
    name = f"logo-{picture.sha256[:16]}{kind.ending}"
    with performing_for(session, by, Action.CONFIGURE, _head(session, organ)) as record:
        _choose(session, settings, {"logo": name}, record)
        picture.source.seek(0)
        _write(settings.home / name, picture.source.read())


def note_office_url(session: Session, settings: Settings, scheme: str, host: str, *, by: Actor, organ: Organ) -> None:
    """Keep by what address somebody who manages people came, where none is set: links in mails begin with it.

    Loopback is none. Whoever signed in names the host, nobody who only knocks: a mail's links lead where it says.
    """
    if settings.is_reached or not _HOST.fullmatch(host) or "office_url" in chosen_in(settings.home):
        return
    try:
        found = Settings(home=settings.home, office_url=f"{scheme}://{host}")
    except ValidationError:
        return
    known = "office_url" in fixed_by(settings.home) or not found.is_reached
    if known or key(organ.id) not in organs_within(session, by, Action.STAFF):
        return
    with recorded(session, by, "note_office_url", organ_id=organ.id) as record:
        _choose(session, settings, {"office_url": found.office_url}, record)


def chosen_in(home: Path) -> dict[str, Any]:
    """What was chosen, by name."""
    file = home / OFFICE_FILE
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else {}


def _head(session: Session, organ: Organ | None) -> int | None:
    return head_organ(session, organ).id if organ is not None else None


def _choose(session: Session, settings: Settings, typed: Mapping[str, str], record: Record) -> list[str]:
    fixed, kept = fixed_by(settings.home), chosen_in(settings.home)
    for name in typed:
        if name not in CHOOSABLE:
            raise BadInputError(f"“{name[:40]}”不能在这里设置；可用：{'、'.join(CHOOSABLE)}。")
        if name in fixed:
            raise BadInputError(f"“{name}”由 {fixed[name]} 设定，这里不能改：请在那里改，或去掉后再在这里设置。")
    given: dict[str, Any] = {name: value for name, value in typed.items() if value}
    try:
        checked = Settings(home=settings.home, **given)
    except ValidationError as error:
        raise BadInputError("；".join(explain(settings.home, fault) for fault in error.errors())) from error
    wanted = {name: value for name, value in kept.items() if name not in typed}
    chosen = {name: _raw(getattr(checked, name)) for name in given}
    # What holds without a choice is none: a form sends all its fields.
    wanted |= {name: value for name, value in chosen.items() if value != _raw(Settings.model_fields[name].default)}
    changed = [name for name in typed if wanted.get(name) != kept.get(name)]
    for name in changed:
        record.before[name], record.after[name] = _told(name, kept.get(name)), _told(name, wanted.get(name))
    if any(name.startswith("smtp_") for name in changed):
        # Another server is tried at once, and has not shown yet that it takes mail.
        session.execute(update(ChannelState).where(col(ChannelState.name) == "mail").values(**_FRESH))
    if changed:
        _replace_at_commit(session, settings.home / OFFICE_FILE, json.dumps(wanted, ensure_ascii=False, indent=2))
    return changed


def _replace_at_commit(session: Session, file: Path, text: str) -> None:
    draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    _write(draft, text.encode())

    def place(_session: Session) -> None:
        if draft.exists():
            draft.replace(file)

    def clear(_session: Session, ended: SessionTransaction) -> None:
        if ended.parent is None:
            draft.unlink(missing_ok=True)

    event.listen(session, "after_commit", place)
    event.listen(session, "after_transaction_end", clear)


def _write(file: Path, content: bytes) -> None:
    """Whole and on the disk, for its owner alone."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as made:
        made.write(content)
        made.flush()
        os.fsync(made.fileno())


def _raw(value: Any) -> Any:
    """A setting as the file keeps it."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return value if isinstance(value, str | int) else f"{value:%H:%M}"


def _plain(value: Any) -> str:
    return "" if isinstance(value, SecretStr) else str(_raw(value))


def _told(name: str, value: Any) -> Any:
    """Of a secret no more than that there is one."""
    secret = Settings.model_fields[name].annotation is SecretStr
    return "***" if secret and value else value
