"""What a message says, in every form a channel may need, by the templates of messages, with what rides along."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from models.dates.days import spoken
from models.dates.workdays import WorkCalendar
from models.settings import Settings
from tasks.notices.channel import Enclosure
from tasks.notices.gather_lines import NoticeLine
from tasks.notices.invitation import invitation
from tasks.notices.message_templates import templates_of
from tasks.notices.message_view import SUBJECT, shortened, view_of

SHEETS, SHEET_BYTES = 5, 3 * 1024 * 1024
"""So many sheets (督办单) go along with one message at most, and so many bytes of them; the rest is in the system."""
BRIEF = 70
"""Characters of one text message (SMS)."""

_PARTS = ("subject.txt", "brief.txt", "message.txt", "message.html")


@dataclass(frozen=True)
class Wording:
    """What one message says, in every form (`Parcel`)."""

    subject: str
    brief: str
    plain: str
    html: str | None = None
    files: tuple[Enclosure, ...] = ()


def compose(
    lines: Sequence[NoticeLine], *, name: str, on: dt.date, settings: Settings, calendar: WorkCalendar
) -> Wording:
    """The wording of a message with these lines (at least one) to a person of this name, for day `on`."""
    sheets, left = _sheets(lines)
    url = settings.office_url.rstrip("/")
    view = view_of(lines, name=name, on=on, url=url, calendar=calendar, sheets_left=left)
    values = {field: getattr(view, field) for field in view.__slots__}
    subject, brief, plain, html = templates_of(settings).fill(_PARTS, values)
    calendars = invitation([line for line in lines if line.event is not None], settings)
    return Wording(
        subject=shortened(subject, SUBJECT),
        brief=shortened(brief, BRIEF),
        plain=plain,
        html=html,
        files=(*sheets, *calendars),
    )


def compose_head(line: str, *, name: str, on: dt.date, settings: Settings) -> Wording:
    """The wording of a day's signed end of the trail. `line` as it is to be pasted again."""
    values = {"name": name, "on": spoken(on), "line": line, "url": settings.address("/audit/verify")}
    subject = f"【督办】操作记录链尾 {on}"
    (plain,) = templates_of(settings).fill(["head.txt"], values)
    return Wording(subject=subject, brief=subject, plain=plain)


def _sheets(lines: Sequence[NoticeLine]) -> tuple[list[Enclosure], int]:
    """The sheets that go along, the most overdue first, and how many do not."""
    ordered = sorted((line for line in lines if line.sheet is not None), key=lambda line: (line.due_on, line.number))
    wanted = list(dict.fromkeys(line.sheet for line in ordered if line.sheet is not None and not line.internal))
    packed: list[Enclosure] = []
    for sheet in wanted[:SHEETS]:
        file = sheet.pack()
        if sum(len(one.content) for one in packed) + len(file.content) > SHEET_BYTES:
            break
        packed.append(file)
    return packed, len(wanted) - len(packed)
