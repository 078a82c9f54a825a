"""Sealing (AES-GCM): what the database keeps so that a copy of it tells nothing without the key file."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING

from models.later import later

if TYPE_CHECKING:
    from cryptography import exceptions
    from cryptography.hazmat.primitives.ciphers import aead
else:
    exceptions = later("cryptography.exceptions")
    aead = later("cryptography.hazmat.primitives.ciphers.aead")


_NONCE = 12


def seal(key: bytes, text: str) -> str:
    """The text as it may be kept, as letters of base64; another time it reads otherwise."""
    nonce = secrets.token_bytes(_NONCE)
    return urlsafe_b64encode(nonce + aead.AESGCM(key).encrypt(nonce, text.encode(), None)).decode()


def unseal(key: bytes, sealed: str) -> str:
    """The text again. Raises ValueError for what was not sealed by this key."""
    raw = urlsafe_b64decode(sealed)
    try:
        return aead.AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], None).decode()
    except exceptions.InvalidTag as error:
        raise ValueError("sealed by another key, or altered") from error
