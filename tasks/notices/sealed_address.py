"""Addresses of people that hold keys or lead out of the office (URLs): kept sealed, opened to send, never shown."""

from models.errors import DeliveryError
from models.settings import Settings
from tasks.access.office_key import derived
from tasks.access.seal import seal, unseal

SEALED = "sealed:"
"""What such an address begins with as it is kept."""
LONGEST = 300
"""Characters of one as it is typed: sealed it has half as many more."""


def sealed_address(settings: Settings, typed: str) -> str:
    """The address as it is kept."""
    return SEALED + seal(_key(settings), typed)


def opened_address(settings: Settings, kept: str) -> str | None:
    """The address again; None for one that is not kept sealed.

    Raises DeliveryError for one that was sealed by the key of another data folder.
    """
    if not kept.startswith(SEALED):
        return None
    try:
        return unseal(_key(settings), kept.removeprefix(SEALED))
    except ValueError as error:
        raise DeliveryError("登记的地址不是用本数据目录的密钥封存的：请本人重新登记。", permanent=True) from error


def _key(settings: Settings) -> bytes:
    return derived(settings.home, "address of a person", "")
