"""What a form is answered with that was sent before: the first answer, or that it was sent and what is typed now."""

import asyncio

from fastapi import Response
from starlette.concurrency import run_in_threadpool

from duban.web.acts.form_key import FormKey, led_by
from duban.web.acts.kept import NEVER, told_apart
from duban.web.gate import PASSWORDS
from duban.web.posted import Posted
from duban.web.prove_again import FIELD
from duban.web.visit import UNDONE
from models.people.keyed_request import KeyedRequest

_LOOKS, _PAUSE = 20, 0.05
"""The first answer is kept a moment after what it tells of: so often, and after so many seconds, it is looked for."""


async def answer_again(sent: Posted, form_key: FormKey) -> Response:
    """The same content leads where the first did, with the same words. Otherwise a page with a link there.

    What was typed anew stands on that page in a form of its own, ready to be sent as another one.
    """
    kept = None
    for _ in range(_LOOKS):
        kept = await run_in_threadpool(_find, sent, form_key)
        if kept is None or kept.status:
            break
        await asyncio.sleep(_PAUSE)
    return await run_in_threadpool(_answer, sent, form_key, kept)


def _find(sent: Posted, form_key: FormKey) -> KeyedRequest | None:
    with sent.visit.reading() as session:
        return form_key.find(session)


def _answer(sent: Posted, form_key: FormKey, kept: KeyedRequest | None) -> Response:
    visit, url = sent.visit, sent.visit.request.url
    led = led_by(kept) if kept is not None else None
    same = kept is not None and kept.fingerprint == form_key.fingerprint
    if led is not None and same:
        return visit.go(*led)
    unsaid = {"csrf", FIELD, *PASSWORDS}
    typed = [(name, value) for name, value in sent.form.multi_items() if isinstance(value, str) and name not in unsaid]
    texts, rest, shown = told_apart([] if same or url.path.startswith(NEVER) else typed)
    path, said = led or ("", "")
    with visit.reading() as session:
        return visit.page(
            session, "sent_before.html", status_code=409, path=path, told=said.removeprefix(UNDONE), same=same,
            action=f"{url.path}?{url.query}" if url.query else url.path, texts=texts, rest=rest, shown=shown,
            files=bool(sent.findings),
        )  # fmt: skip
