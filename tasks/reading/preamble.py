"""What stands around a document's body: title, organ, year, addressee, a covering letter, the signature."""

import re
from dataclasses import dataclass

from tasks.reading.debris import without_tail
from tasks.reading.folding import ends_sentence, fold
from tasks.reading.header import FileHeader
from tasks.reading.kinds import kinds_of
from tasks.reading.lines import Line
from tasks.reading.numbering import Style, find_marker, strip_decoration
from tasks.reading.numerals import chinese_number

_KINDS_OF_PAPER = "报告|总结|要点|安排|计划|方案|通知|清单|分解表|责任表|一览表|请示|意见|台账|汇报|规划|解读"
_TITLE = re.compile(rf"(?:{_KINDS_OF_PAPER})(?:\([^()]*\)|稿)?$")
_ORGAN = re.compile(
    r"(?:局|委|委员会|办|办公室|政府|厅|处|中心|院|会|公司|集团|学校|大学|街道|办事处|支队|总队|大队|站|所|馆|区委|市委|县委|(?<![全干内])部)$"
)
_DAY = re.compile(
    r"\(?\s*(?:\d{4}|[〇零一二三四五六七八九]{4})\s*年\s*(?:\d{1,2}|[一二三四五六七八九十]{1,2})\s*月"
    r"(?:\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*日)?\s*\)?$"
)
_DOCUMENT_NUMBER = re.compile(r".{0,24}[〔\[(]\s*\d{4}\s*[〕\])]\s*\d+\s*号.{0,12}$")
_CLOSING = re.compile(
    r"(?:特此|专此|以上)[^。]{0,6}(?:报告|通知|汇报|请示|函达)|此(?:通知|件|复|报)|\(此件|\(?联系(?:人|电话)|附件?\s*\d*\s*[:.]|"
    r"抄[送报]\s*:|(?:印发|发布)机关|妥否|当否|"
    r"(?:以上|请)[^。]{0,8}(?:请)?(?:批示|审阅|审议|指正)"
)
_ADDRESSEE = re.compile(r"[^。;!?]{2,80}:$")
_ISSUES = re.compile(r"印发(?:给|你们|各)|现予?印发")
_INTRODUCES = re.compile(
    r"如下|以下|包括|分别|方面|(?:责任|牵头|配合|承办|主办)单位:|责任人:|(?:报告|任务|工作|安排|情况|问题|做到|是|有):$"
)
_YEAR = re.compile(r"(?<![\d-])(\d{4})\s*年(?!\s*[\d一二三四五六七八九十]+\s*月)")
_REPORTED_YEAR = re.compile(r"(?:现将[^。《]{0,30}?|^[^。,《]{0,30}?)(\d{4})\s*年度?[^。]{0,40}(?:如下|报告|汇报)")
_CHINESE_YEAR = re.compile(r"([二][〇零○][〇零一二三四五六七八九]{2})年")
_SPAN = re.compile(r"\d{4}\s*(?:年\s*)?[-至到~]+\s*\d{4}\s*年?")


@dataclass(frozen=True)
class Parts:
    """A document cut into what stands before its body, the body, and what stands behind."""

    title: str | None
    addressee: str | None
    before: tuple[str, ...]
    body: tuple[Line, ...]
    after: tuple[str, ...]
    signed_by: str | None


def take_apart(paragraphs: list[Line]) -> Parts:
    """Title, addressee and signature off; of a covering letter and what it encloses, the one with parts counts.

    The covering letter's paragraphs stand in `before`, an appendix in `after`.
    """
    paragraphs = _with_title_apart(paragraphs)
    starts = [start for position in range(1, len(paragraphs)) if (start := _document_start(paragraphs, position))]
    edges = zip([0, *starts], [*starts, len(paragraphs)], strict=True)
    documents = [paragraphs[start:end] for start, end in edges if start < end]
    sizes = [
        (any(_is_first_level(line.text) for line in document), sum(len(line.text) for line in document))
        for document in documents
    ]
    main = sizes.index(max(sizes)) if sizes else 0
    letter = [line.text for document in documents[:main] for line in document]
    appendix = [line.text for document in documents[main + 1 :] for line in document]
    body, closing, signed_by = _without_closing(documents[main] if documents else [])
    title, body = _take_title(body)
    addressee, before, body = _take_addressee(body)
    if addressee is None and any(_ISSUES.search(fold(text)) for text in letter):
        # A notice that issues a plan is one document with it; a letter that forwards a report is not.
        notice, _, issued_by = _without_closing(documents[0])
        addressee, _, _ = _take_addressee(_take_title(notice)[1])
        signed_by = signed_by or issued_by
    return Parts(title, addressee, (*letter, *before), tuple(body), (*closing, *appendix), signed_by)


_GLUED_TITLE = re.compile(
    r"(?P<title>[^,。;:!?]{0,40}\d{4}\s*年[^,。;:!?《》]{0,40}?(?:报告|总结|工作要点|工作计划|实施方案))\s*(?=\d{4}\s*年[,度以来]|为(?:深入|全面|进一步|扎实|切实|贯彻))"
)


