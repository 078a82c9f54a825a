"""Numbers with their units: what a report counts and measures, exact or approximate.

Not figures: dates and years, numbers of documents, articles and meetings, ranks, and names that contain a
number (三项制度, 三重一大, 12345热线). Chinese numerals count only where nothing else can be meant (两次, 三部);
digits count with whatever stands right behind them, so that no number passes because its unit is a rare one.
"""

import re
from decimal import Decimal

from tasks.reading.findings import ReadFigure
from tasks.reading.folding import fold, narrow, sentences
from tasks.reading.numerals import chinese_number

_PLAIN_UNITS = (
    "个百分点",
    "个工作日",
    "个小时",
    "个月",
    "件次",
    "件",
    "项次",
    "项",
    "人次",
    "家次",
    "场次",
    "部门",
    "条次",
    "篇次",
    "小时",
    "学时",
    "课时",
    "学分",
    "分钟",
    "工作日",
    "辆次",
    "辆",
    "台次",
    "户次",
    "批次",
    "轮次",
    "册",
    "枚",
    "块",
    "栋",
    "堂",
    "遍",
    "趟",
    "宗",
    "页",
    "卷",
    "亩",
    "公顷",
    "平方米",
    "平方公里",
    "平米",
    "立方米",
    "公里",
    "千米",
    "米",
    "吨",
    "公斤",
    "千克",
    "千瓦",
    "千瓦时",
    "厘米",
    "毫米",
    "分贝",
    "%",
    "‰",
    "倍",
    "字",
    "艘",
    "棵",
    "株",
    "盏",
    "桶",
    "箱",
    "袋",
    "岁",
    "则",
    "街镇",
    "大类",
    "折",
    "剂",
    "村居",
    "网格",
)
# Units that begin other words, each with what must not follow: 3家 counts, 家庭 does not.
_GUARDED_UNITS = {
    "个": "性|体|别",
    "次": "日|月|年",
    "人": "大代|民|员|工|均|事|防|社|口|才",
    "家": "庭|长|园|属|乡|电|具",
    "户": "口|籍|外",
    "场": "所|景|馆|地",
    "起": "到|草|来|诉|步|点|始",
    "份": "额|子",
    "名": "单|称|额|录|列|义",
    "部": "门|委|署|队|分|级|长",
    "条": "例|款|件",
    "期": "间|限|末|满|待|工程",
    "篇": "章",
    "分": "别|类|局|会|管|析|公|校|之|为|层|级|工|享",
    "天": "然|津",
    "周": "年|岁|边|期|围",
    "年": "度|代|级|初|底|末|月|前|来|第|全|版|共|上|下|中|推|实|工|法",
    "台": "账|阶|风|湾",
    "套": "餐|路",
    "幅": "度",
    "张": "贴",
    "本": "级|地|市|区|县|局|单位|年|部|办|次|人|土|职",
    "处": "理|罚|置|于|室|级|长",
    "所": "有|在|属|以|需|学|长",
    "座": "谈|位",
    "间": "接|隔",
    "组": "织|长|成|建",
    "批": "准|示|复|评",
    "节": "日|点|能|约|省|目",
    "门": "类|户|口|诊|槛",
    "类": "似",
    "种": "植|子",
    "轮": "训|岗|换|流",
    "回": "复|应|顾|访|头",
    "例": "如|会|行",
    "案": "件|例|卷|由",
    "封": "闭|面",
    "通": "过|知|报|告|用",
    "支": "持|撑|付",
    "位": "于|列|居|置",
    "笔": "试",
    "章": "程",
    "元": "旦|素|月|首|化",
    "架": "构",
    "面": "向|对|临|积|上|貌|谈|试|访|议|世|条",
    "成": "立|效|果|员|为|功|长|都|本|熟|交|品|型|形|绩|就|份|人|年|群|章|套|文",
}
_GUARDS = dict.fromkeys(_PLAIN_UNITS, "") | {unit: f"(?!{stop})" for unit, stop in _GUARDED_UNITS.items()}
_GUARDS["日"] = r"(?=内|以内|之内)"
_UNIT = "|".join(re.escape(unit) + _GUARDS[unit] for unit in sorted(_GUARDS, key=len, reverse=True))
_UNIT = f"(?:{_UNIT})"
_ABOUT = (
    r"(?:超过|(?<!赶)超|逾|(?<![附就最临靠邻])近|将近|接近|(?<![预节签履违制特公契])约|大约|约为|突破|不少于|不低于|不超过|"
    r"不多于|不足|不到|至少|最多|最高|高于|低于|多于|少于|大于|小于|达到?近|达到?超|累计超)"
)
_PLUS = r"(?:余|多(?!元[化格素])|来|几)"
_AFTER = r"(?=\s*(?:以上|以下|左右|上下|之多|以内|之内|开外|有余|余))"
# Possessive: a number is taken whole or not at all, so that a page of digits costs no more than a page of words.
_NUMBER = r"(?:\d{1,3}(?:,\d{3}){1,5}+(?![\d,]\d)(?:\.\d{1,8}+)?|\d{1,15}+(?:\.\d{1,8}+)?)"
_DIGITS = re.compile(
    rf"(?P<about>{_ABOUT}(?:了|到)?)?\s*(?<![A-Za-z\d.])(?P<sign>(?<=[比为长幅:,(])-)?(?P<number>{_NUMBER})\s*"
    rf"(?:(?P<range>[-~至到])\s*(?P<upper>{_NUMBER})\s*)?"
    rf"(?P<scale>[十百千万亿]*)\s*(?P<plus>{_PLUS}?)(?P<more>[万亿]?)(?P<plus2>{_PLUS}?)\s*(?P<unit>{_UNIT})(?P<after>{_AFTER})?"
)

