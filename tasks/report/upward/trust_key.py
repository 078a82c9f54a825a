"""By which key an organ below is known: confirmed once by a person, changed only with a reason."""

from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import key
from models.errors import BadInputError, UnconfirmedKeyError
from models.people.organ import Organ
from models.people.permission import Action
from models.report.received_report import TrustedKey
from models.typed_text import words_or_none
from tasks.acting.perform import performing_for
from tasks.report.upward.signing_key import spaced, typed_fingerprint
from tasks.report.upward.who_filed import find_below


def key_of(session: Session, sender: Organ) -> TrustedKey | None:
    """The key in force for an organ below, if one was ever confirmed."""
    in_force = select(TrustedKey).where(TrustedKey.sender_id == sender.id, col(TrustedKey.replaced_on).is_(None))
    return session.exec(in_force).first()


def trust_key(
    session: Session, organ: Organ, named: str, fingerprint: str, *, by: Actor, reason: str | None = None
) -> TrustedKey:
    """Know the organ below `named` by the key with this fingerprint from now on, on record.

    Where another key was confirmed before, it needs a reason, and the older one ends. Raises ForbiddenError,
    NotFoundError for no organ below, BadInputError for no fingerprint, the same one again, or no reason.
    """
    with performing_for(session, by, Action.RECEIVE_REPORT, organ.id, reason=reason):
        sender, digits = hold_sender(session, find_below(session, organ, named)), typed_fingerprint(fingerprint)
        because = words_or_none(reason, "更换密钥的理由", longest=500)
        former = key_of(session, sender)
        if former is not None:
            if former.fingerprint == digits:
                raise BadInputError(f"{sender.name}的这把密钥已于 {former.confirmed_on} 核对，无需再次核对。")
            if because is None:
                raise BadInputError(
                    f"{sender.name}已有核对过的密钥（{former.confirmed_on} 起）：更换密钥须写明理由，并已向对方核实。"
                )
            former.replaced_on = by.on
            session.flush()
        return _confirm(session, organ, sender, digits, by, because)


def check_key(
    session: Session, organ: Organ, sender: Organ, fingerprint: str, *, by: Actor, confirmed: str | None
) -> None:
    """Whether a package of the sender may be signed by this key. A first key is taken down where `confirmed` is its
    fingerprint: somebody compared it. Part of an act of the caller's.

    Raises UnconfirmedKeyError where nobody has, or another key is in force; BadInputError where `confirmed` differs.
    """
    in_force = key_of(session, sender)
    if in_force is not None:
        if in_force.fingerprint != fingerprint:
            raise BadInputError(
                f"未接收：{sender.name}的上报包换了签名密钥。{in_force.confirmed_on} 核对的指纹是"
                f" {spaced(in_force.fingerprint)}，这个包的是 {spaced(fingerprint)}。请向{sender.name}核实；"
                "确已更换的，重新核对密钥并写明理由后再接收。"
            )
        return
    if confirmed is None:
        raise UnconfirmedKeyError(
            fingerprint,
            f"首次收到{sender.name}的上报包，尚未核对其签名密钥。指纹：{spaced(fingerprint)}。请与{sender.name}通过电话"
            "等其他途径核对，一致后确认再接收。",
        )
    if typed_fingerprint(confirmed) != fingerprint:
        raise BadInputError(
            f"未接收：填写的指纹与{sender.name}上报包的不一致，包的指纹是 {spaced(fingerprint)}。请与对方核对。"
        )
    _confirm(session, organ, sender, fingerprint, by, None)


def hold_sender(session: Session, sender: Organ) -> Organ:
    """The organ, held until the transaction ends: of two at once that act upon its packages, one waits."""
    held_row = select(Organ).where(Organ.id == sender.id).with_for_update(key_share=True)
    return session.exec(held_row).one()


def _confirm(
    session: Session, organ: Organ, sender: Organ, fingerprint: str, by: Actor, reason: str | None
) -> TrustedKey:
    trusted = TrustedKey(
        organ_id=key(organ.id), sender_id=key(sender.id), fingerprint=fingerprint, confirmed_on=by.on,
        confirmed_by_id=by.person_id, reason=reason,
    )  # fmt: skip
    session.add(trusted)
    session.flush()
    return trusted
