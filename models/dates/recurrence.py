"""Recurrence rules (RFC 5545 RRULE, without DTSTART): the days they name, and what they say in Chinese.

One word goes beyond RFC 5545: BYDAY=WD, the working days of a calendar. Only rules of whole days are known. A day of
the month that a month does not have (31 in June, 30 in February) is that month's last day: a deadline may be short, it
never vanishes.
"""

import datetime as dt
import re
from itertools import islice

from dateutil.rrule import rrulestr

from models.dates.days import DAY, days_from, length_of_month
from models.dates.workdays import WorkCalendar
from models.errors import BadInputError

MOST = 400
"""More occurrences than this in one span are taken for a mistake; a daily rule of a year has 366."""

_LIMITS = {
    "INTERVAL": (1, 99),
    "COUNT": (1, 9999),
    "BYMONTH": (1, 12),
    "BYYEARDAY": (-366, 366),
    "BYMONTHDAY": (-28, 31),
    "BYSETPOS": (-366, 366),
}
_WD = "WD"
_PARTS = {"FREQ", "BYDAY", "UNTIL", "WKST", *_LIMITS}
_UNITS = {"DAILY": "天", "WEEKLY": "周", "MONTHLY": "个月", "YEARLY": "年"}
_WEEKDAYS = dict(zip(("MO", "TU", "WE", "TH", "FR", "SA", "SU"), "一二三四五六日", strict=True))
_ORDINALS = {1: "第一个", 2: "第二个", 3: "第三个", 4: "第四个", 5: "第五个", -1: "最后一个"}
_ROUNDS = {
    (3, 6, 9, 12): "每季度末月",
    (1, 4, 7, 10): "每季度首月",
    (2, 5, 8, 11): "每季度第二个月",
    (6, 12): "每半年末月",
    (2, 4, 6, 8, 10, 12): "每逢双月",
    (1, 3, 5, 7, 9, 11): "每逢单月",
}


def needs_calendar(rule: str) -> bool:
    """Whether the rule names working days, so that its days depend on a calendar."""
    return f"BYDAY={_WD}" in rule.upper()


def occurrences(rule: str, *, start: dt.date, end: dt.date, calendar: WorkCalendar | None = None) -> list[dt.date]:
    """The days that `rule` names from `start` to `end`, both included, in order.

    `start` is the DTSTART: an INTERVAL or a COUNT is counted from it, and what a rule leaves open (the day
    of a bare FREQ=MONTHLY) is taken from it. Working days are those of `calendar`, else the official ones.
    Raises `BadInputError` for a rule that cannot be read and for one with more than `MOST` days in the span.
    """
    parts = _read(rule)
    if "UNTIL" in parts:
        end = min(end, _until(parts))
    count = int(parts["COUNT"]) if "COUNT" in parts else MOST + 1
    if parts.get("BYDAY") == _WD:
        return _working_days(parts, start, end, calendar or WorkCalendar())[:count]
    days = _numbers(parts, "BYMONTHDAY")
    if not (days or "BYDAY" in parts or "BYYEARDAY" in parts) and parts["FREQ"] in ("MONTHLY", "YEARLY"):
        days = (start.day,)
        if parts["FREQ"] == "YEARLY" and "BYMONTH" not in parts:
            parts["BYMONTH"] = str(start.month)
    # The last day of every month is generated too wherever a day may be missing, and dropped where it is not.
    asked = {*days, -1} if any(day > 28 for day in days) else set(days)
    bare = {name: value for name, value in parts.items() if name not in ("UNTIL", "COUNT", "BYMONTHDAY")}
    if asked:
        bare["BYMONTHDAY"] = ",".join(map(str, sorted(asked)))
    text = ";".join(f"{name}={value}" for name, value in bare.items())
    dates = (moment.date() for moment in rrulestr(text, dtstart=dt.datetime.combine(start, dt.time())))
    wanted = (day for day in dates if not days or _is_named(day, days))
    turns: list[dt.date] = []
    for day in islice(wanted, count):
        if day > end:
            break
        turns.append(day)
        if len(turns) > MOST:
            raise BadInputError(f"重复规则“{rule}”在{start}至{end}之间超过{MOST}次，请改为较长的周期。")
    return turns


