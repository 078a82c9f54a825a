"""To whom a report goes: taken from its paper when it is sent on, added to and taken off by a person."""

import re

from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import key
from models.errors import ConflictError, ForbiddenError, NotFoundError
from models.report.filing import Filing, FilingAct, FilingState
from models.report.filing_rows import Addressee, AddresseeKind
from models.report.report import Report
from models.typed_text import words
from tasks.report.compiling.template import ReportTemplate
from tasks.report.filing.step import FilingDeed, step
from tasks.report.filing.tell_next import tell_next

_BETWEEN = re.compile("[、,;\uff0c\uff1b]")
"""Commas and semicolons of either width."""


def named_on_paper(report: Report) -> list[tuple[AddresseeKind, str]]:
    """Whom the paper of a version names: one by one where its template does so, else cut where 、 stands."""
    paper = report.paper or {}
    named: list[tuple[AddresseeKind, str]] = []
    template = ReportTemplate.model_validate(paper["template"]) if paper.get("template") else ReportTemplate()
    names = (
        [template.filled(name, paper.get("organ", ""), report.year) for name in template.addressees]
        if template.addressees
        else _BETWEEN.split(paper.get("addressee") or "")
    )
    named += [(AddresseeKind.MAIN, name) for name in names]
    named += [(AddresseeKind.COPY, name) for copy in paper.get("copies") or () for name in _BETWEEN.split(copy or "")]
    clean = [(kind, name.strip().rstrip(":：。")[:100]) for kind, name in named]
    # Named twice it is one addressee, and gets it as the first says.
    firsts = {name: kind for kind, name in reversed(clean) if name}
    return [(kind, name) for name, kind in reversed(firsts.items())]


def write_addressees(session: Session, filing: Filing, report: Report) -> None:
    """The addressees of a new round: those on paper, and those a person had added in the round before."""
    named = {name: kind for kind, name in named_on_paper(report)}
    before = select(Addressee).where(Addressee.filing_id == filing.id, Addressee.round == filing.round - 1)
    dropped: dict[str, str] = {}
    for one in session.exec(before.order_by(col(Addressee.id))):
        named.setdefault(one.name, one.kind)
        if one.dropped is not None:
            dropped[one.name] = one.dropped
    session.add_all(
        Addressee(
            filing_id=key(filing.id), round=filing.round, kind=kind, name=name, dropped=dropped.get(name)
        )
        for name, kind in named.items()
    )  # fmt: skip
    session.flush()


def add_addressee(session: Session, filing: Filing, name: str, kind: AddresseeKind, *, by: Actor) -> Addressee:
    """Have the report sent to one more, or to one taken off before. Raises ConflictError where it is there already."""
    named = words(name, "报送对象", longest=100)
    with step(session, filing, FilingAct.ADDRESS, by=by) as taken:
        taken.about = f"增加{kind.label}{named}"
        known = _named(session, filing, named)
        if known is not None and known.dropped is None:
            raise ConflictError(f"“{named}”已在报送对象中（{known.kind.label}）。")
        if known is not None:
            known.dropped, known.kind = None, kind
            return known
        made = Addressee(filing_id=key(filing.id), round=filing.round, kind=kind, name=named)
        session.add(made)
    return made


def drop_addressee(session: Session, filing: Filing, name: str, *, by: Actor, reason: str) -> Addressee:
    """Take one off to whom nothing was sent yet, with the reason. Raises NotFoundError, ForbiddenError."""
    why = words(reason, "理由", longest=300)
    with step(session, filing, FilingAct.ADDRESS, by=by, reason=why) as taken:
        addressee = find_addressee(session, filing, name)
        if addressee.sent_on is not None:
            raise ForbiddenError(f"已于 {addressee.sent_on} 报送“{addressee.name}”，不能去掉。")
        taken.about = f"去掉{addressee.kind.label}{addressee.name}"
        addressee.dropped = why
        filed_with_all(session, taken)
    return addressee


def filed_with_all(session: Session, taken: FilingDeed) -> bool:
    """Whether the report is, with this act, with every 主送: it is filed then and may be made public.

    The first time counts: what is corrected later is filed again, but was not late for that.
    """
    session.flush()
    filing = taken.filing
    sent = [one.sent_on for one in addressees_of(session, filing, main=True)]
    days = [day for day in sent if day is not None]
    if filing.state is not FilingState.FILING or not days or len(days) < len(sent):
        return False
    filing.delivered_on = filing.delivered_on or max(days)
    taken.becomes = FilingState.PUBLISHING
    tell_next(session, filing, FilingState.PUBLISHING, by=taken.by)
    return True


def addressees_of(session: Session, filing: Filing, *, main: bool = False) -> list[Addressee]:
    """Those of the present round who are to get it, 主送 first; `main`: only these."""
    query = select(Addressee).where(
        Addressee.filing_id == filing.id, Addressee.round == filing.round, col(Addressee.dropped).is_(None)
    )
    found = session.exec(query.order_by(col(Addressee.id))).all()
    mains = [one for one in found if one.kind is AddresseeKind.MAIN]
    return mains if main else [*mains, *(one for one in found if one.kind is AddresseeKind.COPY)]


def find_addressee(session: Session, filing: Filing, name: str) -> Addressee:
    """The one of this name. Raises NotFoundError that names those there are."""
    named = name.strip()
    found = _named(session, filing, named)
    if found is None or found.dropped is not None:
        known = "、".join(one.name for one in addressees_of(session, filing)) or "（尚无）"
        raise NotFoundError(f"报送对象中没有“{named[:40]}”；现有：{known}。")
    return found


def _named(session: Session, filing: Filing, name: str) -> Addressee | None:
    return session.exec(
        select(Addressee).where(
            Addressee.filing_id == filing.id, Addressee.round == filing.round, Addressee.name == name
        )
    ).first()
