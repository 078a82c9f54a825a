"""Who is named as responsible: 责任单位:甲、乙 below a point, (牵头单位:甲) behind it, 由甲牵头 inside it."""

import re
from dataclasses import dataclass

from tasks.reading.folding import fold

_LABEL = (
    r"(?P<label>(?:牵头|主办|责任|承办|落实|实施)(?:责任)?(?:单位|部门|科室|处室|股室)|牵头|责任领导|牵头领导|分管领导|责任人|承办人|经办人|具体责任人|"
    r"(?:配合|协办|协同|参加|参与|协作)(?:责任)?(?:单位|部门|科室|处室|股室)?|完成时[限间]|时间节点|办结时限|时限要求|时限)"
)
_NEXT_LABEL = _LABEL.replace("?P<label>", "?:")
_IS = r"\s*(?:[:】]|为)"
_ENTRY = re.compile(rf"{_LABEL}{_IS}\s*(?P<value>.*?)(?=[;,。\s]*{_NEXT_LABEL}{_IS}|[;。)】\]]?\s*$)")
_START = re.compile(rf"\s*[(\[【]?\s*{_LABEL}{_IS}")
_BRACKET = re.compile(rf"[(\[【]\s*{_LABEL}\s*[:】][^()\[\]【】]*[)\]】]?")
_TRAILING = re.compile(rf"[,;]\s*(?={_NEXT_LABEL}\s*:)")
"""Where a clause begins that says who is responsible: …，牵头单位：法规科；完成时限：6月底。"""
_BY = re.compile(r"由(?P<lead>[^,。;:、]{2,20}?)(?:牵头|负责|会同|承办)")
UNIT = r"[\u4e00-\u9fff]{1,12}?(?:科|处|室|股|局|委|办|厅|中心|部门|单位|站|所|队|院|组|乡镇|街道)"
_UNITS = rf"{UNIT}(?:[、和与及]{UNIT}){{0,8}}"
_DOES = r"(?:具体|共同|分别|统一)?(?:牵头|负责|主办|承办)(?:落实|实施|组织实施)?"
# 法规科负责 behind a comma or in a sentence of its own; 法规科负责修订… at the beginning of one.
_ALONE = re.compile(
    rf"(?:由)?(?P<lead>{_UNITS}){_DOES}(?:[,、;]\s*(?P<others>{_UNITS})(?:协助|协同|积极)?(?:配合|参与|协助))?"
)
_WITHOUT_BY = re.compile(
    rf"(?:^|[,;])\s*(?P<lead>{_UNITS})(?:{_DOES}(?=[,;。]|$)|(?:牵头|负责)(?=[\u4e00-\u9fff]{{2,}})(?!人|制|同志))"
)
# 法规科要…, 工程科每季度…: who the sentence is about does it; 各单位 is nobody's name.
_SUBJECT = re.compile(rf"(?![各本我全])(?P<lead>{_UNITS})(?:要|须|应当?(?!急)|(?=每|于\d|\d))")
# …（办公室、法规科）at the end of a sentence.
_BEHIND = re.compile(rf"[(【](?!含|包括|不含|各|以下|原)(?P<lead>{_UNITS}(?:等)?)[)】]\s*[。;.]?\s*$")
_CHARGED = re.compile(
    r"[(【](?:由)?(?P<lead>[^()【】:]{2,30}?)牵头(?:负责|落实)?"
    r"(?:[,;、](?P<others>[^()【】:]{2,60}?)(?:配合|参与|参加|协同|协助|(?:等)?(?:按|分别|共同)[^()【】:]{0,12}负责)?)?[)】]"
)
_SHARE = re.compile(r"(?:等)?(?:按照?(?:各自)?职责(?:分工)?(?:分别)?(?:负责|落实|配合)?|分别负责|共同负责|配合|负责)$")


@dataclass(frozen=True)
class Responsibility:
    """Units and people as the text names them; null and empty where it does not."""

    lead: str | None = None
    cooperating: tuple[str, ...] = ()
    handler: str | None = None
    due: str | None = None


def is_responsibility(text: str) -> bool:
    """Whether a line says who is responsible, or by when, and nothing else."""
    return _START.match(fold(text)) is not None


def split_responsibility(text: str) -> tuple[str, Responsibility | None]:
    """A sentence without the bracket or line that names who is responsible, and what that says."""
    folded = fold(text)
    if is_responsibility(text):
        return "", _read(text)
    if alone := _ALONE.fullmatch(folded.strip(" 。;,")):
        leads, others = (units_in(alone[name] or "") for name in ("lead", "others"))
        return "", Responsibility(leads[0] if leads else None, (*leads[1:], *others))
    match = _BRACKET.search(folded)
    if match:
        rest = text[: match.start()] + text[match.end() :]
        return rest.strip(), _read(text[match.start() : match.end()].strip("()（）[]【】"))
    if behind := _TRAILING.search(folded):
        return text[: behind.start()].strip(), _read(text[behind.end() :])
    charged = _CHARGED.search(folded) or _BEHIND.search(folded)
    if charged:
        rest = text[: charged.start()] + text[charged.end() :]
        named = charged.groupdict()
        leads, others = (
            units_in(text[slice(*charged.span(one))] if named.get(one) else "") for one in ("lead", "others")
        )
        return rest.strip(), Responsibility(leads[0] if leads else None, (*leads[1:], *others))
    return text, None


def named_inside(text: str) -> str | None:
    """The unit that a sentence itself charges: 由综合科牵头, …，综合科负责."""
    folded = fold(text)
    match = _BY.search(folded) or _WITHOUT_BY.search(folded) or _SUBJECT.match(folded)
    return next(iter(units_in(text[match.start("lead") : match.end("lead")])), None) if match else None


def _read(text: str) -> Responsibility:
    folded = fold(text)
    leads: list[str] = []
    helpers: list[str] = []
    handler = due = None
    for match in _ENTRY.finditer(folded):
        value = text[match.start("value") : match.end("value")].strip(" ；;。,，()（）】]")
        label = match["label"]
        if "时" in label:
            due = value or None
        elif label in ("责任人", "承办人", "经办人", "具体责任人"):
            handler = units_in(value)[0] if units_in(value) else None
        elif "领导" in label:
            continue
        elif re.match(r"配合|协|参", label):
            helpers += units_in(value)
        elif re.match(r"牵头|主办", label):
            leads = units_in(value) + leads
        else:
            leads += units_in(value)
    lead, others = (leads[0], leads[1:]) if leads else (None, [])
    cooperating = tuple(dict.fromkeys(unit for unit in [*others, *helpers] if unit and unit != lead))
    return Responsibility(lead, cooperating, handler, due)


def units_in(value: str) -> list[str]:
    """The units of a list, first the leading one; 按职责分工分别负责 is a manner, not a unit."""
    parts = re.split(r"[、，,；;/\s]+", value.strip(" 。"))
    return [name for part in parts if (name := _SHARE.sub("", part.strip(" 。")).strip())]
