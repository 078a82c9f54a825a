"""Every kind of ledger there is, in the order in which they are shown."""

from collections.abc import Mapping
from typing import TypeVar

from models.coded import Coded
from models.errors import BadInputError, NotFoundError
from models.ledgers import (
    certificate,
    counsel,
    credit_publicity,
    deficiency,
    duty,
    enforcement_case,
    file_review,
    indicator,
    inquiry,
    inspection,
    leadership_act,
    legal_review,
    major_decision,
    publicity,
    regulation,
    study_session,
    training,
)
from models.ledgers.kind import Kind
from models.ledgers.official import coercion, permit

_MODULES = (
    study_session,
    training,
    regulation,
    major_decision,
    enforcement_case,
    permit,
    coercion,
    credit_publicity,
    inspection,
    certificate,
    counsel,
    legal_review,
    file_review,
    publicity,
    inquiry,
    indicator,
    duty,
    leadership_act,
    deficiency,
)

KINDS: Mapping[str, Kind] = {module.KIND.code: module.KIND for module in _MODULES}
"""By code."""


def kind_named(word: str) -> Kind:
    """The ledger with this code or title. Raises NotFoundError that names them all."""
    for kind in KINDS.values():
        if word.strip() in (kind.code, kind.title):
            return kind
    known = "、".join(f"{kind.code}（{kind.title}）" for kind in KINDS.values())
    raise NotFoundError(f"没有名为“{word}”的台账，可用：{known}。")


Member = TypeVar("Member", bound=Coded)


def member_named(kind: type[Member], word: str) -> Member:
    """The member with this code, label or customary name. Raises BadInputError naming what is accepted."""
    word = word.strip()
    customary = [field.words.get(word) for ledger in KINDS.values() for field in ledger.fields if field.choices is kind]
    for member in kind:
        if word in (member.value, member.label) or any(known is member for known in customary):
            return member
    accepted = "、".join(f"{member.value}（{member.label}）" for member in kind)
    raise BadInputError(f"“{word}”不可用，可用：{accepted}。")
