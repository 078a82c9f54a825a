"""Text saved from a web page with its tags: the tags go, what they parted stays parted."""

import html
import re

_PARTING = r"html|head|body|div|p|br|hr|h[1-6]|table|tbody|thead|tr|td|th|ul|ol|li|section|article"
_INLINE = r"span|font|strong|b|em|i|u|a|img|o:p|meta|link"
# What is never closed ends with the text, so that a page of openings costs no more than a page of words.
_UNSEEN = re.compile(
    r"<(script|style|title)\b[^<>]*>.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)|<!DOCTYPE[^<>]*>", re.IGNORECASE | re.DOTALL
)
_BLOCK = re.compile(rf"</?(?:{_PARTING})\b[^<>]*>", re.IGNORECASE)
_ANY = re.compile(rf"</?(?:{_PARTING}|{_INLINE})\b[^<>]*>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});", re.IGNORECASE)


def without_markup(text: str) -> str:
    """The text without HTML tags, comments and scripts, its entities (&nbsp;) as the characters they stand for.

    A book title in angle brackets (<法治政府建设实施纲要>) is no tag and stays.
    """
    if _ANY.search(text):
        text = _ANY.sub("", _BLOCK.sub("\n", _UNSEEN.sub("", text)))
    return _ENTITY.sub(lambda match: html.unescape(match[0]), text)
