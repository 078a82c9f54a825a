"""The data folder's own key: made at first use, readable by its owner alone, never in the database."""

import hmac
import os
import secrets
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

FILE = "secret.key"
_LENGTH = 32


def office_key(home: Path) -> bytes:
    """The key, 32 bytes. Of two processes that need it first, both get the same."""
    return kept_secret(home / FILE, lambda: secrets.token_bytes(_LENGTH))


def kept_secret(file: Path, make: Callable[[], bytes]) -> bytes:
    """What the file holds; where it is not there, what `make` makes is put into it first, for its owner alone."""
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as made:
            made.write(make())
            made.flush()
            os.fsync(made.fileno())
        try:
            # Whole or not at all, and never over another's.
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_bytes()


def derived(home: Path, purpose: str, salt: str) -> bytes:
    """A secret of its own for each purpose and salt, 32 bytes: known to whoever has the key and the row."""
    return hmac.new(office_key(home), f"{purpose}:{salt}".encode(), sha256).digest()
