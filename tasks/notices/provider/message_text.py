"""The form of a text in a provider's message: no markup of its own, nobody called by it, no longer than it takes."""

import hashlib
import re
from bisect import bisect_right
from collections.abc import Callable

from models.errors import DeliveryError

REST = "…全文见系统"
_MARKUP = str.maketrans({sign: chr(ord(sign) + 0xFEE0) for sign in '<>[]*_`#~|@\\&"!'})
"""Signs with a meaning in Markdown, in cards or as a mention, and what reads the same without one."""
_UNPRINTABLE = re.compile(r"[^\S\n ]|[\x00-\x09\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_\-@.+]{0,63}")
_MOBILE = re.compile(r"\+?[0-9]{6,20}")


def harmless(text: str) -> str:
    """The text with every sign that could be markup or a mention replaced by its wide twin."""
    return _UNPRINTABLE.sub(" ", text).translate(_MARKUP)


def one_line(text: str) -> str:
    """The harmless text on one line, as titles are."""
    return " ".join(harmless(text).split())


def markdown(text: str, own: str, *, line_end: str) -> str:
    """The harmless text as Markdown, with links where it names addresses of the site `own`, and of none that only
    begins like it.
    """
    link = re.compile(rf"{re.escape(own.rstrip('/'))}(?![A-Za-z0-9.:@_\-])(?:/[A-Za-z0-9/?=&%.#~_\-]*)?")
    parts, at = [], 0
    for found in link.finditer(text):
        parts += [harmless(text[at : found.start()]), f"[打开]({found[0]})"]
        at = found.end()
    parts.append(harmless(text[at:]))
    lines = "".join(parts).strip().split("\n")
    # Four blanks at the beginning of a line would make it a block of code.
    return line_end.join(re.sub(r"^ +", "\u3000", line.rstrip()) for line in lines)


def size(text: str) -> int:
    """Bytes of UTF-8."""
    return len(text.encode())


def cut(text: str, most: int, *, size: Callable[[str], int] = size) -> str:
    """The text at no more than that size: whole lines, or of a long one whole characters, and where the rest is."""
    if size(text) <= most:
        return text
    fitting = bisect_right(range(len(text)), most, key=lambda length: size(f"{text[:length]}\n{REST}"))
    kept = text[: max(fitting - 1, 0)]
    whole, line_end, _ = kept.rpartition("\n")
    return f"{whole}{line_end}{REST}" if len(whole) > len(kept) / 2 else f"{kept}{REST}"


def key_of(reference: str) -> str:
    """A name of the message for checks against doubles: the same at each try, 32 hexadecimal digits."""
    return hashlib.sha256(reference.encode()).hexdigest()[:32]


def number_of(reference: str) -> str:
    """What tells messages of the same wording apart, for providers that drop what reads the same as an earlier one."""
    return f"编号 {key_of(reference)[:8]}"


def user_id(to: str, label: str) -> str:
    """A person's account at the provider, checked: some names stand for everybody, and some signs part several.

    Raises DeliveryError for anything else.
    """
    if not _ID.fullmatch(to) or to.lower() == "all":
        raise DeliveryError(f"“{to}”不是{label}的账号：应由字母、数字和 _-@.+ 组成，不超过 64 个字符", permanent=True)
    return to


def mobile(to: str, label: str) -> str:
    """A mobile number as a provider knows it, by which a person is mentioned in a group.

    Raises DeliveryError for anything else.
    """
    number = re.sub(r"[ \-]", "", to)
    if not _MOBILE.fullmatch(number):
        raise DeliveryError(f"“{to}”不是手机号，{label}无法提醒本人", permanent=True)
    return number.removeprefix("+86")
