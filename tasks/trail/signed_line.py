"""One line of text that this office's key signed: what is kept of the trail where somebody else could write too."""

import base64
import hmac
from hashlib import sha256
from pathlib import Path

from tasks.access.office_key import derived


def signed(home: Path, purpose: str, told: str) -> str:
    """The text with its signature behind a colon. What is signed for one purpose holds for no other."""
    return f"{told}:{_mac(home, purpose, told)}"


def is_signed(home: Path, purpose: str, line: str) -> bool:
    """Whether this office's key signed the line for the purpose."""
    told, _colon, mac = line.rpartition(":")
    return hmac.compare_digest(mac.encode(), _mac(home, purpose, told).encode())


def _mac(home: Path, purpose: str, told: str) -> str:
    digest = hmac.new(derived(home, purpose, "1"), told.encode(), sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
