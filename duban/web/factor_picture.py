"""The secret of a second factor as an authenticator takes it: a picture to photograph, and words to type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from models.later import later
from models.people.account import Account
from tasks.access.second_factor import otpauth_address

if TYPE_CHECKING:
    import segno
else:
    segno = later("segno")


def factor_shown(secret: str, sealed: str, account: Account) -> dict[str, object]:
    """What the page of an enrolment shows, this once."""
    address = otpauth_address(secret, account)
    return {"secret": " ".join(secret[place : place + 4] for place in range(0, len(secret), 4)), "sealed": sealed,
            "otpauth": address, "picture": picture(address)}  # fmt: skip


def picture(text: str) -> Markup:
    """A QR code as SVG within the page: nothing is fetched, nothing is kept."""
    drawn = segno.make(text, error="m", micro=False)
    return Markup(drawn.svg_inline(scale=4, border=4, light="#ffffff", omitsize=False, title="二维码"))  # noqa: S704  # our own drawing