def _working_days(parts: dict[str, str], start: dt.date, end: dt.date, calendar: WorkCalendar) -> list[dt.date]:
    """Every working day of the span, or some of each week or month, counted in it as a whole."""
    months, places = _numbers(parts, "BYMONTH"), _numbers(parts, "BYSETPOS")
    weekly = parts["FREQ"] == "WEEKLY"
    first = start - start.weekday() * DAY if weekly else start.replace(day=1)
    groups: dict[tuple[int, int], list[dt.date]] = {}
    last = end + (6 - end.weekday()) * DAY if weekly else end.replace(day=length_of_month(end))
    for day in days_from(first, last):
        if calendar.is_working(day):
            groups.setdefault(day.isocalendar()[:2] if weekly else (day.year, day.month), []).append(day)
    chosen = {
        day
        for days in groups.values()
        for day in ([days[at - (at > 0)] for at in places if abs(at) <= len(days)] if places else days)
    }
    return sorted(day for day in chosen if start <= day <= end and (not months or day.month in months))


def _is_named(day: dt.date, days: tuple[int, ...]) -> bool:
    """Whether one of `days`, negative ones counted from behind, falls on `day`; a missing one on the last."""
    length = length_of_month(day)
    return day.day in {min(number, length) if number > 0 else length + 1 + number for number in days}


def describe(rule: str) -> str:
    """The rule in Chinese: `每季度末月最后一天`, `每月25日`, `每周五`. Refuses what `occurrences` refuses."""
    parts = _read(rule)
    frequency, gap = parts["FREQ"], int(parts.get("INTERVAL", "1"))
    months = tuple(sorted(_numbers(parts, "BYMONTH")))
    if parts.get("BYDAY") == _WD and frequency == "DAILY":
        return "每个工作日"
    head = f"每{_UNITS[frequency]}" if gap == 1 else f"每{gap}{_UNITS[frequency]}"
    if frequency == "MONTHLY" and gap == 1:
        head = "每月"
    if months:
        named = "、".join(f"{month}月" for month in months)
        if gap == 1 and frequency in ("MONTHLY", "YEARLY"):
            head = _ROUNDS.get(months, f"每年{named}")
        else:
            head += f"（限{named}）"
    words = head + _day_words(parts)
    if "BYSETPOS" in parts and parts.get("BYDAY") != _WD:
        words += "中的" + "、".join(_ordinal(number) for number in _numbers(parts, "BYSETPOS"))
    if "COUNT" in parts:
        words += f"，共{parts['COUNT']}次"
    if "UNTIL" in parts:
        until = _until(parts)
        words += f"，至{until.year}年{until.month}月{until.day}日止"
    return words


def _day_words(parts: dict[str, str]) -> str:
    if days := _numbers(parts, "BYMONTHDAY"):
        ordered = sorted(days, key=lambda day: (day < 0, day))
        return "、".join(f"{day}日" if day > 0 else _from_behind(day, "天") for day in ordered)
    if days := _numbers(parts, "BYYEARDAY"):
        if "UNTIL" not in parts:
            return "、".join(f"第{day}天" if day > 0 else _from_behind(day, "天") for day in days)
        opening = dt.date(_until(parts).year, 1, 1)
        dates = [opening + (day - 1) * DAY for day in days]
        return "、".join(f"{date.month}月{date.day}日" for date in dates)
    if parts.get("BYDAY") == _WD:
        return "、".join(f"{_ordinal(number)}工作日" for number in _numbers(parts, "BYSETPOS"))
    if "BYDAY" not in parts:
        return ""
    matches = [re.fullmatch(r"([+-]?\d+)?([A-Z]{2})", value) for value in parts["BYDAY"].split(",")]
    named = [(int(match[1] or 0), _WEEKDAYS[match[2]]) for match in matches if match]
    words = "、".join((_ordinal(place) if place else "") + f"周{weekday}" for place, weekday in named)
    if parts["FREQ"] == "WEEKLY" and parts.keys().isdisjoint(("INTERVAL", "BYMONTH")):
        return words.removeprefix("周")
    return words if parts["FREQ"] in ("MONTHLY", "YEARLY") and "BYMONTH" in parts else f"的{words}"


def _ordinal(number: int) -> str:
    return _ORDINALS.get(number, f"第{number}个" if number > 0 else _from_behind(number, "个"))


def _from_behind(number: int, unit: str) -> str:
    return f"最后一{unit}" if number == -1 else f"倒数第{-number}{unit}"


