"""Every file that leaves by the pages or the interface is on record: who took it, once a day, and how often."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from fastapi import Request
from sqlmodel import Session
from starlette.datastructures import Headers

from duban.web.served import ServedOffice
from models.actor import Actor
from models.database import on_record
from models.items.item import WorkItem
from tasks.acting.once_a_day import once_a_day
from tasks.trail.tell_entry import TAKE_FILE

_NAME = re.compile(r"filename\*=UTF-8''(\S+)")


@dataclass(frozen=True)
class Asker:
    """Who asks for a page or a file, and of which organ: left in the state of the request by whoever found it out."""

    by: Actor
    organ_id: int


def belongs_to(request: Request, session: Session, item_id: int | None) -> None:
    """Say which item, and so which organ, the file belongs to that is about to be answered; nothing where to none."""
    if item_id is not None:
        request.state.about_item = (item_id, session.get_one(WorkItem, item_id).organ_id)


def is_taken(headers: Headers) -> bool:
    """Whether an answer with these headers is a file, to be kept or looked at."""
    return headers.get("content-disposition", "").startswith(("attachment", "inline"))


def note_taken(served: ServedOffice, request: Request, headers: Headers) -> None:
    """Record that the file is taken; what belongs to an item is told with it. Commits by itself."""
    asker: Asker = request.state.asker
    found = _NAME.search(headers["content-disposition"])
    name = unquote(found[1]) if found else request.url.path
    item_id, organ_id = getattr(request.state, "about_item", (None, asker.organ_id))
    with on_record(served.database) as session:
        once_a_day(
            session, asker.by, TAKE_FILE, f"{request.url.path} {name}", organ_id=organ_id, item_id=item_id,
            after={"file": name, "address": request.url.path},
        )  # fmt: skip