def _with_title_apart(paragraphs: list[Line]) -> list[Line]:
    """The paragraphs, with a title that the first words of the text were glued to on a line of its own."""
    for position, line in enumerate(paragraphs[:3]):
        match = _GLUED_TITLE.match(fold(line.text))
        if match and is_title(line.text[: match.end("title")]):
            title = Line(line.text[: match.end("title")], level=line.level)
            return [*paragraphs[:position], title, Line(line.text[match.end() :]), *paragraphs[position + 1 :]]
    return paragraphs


def is_title(text: str) -> bool:
    """Whether a line by itself reads as the title of a document."""
    folded = fold(without_tail(text)).strip()
    return (
        4 <= len(folded) <= 80
        and _TITLE.search(folded) is not None
        and re.search(r"[,。;:!?]", re.sub(r"《[^《》]*》|“[^“”]*”", "", folded)) is None
        and not _DOCUMENT_NUMBER.fullmatch(folded)
        and not re.match(r"附件?\s*\d*|特此|现将|请|\(|此", folded)
        and find_marker(text) is None
    )


def _document_start(paragraphs: list[Line], position: int) -> int | None:
    """Where a document begins whose title ends at `position`, behind the prose of another one; None for no title."""
    line = paragraphs[position]
    if not is_title(line.text) or line.level not in (None, 0, 1):
        return None
    start = _title_start(paragraphs, position)
    before = paragraphs[:start]
    if not any(ends_sentence(earlier.text) and len(earlier.text) > 15 for earlier in before):
        return None
    above = fold(before[-1].text)
    signed = _DAY.match(above) is not None or _CLOSING.match(above) is not None
    if kinds_of(line.text) and not signed and not re.search(r"(?:报告|方案|要点|清单)$", fold(line.text)):
        return None
    inside = any(_is_first_level(earlier.text) for earlier in before)
    first = next((find_marker(later.text) for later in paragraphs[position + 1 :] if _is_first_level(later.text)), None)
    return start if not inside or (first is not None and first.value == 1) else None


def _is_first_level(text: str) -> bool:
    marker = find_marker(text)
    return marker is not None and marker.style in (Style.PART, Style.CHINESE)


def _title_start(paragraphs: list[Line], position: int) -> int:
    """The first line of the title whose last line stands at `position`."""
    start = position
    while start > 0 and _belongs_to_title(paragraphs[start - 1].text):
        start -= 1
    if start == position > 0 and fold(paragraphs[position].text).startswith("关于"):
        above = paragraphs[start - 1].text
        if len(above) <= 40 and not ends_sentence(above) and not _noise(above):
            start -= 1
    return start


def _belongs_to_title(text: str) -> bool:
    """Whether a line above a title's last line is its beginning: the organ, or words that go on below."""
    folded = fold(text).strip()
    if not folded or len(folded) > 60 or re.search(r"[,。;:!?|]", folded) or _DAY.match(folded):
        return False
    if _DOCUMENT_NUMBER.fullmatch(folded) or _TITLE.search(folded) or find_marker(text) or folded.startswith("附件"):
        return False
    return _ORGAN.search(folded) is not None or "关于" in folded or re.search(r"\d{4}\s*年", folded) is not None


def _take_title(body: list[Line]) -> tuple[str | None, list[Line]]:
    """The title and the lines without it; document numbers, days and repetitions of it go with it.

    The last line that can be one is the title: names of the page's column stand above it. A heading such as
    主要安排 is one only where there is no other.
    """
    places: list[int] = []
    for position, line in enumerate(body[:12]):
        if find_marker(line.text) is not None or (ends_sentence(line.text) and len(line.text) > 30):
            break
        if line.level == 0 or is_title(line.text):
            places.append(position)
    if not places:
        return None, _without_noise(body)
    sure = [place for place in places if body[place].level == 0 or not kinds_of(body[place].text)]
    place = sure[-1] if sure else places[0]
    start = _title_start(body, place)
    title = "".join(without_tail(strip_decoration(part.text)) for part in body[start : place + 1])
    above = [part for part in body[:start] if not _noise(part.text) and without_tail(part.text) != title]
    return title, _without_noise(above + body[place + 1 :])


def _noise(text: str) -> bool:
    folded = fold(text).strip()
    return (
        _DOCUMENT_NUMBER.fullmatch(folded) is not None
        or _DAY.fullmatch(folded) is not None
        or re.fullmatch(r"附件\s*\d*\s*:?", folded) is not None
        or re.fullmatch(r"签发人\s*:.{0,10}", folded) is not None
    )


def _without_noise(body: list[Line]) -> list[Line]:
    """The lines without document numbers and days at the head."""
    position = 0
    while position < min(len(body), 4) and _noise(body[position].text):
        position += 1
    return body[position:]


