"""What a due text means (完成时限): a ledger's cell as a whole, or the expression standing in a sentence.

A ledger's `6月30日前` and `之前` both include the day itself; where a law's 之前 excludes it, the statutory
item says so, not this module. Nothing is guessed in silence: each meaning carries a note of what was
understood, and what the text leaves open is marked 待确认 or refused.
"""

import datetime as dt
import re
from dataclasses import dataclass, replace

from models.dates import due_grammar as grammar
from models.dates.days import DAY, add_months, first_of
from models.dates.due_grammar import POINT, SPAN, NoSuchDayError
from models.dates.recurrence import describe, occurrences
from models.errors import BadInputError

ACCEPTED = (
    "6月底前、6月30日前、2026年6月30日、上半年、第三季度、3—6月、每季度、每月25日前、每月最后一个工作日、全年、长期坚持"
)
"""What may be written, for messages."""

_SERIAL_EPOCH = dt.date(1899, 12, 30)
_SERIALS = range(36526, 73051)
"""Spreadsheet day numbers of the years 2000 to 2099; a number outside is no day."""


class DueTextError(BadInputError):
    """完成时限无法识别。"""

    def __init__(self, text: str, reason: str) -> None:
        shown = text if len(text) <= 40 else f"{text[:40]}…"
        super().__init__(f"完成时限“{shown}”无法识别：{reason}。可以写：{ACCEPTED}。")
        self.text = text
        self.reason = reason


@dataclass(frozen=True)
class DueMeaning:
    """What a due text means.

    A repetition stands in `recurrence` and has no single `due_on`; several named days (3月底前;9月底前) give
    both, `due_on` being the last of them. A text that ends nowhere is `open_ended` and due on 31 December
    unless it names a day too. A year written in the text is kept though it be another than the plan's.
    """

    text: str
    """As written; of a sentence only the expression."""
    due_on: dt.date | None
    """Last day in time, included."""
    start_on: dt.date | None
    recurrence: str | None
    """RFC 5545 RRULE without DTSTART."""
    irregular: bool
    """定期, 不定期, 适时: it recurs, but no rule is named."""
    open_ended: bool
    """全年，长期坚持，持续推进，常态化."""
    note: str
    """What was understood, in Chinese, for the dry run."""
    to_confirm: bool = False
    """A person has to confirm the rule: the text names a period only (每季度) or no rule at all (定期)."""


_OPEN = (
    r"(?:贯穿)?全年(?:长期|持续|坚持|推进|工作|进行|开展|实施)*"
    r"|(?:长期|常年|持续|常态化?|经常性?|日常|一直)(?:性|化)?(?:长期|持续|坚持|推进|开展|工作|进行|落实|实施|任务|抓好|保持)*"
)
_IRREGULAR = r"(?:不?定期|适时|按要求|视情|根据需要|根据工作需要)(?:开展|进行|组织|推进|落实|完成|实施)?"
_LEAD = (
    r"(?:完成|办结)?(?:时限|期限|时间|节点)?[为:]?"
    r"(?:力争|确保|务必|务|原则上|预计|拟|计划|最迟|不[晚迟]于|截至|截止|在|于|到|至)*"
)
_EDGE = r"(?:\d{1,2}[时点]|下班|中午|当天)?(?:(?:之前|以前|前(?!后))[^\d每,;。、]{0,20}|止|为止|之内|期间|当[日天])?"
_NAMED_DAY = r"[^\d每,;。、至到~-]{0,14}?(?:日|节|周|月|会议)"
_DOING = r"(?:完成|组织|开展|举办|举行|召开|印发|报送|上报|提交|启动|实施|制定|出台|建成|落实|上线|推出|办结|到位|见效)"
_TAIL = rf"(?:(?:基本|全部|全面|全|各|分别)?(?:{_DOING}[^\d每]{{0,12}}|(?:不少于|至少)?\d+次(?:以上)?))?"
_LIST = rf"(?:{POINT}|\d{{1,2}}[./]\d{{1,2}}|\d{{1,2}}[日号]|第?\d{{1,2}})"
_DAY_CELL = re.compile(
    rf"{_LEAD}(?P<days>{_LIST}(?:[、和及与/]{_LIST})*|\d{{8}}|{grammar.YEAR}度?)"
    rf"(?:{_NAMED_DAY})?{_EDGE}{_TAIL}"
)
_SPAN_CELL = re.compile(rf"{_LEAD}(?:自|从)?(?P<first>{_LIST}|{grammar.YEAR}){SPAN}(?P<last>{_LIST}){_EDGE}{_TAIL}")
_SINCE_CELL = re.compile(rf"(?:自|从)?(?P<first>{POINT})(?:起|开始),?(?P<rest>.*)")
_RULE_CELL = re.compile(rf"{_LEAD}(?P<rule>{grammar.REPETITION}){_EDGE}{_TAIL}")
_PARTS_BEGIN = {"上旬": 1, "上半月": 1, "中旬": 11, "下半月": 16, "下旬": 21}
_ONCE_A = re.compile(r"1?(季度?|个?月|周|半年|年)(?:度)?1次")
_PERIODIC = {"月度": "每月", "月报": "每月", "季度": "每季度", "季报": "每季度", "半年度": "每半年", "年度": "每年"}


