"""What a web page or a printer leaves around a document: source lines, buttons, counters, page numbers."""

import re

from tasks.reading.folding import fold
from tasks.reading.lines import Line

_VALUE = r"[^\s:,。|]*(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?"
_DAY = r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?(?:\s*\d{1,2}:\d{2}(?::\d{2})?)?"
_LABELLED = (
    r"(?:(?:信息|文章|稿件|新闻)?来源|转载?自|(?:发布|更新|发文|成文|公开|生成|印发|截止)(?:时间|日期)|发布(?:人|机构|单位|部门)|(?:内容|主题|体裁|信息|服务对象)分类|"
    r"(?:责任|文字)?编辑|作者|撰稿人?|审核人?|校对|索引号|信息索引号?|主题分类|发文机关|发文字号|文号|公开(?:方式|范围|形式|主体)|"
    r"(?:有效|公开)?时?效性|(?:有效性/)?截止日期|信息名称|信息类别|关键词|主题词|内容概述|浏览(?:次数|量|数)?|阅读(?:次数|量|数)?|点击(?:次数|率|量|数)?|"
    r"访问(?:次数|量|数)?|字体(?:大小)?|字号(?:大小)?|视力保护色?|保护视力色|分享(?:到|至)?|网站标识码|技术支持(?:单位)?|"
    r"当前位置|您(?:现在|当前)?(?:的|所在的?)?位置|现在位置|相关(?:链接|附件|阅读|稿件|文章)|附件下载|下载附件)"
)
_TOKEN = re.compile(
    rf"{_LABELLED}\s*:\s*{_VALUE}"
    rf"|(?:日期|时间)\s*:\s*{_DAY}"
    rf"|{_DAY}"
    r"|(?:浏览|阅读|点击|访问)(?:次数|量|数)?\s*\d+\s*次?"
    r"|(?:打印|关闭)(?:本页|页面|窗口|此页|文章)?|关闭|收藏(?:本页)?|返回(?:顶部|列表|首页|上一页)?|分享到?|扫一扫.*|用?微信扫.*|手机(?:扫码|查看|阅读).*"
    r"|字体|字号|大|中|小|默认|放大|缩小|首页|朗读|播放|语音|无障碍(?:浏览|阅读)?|长者模式|繁体版?|简体版?|复制链接|微信|微博|QQ空间|朋友圈|纠错|我要纠错"
    r"|次|人次|\d+次?|[\s\[\](){}【】|/:_,.·+-]+"
)
_ANCHOR = re.compile(
    rf"{_LABELLED}\s*:|(?:日期|时间)\s*:\s*{_DAY}|打印|关闭|扫一扫|微信扫|字[体号]\s*[:\[【(]|浏览(?:次数|量)|阅读(?:次数|量)|"
    r"点击(?:次数|率|量)|返回(?:顶部|列表|首页)|收藏本页|我要纠错|繁体|长者模式|无障碍"
)
_WHOLE = re.compile(
    r"(?:上|下)一(?:篇|条|页|则)\s*[:>].*|(?:上|下)一(?:篇|条|页|则)|(?:当前|现在|您(?:现在|当前)?(?:的|所在的?)?)?位置\s*:.*|(?:首页|主页)\s*[>/»›].*|[^。]*首页\s*[>»›].*|>[^。]{2,60}|首页|"
    r"今天是\s*:.*|[^。,;]{0,30}\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日\s*星期[一二三四五六日天][^。,;]{0,16}|"
    r"版权所有.*|(?:copyright|©).*|.{0,20}ICP备.*|.*公网安备.*|网站标识码.*|网站地图.*|扫一扫.*|用?微信扫.*|"
    r"(?:主办|承办|技术支持)(?:单位)?\s*:[^。;]{0,40}(?:版权|网站|ICP|电话|邮编|地址).*|"
    r"[-·\s]*第?\s*\d{1,3}\s*[页/]\s*(?:[共/]?\s*\d{1,3}\s*页?)?[-·\s]*|[-·]\s*\d{1,3}\s*[-·]|\d{1,3}|"
    r"\[\s*(?:打印|关闭|返回|收藏).*\]|【\s*(?:打印|关闭|返回|收藏|字体|字号|大).*】|\[图片\]|\(?图片?\d*\)?|[-=_*~.·]{3,}",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r"(?:(?:信息|文章|稿件|新闻)?来源|转载?自|(?:发布|更新)(?:时间|日期)|责任编辑|浏览(?:次数|量)|索引号|当前位置)\s*:[^。;]{0,60}$"
)
# The table of catalogue entries above a document on a government page, its cells parted by bars.
_CATALOGUE = re.compile(
    r"(?:信息)?(?:索引号|发文字号|文号|有效性|时效性|成文日期|发布日期|生成日期|发文日期|标题|信息名称|主题分类|信息分类|"
    r"发布机构|发文机关|制发机构|公开方式|公开范围|关键词|主题词)\|"
)
# The same entries with their names in brackets: [ 索引号 ] …, 【发布机构】 ….
_BRACKETED = re.compile(
    r"[\[【](?:信息)?(?:索引号|发文字号|文号|有效性|时效性|成文日期|发布日期|生成日期|发文日期|信息名称|(?:主题|体裁|信息|内容)分类|"
    r"发布机构|发布单位|发文机关|制发机构|公开方式|公开范围|关键词|主题词)[\]】]"
)
_TAIL = re.compile(
    rf"\s+(?:\(\s*{_DAY}\s*\)\s*$|(?:(?:信息|文章)?来源|(?:发布|更新)(?:时间|日期)|浏览次数|字体|字号)\s*[:\[【(].*$)"
    rf"|\(\s*{_DAY}\s*\)\s*$"
)


def is_debris(text: str) -> bool:
    """Whether a line says nothing but where it was published and how it can be printed."""
    folded = fold(text).strip()
    compact = re.sub(r"\s", "", folded)
    if _WHOLE.fullmatch(folded) or _CATALOGUE.match(compact) or _BRACKETED.match(compact):
        return True
    if _PUBLISHED.match(folded):
        return True
    return len(folded) <= 160 and _ANCHOR.search(folded) is not None and _TOKEN.sub("", folded) == ""


def without_tail(text: str) -> str:
    """A title line without the day, source or counter printed behind it."""
    match = _TAIL.search(fold(text))
    return (text[: match.start()] if match else text).strip()


def without_debris(lines: list[Line]) -> list[Line]:
    """The lines that belong to the document."""
    return [line for line in lines if not is_debris(line.text)]
