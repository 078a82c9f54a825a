"""Every kind of ledger there is, in the order in which they are shown."""

from collections.abc import Mapping

from models.errors import NotFoundError
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

_MODULES = (
    study_session,
    training,
    regulation,
    major_decision,
    enforcement_case,
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
    known = "、".join(f"{kind.code}({kind.title})" for kind in KINDS.values())
    raise NotFoundError(f"没有名为“{word}”的台账,可用:{known}。")