_YEAR, _MONTH, _DAY = r"(?<![\d.])(?:19|20)\d{2}", "(?:1[0-2]|0?[1-9])", "(?:3[01]|[12][0-9]|0?[1-9])"
_UNCOUNTED = rf"(?!\d*\s*[十百千万亿余多]*\s*{_UNIT})"
"""No unit behind: what has one is a number, however much it looks like a month of a year."""

# A number in a clause with something right behind it that is no unit anybody listed.
_NO_UNIT = (
    "年月日号时点分秒届级后版国楼层室路线型式代星键窗甲乙强大字比对令局队师团厂院中小增减升降提"
    "的和与及或且并在于是为由至到从将被把等其个中了以之而也都又再均各每该此这那第上下前后左右内外即则已未可能应需会"
)
_NAMED_AFTER = (
    "热线|平台|专线|工程|高校|晚会|宣传|活动|报警|急救|电话|指挥|联动|政务|公益|便民|举报|投诉|窗口|系统|接警"
)
_UNLISTED = re.compile(
    rf"(?P<about>{_ABOUT}(?:了|到)?)?(?<=[\u4e00-\u9fff、(“,])(?<!\d,)(?<!\d[对比])(?<!附件)(?<![表图第号])"
    rf"(?P<number>{_NUMBER})(?!{_NAMED_AFTER})(?P<plus>{_PLUS}?)(?![{_NO_UNIT}])"
    rf"(?P<unit>[\u4e00-\u9fff]{{1,3}}(?![\u4e00-\u9fff])|[\u4e00-\u9fff])(?P<after>{_AFTER})?"
)
_CALLED = re.compile(rf"1[12]\d|315|211|985|12\d{{3}}|9[56]\d{{3,4}}|{_MONTH}\.{_DAY}|(?:19|20)\d{{2}}|0\d*")
"""Numbers that name: emergency and service lines, days of the year, years."""

_CN = "[一二两三四五六七八九十百千万零〇]"
_COUNTED = "场次|人次|批次|件|次|场|期|起|份|部|名|家|人|篇|批|户|项|个|条|类|轮|堂|节|台|辆|套|处|万元|元|位|册"
_CHINESE = re.compile(
    rf"(?P<before>(?:超过|(?<!赶)超|逾|(?<![附就最临靠邻])近|将近|(?<![预节签履违制特公契])约|至少|不少于|不低于|上(?=[百千万]))?)"
    rf"(?<!{_CN})(?P<number>{_CN}{{1,12}}+)(?P<plus>[余多]?)(?P<unit>{_COUNTED})(?P<after>{_AFTER})?"
)
_PER_CENT = re.compile(rf"(?P<about>{_ABOUT})?百分之(?P<number>{_CN}+)(?P<after>{_AFTER})?")
# After these the unit is the beginning of a word, or the numeral belongs to a name.
_NOT_AFTER = re.compile(
    r"门|委|署|级|供水|全会|全体|工程|建设|制度|会议精神|元|事|性|办|通|亲自|维护|确立|意识|自信|清单|同步|规定|革命|生|民|口|均|一|档|策|队"
)
_NAMED_BY = re.compile(r"[\d.第每同某另又再这那哪初几数多百千万十成届]$|(?:人大|政协|党委|[市区县省]委|中央)\S{0,3}$")
_NEAR = 200
"""Characters around a numeral that tell what it is."""
_NAMES = re.compile(r"《[^》]{0,200}+》|<[^<>]{0,200}+>")
_QUOTED = re.compile(r"“[^“”]*”|\"[^\"]*\"|‘[^‘’]*’")
_NOT_COUNTED = re.compile(
    r"第\s*(?:\d+|[一二三四五六七八九十百零]+)\s*[\u4e00-\u9fff]?"
    r"|[〔\[(]\s*\d{4}\s*[〕\])]\s*(?:第?\s*\d+\s*号)?"
    rf"|\d{{4}}\s*年?\s*[-~至到]+\s*\d{{4}}(?:\s*年|{_UNCOUNTED})|\d{{4}}\s*年度?"
    rf"|{_YEAR}\s*[-/.]\s*{_MONTH}(?:\s*[-/.]\s*{_DAY}(?!\d)|(?=起)(?<=[自从].{{6}})|(?=起)(?<=[自从].{{7}})|(?!\.?\d){_UNCOUNTED})"
    r"|(?<!\d)\d{1,2}\s*月份?(?:\s*\d{1,2}\s*[日号]?)?(?:\s*[-~至到]\s*(?:\d{1,2}\s*月)?\s*\d{1,2}\s*[日号])?"
    r"|\d{1,2}\s*[日号](?!内|以内|之内)|\d{1,2}:\d{2}(?::\d{2})?|(?<!\d)\d{1,2}·\d{1,2}(?!\d)|(?:前|位列|名列|排名)\s*\d+\s*[名位]"
    r"|(?<!\d)\d{1,3}\s*周年|(?<![A-Za-z])[A-Za-z]+[-/]?\d+|(?<![\d.])\d{1,4}(?:\.\d{1,4}){0,3}\s*版|(?<!\d)\d{1,4}\s*\+\s*\w"
)


