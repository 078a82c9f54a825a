"""Texts that people type: blanks around them do not count, and none is longer than its column."""

from models.errors import BadInputError


def words(text: str | None, name: str, *, longest: int) -> str:
    """The text without blanks around it. Raises BadInputError where nothing is left, or too much."""
    found = words_or_none(text, name, longest=longest)
    if found is None:
        raise BadInputError(f"{name}不能为空。")
    return found


def words_or_none(text: str | None, name: str, *, longest: int) -> str | None:
    """The same for a text that may be left out: None where nothing is left."""
    found = (text or "").strip()
    if len(found) > longest:
        raise BadInputError(f"{name}有 {len(found)} 个字，超过 {longest} 字，请精简。")
    return found or None
