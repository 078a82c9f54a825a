"""Drawing who is inspected and by whom (双随机): drawn once, kept with all that went into it, written into the ledger;
and finding what was drawn.

The seed is either given, where it was made public before, or it follows from the lists, the day and the newest entry
of the audit trail, so that nobody chose it.
"""

import datetime as dt
from dataclasses import replace

from sqlmodel import Session, col, select

import models.tables  # noqa: F401 - whatever table a row may point to has to be known
from models.actor import Actor
from models.audit import GENESIS, AuditEntry
from models.database import LARGEST_ID, key
from models.dates.day_override import office_calendar
from models.draws.inspection_draw import InspectionDraw
from models.draws.random_draw import ALGORITHM, Lists, Pairing, content_hash, draw, seed_from
from models.errors import ConflictError, NotFoundError
from models.ledgers.inspection import KIND, Inspection
from models.people.organ import Organ
from models.people.permission import Action
from models.typed_text import words, words_or_none
from tasks.acting.perform import performing_for
from tasks.ledgers.keep_terms import keep_terms
from tasks.ledgers.record import deriver

LONGEST_PLAN = LONGEST_SEED = LONGEST_WITNESS = 200


def draw_inspection(
    session: Session, organ: Organ, lists: Lists, *, by: Actor, seed: str | None = None, witness: str | None = None
) -> InspectionDraw:
    """Draw on the day `by.on`, keep the draw, and write a row of the ledger for each object drawn.

    `lists` come from `models.draws.random_draw.lists_of`, which checks them. Raises ConflictError where this plan
    was drawn
    from on this day already, BadInputError for a seed, plan or witness that cannot be kept, ForbiddenError for whoever
    may not record.
    """
    lists = replace(lists, plan=words(lists.plan, "抽查计划", longest=LONGEST_PLAN))
    seed = words_or_none(seed, "种子", longest=LONGEST_SEED)
    with performing_for(session, by, Action.RECORD, organ.id) as record:
        # Of two who draw at once the second waits, and then finds the first one's.
        session.exec(select(Organ.id).where(Organ.id == organ.id).with_for_update()).one()
        _refuse_again(session, organ, lists.plan, by)
        head = None if seed else newest_hash(session)
        settled = seed or seed_from(lists, by.on.isoformat(), head or GENESIS)
        pairings = draw(lists, settled)
        made = InspectionDraw(
            organ_id=key(organ.id), plan=lists.plan, percent=lists.percent, per_object=lists.per_object, seed=settled,
            seed_given=seed is not None, head=head, objects=list(lists.objects), inspectors=list(lists.inspectors),
            conflicts=sorted(map(list, lists.conflicts)), algorithm=ALGORITHM,
            result=[[pairing.target, *pairing.inspectors] for pairing in pairings],
            content_hash=content_hash(lists, settled, pairings), drawn_on=by.on, drawn_at=by.now,
            witness=words_or_none(witness, "见证人", longest=LONGEST_WITNESS), drawn_by_id=by.person_id,
        )  # fmt: skip
        session.add(made)
        session.flush()
        _write_rows(session, organ, made, pairings, by)
        # Told as a whole, however many rows there are: what the verification is held against.
        record.after |= {"draw": made.id, "plan": lists.plan, "drawn": len(pairings), "draw_hash": made.content_hash}
    return made


def newest_hash(session: Session) -> str:
    """The hash of the audit trail's newest entry, GENESIS before the first."""
    newest = select(AuditEntry.hash).order_by(col(AuditEntry.id).desc()).limit(1)
    return session.exec(newest).first() or GENESIS


def _refuse_again(session: Session, organ: Organ, plan: str, by: Actor) -> None:
    same = select(InspectionDraw.id).where(
        InspectionDraw.organ_id == organ.id, InspectionDraw.drawn_on == by.on, InspectionDraw.plan == plan
    )
    if (former := session.exec(same).first()) is not None:
        raise ConflictError(
            f"“{plan}”在 {by.on} 已经抽取过(抽取编号 {former}),同一计划一天只抽取一次。确需另行抽取的,"
            "请用另外的计划名称写明缘由,如“(补充抽取)”。"
        )


def _write_rows(session: Session, organ: Organ, made: InspectionDraw, pairings: tuple[Pairing, ...], by: Actor) -> None:
    """A row of the ledger for each object, in the order drawn."""
    derive, empty = deriver(session, organ, KIND), {field.name: None for field in KIND.fields}
    rows = []
    for pairing in pairings:
        said = {"drawn_on": made.drawn_on, "plan": made.plan, "target": pairing.target}
        values = derive(empty | said | {"inspectors": "、".join(pairing.inspectors)})
        rows.append(
            Inspection(
                organ_id=key(organ.id), draw_id=made.id, recorded_at=by.now, recorded_by_id=by.person_id, **values
            )
        )
    session.add_all(rows)
    session.flush()
    keep_terms(session, organ, KIND, rows, by=by, calendar=office_calendar(session, organ_id=organ.id))


def list_draws(session: Session, organ: Organ, year: int | None = None) -> list[InspectionDraw]:
    """The draws made in the year, or all of them."""
    query = select(InspectionDraw).where(InspectionDraw.organ_id == organ.id).order_by(col(InspectionDraw.id).desc())
    if year is not None:
        query = query.where(col(InspectionDraw.drawn_on).between(dt.date(year, 1, 1), dt.date(year, 12, 31)))
    return list(session.exec(query))


def find_draw(session: Session, organ: Organ, number: int) -> InspectionDraw:
    """The draw of that number. Raises NotFoundError where the organ has none."""
    found = None
    if 0 < number <= LARGEST_ID:
        query = select(InspectionDraw).where(InspectionDraw.id == number, InspectionDraw.organ_id == organ.id)
        found = session.exec(query).first()
    if found is None:
        raise NotFoundError(f"{organ.name}没有编号为 {number} 的双随机抽取,或者它不在您的查看范围内。")
    return found
