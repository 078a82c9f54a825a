"""Enumerations as the database keeps them: a short ASCII code, checked, never a native type."""

from enum import StrEnum
from typing import Any

from sqlalchemy import Enum


class Coded(StrEnum):
    """An enumeration whose members carry a Chinese label beside their code."""

    label: str

    def __new__(cls, code: str, label: str = "") -> "Coded":
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        return member


def coded(kind: type[Coded]) -> Any:
    """The column type of an enumeration: its codes as text, so that a new member needs no ALTER TYPE."""
    return Enum(
        kind,
        native_enum=False,
        length=32,
        validate_strings=True,
        values_callable=lambda members: [str(member.value) for member in members],
    )