def read_day(value: object) -> dt.date | None:
    """The one complete day that a cell holds: a date, a spreadsheet's day number, or a text with its year.

    None for anything less exact. Raises `DueTextError` for a day that does not exist.
    """
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        if value == value and int(min(max(value, 0), 1e9)) in _SERIALS:
            return _SERIAL_EPOCH + int(value) * DAY
        value = str(int(value)) if 1e7 <= value < 1e8 and value == int(value) else ""
    if not isinstance(value, str):
        return None
    text = re.sub(r"(?<=\d)[ T]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$", "", value.strip())
    text, _ = grammar.normalise(text)
    if re.fullmatch(r"\d{5}", text) and int(text) in _SERIALS:
        return read_day(int(text))
    if not re.fullmatch(r"\d{8}|\d{4}(?:[./-]\d{1,2}[./-]\d{1,2}日?|年\d{1,2}月\d{1,2}[日号])", text):
        return None
    try:
        point = grammar.point(text, dt.MINYEAR)
    except NoSuchDayError as error:
        raise DueTextError(value, str(error)) from error
    return point.due if point else None


def understand(value: object, year: int) -> DueMeaning:
    """What a whole cell means in the plan of `year`; an empty cell is the caller's business.

    Raises `DueTextError`, whose message says what is wrong and what would be accepted.
    """
    text = str(value).strip()
    if (day := read_day(value)) is not None:
        written = text if isinstance(value, str) else f"{day:%Y-%m-%d}"
        return _meaning(written, _Reading(days=(grammar.Point(day),)), year)
    if not isinstance(value, str):
        raise DueTextError(text, "这个数值不是日期")
    plain, _ = grammar.normalise(value)
    plain = plain.strip("。;,、")
    try:
        reading = _read(plain, year) or _read(re.sub(r"[(\[【][^()\[\]【】]*[)\]】]", "", plain), year)
        if reading is None:
            raise DueTextError(text, _why_not(plain))
        return _meaning(text, reading, year)
    except NoSuchDayError as error:
        raise DueTextError(text, str(error)) from error


@dataclass(frozen=True)
class _Reading:
    """What an expression says, before it is put into words."""

    days: tuple[grammar.Point, ...] = ()
    start: dt.date | None = None
    rule: grammar.Rule | None = None
    open_ended: bool = False
    irregular: bool = False


def _read(text: str, year: int) -> _Reading | None:
    """The reading of a whole normalised cell: as one expression, else part by part."""
    reading = _read_one(text, year)
    if reading is not None:
        return reading
    for separator in ("[;。]", ",", "[、/和及与并]"):
        parts = [part for part in re.split(separator, text) if part]
        timed = [part for part in parts if re.search(r"[\d每年月日季周旬节期时长常]", part)]
        if timed and len(parts) > 1:
            return _merge([_read(part.removeprefix("并"), year) for part in timed], text)
    return None


def _read_one(text: str, year: int) -> _Reading | None:
    if re.fullmatch(_OPEN, text):
        return _Reading(open_ended=True)
    if re.fullmatch(rf"{_IRREGULAR}(?:[/、]{_IRREGULAR})*", text):
        return _Reading(irregular=True)
    if match := _ONCE_A.fullmatch(text):
        text = f"每{match[1]}"
    text = _PERIODIC.get(text, text)
    if match := _SINCE_CELL.fullmatch(text):
        return _since(match, year)
    if match := _RULE_CELL.fullmatch(text):
        rule = grammar.rule(match["rule"], year)
        if rule:
            return _Reading(rule=rule)
    if match := _SPAN_CELL.fullmatch(text):
        return _span(match["first"], match["last"], year)
    if match := _DAY_CELL.fullmatch(text):
        days = [grammar.point(match["days"], year)]
        if days == [None]:
            days = list(grammar.points(re.split("[、和及与/]", match["days"]), year) or [])
        found_days = tuple(day for day in days if day is not None)
        goes_on = re.search("长期|持续|常态", text) is not None
        return _Reading(days=found_days, open_ended=goes_on) if found_days else None
    return None


def _since(match: re.Match[str], year: int) -> _Reading | None:
    """`3月起`: from the first day of what is named; without an end it goes on."""
    start = _first_day(match["first"], year)
    rest = _read(match["rest"], year) if match["rest"] else _Reading(open_ended=True)
    if start is None or rest is None:
        return None
    if rest.days and rest.days[-1].due < start:
        raise NoSuchDayError("完成日早于开始日")
    return replace(rest, start=start)


