"""The key this office signs reports with, and the fingerprint by which another office knows it again."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from models.errors import BadInputError, DubanError
from models.later import later
from tasks.access.office_key import kept_secret

if TYPE_CHECKING:
    from joserfc import jwk
else:
    jwk = later("joserfc.jwk")

FILE = "report-signing.key"
"""In the data folder: a private JWK (Ed25519), made at first use, readable by its owner alone."""
CURVE: Literal["Ed25519"] = "Ed25519"

_GROUP = 4


def signing_key(home: Path) -> jwk.OKPKey:
    """The key. Of two processes that need it first, both get the same. Raises DubanError for a damaged file."""
    content = kept_secret(home / FILE, lambda: _written(jwk.OKPKey.generate_key(CURVE)))
    try:
        key = jwk.OKPKey.import_key(json.loads(content))
        if not key.is_private or key.curve_name != CURVE:
            raise ValueError("another kind of key")
    # The library raises its own errors, those of the codecs, and plain ones.
    except Exception as error:
        raise DubanError(
            f"签名密钥文件 {home / FILE} 已损坏：请从备份恢复。换用新的密钥须由上级机关重新核对。"
        ) from error
    return key


def public_key(key: jwk.OKPKey) -> dict[str, str]:
    """The public half, as a JWK."""
    return {name: str(key.as_dict(private=False)[name]) for name in ("crv", "kty", "x")}


def fingerprint_of(key: jwk.OKPKey) -> str:
    """Its RFC 7638 thumbprint, SHA-256, as 64 hex digits: what people compare."""
    return urlsafe_b64decode(key.thumbprint() + "=").hex()


def spaced(fingerprint: str) -> str:
    """A fingerprint in groups of four, to be read out."""
    return " ".join(fingerprint[place : place + _GROUP] for place in range(0, len(fingerprint), _GROUP))


def typed_fingerprint(text: str) -> str:
    """A fingerprint as somebody wrote it down, blanks and colons aside. Raises BadInputError."""
    digits = re.sub(r"[\s:：-]", "", text).lower()
    if not re.fullmatch("[0-9a-f]{64}", digits):
        raise BadInputError(f"密钥指纹“{text[:100]}”无法识别：应为 64 位十六进制数，由对方用 duban report key 查看。")
    return digits


def _written(key: jwk.OKPKey) -> bytes:
    return json.dumps(key.as_dict(private=True), sort_keys=True).encode()