def _read(rule: str) -> dict[str, str]:
    """The parts of a rule, checked as far as a rule of whole days that does come round needs it."""
    parts: dict[str, str] = {}
    for piece in rule.strip().upper().removeprefix("RRULE:").rstrip(";").split(";"):
        name, equals, value = piece.partition("=")
        if not equals or not value or name not in _PARTS or name in parts:
            raise _unreadable(rule, f"“{piece}”不可用")
        if name in _LIMITS and not re.fullmatch(r"[+-]?\d{1,4}(,[+-]?\d{1,4})*", value):
            raise _unreadable(rule, f"“{piece}”应为数字")
        parts[name] = value
    if parts.get("FREQ") not in _UNITS:
        raise _unreadable(rule, "FREQ 应为 DAILY、WEEKLY、MONTHLY 或 YEARLY")
    reason = _contradiction(parts)
    if reason:
        raise _unreadable(rule, reason)
    return parts


def _contradiction(parts: dict[str, str]) -> str | None:
    """Why these parts name no day ever, or none that can be told; a rule that passes comes round again."""
    for name, (low, high) in _LIMITS.items():
        if any(not low <= number <= high or number == 0 for number in _numbers(parts, name)):
            return f"{name} 超出范围"
    if any("," in parts.get(name, "") for name in ("INTERVAL", "COUNT")):
        return "INTERVAL、COUNT 只能有一个值"
    chosen = [name for name in ("BYMONTHDAY", "BYDAY", "BYYEARDAY") if name in parts]
    if len(chosen) > 1:
        return f"{chosen[0]} 与 {chosen[1]} 不能同时使用"
    if "BYYEARDAY" in parts and (parts["FREQ"] != "YEARLY" or "BYMONTH" in parts):
        return "BYYEARDAY 只能用于 FREQ=YEARLY，且不与 BYMONTH 同用"
    if "BYMONTHDAY" in parts and parts["FREQ"] in ("DAILY", "WEEKLY"):
        return "BYMONTHDAY 只能用于 FREQ=MONTHLY 或 YEARLY"
    if "BYMONTHDAY" in parts and parts["FREQ"] == "YEARLY" and "BYMONTH" not in parts:
        return "FREQ=YEARLY 写明 BYMONTHDAY 时也要写明 BYMONTH"
    if parts.get("BYDAY") == _WD:
        return _contradiction_of_working(parts)
    weekdays = parts["BYDAY"].split(",") if "BYDAY" in parts else []
    for value in weekdays:
        match = re.fullmatch(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)", value)
        if not match or (match[1] and parts["FREQ"] not in ("MONTHLY", "YEARLY")):
            return f"“BYDAY={value}”不可用"
    if "BYSETPOS" in parts and not (
        parts["FREQ"] == "MONTHLY"
        and weekdays
        and all(0 < abs(number) <= 4 * len(weekdays) for number in _numbers(parts, "BYSETPOS"))
        and not any(char.isdigit() for char in parts["BYDAY"])
    ):
        return "BYSETPOS 只能用于按月、按星期几的规则"
    if parts.get("WKST", "MO") not in _WEEKDAYS:
        return f"“WKST={parts['WKST']}”不可用"
    if "UNTIL" in parts and not re.fullmatch(r"\d{8}(T\d{6}Z?)?", parts["UNTIL"]):
        return "UNTIL 应写成 20261231"
    return None


def _contradiction_of_working(parts: dict[str, str]) -> str | None:
    places = {"WEEKLY": 5, "MONTHLY": 15}.get(parts["FREQ"], 0)
    if parts["FREQ"] == "YEARLY" or "INTERVAL" in parts or ("BYSETPOS" in parts) != bool(places):
        return "BYDAY=WD 只能用于每天，或写明 BYSETPOS 的每周、每月"
    if any(abs(number) > places for number in _numbers(parts, "BYSETPOS")):
        return f"第几个工作日应在 {places} 以内"
    return None


def _numbers(parts: dict[str, str], name: str) -> tuple[int, ...]:
    return tuple(int(number) for number in parts[name].split(",")) if name in parts else ()


def _until(parts: dict[str, str]) -> dt.date:
    try:
        return dt.date.fromisoformat(parts["UNTIL"][:8])
    except ValueError as error:
        raise BadInputError(f"重复规则中的截止日 UNTIL={parts['UNTIL']} 不存在。") from error


def _unreadable(rule: str, reason: str) -> BadInputError:
    return BadInputError(f"重复规则“{rule}”无法识别：{reason}。可写如 FREQ=MONTHLY;BYMONTHDAY=25（每月25日）。")
