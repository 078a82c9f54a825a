"""Keys and passwords in a backup: sealed by a passphrase (scrypt, AES-GCM), so that the file alone tells none."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING

from models.errors import BadInputError, UnreadableFileError
from models.later import later
from tasks.access.seal import seal, unseal

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.kdf import scrypt
else:
    scrypt = later("cryptography.hazmat.primitives.kdf.scrypt")

SHORTEST = 12
"""Characters."""
_SALT, _LENGTH = 16, 32


def require_passphrase(text: str) -> str:
    """The passphrase. Raises BadInputError for one that is too short."""
    if len(text) < SHORTEST:
        raise BadInputError(f"备份口令太短：至少 {SHORTEST} 个字符。")
    return text


def seal_files(files: Mapping[str, bytes], passphrase: str) -> bytes:
    """The files as they may stand in a backup."""
    salt = secrets.token_bytes(_SALT)
    held = json.dumps({name: base64.b64encode(content).decode() for name, content in files.items()})
    told = {"salt": base64.b64encode(salt).decode(), "sealed": seal(_key(passphrase, salt), held)}
    return json.dumps(told).encode()


def unseal_files(sealed: bytes, passphrase: str) -> dict[str, bytes]:
    """The files again. Raises BadInputError for another passphrase, UnreadableFileError for what is damaged."""
    try:
        told = json.loads(sealed)
        salt, held = base64.b64decode(told["salt"]), told["sealed"]
        opened = json.loads(unseal(_key(passphrase, salt), held))
        return {name: base64.b64decode(content) for name, content in opened.items()}
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise UnreadableFileError("备份中的密钥部分已损坏。") from error
    except ValueError as error:
        raise BadInputError("备份口令不对，密钥打不开：请用建立备份时的口令，或加 --without-secrets。") from error


def _key(passphrase: str, salt: bytes) -> bytes:
    """64 MiB and some tenths of a second for each try."""
    return scrypt.Scrypt(salt=salt, length=_LENGTH, n=2**16, r=8, p=1).derive(passphrase.encode())
