"""What was typed and is not lost: put by with the form's second button, or sent when the session had ended."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from urllib.parse import parse_qsl, urlencode

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import URL, FormData
from starlette.exceptions import HTTPException

from duban.web.acts.form_key import key_of
from duban.web.gate import PASSWORDS, check_form
from duban.web.posted import LONGEST_FIELD, MOST_FIELDS, MOST_FILES, Posted, is_own
from duban.web.served import served_office
from duban.web.visit import cookie_name, csrf_of, proves
from models.database import key, unit_of_work
from models.errors import BadInputError
from models.people.kept_form import KeptForm
from tasks.access.keep_draft import keep_draft, whose_session

KEEP = "keep"
"""The button that puts a form by."""
CHOOSE = "choose"
"""The button of the short form of a comment that leads to the whole one."""
OWN = frozenset({"csrf", "seen", "back", "instruction", "of_draft", KEEP, CHOOSE})
"""What a page puts into its forms itself: a form with nothing else in it holds nothing to keep."""
NEVER = (
    "/login",
    "/logout",
    "/setup",
    "/welcome",
    "/account",
    "/settings",
    "/webhooks",
    "/people/accounts",
    "/drafts",
    "/ledgers/draws",
)
"""Addresses whose forms may carry what is kept nowhere: passwords, codes, secrets of channels."""
FORMS = frozenset({"/items/new", "/instructions/new"})
"""Forms upon no item, which take up their draft as those of acts do."""
_WHOSE = ("organ", "year")
"""What of an address says where the form is entered."""
_CODE = re.compile(r"[a-z_-]+")
"""What a choice is sent as: no words that anybody typed."""
SHORT = 12
"""Characters up to which a value is a choice, a day or a number, and no text somebody would go on writing."""
_ITEM_ACT = re.compile(r"/items/[0-9]{1,18}/[a-z-]{1,40}")


def act_address(path: str, instruction: str = "") -> str:
    """Where the form of an act upon an item is opened again, and what its draft is kept under."""
    return f"{path}?instruction={instruction}" if instruction.isascii() and instruction.isdecimal() else path


def form_address(url: URL) -> str:
    """Where one of `FORMS` is opened again, and what its draft is kept under."""
    asked = [(name, text) for name, text in parse_qsl(url.query) if name in _WHOSE]
    return f"{url.path}?{urlencode(asked)}" if asked else url.path


def address_of(url: URL, form: FormData) -> str:
    """What the draft of a form is kept under: where it is sent to, and which of several at that address it is."""
    instruction, block = form.get("instruction"), form.get("key")
    if _ITEM_ACT.fullmatch(url.path):
        return act_address(url.path, instruction if isinstance(instruction, str) else "")
    if url.path in FORMS:
        return form_address(url)
    if isinstance(block, str) and block:
        url = url.include_query_params(key=block)
    return f"{url.path}?{url.query}" if url.query else url.path


def is_act(draft: KeptForm) -> bool:
    """Whether the draft is of an act upon an item."""
    return _ITEM_ACT.fullmatch(draft.path.partition("?")[0]) is not None


def takes_up(draft: KeptForm) -> bool:
    """Whether the draft's address opens a form that takes it up."""
    return is_act(draft) or draft.path.partition("?")[0] in FORMS


def put_by(sent: Posted) -> Response:
    """Keep what was typed, and lead to where drafts are. Raises BadInputError for too much of it."""
    visit = sent.visit
    path = address_of(visit.request.url, sent.form)
    with unit_of_work(visit.served.database) as session:
        keep_draft(session, key(visit.person.id), path, _typed(sent.form), now=visit.now)
    return visit.go(visit.link("/drafts"), "已暂存，尚未提交。")


def values_of(draft: KeptForm) -> Mapping[str, Sequence[str]]:
    """By the field's name all that was typed or ticked."""
    found: dict[str, list[str]] = {}
    for name, text in draft.fields:
        found.setdefault(name, []).append(text)
    return found


def told_apart(
    typed: Sequence[tuple[str, str]],
) -> tuple[list[tuple[str, str]], list[tuple[str, str]], list[str]]:
    """What was typed in a form, to be shown by a page that does not know it: its texts, the rest, and what of the rest
    says something to a reader."""
    texts = [(name, text) for name, text in typed if name not in OWN and len(text) > SHORT]
    rest = [pair for pair in typed if pair not in texts]
    return texts, rest, [text for name, text in rest if name not in OWN and text and not _CODE.fullmatch(text)]


async def keep_lost(request: Request) -> str | None:
    """Keep what was sent with a session that has ended, for the person whose session it was; the draft's address.

    What was done before the session ended is not kept but leads there. None where nothing was typed, or the form is not
    proved to come from a page of that session. Files are not kept. Raises MarkedFormError for a marked text.
    """
    served, path = served_office(request), request.url.path
    token = request.cookies.get(cookie_name(served))
    if request.method != "POST" or not token or not is_own(request) or path.startswith(NEVER):
        return None
    try:
        form = await request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=LONGEST_FIELD)
    except HTTPException:
        return None

    def keep() -> str | None:
        with unit_of_work(served.database) as session:
            person = whose_session(session, token, now=served.now())
            if person is None:
                return None
            form_key = key_of(person, token, request.url, form)
            if form_key is not None and (led := form_key.led_before(session)):
                return led[0]
            kept = keep_draft(session, person, address_of(request.url, form), typed, now=served.now(), sent=True)
            return f"/drafts/{key(kept.id)}"

    try:
        carried, typed = form.get("csrf"), _typed(form)
        if not isinstance(carried, str) or not proves(carried, csrf_of(token)):
            return None
        if PASSWORDS.intersection(form) or not any(name not in OWN for name, _ in typed):
            return None
        check_form(form)
        with suppress(BadInputError):
            return await run_in_threadpool(keep)
        return None
    finally:
        await form.close()


def _typed(form: FormData) -> list[tuple[str, str]]:
    left_out = {"csrf", "of_draft", KEEP}
    return [
        (name, value) for name, value in form.multi_items() if isinstance(value, str) and value and name not in left_out
    ]
