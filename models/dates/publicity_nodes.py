"""The days of the year that publicity of law is held on (普法节点), each computed by its rule for any year."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from models.dates.days import nth_weekday

_SATURDAY = 5


@dataclass(frozen=True)
class PublicityNode:
    """One day or span of the year; `due_on` is its last day. `remembered`: no text was at hand for the rule."""

    code: str
    title: str
    first: Callable[[int], dt.date]
    due_on: Callable[[int], dt.date]
    source: str
    remembered: bool = False


def third_saturday_of_september(year: int) -> dt.date:
    """全民国防教育日 (国防教育法 article 12): between the 15th and the 21st."""
    return nth_weekday(dt.date(year, 9, 1), 3, _SATURDAY)


def _on(month: int, day: int) -> Callable[[int], dt.date]:
    return lambda year: dt.date(year, month, day)


def _day(code: str, title: str, month: int, day: int, source: str, *, remembered: bool = False) -> PublicityNode:
    return PublicityNode(code, title, _on(month, day), _on(month, day), source, remembered)


def _span(
    code: str, title: str, first: tuple[int, int], last: tuple[int, int], source: str, *, remembered: bool = False
) -> PublicityNode:
    return PublicityNode(code, title, _on(*first), _on(*last), source, remembered)


NODES = (
    _day("civil_defence_day", "国际民防日", 3, 1, "惯例", remembered=True),
    _day("state_security_day", "全民国家安全教育日", 4, 15, "《国家安全法》第十四条"),
    _span("civil_code_month", "民法典宣传月", (5, 1), (5, 31), "中央部署，每年5月"),
    _day("disaster_day", "全国防灾减灾日", 5, 12, "惯例", remembered=True),
    _span("work_safety_month", "安全生产月", (6, 1), (6, 30), "惯例", remembered=True),
    _day("anti_drug_day", "国际禁毒日", 6, 26, "惯例", remembered=True),
    PublicityNode(
        "national_defence_day", "全民国防教育日", third_saturday_of_september, third_saturday_of_september,
        "《国防教育法》第十二条：每年9月的第三个星期六",
    ),
    _span("law_month", "法治宣传教育月", (11, 1), (11, 30), "《法治宣传教育法》", remembered=True),
    _day("fire_day", "全国消防日", 11, 9, "惯例", remembered=True),
    _span("constitution_week", "宪法宣传周", (12, 1), (12, 7), "每年12月4日所在的一周，通知可以延展"),
    _day("constitution_day", "国家宪法日", 12, 4, "全国人大常委会2014年决定：12月4日"),
)  # fmt: skip
"""In the order of the year. Which of them an office keeps is for its own plan to say."""