def figures_in(text: str) -> list[ReadFigure]:
    """The figures of a paragraph in their order, each with its sentence as written."""
    found: list[ReadFigure] = []
    for sentence in sentences(text):
        for _, value, unit, approximate in sorted(_find(sentence)):
            found.append(ReadFigure(value, unit, approximate, sentence))
    return found


def _blank(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda match: "\0" * len(match[0]), text)


def _find(sentence: str) -> list[tuple[int, Decimal, str, bool]]:
    """Position, value, unit and whether approximate, of each figure in a sentence."""
    # A number may stand far from its unit: every blank of a run would be tried as the one the number stands behind.
    folded = _blank(_NOT_COUNTED, _blank(_NAMES, narrow(fold(sentence))))
    numbers: list[tuple[int, Decimal, str, bool]] = []
    for match in _DIGITS.finditer(folded):
        numbers += _counted(match)
    for match in _UNLISTED.finditer(_blank(_DIGITS, folded)):
        if match["unit"] in ("万", "亿") or not _CALLED.fullmatch(match["number"]):
            approximate = any(match[name] for name in ("about", "plus")) or match["after"] is not None
            value = Decimal(match["number"].replace(",", ""))
            numbers.append((match.start("number"), value, match["unit"], bool(approximate)))
    unquoted = _blank(_QUOTED, folded)
    for match in _PER_CENT.finditer(unquoted):
        share = chinese_number(match["number"])
        if share is not None:
            approximate = match["about"] is not None or match["after"] is not None
            numbers.append((match.start(), Decimal(share), "%", approximate))
    for match in _CHINESE.finditer(unquoted):
        number = _counting(match, unquoted)
        if number is not None:
            unit = match["unit"]
            if unit == "元" and number % 10_000 == 0:
                number, unit = number // 10_000, "万元"
            approximate = bool(match["before"] or match["plus"]) or match["after"] is not None
            numbers.append((match.start(), Decimal(number), unit, approximate))
    return numbers


_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}


def _counted(match: re.Match[str]) -> list[tuple[int, Decimal, str, bool]]:
    unit, scale = match["unit"], match["scale"] + match["more"]
    if unit == "元" and scale and scale[-1] in "万亿":
        unit, scale = scale[-1] + unit, scale[:-1]
    factor = 1
    for character in scale:
        factor *= _SCALES[character]
    ranged = match["upper"] is not None
    approximate = ranged or any(match[name] for name in ("about", "plus", "plus2")) or match["after"] is not None
    numbers = [number for number in (match["number"], match["upper"]) if number]
    sign = -1 if match["sign"] else 1
    return [
        (match.start("number") + place, sign * Decimal(number.replace(",", "")) * factor, unit, bool(approximate))
        for place, number in enumerate(numbers)
    ]


def _counting(match: re.Match[str], text: str) -> int | None:
    """The number, where a Chinese numeral surely counts: not a name, an ordinal, a rate or a manner of speaking."""
    numeral, unit = match["number"], match["unit"]
    before, after = text[max(0, match.start() - _NEAR) : match.start()], text[match.end() : match.end() + _NEAR]
    number = chinese_number(numeral)
    about = bool(match["before"] or match["plus"])
    if number is None or (numeral[-1] in "百千万" and len(numeral) == 1 and not about):
        return None
    if _NAMED_BY.search(before):
        return None
    if _NOT_AFTER.match(after):
        return None
    final = re.match(r"\s*(?:[,。;、!?)]|$)", after) is not None
    clause = re.split(r"[,。;:()]", before)[-1]
    if number == 1:
        counts = final and unit in "次场期份件起部名家" and not re.search(r"每|最多|跑|任何|这|同", clause)
        return number if counts else None
    if unit in ("项", "个", "条", "类", "人") and number <= 10 and not about:
        return number if final and re.search(r"[\u4e00-\u9fff]{2}$", clause) and unit != "类" else None
    if unit in ("次", "部", "期", "件") and numeral == "二":
        return None
    return number if re.search(r"每$|每\S{0,4}$", clause) is None else None