def _take_addressee(body: list[Line]) -> tuple[str | None, list[str], list[Line]]:
    """The line that names who is addressed, with what stands above it."""
    for position, line in enumerate(body[:6]):
        folded = fold(line.text).strip()
        if find_marker(line.text) is not None:
            break
        addressed = _ADDRESSEE.fullmatch(folded) and not _INTRODUCES.search(folded) and not kinds_of(folded)
        if addressed and not re.search(r"\d", folded):
            return line.text.strip()[:-1].strip(), [part.text for part in body[:position]], body[position + 1 :]
        if ends_sentence(line.text) and len(folded) > 40:
            break
    return None, [], body


def _without_closing(body: list[Line]) -> tuple[list[Line], list[str], str | None]:
    """The lines without signature, day and closing formulas at the end, those lines, and who signed."""
    end = len(body)
    signed_by = None
    while end > 1:
        text = fold(body[end - 1].text).strip()
        signature = _is_signature(body, end)
        if signature:
            signed_by = body[end - 1].text.strip()
        elif not (_DAY.fullmatch(text) or (_CLOSING.match(text) and len(text) <= 80)):
            break
        end -= 1
    return body[:end], [line.text for line in body[end:]], signed_by


def _is_signature(body: list[Line], end: int) -> bool:
    text = fold(body[end - 1].text).strip()
    dated = end < len(body) and _DAY.fullmatch(fold(body[end].text).strip()) is not None
    return (
        len(text) <= 30
        and re.search(r"[,。;:、]", text) is None
        and find_marker(text) is None
        and (dated or (_ORGAN.search(text) is not None and ends_sentence(body[end - 2].text)))
    )


def year_of(text: str) -> int | None:
    """The year that a title or heading names; a span of years (2021—2025年) names none."""
    folded = _SPAN.sub("", fold(text))
    match = _YEAR.search(folded)
    if match and 1949 <= int(match[1]) <= 2100:
        return int(match[1])
    written = _CHINESE_YEAR.search(folded)
    return chinese_number(written[1].replace("○", "〇")) if written else None


def stated_year(title: str | None, headings: list[str], opening: list[str], header: FileHeader) -> int | None:
    """The year of a report or plan: from its title, its first headings, its first words, or the file's header."""
    if title and (year := year_of(title)):
        return year
    for heading in headings:
        if (year := year_of(heading)) and not re.search(r"安排|打算|计划|思路|下一|设想", heading):
            return year
    for text in opening:
        folded = fold(text).strip()
        match = re.match(r"(\d{4})\s*年(?:度|以来)?\s*[,来]", folded) or _REPORTED_YEAR.search(_SPAN.sub("", folded))
        if match:
            return int(match[1])
    return header.year


def stated_organ(title: str | None, signed_by: str | None, header: FileHeader, opening: list[str]) -> str | None:
    """The organ whose report or plan it is: from the title, the signature, the file's header, or the first words."""
    stated = (_organ_in(title) if title else None) or _organ_name(signed_by) or header.organ
    return stated or next((organ for text in opening[:2] if (organ := _organ_opening(text))), None)


_SUBJECT = re.compile(
    r"(?:\d{4}\s*年(?:度|以来|来)?,)?(?:在[^,。]{4,60}下,){0,2}(?P<organ>[\u4e00-\u9fff]{3,24}?)"
    r"(?:在|坚持|以习近平|深入|认真|紧紧|全面|始终|严格|按照|根据|围绕|积极|扎实|切实|高度重视|持续|不断)"
)


def _organ_opening(text: str) -> str | None:
    """The subject of a report's first sentence (2025年,某区教育局坚持…), where it is an organ with a name."""
    match = _SUBJECT.match(fold(text).strip())
    name = _organ_name(match["organ"]) if match else None
    return None if name is None or re.match(r"我|本|全|各|[省市区县镇乡](?:委|政府)", name) else name


def _organ_in(title: str) -> str | None:
    plain = re.sub(r"《政府工作报告》", "", title)
    folded = fold(plain)
    year = re.search(r"\s*(?:\d{4}|二[〇零][〇零一二三四五六七八九]{2})\s*年度?\s*", folded)
    about = folded.find("关于")
    for cut in (about, year.start() if year else -1):
        if cut > 0 and (name := _organ_name(plain[:cut])):
            return name
    if year:
        rest = plain[year.end() :]
        theme = re.search(r"(?:推进|全面|开展)?(?:法治|依法|《|重点|工作|国防|年度|普法|行政)", fold(rest))
        if theme and theme.start() > 1 and (name := _organ_name(rest[: theme.start()])):
            return name
    return None


_PLACE = re.compile(r"[\u4e00-\u9fff]{1,12}(?:省|市|区|县|旗|州|镇|乡|街道|盟)$")


def _organ_name(text: str | None) -> str | None:
    """The text if it names an organ or the place whose report it is."""
    name = (text or "").strip(" 　《“”")
    if re.match(r"关于|印发|做好", name) or re.search(r"[《【]", name) or not 2 <= len(name) <= 40:
        return None
    name = re.sub(r"(?:党[委组])?书记、(?:局长|主任|镇长|乡长|区长|县长|市长)$", "", name)
    if re.fullmatch(r"[全本我][省市区县镇乡局委]", name):
        return None
    return name if _ORGAN.search(name) or _PLACE.fullmatch(name) else None
