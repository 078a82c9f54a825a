"""Punctuation beside Chinese, as paper has it: full-width."""

import re

_WIDE = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！"}
_HAN = r"[\u3400-\u9fff》）”〕]"
_BESIDE = re.compile(rf"(?<={_HAN})[,;:?!](?!//) ?|[,;:?!](?=[\u3400-\u9fff《（“])")
_BRACKETS = re.compile(rf"(?<={_HAN})\(([^()\n]*)\)|\(([^()\n]*[\u3400-\u9fff][^()\n]*)\)")


def full_width(text: str) -> str:
    """The text with marks and brackets beside Chinese in full width (逾期的,说明原因 → 逾期的，说明原因); those between
    figures and western words stay.
    """
    bracketed = _BRACKETS.sub(lambda found: f"（{found[1] if found[1] is not None else found[2]}）", text)
    return _BESIDE.sub(lambda found: _WIDE[found[0][0]], bracketed)
