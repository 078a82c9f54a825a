"""The gate of the pages and of the interface (涉密不入): whatever a request carries is searched before it is used.

Texts by the fields they stand in, files whole, in a thread and before any transaction. There is no other way in:
`posted` and `knocked` make every form, `searched` stands before every act of a program.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from models.errors import BadInputError, DubanError
from models.secrecy import MarkedError, refuse_marked, texts_in
from tasks.files.check_upload import Examined, examine

PASSWORDS = frozenset({"password", "again", "old"})
"""Fields that are kept as a hash and never shown."""
UNSHOWN = PASSWORDS | {"csrf", "number", "code", "smtp_password"}
"""What is not given back on a page: proofs, one-time codes and the secret number of a draw besides."""

Findings = Mapping[int, Examined | DubanError]
"""By the identity of an upload: what was found in it, or why it may not come in."""


class MarkedFormError(MarkedError):
    """A form with a marked text. `typed` is what it held, for whoever typed it to correct."""

    def __init__(self, error: MarkedError, typed: Mapping[str, str]) -> None:
        super().__init__(error.message)
        self.typed = dict(typed)


def check_form(form: FormData) -> None:
    """Raises MarkedFormError for a form that carries a marked text in any field."""
    said = [(name, value) for name, value in form.multi_items() if isinstance(value, str) and name not in PASSWORDS]
    try:
        _check((f"“{name}”一栏", value) for name, value in said)
    except MarkedError as error:
        raise MarkedFormError(error, {name: value for name, value in said if name not in UNSHOWN and value}) from error


async def examined_files(form: FormData) -> Findings:
    """What is found in each file of a form; a refusal is told where the file is asked for, beside its field."""
    found: dict[int, Examined | DubanError] = {}
    for _, value in form.multi_items():
        if isinstance(value, UploadFile) and value.filename:
            try:
                found[id(value)] = await run_in_threadpool(examine, value.filename, value.file)
            except DubanError as error:
                found[id(value)] = error
    return found


async def searched(request: Request) -> Findings:
    """Everything a program sent. Raises MarkedError for a marked text, and nothing is done."""
    _check((f"“{name}”", value) for name, value in request.query_params.multi_items())
    if request.headers.get("content-type", "").startswith(("multipart/form-data", "application/x-www-form-urlencoded")):
        form = await request.form()
        _check((f"“{name}”", value) for name, value in form.multi_items() if isinstance(value, str))
        return await examined_files(form)
    try:
        body = json.loads(await request.body() or b"null")
    except (ValueError, RecursionError):
        # What is no JSON is told as such by what reads it.
        return {}
    fields: Iterable[tuple[str, Any]] = body.items() if isinstance(body, dict) else [("内容", body)]
    _check((f"“{name}”", text) for name, value in fields for text in texts_in([name, value]))
    return {}


def found_in(findings: Findings, file: UploadFile) -> Examined:
    """The file, searched. Raises what stands against it."""
    found = findings.get(id(file))
    if found is None:
        raise BadInputError("请选择要上传的文件。")
    if isinstance(found, DubanError):
        raise found
    return found


def _check(said: Iterable[tuple[str, str]]) -> None:
    for where, text in said:
        refuse_marked(where, text)
