"""The second person of a draw: pledges a number under its hash, and reveals it later.

The order is what makes it hold. The lists are bound before the pledge; the system makes its own number the moment
after the pledge and shows only its hash; the pledged number is revealed while the system's is still hidden. So nobody
chooses with the outcome before his eyes: not who bound, not the second person, and whoever runs the machine only
together with the second person.
"""

import re
import secrets

from sqlmodel import Session, select

from models.actor import Actor
from models.database import key
from models.draws.draw_binding import DrawBinding
from models.draws.draw_pledge import DrawPledge, DrawReveal
from models.draws.seed import SeedWay, pledge_of, second_number, system_hash
from models.errors import BadInputError, ConflictError, ForbiddenError
from models.people.organ import Organ
from models.people.permission import Action
from tasks.acting.consent import consent_for_organ, hands
from tasks.acting.perform import performing_for
from tasks.draws.find_draw import check_newest

_HASH = re.compile("[0-9a-f]{64}")
_BYTES = 32
"""Of the system's number: as many as the hash has."""


def pledge(
    session: Session, binding: DrawBinding, *, by: Actor, number: str | None = None, hashed: str | None = None
) -> DrawPledge:
    """Pledge the number typed, which is hashed and not kept, or the hash worked out elsewhere (`hashed`).

    Raises ForbiddenError for whoever bound the lists, for somebody without a name and where the seed needs no second
    person; ConflictError where somebody pledged or the plan was bound again; BadInputError for both or neither, or
    what is no number or hash.
    """
    with performing_for(session, by, Action.DRAW_NUMBER, binding.organ_id) as record:
        person, record.for_id = _second(session, binding, by)
        if (former := _pledge_of(session, binding)) is not None:
            raise ConflictError(f"抽取 {binding.id} 已有人承诺（{former.pledged_at:%Y-%m-%d}），承诺后不能更换。")
        given = _hash(hashed) if hashed else None
        if (given is None) == (not number):
            raise BadInputError("请填写数字，或者自己算好的承诺值：填其中一项。")
        secret = secrets.token_hex(_BYTES)
        made = DrawPledge(
            binding_id=key(binding.id), pledge=given or pledge_of(binding.bound_hash, second_number(number or "")),
            hashed_here=given is None, secret_number=secret, system_hash=system_hash(binding.bound_hash, secret),
            pledged_at=by.now, pledged_by_id=person, channel=by.channel,
        )  # fmt: skip
        session.add(made)
        session.flush()
        record.after |= {"binding": binding.id, "pledge": made.pledge, "system_number_hash": made.system_hash}
    return made


def reveal(session: Session, binding: DrawBinding, number: str, *, by: Actor) -> DrawReveal:
    """Reveal the number pledged. Raises ForbiddenError for anybody but who pledged it, ConflictError where there is no
    pledge or it was revealed, BadInputError for another number than was pledged."""
    with performing_for(session, by, Action.DRAW_NUMBER, binding.organ_id) as record:
        person, record.for_id = _second(session, binding, by)
        pledged = _pledge_of(session, binding)
        if pledged is None:
            raise ConflictError(f"抽取 {binding.id} 还没有承诺：先承诺，后揭示。")
        if pledged.pledged_by_id != person:
            raise ForbiddenError("数字由作出承诺的人揭示。")
        if session.exec(select(DrawReveal.id).where(DrawReveal.binding_id == binding.id)).first() is not None:
            raise ConflictError(f"抽取 {binding.id} 的数字已经揭示。")
        said = second_number(number)
        if pledge_of(binding.bound_hash, said) != pledged.pledge:
            raise BadInputError("与承诺的不是同一个数字：请核对（一字不差，前后的空格不计）。")
        made = DrawReveal(
            binding_id=key(binding.id), given_number=said, revealed_at=by.now, revealed_by_id=person, channel=by.channel
        )
        session.add(made)
        session.flush()
        record.after |= {"binding": binding.id, "number": said}
    return made


def _second(session: Session, binding: DrawBinding, by: Actor) -> tuple[int, int | None]:
    """Who acts, and for whom, where he may be the second person. Holds the office's row: of two at once one waits."""
    session.exec(select(Organ.id).where(Organ.id == binding.organ_id).with_for_update()).one()
    if binding.seed_way is not SeedWay.TWO:
        raise ForbiddenError(f"抽取 {binding.id} 由公开号码决定，不需要第二人的数字。")
    if by.person_id is None:
        raise ForbiddenError("数字须由具体的人提供：请用 --as 姓名 写明由谁办理。")
    bound = hands([(binding.bound_by_id, None, "已绑定名单")])
    standing = consent_for_organ(session, by, Action.DRAW_NUMBER, binding.organ_id, bound)
    check_newest(session, binding)
    return by.person_id, standing.seat.for_id


def _pledge_of(session: Session, binding: DrawBinding) -> DrawPledge | None:
    return session.exec(select(DrawPledge).where(DrawPledge.binding_id == binding.id)).first()


def _hash(text: str) -> str:
    found = text.strip().lower()
    if not _HASH.fullmatch(found):
        raise BadInputError("承诺值应为 64 位十六进制的 SHA-256。")
    return found
