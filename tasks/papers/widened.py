"""Full-width punctuation in all that a paper says, whatever its facts are made of."""

from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

from tasks.wording.full_width import full_width

Facts = TypeVar("Facts")


def widened(facts: Facts) -> Facts:
    """The same dataclass with full-width marks in every text in it, rows and lists of sentences too."""
    return cast(Facts, _widened(facts))


def _widened(value: Any) -> Any:
    if type(value) is str:
        return full_width(value)
    if isinstance(value, tuple):
        return tuple(map(_widened, value))
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _widened(getattr(value, field.name)) for field in fields(value)})
    return value
