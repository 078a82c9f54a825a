"""What a heading announces: one of the five contents of the report (督察工作规定), or a theme of its own."""

import re

from models.report.report import SectionKind
from tasks.reading.folding import fold

_STRONG: tuple[tuple[SectionKind, str], ...] = (
    (
        SectionKind.FIRST_RESPONSIBLE,
        r"第一责任人|(?:党政|单位|部门)?主要(?:负责人|领导)[^,。]{0,12}(?:履行|履职|职责|推进法治)|履行[^,。]{0,16}责任人职责"
        r"|四个亲自",
    ),
    (
        SectionKind.DEFICIENCIES,
        r"存在[^,。]{0,14}(?:问题|不足|困难|差距|短板|弱项|薄弱)"
        r"|(?:问题|不足|短板|差距|困难)(?:之处)?(?:和|与|及|以及|、|或)(?:其|主要|产生|存在)?(?:的)?(?:原因|不足|短板|困难|问题|差距|薄弱)"
        r"|^(?:目前|当前|工作中?|主要|面临)?(?:的)?(?:问题|不足|短板|差距|困难|薄弱环节|不足之处)(?:情况|分析)?(?=$|和|及|与|、)"
        r"|(?:问题|不足|主要|的)原因(?:分析)?$|原因分析|不足之处|主要(?:问题|不足|差距|困难)",
    ),
    (
        SectionKind.NEXT_YEAR,
        r"下一?(?:年|步|阶段|年度)(?:度|的)?[^,。]{0,24}(?:安排|计划|打算|思路|重点|工作|措施|方向|任务|目标|部署|举措|设想|建议|考虑)|^下一?(?:年|步|阶段)度?$"
        r"|(?:来年|明年|今后)[^,。]{0,24}(?:安排|计划|打算|思路|重点|工作|措施|方向|任务|目标)"
        r"|(?:主要|工作|重点|总体)(?:安排|打算|计划|思路|设想)(?!的?(?:落实|完成|执行|推进|进展))|努力方向|改进方向|整改方向|改进措施|工作重点$"
        r"|\d{4}年度?[^,。]{0,24}(?:安排|打算|思路|设想|展望|计划)(?!的?(?:落实|完成|执行|推进|进展))",
    ),
    (
        SectionKind.ACHIEVEMENTS,
        r"主要(?:工作)?(?:举措|做法|成效|成绩|措施|成果|亮点)|举措(?:和|与|及|以及|、)(?:主要|工作|取得的?)?(?:成效|成绩|成果)"
        r"|取得的?(?:主要|工作|积极|新)?(?:成效|成绩|进展|成果)|(?:工作|建设)(?:成效|亮点|成果)$|特色亮点"
        r"|措施(?:和|与|及|、)成效|做法(?:和|与|及|、)成效",
    ),
    (
        SectionKind.OTHER,
        r"其[他它](?:需要?|应当?|有关|方面|重要)?[^,。]{0,6}(?:情况|事项|说明|工作)|需要?(?:报告|说明)的(?:其[他它])?(?:情况|事项)",
    ),
)
_AHEAD = r"^.{0,12}\d{4}年度?.{0,12}(?:工作|任务|重点|目标|举措|部署|措施|方向|主线)$"
_WEAK = re.compile(
    r"主要工作|重点工作(?:完成|落实|推进|进展)?(?:情况)?$|(?:工作|建设|任务)?(?:开展|完成|推进|落实|进展|总体|基本)?情况$|工作(?:总结|回顾)|成效$"
)
_GENERAL = re.compile(r"^(?:总体(?:要求|思路|目标)|指导思想|基本原则|工作(?:目标|思路|原则)|背景|目的)")
_PHRASE_END = re.compile(
    r"^.{0,40}?(?:举措(?:和|与|及|、)(?:主要)?成效|主要(?:举措|做法|成效|成绩|工作情况|工作)(?!和|与|及|、)|不足(?:和|与|及|、)(?:其|主要)?原因|存在的?(?:主要)?(?:问题|不足)(?:(?:和|与|及|、)(?:不足|原因|短板))?"
    r"|责任人(?:职责)?(?:履行)?的?(?:有关|相关)?情况|职责的?(?:有关|相关)?情况|加强法治政府建设的?有关情况|(?:主要|工作|重点)(?:安排|打算|计划)|其[他它]需要报告的(?:情况|事项))"
)


def kinds_of(heading: str, year: int | None = None) -> tuple[SectionKind, ...]:
    """Every part that a heading plainly names, in the order of its words; empty for a theme.

    `year` is the report's own: 2026年重点工作 in the report for 2025 is what comes next.
    """
    folded = re.sub(r"\s", "", fold(heading))
    places: dict[SectionKind, int] = {}
    for kind, pattern in _STRONG:
        match = re.search(pattern, folded)
        if match:
            places[kind] = match.start()
    stated = re.search(r"(\d{4})年(?!\d)", folded)
    if stated and year and int(stated[1]) == year + 1 and not places and re.search(_AHEAD, folded):
        places[SectionKind.NEXT_YEAR] = stated.start()
    if stated and year and int(stated[1]) <= year and re.search(r"总结|回顾|完成情况|落实情况", folded):
        places.pop(SectionKind.NEXT_YEAR, None)
    if SectionKind.FIRST_RESPONSIBLE in places and SectionKind.ACHIEVEMENTS not in places:
        # 第一责任人…有关情况 names other things only as the object of the duty.
        places = {kind: place for kind, place in places.items() if kind is not SectionKind.OTHER}
    return tuple(sorted(places, key=lambda kind: places[kind]))


def classify(heading: str, year: int | None = None) -> tuple[SectionKind, ...]:
    """The kinds of a section's heading, the first of them its own; a business theme is `thematic`."""
    strong = kinds_of(heading, year)
    if strong:
        return strong
    folded = re.sub(r"\s", "", fold(heading)).rstrip("。:;")
    if _GENERAL.match(folded):
        return (SectionKind.OTHER,)
    if _WEAK.search(folded) and len(folded) <= 30:
        return (SectionKind.ACHIEVEMENTS,)
    return (SectionKind.THEMATIC,)


def phrase_end(text: str) -> int:
    """Where the words end that every report uses for this part; 0 where the text does not begin with such words."""
    match = _PHRASE_END.match(fold(text))
    return match.end() if match else 0
