"""我的草稿: what the person typed and has not brought to an end, to go on with or to throw away."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from duban.acts.instruction import FREELY
from duban.acts.item import BY_VERB
from duban.acts.item_hand import ADD
from duban.web.acts.kept import is_act, takes_up, told_apart, values_of
from duban.web.posted import Sent
from duban.web.visit import Signed, Visit
from models.database import key, unit_of_work
from models.errors import NotFoundError
from models.people.kept_form import KeptForm
from tasks.access.keep_draft import drafts_of, find_draft
from tasks.acting.find_seen import seen_item

router = APIRouter()

_FORMS = {"/items/new": ADD.title, "/instructions/new": FREELY.title}


@router.get("/drafts")
def mine(visit: Signed) -> Response:
    """Every draft of the person, what it is of and how it begins."""
    with visit.reading() as session:
        rows = [(draft, _title(session, visit, draft), _longest(draft)) for draft in drafts_of(session, _me(visit))]
        return visit.page(session, "drafts.html", menu="/more", rows=rows)


@router.get("/drafts/{draft_id:row}")
def one(visit: Signed, draft_id: int) -> Response:
    """Go on with it: in the form where that takes it up, else as it was typed, to be sent from here."""
    with visit.reading() as session:
        draft = find_draft(session, _me(visit), draft_id)
        if takes_up(draft):
            return RedirectResponse(draft.path, 303)
        texts, rest, shown = told_apart([(name, text) for name, text in draft.fields])
        return visit.page(session, "draft.html", menu="/more", draft=draft, texts=texts, rest=rest, shown=shown)


@router.post("/drafts/{draft_id:row}/drop")
def drop(sent: Sent, draft_id: int) -> Response:
    """Throw it away."""
    visit = sent.visit
    with unit_of_work(visit.served.database) as session:
        session.delete(find_draft(session, _me(visit), draft_id))
    return visit.go(visit.link("/drafts"), "草稿已删除。")


def _me(visit: Visit) -> int:
    return key(visit.person.id)


def _title(session: Session, visit: Visit, draft: KeptForm) -> str:
    """What it is of, as far as its person may still see that."""
    path = draft.path.partition("?")[0]
    if path in _FORMS:
        return _FORMS[path]
    if not is_act(draft):
        return "提交时登录已过期的内容" if draft.was_sent else "暂存的内容"
    _, _, number, verb = path.split("/")
    act = BY_VERB.get(verb)
    words = act.title if act is not None else "办理"
    try:
        item = seen_item(session, int(number), by=visit.by)
    except NotFoundError:
        return words
    return f"{words} · {item.number} {item.title}"


def _longest(draft: KeptForm) -> str:
    """What was typed most of: by that it is known again."""
    return max((text for texts in values_of(draft).values() for text in texts), key=len, default="")
