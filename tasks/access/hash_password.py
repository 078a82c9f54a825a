"""Passwords as they are kept: Argon2id with the parameters of RFC 9106 for small memory, salted each by itself."""

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from argon2.profiles import RFC_9106_LOW_MEMORY

from models.people.password import LONGEST, normal

HASHER = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)

_AT_ONCE = threading.BoundedSemaphore(4)
"""Each takes 64 MiB while it lasts: however many people sign in at half past eight, an old machine has the memory."""


def hash_password(password: str) -> str:
    """What is kept of a password, parameters and salt included."""
    with _AT_ONCE:
        return HASHER.hash(normal(password))


def is_password(kept: str | None, password: str) -> bool:
    """Whether it is the password kept. Where none is kept nothing is, after just as long: time tells nothing."""
    if len(password) > LONGEST:
        password = ""
    with _AT_ONCE:
        try:
            HASHER.verify(kept or _nobody_s(), normal(password))
        except VerifyMismatchError:
            return False
        except (VerificationError, InvalidHashError) as error:
            raise LookupError("a password hash in the database cannot be read") from error
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return HASHER.check_needs_rehash(kept)


@cache
def _nobody_s() -> str:
    """The hash of a password nobody has."""
    return HASHER.hash("nobody's")
