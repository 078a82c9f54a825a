"""Drawing who is inspected and by whom (双随机): once from a binding, kept with all that went into it, written into the
ledger. Nothing that who draws can choose enters between the binding and the outcome.
"""

from sqlmodel import Session, col, select

from models.actor import Actor
from models.clock import day_of
from models.database import key
from models.dates.day_override import office_calendar
from models.draws.draw_binding import DrawBinding
from models.draws.draw_pledge import DrawPledge, DrawReveal
from models.draws.inspection_draw import InspectionDraw
from models.draws.random_draw import ALGORITHM, Pairing, content_hash, draw
from models.draws.seed import SeedWay, public_number, seed_by_public, seed_by_two
from models.errors import BadInputError, ConflictError, ForbiddenError
from models.ledgers.inspection import KIND, Inspection
from models.people.organ import Organ
from models.people.permission import Action
from models.typed_text import words_or_none
from tasks.acting.perform import performing_for
from tasks.draws.find_draw import check_newest
from tasks.ledgers.keep_terms import keep_terms
from tasks.ledgers.record import deriver

LONGEST_WITNESS = 200


def draw_inspection(
    session: Session,
    organ: Organ,
    binding: DrawBinding,
    *,
    by: Actor,
    number: str | None = None,
    witness: str | None = None,
) -> InspectionDraw:
    """Draw from the binding on the day of the clock, keep the draw, and write a row of the ledger for each object.

    `number` is the public number where the binding named one; else the seed follows from what the system and the
    second person gave. Raises ConflictError where it was drawn from already, the plan was bound again or drawn from
    today, or not all is there yet; BadInputError for a number that cannot be the one named; ForbiddenError for the
    second person and for whoever may not record.
    """
    with performing_for(session, by, Action.RECORD, organ.id) as record:
        # Of two who draw at once the second waits, and then finds the first one's.
        session.exec(select(Organ.id).where(Organ.id == organ.id).with_for_update()).one()
        if session.get(InspectionDraw, binding.id, populate_existing=True) is not None:
            raise ConflictError(f"抽取 {binding.id} 已经抽取过，一次绑定只抽取一次。确需另抽的，写明理由重新绑定。")
        check_newest(session, binding)
        _refuse_same_day(session, binding, by)
        system, said, seed = _seeded(session, binding, number, by)
        pairings = draw(binding.lists, seed)
        made = InspectionDraw(
            id=key(binding.id), system_number=system, given_number=said, seed=seed, algorithm=ALGORITHM,
            result=[[pairing.target, *pairing.inspectors] for pairing in pairings],
            content_hash=content_hash(binding.bound_hash, seed, pairings), drawn_on=day_of(by.now), drawn_at=by.now,
            witness=words_or_none(witness, "见证人", longest=LONGEST_WITNESS), drawn_by_id=by.person_id,
            channel=by.channel,
        )  # fmt: skip
        session.add(made)
        session.flush()
        _write_rows(session, organ, binding.plan, made, pairings, by)
        # Told as a whole, however many rows there are: what the verification is held against.
        record.after |= {"draw": made.id, "plan": binding.plan, "drawn": len(pairings), "draw_hash": made.content_hash}
    return made


def _refuse_same_day(session: Session, binding: DrawBinding, by: Actor) -> None:
    """The ledger tells draws apart by day and plan."""
    same = (
        select(InspectionDraw.id)
        .join(DrawBinding, col(DrawBinding.id) == InspectionDraw.id)
        .where(DrawBinding.organ_id == binding.organ_id, DrawBinding.plan == binding.plan)
        .where(InspectionDraw.drawn_on == day_of(by.now))
    )
    if (former := session.exec(same).first()) is not None:
        raise ConflictError(f"“{binding.plan}”今天已经抽取过（抽取编号 {former}），同一计划一天只抽取一次。")


def _seeded(session: Session, binding: DrawBinding, number: str | None, by: Actor) -> tuple[str | None, str, str]:
    """The system's number, the other one, and the seed that follows."""
    if binding.seed_way is SeedWay.PUBLIC:
        if binding.source_on is None or binding.digits is None:
            raise LookupError("a binding to a public number names its day and digits")
        if day_of(by.now) < binding.source_on:
            raise ConflictError(f"“{binding.source}”{binding.source_on} 才公布，到时再录入号码。")
        if not number:
            raise BadInputError(f"请录入“{binding.source}”{binding.source_on} 公布的号码（{binding.digits} 位数字）。")
        said = public_number(number, binding.digits)
        return None, said, seed_by_public(binding.bound_hash, said)
    if number:
        raise BadInputError("这次抽取由系统随机数和第二人揭示的数字决定，抽取时不能填写号码。")
    pledged = session.exec(select(DrawPledge).where(DrawPledge.binding_id == binding.id)).first()
    revealed = session.exec(select(DrawReveal).where(DrawReveal.binding_id == binding.id)).first()
    if pledged is None or revealed is None:
        waits = "承诺并揭示" if pledged is None else "揭示承诺的"
        raise ConflictError(f"抽取 {binding.id} 还不能抽取：待第二人{waits}数字。")
    if by.person_id is None:
        raise ForbiddenError("抽取须由具体的人办理，第二人才能是另一人：请用 --as 姓名 写明由谁办理。")
    if by.person_id == pledged.pledged_by_id:
        raise ForbiddenError("提供数字的人不能抽取：请由另一人办理。")
    seed = seed_by_two(binding.bound_hash, pledged.secret_number, revealed.given_number)
    return pledged.secret_number, revealed.given_number, seed


def _write_rows(
    session: Session, organ: Organ, plan: str, made: InspectionDraw, pairings: tuple[Pairing, ...], by: Actor
) -> None:
    """A row of the ledger for each object, in the order drawn."""
    derive, empty = deriver(session, organ, KIND, by=by), {field.name: None for field in KIND.fields}
    rows = []
    for pairing in pairings:
        said = {"drawn_on": made.drawn_on, "plan": plan, "target": pairing.target}
        values = derive(empty | said | {"inspectors": "、".join(pairing.inspectors)})
        rows.append(
            Inspection(
                organ_id=key(organ.id), draw_id=made.id, recorded_at=by.now, recorded_by_id=by.person_id, **values
            )
        )
    session.add_all(rows)
    session.flush()
    keep_terms(session, organ, KIND, rows, by=by, calendar=office_calendar(session, organ_id=organ.id))
