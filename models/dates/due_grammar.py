"""The grammar of due texts: how one expression names a day, a span or a repetition.

Pure matching, no judgement: `models.dates.due_text` decides what a whole cell or sentence means. Expressions are
matched on normalised text (half width, no blanks, Arabic numerals), so each pattern is written once.
"""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

from models.dates.days import last_of, nth_weekday

_DASHES = dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212), "-") | {0x301C: "~"}
_DIGITS = {numeral: index // 2 for index, numeral in enumerate("〇零一一二两三三四四五五六六七七八八九九")}
_NUMERAL = "〇零一二两三四五六七八九十廿卅"
_COUNTED = re.compile(
    rf"(?:(?<=[周期拜])|(?<=[周期拜][一二三四五六日天]))[{_NUMERAL}](?=次)|(?<![周期拜{_NUMERAL}])[{_NUMERAL}]+"
    rf"(?=(?:[、,和及至到~-]第?[{_NUMERAL}\d]{{1,4}}){{0,12}}(?:年|个?月|日|号|天|季|次|个?周|个?星期))"
)


def _without_groups(pattern: str) -> str:
    return re.sub(r"[?]P<[a-z]+>", "?:", pattern)


SPAN = r"(?:至|到|-+|~)"
YEAR = r"(?:(?:\d{4}|(?<!\d)\d{2})年|今年|本年|当年|次年)"
_WEEKDAY = "一二三四五六日天"
_NTH_WEEKDAY = rf"(?P<nth>\d{{1,2}})月份?的?第(?P<week>[1-5])个(?:周|星期|礼拜)(?P<weekday>[{_WEEKDAY}])"
DATE = (
    rf"(?:{YEAR}?\d{{1,2}}月\d{{1,2}}(?:日|号|(?!\d))|\d{{4}}[./-]\d{{1,2}}[./-]\d{{1,2}}日?"
    rf"|{YEAR}?{_without_groups(_NTH_WEEKDAY)})"
)
MONTH = r"\d{1,2}月份?(?:上旬|中旬|下旬|上半月|下半月|底|末|内)?"
QUARTER = r"(?:第?[1-4]季度?|Q[1-4])(?:末|底|内)?"
HALF = r"[上下]半年(?:末|底|内)?"
YEAR_END = rf"(?:(?:{YEAR}|年)度?(?:年?底|年?末|年?内|年?终))"
POINT = rf"(?:{DATE}|{YEAR}?(?:{MONTH}|{QUARTER}|{HALF})|\d{{4}}[./-]\d{{1,2}}|{YEAR_END})"

_MONTH_PARTS = {"上旬": 10, "上半月": 15, "中旬": 20}


class NoSuchDayError(ValueError):
    """The text has the form of a day that the calendar does not have; the message says which, in Chinese."""


@dataclass(frozen=True)
class Point:
    """The last day of what one expression names; `whole` when it is the end of a named month or longer."""

    due: dt.date
    whole: bool = False


@dataclass(frozen=True)
class Rule:
    """A repetition; `assumed` when the text names the period only and the day in it was filled in."""

    rrule: str
    assumed: bool = False


def normalise(text: str) -> tuple[str, list[int]]:
    """Half width, no blanks, one dash, Arabic numerals before a unit; and where each character stood."""
    pairs = [
        (char, index)
        for index, raw in enumerate(text)
        for char in (";" if raw == "\n" else unicodedata.normalize("NFKC", raw.translate(_DASHES)))
        if not char.isspace() and unicodedata.category(char) != "Cf"
    ]
    plain, origin = "".join(char for char, _ in pairs), [index for _, index in pairs]
    out, where, last = "", [], 0
    for match in _COUNTED.finditer(plain):
        number = _arabic(match.group())
        out += plain[last : match.start()] + number
        where += origin[last : match.start()] + [origin[match.start()]] * len(number)
        last = match.end()
    return out + plain[last:], where + origin[last:]


def _arabic(numeral: str) -> str:
    """`十二` is 12, `廿五` is 25, `二〇二六` is 2026."""
    plain = numeral.replace("廿", "二十").replace("卅", "三十")
    if "十" not in plain:
        return "".join(str(_DIGITS[digit]) for digit in plain)
    tens, _, ones = plain.partition("十")
    return str(10 * int(_arabic(tens) or 1) + int(_arabic(ones.replace("十", "")) or 0))


def end_of_month(year: int, month: int) -> dt.date:
    """The last day of a month; refuses a month or a year the calendar does not have."""
    if not 1 <= month <= 12:
        raise NoSuchDayError(f"没有{month}月")
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        raise NoSuchDayError(f"没有{year}年")
    return last_of("month", dt.date(year, month, 1))


def day_of(year: int, month: int, day: int) -> dt.date:
    """A day named by its three numbers; refuses one that does not exist (2月30日)."""
    end = end_of_month(year, month)
    if not 1 <= day <= end.day:
        raise NoSuchDayError(f"不存在{month}月{day}日这一天（{year}年{month}月只有{end.day}天）")
    return end.replace(day=day)


def point(text: str, year: int, near: dt.date | None = None) -> Point | None:
    """The day that a whole expression names, None where it names none.

    What the text leaves out comes from `near`, the expression before it (6月5日、20日), then from `year`.
    """
    year = near.year if near else year
    if match := re.fullmatch(r"(\d{4})(?:[./-](\d{1,2})[./-](\d{1,2})日?|(\d\d)(\d\d))", text):
        numbers = [int(group) for group in match.groups() if group]
        return Point(day_of(numbers[0], numbers[1], numbers[2]))
    if match := re.fullmatch(r"(\d{4})[./-](\d{1,2})", text):
        return Point(end_of_month(int(match[1]), int(match[2])), whole=True)
    if match := re.match(rf"({YEAR})(?=.)", text):
        year, text = _year(match[1], year), text[match.end() :]
        text = f"年{text}" if re.fullmatch(r"度|度?(?:年?底|年?末|年?内|年?终)", text) else text
    if match := re.fullmatch(r"(\d{1,2})月份?(\d{1,2})[日号]?", text):
        return Point(day_of(year, int(match[1]), int(match[2])))
    if match := re.fullmatch(_NTH_WEEKDAY, text):
        return Point(_nth_weekday(year, int(match["nth"]), int(match["week"]), match["weekday"]))
    if match := re.fullmatch(r"(\d{1,2})[./](\d{1,2})", text):
        return Point(day_of(year, int(match[1]), int(match[2])))
    if near and (match := re.fullmatch(r"(\d{1,2})[日号]", text)):
        return Point(day_of(year, near.month, int(match[1])))
    if match := re.fullmatch(r"(\d{1,2})月份?(.*)", text):
        if match[2] in _MONTH_PARTS:
            return Point(day_of(year, int(match[1]), _MONTH_PARTS[match[2]]))
        if re.fullmatch(r"下旬|下半月|底|末|内|", match[2]):
            return Point(end_of_month(year, int(match[1])), whole=True)
    if match := re.fullmatch(r"(?:第?([1-4])季度?|Q([1-4]))[末底内]?", text):
        return Point(end_of_month(year, 3 * int(match[1] or match[2])), whole=True)
    if match := re.fullmatch(r"([上下])半年[末底内]?", text):
        return Point(end_of_month(year, 6 if match[1] == "上" else 12), whole=True)
    if match := re.fullmatch(rf"(?:({YEAR})|年度|年度?(?:年?底|年?末|年?内|年?终))", text):
        return Point(end_of_month(_year(match[1], year) if match[1] else year, 12), whole=True)
    return None


def _nth_weekday(year: int, month: int, week: int, weekday: str) -> dt.date:
    """`9月第三个星期六`, as laws name the days of education and publicity."""
    first = day_of(year, month, 1)
    try:
        return nth_weekday(first, week, min(_WEEKDAY.index(weekday), 6))
    except ValueError as error:
        raise NoSuchDayError(f"{year}年{month}月没有第{week}个星期{weekday}") from error


def _year(word: str, year: int) -> int:
    if word == "次年":
        return year + 1
    if not word[0].isdigit():
        return year
    digits = word.removesuffix("年")
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


_EACH = r"(?:每|逐|按|各)(?:个|1个?)?"
_DAYS = r"(?P<days>\d{1,2}(?:[日号]?[、和]\d{1,2})*)[日号]"
_END = r"(?P<end>月?底|月?末|最后1?[天日])"
_PART = r"(?P<part>上旬|中旬|下旬)"

_QUARTERLY = (
    rf"{_EACH}季度?的?(?P<month>首月|第[1-3]个?月|末月|最后1?个?月)?份?的?"
    rf"(?:{_DAYS}|(?:结束)?后(?P<after>\d{{1,2}})[日天]内|{_END}|{_PART})?"
)
_MONTHLY = (
    rf"(?:{_EACH}月(?:度|份)?的?(?:次月)?|每?次月)(?:\d{{1,2}}[日号]?{SPAN}(?=\d))?"
    rf"(?:{_DAYS}|{_END}|{_PART})?"
)
_WEEKLY = (
    rf"{_EACH}(?P<gap>[2-9]|[双隔])?个?(?:周|星期|礼拜)"
    rf"(?P<weekdays>[{_WEEKDAY}](?![常次])(?:[、和](?:周|星期|礼拜)?[{_WEEKDAY}])*)?(?:末|底)?"
)
_BYDAY = dict(zip(_WEEKDAY, ("MO", "TU", "WE", "TH", "FR", "SA", "SU", "SU"), strict=True))
_ORDINALS = dict(zip("一二三四五12345", (1, 2, 3, 4, 5) * 2, strict=True))
_PLACE = r"(?:第(?P<place>[一二三四五1-5])|最后[一1]?)个?"
_COUNT = r"(?:十[一二三四五]?|[一二两三四五六七八九]|1[0-5]|[1-9])"
_PERIOD = rf"{_EACH}(?P<period>月|季度?|周|星期)份?"
_WORKING = rf"{_PERIOD}的?(?:(?P<back>倒数)?第(?P<place>{_COUNT})|最后[一1]?)个?工作日"
_FIRST_WORKING = rf"{_PERIOD}(?:月?初的?前?|的?前)(?P<place>{_COUNT})个工作日(?:之?内)?"
_ODD_EVEN = (
    rf"(?:(?:每(?:逢|个)?|逢)(?P<kind>[双单])|(?P<bare>双))月份?的?(?:\d{{1,2}}[日号]?{SPAN}(?=\d))?"
    rf"(?:{_DAYS}|{_END}|{_PART})?"
)
_NTH_IN_MONTH = rf"{_EACH}月份?的?{_PLACE}(?:周|星期|礼拜)(?P<weekday>[{_WEEKDAY}])"
_IN_MONTHS = rf"(?P<first>\d{{1,2}})月?份?{SPAN}(?P<last>\d{{1,2}})月份?[的内,]?(?P<rest>{_without_groups(_MONTHLY)})"
_POINTS = rf"(?:\d{{1,2}}[、,和及])*{POINT}(?:[、,和及](?:{POINT}|\d{{1,2}}[日号]))*"

REPETITION = "|".join(
    f"(?:{_without_groups(pattern)})"
    for pattern in (
        _WORKING,
        _FIRST_WORKING,
        _NTH_IN_MONTH,
        _IN_MONTHS,
        _QUARTERLY,
        rf"{_EACH}半年度?[末底]?",
        r"上、?下半年(?:各|分别)",
        r"每半个?月|每[2346]个月|隔月|隔周",
        _ODD_EVEN,
        _MONTHLY,
        _WEEKLY,
        r"每旬[末底]?",
        r"每个?工作日|每[天日](?!常)",
        rf"每年度?的?{_POINTS}",
        r"每年度?(?:年?底|年?末)?",
    )
)
"""Any repetition, without groups, for finding one inside a sentence."""


def rule(text: str, year: int) -> Rule | None:
    """The repetition that a whole expression names, None where it names none."""
    if match := re.fullmatch(_WORKING, text):
        place = _count(match["place"]) if match["place"] else -1
        return _working(match["period"], -place if match["back"] else place)
    if match := re.fullmatch(_FIRST_WORKING, text):
        # Within the first five ends with the fifth.
        return _working(match["period"], _count(match["place"]))
    if match := re.fullmatch(_NTH_IN_MONTH, text):
        return Rule(f"FREQ=MONTHLY;BYDAY={_place(match)}{_BYDAY[match['weekday']]}")
    if match := re.fullmatch(_IN_MONTHS, text):
        return _in_months(match, year)
    if match := re.fullmatch(_QUARTERLY, text):
        return _quarterly(match)
    if match := re.fullmatch(rf"{_EACH}半年度?([末底])?", text):
        return Rule("FREQ=MONTHLY;BYMONTH=6,12;BYMONTHDAY=-1", assumed=match[1] is None)
    if re.fullmatch(r"上、?下半年(?:各|分别)", text):
        return Rule("FREQ=MONTHLY;BYMONTH=6,12;BYMONTHDAY=-1", assumed=True)
    if match := re.fullmatch(_MONTHLY, text):
        return _monthly(match)
    if re.fullmatch(r"每半个?月", text):
        return Rule("FREQ=MONTHLY;BYMONTHDAY=15,-1", assumed=True)
    if match := re.fullmatch(_ODD_EVEN, text):
        return _odd_even(match)
    if match := re.fullmatch(r"每([2346])个月|隔月", text):
        gap = int(match[1] or 2)
        months = ",".join(str(month) for month in range(gap, 13, gap))
        return Rule(f"FREQ=MONTHLY;BYMONTH={months};BYMONTHDAY=-1", assumed=True)
    if match := re.fullmatch(_WEEKLY, "每隔周" if text == "隔周" else text):
        return _weekly(match)
    if re.fullmatch(r"每旬[末底]?", text):
        return Rule("FREQ=MONTHLY;BYMONTHDAY=10,20,-1")
    if re.fullmatch(r"每个?工作日", text):
        return Rule("FREQ=DAILY;BYDAY=WD")
    if text in ("每天", "每日"):
        return Rule("FREQ=DAILY")
    match = re.fullmatch(rf"{_EACH}年度?的?(.*)", text)
    return _yearly(match[1], year) if match else None


def _place(match: re.Match[str]) -> int:
    """Which of several is meant, the last as -1."""
    return _ORDINALS[match["place"]] if match["place"] else -1


def _count(text: str) -> int:
    """A number in either numerals."""
    return int(text) if text.isdecimal() else int(_arabic(text))


def _working(period: str, place: int) -> Rule | None:
    """That working day of each period, from behind where it is negative; None for one that a week has not."""
    if period in ("周", "星期"):
        return Rule(f"FREQ=WEEKLY;BYDAY=WD;BYSETPOS={place}") if abs(place) <= 5 else None
    months = f";BYMONTH={'1,4,7,10' if place > 0 else '3,6,9,12'}" if period.startswith("季") else ""
    return Rule(f"FREQ=MONTHLY{months};BYDAY=WD;BYSETPOS={place}")


def _in_months(match: re.Match[str], year: int) -> Rule | None:
    """`3—11月每月5日`: the same rule, in these months only."""
    every, first, last = rule(match["rest"], year), int(match["first"]), int(match["last"])
    if every is None:
        return None
    if not 1 <= first <= last <= 12:
        raise NoSuchDayError(f"没有{first}月至{last}月")
    months = ",".join(str(month) for month in range(first, last + 1))
    limit = "" if (first, last) == (1, 12) else f"FREQ=MONTHLY;BYMONTH={months}"
    return Rule(every.rrule.replace("FREQ=MONTHLY", limit) if limit else every.rrule, every.assumed)


def _quarterly(match: re.Match[str]) -> Rule:
    if match["after"]:
        return Rule(f"FREQ=MONTHLY;BYMONTH=1,4,7,10;BYMONTHDAY={_month_days(match['after'])}")
    place = match["month"] or ""
    first = 1 if place.startswith(("首", "第1")) else 2 if place.startswith("第2") else 3
    months = ",".join(str(month) for month in range(first, 13, 3))
    days = _month_days(match["days"]) if match["days"] else str(_MONTH_PARTS.get(match["part"], -1))
    return Rule(f"FREQ=MONTHLY;BYMONTH={months};BYMONTHDAY={days}", assumed=not (place or match["end"]))


def _monthly(match: re.Match[str]) -> Rule | None:
    if match["days"]:
        return Rule(f"FREQ=MONTHLY;BYMONTHDAY={_month_days(match['days'])}")
    if "次月" in match[0]:
        return None
    day = _MONTH_PARTS.get(match["part"], -1)
    return Rule(f"FREQ=MONTHLY;BYMONTHDAY={day}", assumed=not (match["end"] or match["part"]))


def _odd_even(match: re.Match[str]) -> Rule:
    """`每双月20日`, `每逢单月底`: every second month of the year, whatever came before it."""
    months = ",".join(map(str, range(1 if match["kind"] == "单" else 2, 13, 2)))
    days = _month_days(match["days"]) if match["days"] else str(_MONTH_PARTS.get(match["part"], -1))
    assumed = not (match["days"] or match["end"] or match["part"])
    return Rule(f"FREQ=MONTHLY;BYMONTH={months};BYMONTHDAY={days}", assumed)


def _month_days(text: str) -> str:
    days = sorted({int(number) for number in re.findall(r"\d+", text)})
    if days[0] < 1 or days[-1] > 31:
        raise NoSuchDayError(f"一个月里没有{days[-1] if days[-1] > 31 else days[0]}日")
    return ",".join(map(str, days))


def _weekly(match: re.Match[str]) -> Rule:
    gap = {None: "", "双": ";INTERVAL=2", "隔": ";INTERVAL=2"}.get(match["gap"], f";INTERVAL={match['gap']}")
    named = [_BYDAY[char] for char in match["weekdays"] or "" if char in _BYDAY]
    days = ",".join(sorted(set(named), key=list(_BYDAY.values()).index)) or "FR"
    return Rule(f"FREQ=WEEKLY{gap};BYDAY={days}", assumed=not named or bool(gap))


def _yearly(rest: str, year: int) -> Rule | None:
    if rest in ("", "底", "末", "年底", "年末"):
        return Rule("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=-1", assumed=not rest)
    found = points(re.split(r"[、,和及]", rest), year)
    return Rule(on_days(found, year)) if found and all(item.due.year == year for item in found) else None


def points(parts: list[str], year: int) -> list[Point] | None:
    """The days of a list that shares its units (3、6、9月; 6月5日、20日), None unless each part names one."""
    unit = ""
    for index in range(len(parts) - 1, -1, -1):
        if shared := re.match(r"第?\d{1,2}(月|季度?)", parts[index]):
            unit = shared[1]
        elif re.fullmatch(r"第?\d{1,2}", parts[index]):
            parts = [*parts[:index], parts[index] + unit, *parts[index + 1 :]]
    named_days: list[Point] = []
    for part in parts:
        item = point(part, year, named_days[-1].due if named_days else None)
        if item is None:
            return None
        named_days.append(item)
    return named_days


def on_days(days: list[Point], year: int) -> str:
    """The rule that recurs on just these days of the year.

    Where months and days do not form a grid the days are counted through the year, which holds for that
    year only, so the rule ends with it.
    """
    months = ",".join(str(month) for month in sorted({item.due.month for item in days}))
    if all(item.whole for item in days):
        return f"FREQ=YEARLY;BYMONTH={months};BYMONTHDAY=-1"
    if len({item.due.day for item in days}) == 1:
        return f"FREQ=YEARLY;BYMONTH={months};BYMONTHDAY={days[0].due.day}"
    numbers = sorted({item.due.timetuple().tm_yday for item in days})
    return f"FREQ=YEARLY;BYYEARDAY={','.join(map(str, numbers))};UNTIL={year}1231"
