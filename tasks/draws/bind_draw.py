"""Binding a draw (绑定): lists, conflicts, plan and the way of the seed are frozen before anybody can know the seed."""

from dataclasses import replace

from sqlmodel import Session, func, select

import models.tables  # noqa: F401 - whatever table a row may point to has to be known
from models.actor import Actor
from models.clock import day_of
from models.database import key
from models.draws.draw_binding import DrawBinding
from models.draws.random_draw import Lists
from models.draws.seed import FEWEST_DIGITS, LONGEST_SOURCE, MOST_DIGITS, SeedTerms, SeedWay, binding_hash
from models.errors import BadInputError, ForbiddenError
from models.people.organ import Organ
from models.people.permission import Action
from models.typed_text import words, words_or_none
from tasks.acting.perform import performing_for

LONGEST_PLAN, LONGEST_REASON = 200, 500


def bind_draw(
    session: Session, organ: Organ, lists: Lists, terms: SeedTerms, *, by: Actor, reason: str | None = None
) -> DrawBinding:
    """Freeze what a draw will be made from, at the instant `by.now`, whatever day is named: nobody binds in arrears.

    `lists` come from `models.draws.random_draw.lists_of`, which checks them. Each binding of a plan counts, drawn from
    or not; a further one needs a `reason`. Raises BadInputError for that, for a plan that cannot be kept and for a
    public number not named fully or not in advance; ForbiddenError for whoever may not record, and for nobody in
    particular where a second person is to be another.
    """
    lists = replace(lists, plan=_one_line(words(lists.plan, "抽查计划", longest=LONGEST_PLAN), "抽查计划"))
    terms, why = _checked(terms, by), words_or_none(reason, "重新绑定的理由", longest=LONGEST_REASON)
    with performing_for(session, by, Action.RECORD, organ.id, reason=why) as record:
        if terms.way is SeedWay.TWO and by.person_id is None:
            raise ForbiddenError("绑定须由具体的人办理，第二人才能是另一人：请用 --as 姓名 写明由谁办理。")
        # Of two who bind at once the second waits, and counts on.
        session.exec(select(Organ.id).where(Organ.id == organ.id).with_for_update()).one()
        same = (DrawBinding.organ_id == organ.id, DrawBinding.plan == lists.plan)
        ordinal = session.exec(select(func.count()).select_from(DrawBinding).where(*same)).one() + 1
        if ordinal > 1 and why is None:
            raise BadInputError(
                f"“{lists.plan}”已绑定过 {ordinal - 1} 次：再次绑定须写明理由。每次绑定都留存、计数，不能撤销。"
            )
        made = DrawBinding(
            organ_id=key(organ.id), plan=lists.plan, ordinal=ordinal, reason=why, percent=lists.percent,
            per_object=lists.per_object, objects=list(lists.objects), inspectors=list(lists.inspectors),
            conflicts=sorted(map(list, lists.conflicts)), seed_way=terms.way, source=terms.source,
            source_on=terms.source_on, digits=terms.digits,
            bound_hash=binding_hash(lists, terms, ordinal=ordinal, at=by.now),
            bound_on=day_of(by.now), bound_at=by.now, bound_by_id=by.person_id,
            channel=by.channel,
        )  # fmt: skip
        session.add(made)
        session.flush()
        record.after |= {"binding": made.id, "plan": made.plan, "ordinal": ordinal, "binding_hash": made.bound_hash}
    return made


def _checked(terms: SeedTerms, by: Actor) -> SeedTerms:
    """The way of the seed with no more than belongs to it. Raises BadInputError."""
    if terms.way is SeedWay.TWO:
        if terms.source or terms.source_on or terms.digits:
            raise BadInputError("由系统随机数和第二人的数字抽取的，不填公开号码的来源、日期和位数。")
        return terms
    source = _one_line(words(terms.source, "公开号码的来源", longest=LONGEST_SOURCE), "公开号码的来源")
    today = max(by.on, day_of(by.now))
    if terms.source_on is None or terms.source_on <= today:
        raise BadInputError(f"公开号码须在绑定之后公布：公布日期应晚于 {today}，写成 2026-06-30 的形式。")
    if terms.digits is None or not FEWEST_DIGITS <= terms.digits <= MOST_DIGITS:
        raise BadInputError(f"请写明公开号码的位数：{FEWEST_DIGITS} 至 {MOST_DIGITS} 位数字。")
    return replace(terms, source=source)


def _one_line(text: str, what: str) -> str:
    if len(text.splitlines()) != 1:
        raise BadInputError(f"{what}不能换行。")
    return text
