"""The forms of the item page as a person fills them in."""

from typing import Any

from tests.web import Visitor, field_value


def carried(visitor: Visitor, path: str) -> dict[str, str]:
    """What the form there carries besides what a person types."""
    answer = visitor.get(path)
    assert answer.url.path == path.partition("?")[0], f"{path} leads to {answer.url}"
    found = {name: field_value(answer.text, name) for name in ("seen", "instruction", "back")}
    return {name: value for name, value in found.items() if value is not None}


def fill(visitor: Visitor, path: str, *, files: Any = None, **typed: str) -> str:
    """Open a form, fill it in, send it; the words of the page it leads to."""
    return visitor.act(path.partition("?")[0], carried(visitor, path) | typed, files=files)


def press(visitor: Visitor, item: int, verb: str, **hidden: str) -> str:
    """Press a button of the item page."""
    seen = {"seen": carried(visitor, f"/items/{item}").get("seen", "0")}
    return visitor.act(f"/items/{item}/{verb}", seen | hidden)


def file(name: str, content: str | bytes, kind: str = "application/octet-stream") -> tuple[str, Any]:
    """A file chosen in a form."""
    return "file", (name, content.encode() if isinstance(content, str) else content, kind)