def _span(first: str, last: str, year: int) -> _Reading | None:
    unit = re.search(r"(月|日|号|季度?)", last)
    if re.fullmatch(r"\d{1,2}", first):
        first += unit[1] if unit else ""
    start = _first_day(first, year)
    end = grammar.point(last, year, start) if start else None
    if start is None or end is None:
        return None
    if end.due < start:
        raise NoSuchDayError("完成日早于开始日，跨年请写明年份")
    return _Reading(days=(end,), start=start)


def _first_day(text: str, year: int) -> dt.date | None:
    """The first day of what an expression names: 6月 begins on 6月1日, 第三季度 on 7月1日, 6月底 on its last day."""
    point = grammar.point(text, year)
    if point is None:
        return None
    if part := re.search("|".join(_PARTS_BEGIN), text):
        return point.due.replace(day=_PARTS_BEGIN[part.group()])
    if not point.whole or re.search("[底末终]", text):
        return point.due
    if "年" in re.sub(grammar.YEAR, "", text, count=1):
        months = 6 if "半年" in text else 12
    else:
        months = 3 if re.search("季|Q", text) else 1 if re.search(r"月|[./-]", text) else 12
    return first_of("month", add_months(point.due, 1 - months))


def _merge(parts: list[_Reading | None], text: str) -> _Reading | None:
    """Several expressions in one cell as one reading; None where one of them is not understood."""
    known = [part for part in parts if part is not None]
    rules = {part.rule for part in known if part.rule}
    if len(known) < len(parts):
        return None
    if len(rules) > 1:
        raise DueTextError(text, "一格中有两种周期，请分成两行")
    return _Reading(
        days=tuple(day for part in known for day in part.days),
        start=min((part.start for part in known if part.start), default=None),
        rule=next(iter(rules), None),
        open_ended=any(part.open_ended for part in known),
        irregular=not rules and any(part.irregular for part in known),
    )


def _why_not(text: str) -> str:
    if not text:
        return "内容为空"
    if "明年" in text or "来年" in text:
        return "“明年”请改为写明年份"
    if re.search(r"节前|节后|国庆|春节|五一|元旦", text):
        return "节日请改为写明月日"
    if re.search(r"每隔?\d+[天日]", text):
        return "没有写明从哪一天算起，“隔几天”也有两种算法，请改为每周几、每旬末或每月几日（如每月10日、20日）"
    if re.search(r"[月年]初|年中|月中|左右|前后", text):
        return "没有写明是哪一天"
    return "没有写明月份、日期或周期"


_NOT_BEFORE = r"(?<!截至)(?<!截止)(?<!自)(?<!从)(?<!明年)(?<!来年)(?<!去年)(?<!上年)(?<![\d每.去上往历明来])"
_BEFORE = r"(?:之前|以前|前(?![后期列提述款\d]))"
_PLAINLY = rf"(?=,|{_DOING})"
# 上半年修订…, 9月评查…: at the beginning of a clause, with what is to be done behind it.
_NOT_BEGUN = r"(?!以来|来|的|至|到|初|末|底|前|后|份|中|起|度|期间|内|之)"
_LEADING = rf"(?:^|(?<=[,;。:]))(?!{grammar.DATE}){POINT}(?=[\u4e00-\u9fff]{{2}}){_NOT_BEGUN}"
_MONTH_END = rf"{grammar.YEAR}?(?:\d{{1,2}}月份?[底末内]|[上下]半年[底末内]|(?:第?[1-4]季度)[底末内])"
_FIXED_YEAR_END = rf"(?:{grammar.YEAR}度?年?[底末内]|(?<![近几同])年[底末内])"
_IN_SENTENCE = re.compile(
    rf"(?P<rule>(?:{grammar.REPETITION}){_BEFORE}?)"
    rf"|{_NOT_BEFORE}(?P<several>{POINT}(?:[、和及与]{POINT}){{1,11}})(?=,|各|分别|{_BEFORE}|{_DOING})(?:{_BEFORE})?"
    rf"|{_NOT_BEFORE}(?:(?P<first>{POINT}|\d{{1,2}}){SPAN}(?P<last>{POINT}|\d{{1,2}}[日号])(?:(?P<firm>{_BEFORE})|{_PLAINLY}))"
    rf"|{_NOT_BEFORE}(?P<limit>{grammar.DATE}(?={_NAMED_DAY}{_BEFORE})|{POINT}(?={_BEFORE})|{_MONTH_END}|{_FIXED_YEAR_END})"
    rf"(?:{_NAMED_DAY}{_BEFORE}|{_BEFORE})?"
    rf"|{_NOT_BEFORE}(?P<plain>{grammar.DATE}(?={_DOING})|(?!{grammar.DATE}){POINT}{_PLAINLY}|{_LEADING})"
    r"|(?P<open>贯穿全年|全年(?![度共累总目任计报各工])|长期坚持|常年(?:开展|坚持)|常态化(?:开展|推进|组织|进行|落实|实施))"
    r"|(?P<irregular>(?<![固规约法既限特假])不?定期(?![限间权存])|适时)"
)


