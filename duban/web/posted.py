"""A form a signed-in person sent: proved to come from our own pages, bounded, read once, searched for markings."""

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from duban.web.acts.form_key import FormKey, UsedKeyError, key_of
from duban.web.gate import Findings, check_form, examined_files, found_in
from duban.web.visit import Signed, Visit, proves
from models.database import key, unit_of_work
from models.errors import BadInputError, NotFoundError
from tasks.access.keep_draft import find_draft
from tasks.files.check_upload import Examined

MOST_FIELDS, MOST_FILES = 2000, 20
LONGEST_FIELD = 1024 * 1024


class ForgedError(Exception):
    """The form did not come from a page of this session."""


class SentBeforeError(Exception):
    """The form was sent before, and what it asked for was done then."""

    def __init__(self, sent: "Posted", form_key: FormKey) -> None:
        super().__init__()
        self.sent, self.form_key = sent, form_key


@dataclass(frozen=True)
class Posted:
    """The visit and what it sent."""

    visit: Visit
    form: FormData
    findings: Findings = field(default_factory=dict)
    """What was found in its files."""

    def text(self, name: str) -> str:
        """A field without the blanks around it, empty where it was not sent."""
        value = self.form.get(name)
        return value.strip() if isinstance(value, str) else ""

    def texts(self, name: str) -> list[str]:
        """Every value of a field that may be sent more than once, empty ones left out."""
        return [value.strip() for value in self.form.getlist(name) if isinstance(value, str) and value.strip()]

    def number(self, name: str, what: str) -> int | None:
        """A whole number; None where the field is empty. Raises BadInputError."""
        value = self.text(name)
        if not value:
            return None
        if not value.removeprefix("-").isdecimal() or len(value) > 9:
            raise BadInputError(f"{what}“{value}”无法识别：请填整数，如 60。")
        return int(value)

    def ticked(self, name: str) -> bool:
        return bool(self.text(name))

    def files(self, name: str) -> list[Examined]:
        """The files sent under a name, searched; a file field left empty sends none. Raises what stands against one."""
        return [found_in(self.findings, file) for file in self._sent(name)]

    def brought(self, name: str) -> bool:
        """Whether files were sent under a name, whatever stands against them."""
        return bool(self._sent(name))

    def _sent(self, name: str) -> list[UploadFile]:
        return [value for value in self.form.getlist(name) if isinstance(value, UploadFile) and value.filename]

    @property
    def typed(self) -> dict[str, str]:
        """What was typed, to be shown again in a form that was refused."""
        return {name: value for name, value in self.form.items() if isinstance(value, str) and name != "csrf"}


def is_own(request: Request) -> bool:
    """Whether a browser sent this from a page of ours. Old browsers say nothing; their forms carry the token."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin in (None, "null") or urlsplit(origin).netloc == request.headers.get("host")


async def posted(request: Request, visit: Signed) -> AsyncIterator[Posted]:
    """The form, once it is proved; what it was answered with is kept by its key.

    Raises ForgedError, MarkedFormError for a text with a secrecy marking, and SentBeforeError.
    """
    if not is_own(request):
        raise ForgedError
    try:
        form = await request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=LONGEST_FIELD)
    except HTTPException as error:
        raise BadInputError("表单无法读取：内容过多，或在传送中损坏。请分几次提交。") from error
    try:
        carried = form.get("csrf") or request.headers.get("x-csrf-token") or ""
        if not isinstance(carried, str) or not proves(carried, visit.csrf):
            raise ForgedError
        check_form(form)
        findings = await examined_files(form)
        form_key = await run_in_threadpool(key_of, key(visit.person.id), visit.token, visit.request.url, form)
        sent = Posted(replace(visit, form_key=form_key), form, findings)
        if form_key is None:
            yield sent
        else:
            try:
                await run_in_threadpool(form_key.refuse_used, visit.served.database)
                yield sent
            except UsedKeyError as error:
                raise SentBeforeError(sent, form_key) from error
            await run_in_threadpool(form_key.conclude, visit.served.database)
        # Refused, it does not come here: the draft stays.
        await run_in_threadpool(_forget_draft, sent)
    finally:
        await form.close()


def _forget_draft(sent: Posted) -> None:
    """What was kept for the person is sent now, and done."""
    number = sent.text("of_draft")
    if number.isascii() and number.isdecimal() and len(number) < 11:
        with unit_of_work(sent.visit.served.database) as session, suppress(NotFoundError):
            session.delete(find_draft(session, key(sent.visit.person.id), int(number)))


Sent = Annotated[Posted, Depends(posted, scope="function")]
"""Declares a form of signed-in people. It is over before the answer leaves, so that a second one meets it."""