def find_due(sentence: str, year: int) -> DueMeaning | None:
    """The due expression standing in a sentence, None where the sentence names none.

    Stricter than a cell: a bare day or month counts only where something is to be done then, so the day of a
    document that is quoted, or 持续推进 as a manner of speaking, is no deadline.
    """
    plain, origin = grammar.normalise(sentence)
    readings: list[tuple[re.Match[str], _Reading]] = []
    for match in _IN_SENTENCE.finditer(plain):
        try:
            reading = _read_found(match, year)
        except NoSuchDayError:
            continue
        if reading is not None and not (reading.rule and any(other.rule for _, other in readings)):
            readings.append((match, reading))
    exact = [(match, reading) for match, reading in readings if reading.days or reading.rule]
    chosen = exact or readings[:1]
    reading = _merge([reading for _, reading in chosen], sentence)
    if reading is None or not chosen:
        return None
    texts = [sentence[origin[match.start()] : origin[match.end() - 1] + 1] for match, _ in chosen]
    return _meaning("、".join(text.strip() for text in texts), reading, year)


def _read_found(match: re.Match[str], year: int) -> _Reading | None:
    if match["rule"]:
        rule = grammar.rule(re.sub(rf"{_BEFORE}$", "", match["rule"]), year)
        return _Reading(rule=rule) if rule else None
    if match["open"] or match["irregular"]:
        return _Reading(open_ended=match["open"] is not None, irregular=match["irregular"] is not None)
    if match["several"]:
        return _read(match["several"], year)
    if match["first"]:
        reading = _span(match["first"], match["last"], year)
    else:
        day = grammar.point(match["limit"] or match["plain"], year)
        reading = _Reading(days=(day,)) if day else None
    # Without a word of limit, days of another year belong to something that is being told or quoted.
    firm = match["firm"] or match["limit"]
    return reading if reading and (firm or reading.days[-1].due.year == year) else None


def _meaning(text: str, reading: _Reading, year: int) -> DueMeaning:
    """A reading in its final form, with its note."""
    days = sorted({day.due: day for day in reading.days}.values(), key=lambda day: day.due)
    rule = reading.rule.rrule if reading.rule else None
    several = len(days) > 1 and rule is None and days[0].due.year == days[-1].due.year
    if several:
        rule = grammar.on_days(days, days[-1].due.year)
    due_on = days[-1].due if days else None
    if reading.open_ended and due_on is None and rule is None:
        due_on = dt.date(year, 12, 31)
    return DueMeaning(
        text=text,
        due_on=due_on,
        start_on=reading.start,
        recurrence=rule,
        irregular=reading.irregular,
        open_ended=reading.open_ended,
        note=_note(text, reading, [day.due for day in days], due_on, year),
        to_confirm=reading.irregular or (reading.rule is not None and reading.rule.assumed),
    )


def _note(text: str, reading: _Reading, days: list[dt.date], due_on: dt.date | None, year: int) -> str:
    words: list[str] = []
    if reading.start:
        words.append(f"自{_say(reading.start, year)}起")
    if reading.rule:
        words.append(_say_rule(reading.rule, year) + ("，待确认" if reading.rule.assumed else "（含当日）"))
    if len(days) > 1:
        words.append("、".join(_say(day, year) for day in days) + "各为一个时限（含当日）")
    elif days:
        words.append(f"最后一天为{_say(days[0], year)}（含当日）")
    if reading.irregular:
        words.append("反复开展，但未写明周期，待确认")
    if reading.open_ended:
        ends = due_on is not None and not days
        words.append(f"长期工作，没有截止日，按{_say(due_on, year)}检查" if ends and due_on else "此外长期坚持")
    if due_on and due_on.year != year:
        words.append(f"年份与计划年度{year}年不同")
    return f"{text}：{'；'.join(words)}"


def _say(day: dt.date, year: int) -> str:
    return f"{day.month}月{day.day}日" if day.year == year else f"{day.year}年{day.month}月{day.day}日"


def _say_rule(rule: grammar.Rule, year: int) -> str:
    """The days themselves where a year has few of them, else the rule in words."""
    if "WEEKLY" not in rule.rrule and "DAILY" not in rule.rrule:
        days = occurrences(rule.rrule, start=dt.date(year, 1, 1), end=dt.date(year, 12, 31))
        if len(days) <= 6:
            return "、".join(_say(day, year) for day in days)
    return describe(rule.rrule)
