"""A sentence of a plan cut into duties: 将法治建设纳入计划，定期听取汇报 are two, …，不断提升水平 belongs to its duty.

A clause opens a new duty where it begins with a verb of doing (制定, 开展, 报送) or names its own time;
purposes, softer verbs and manners attach to the duty before, conditions (结合, 按照, 3月底前) to the one behind.
"""

import re
from dataclasses import dataclass

from models.dates.due_text import find_due
from tasks.reading.folding import fold
from tasks.reading.numbering import Style, find_marker, split_enumerated
from tasks.reading.responsibility import UNIT

LONGEST_TITLE = 40
_SHORTEST = 6
"""Characters of the shortest clause that is a duty by itself."""

_DOING = re.compile(
    r"(?:(?:同时|并且?|要|需|将|继续|积极|认真|统筹|全面|切实|及时|扎实|深入|大力|集中|按时|按期|牵头|组织|协同|年内|全年|还要|再)?,?)?"
    r"(?:制定|制订|编制|编写|编印|修订|印发|出台|起草|组织|开展|举办|召开|举行|举荐|建立|组建|健全|完善|落实|推行|实施|"
    r"把|定期|不定期|适时|每[年半季月周日个两双]|严格|自觉|听取|公开|公布|公示|报送|上报|提交|汇总|梳理|清理|聘请|聘任|(?:培训|检查|抽查|评查|考核|整改)(?!结果|情况)|"
    r"开设|设立|成立|配备|配齐|采购|建成|完成|启动|签订|发布|更新|新增|办理|备案|申报|选派|参加|接受|督促|指导|推广|"
    r"编发|播放|拍摄|制作|走访|约谈|通报|验收|部署|研究|修改|废止|评估|归档|移送|公告|拟定|拟订|确定|明确(?=[^,]{4})|"
    r"宣传|学习|讲授|轮训|复核|审查|抓好|做好|抓实|用好|办好|做到|运用|邀请|评选|打造|升级|上线|调整|清查|排查|整治|查处|化解|开通|搭建)"
    r"|将.{2,20}?(?:纳入|列入|列为|作为|报|提交|融入|贯穿)|由.{2,16}?(?:牵头|负责|会同).{4,}"
)
_PURPOSE = re.compile(
    r"(?:不断|确保|努力|从而|进而|使|让|形成|营造|助力|切实(?:提升|提高|增强|保障|维护)|有效(?:提升|提高|增强|防范|保障|避免|解决)|"
    r"(?:全面|持续|着力|进一步|稳步|整体|充分)?(?:提升|提高|增强|促进|保障|保证|夯实|筑牢|激发|彰显|凝聚|树牢)|"
    r"推动.{2,}(?:走深走实|见效|落地|提升|发展|开展|深入人心)|推进.{2,}(?:高质量发展|见效|现代化)|实现|深化对|为.{2,}(?:提供|奠定|贡献|保驾|营造)|以.{2,}(?:实效|成效|成果|实绩)|达到|做到.{0,6}(?:全覆盖|应.尽.))"
)
_SLOGAN = re.compile(
    r"(?:不断|确保|努力|从而|进而|使|让|形成|切实(?:提升|提高|增强)|有效(?:提升|提高|增强)|为.{2,}(?:提供|奠定|贡献|保驾)|全面(?:提升|提高))"
)
_URGED = re.compile(
    r"(?:进一步|切实|不断)?(?:高度重视|提高(?:思想|政治)?(?:认识|站位)|统一思想|加强(?:组织)?(?:领导|协作|协同|沟通|配合|协调)(?:配合|协作|协调)?"
    r"|(?:压实|落实|明确|强化|细化)(?:工作|主体)?(?:责任|分工|担当)|[狠抓]{1,2}好?落实|密切配合|形成合力)"
)
"""What everybody is asked for at the end of a plan: nothing that could be done on a day."""
_CONDITION = re.compile(
    r"(?:按照|依照|遵照|根据|依据|结合|围绕|通过|依托|针对|聚焦|紧扣|紧盯|紧密结合|对照|借助|坚持(?!.{0,4}(?:开展|组织))|立足|把握|抓住|利用(?=.{2,12}(?:契机|时机|节点)$)|"
    r"以.{1,30}?为|在.{2,30}(?:下|中|上|基础上|期间|前|后|内)$|为(?!.{2,}(?:提供|奠定|贡献))|对于|截至|自.{2,20}起$|从.{2,20}起$|除.{2,20}外$|如.{2,20}的$|充分发挥|发挥|本着|由.{2,16}?(?:牵头|负责|主办)$)"
)
_TIME_ONLY = re.compile(
    r"(?:(?:力争|确保|务)?(?:于|在)?\s*(?:\d{4}\s*年度?|今年|明年|全年|下一?年度?|年内|年底前?|每[年季月周]度?|[上下]半年|第?[一二三四1-4]季度|\d{1,2}\s*月(?:份|底|中旬|上旬|下旬)?(?:\d{1,2}[日号])?(?:\s*(?:至|到|-|~)\s*(?:\d{1,2}\s*月)?\s*(?:\d{1,2}[日号]|底|份|中旬)?)?)(?:底|末|初)?(?:之?前|内|期间|以来|起|当天|前后)?)"
    r"|(?:下一步|下阶段|今后|接下来|同时|此外|另外|其中|与此同时|重点|主要|具体)(?:[:]|)"
)
_INNER_VERB = re.compile(
    r".{4,}?(?:组织|开展|举办|召开|制定|印发|出台|修订|报|建立|健全|完善|推进|推动|加强|完成|落实|进行|实施|督促|推广|查处|开设|发布)"
)
_OWN_TIME = re.compile(
    r"\d{1,2}\s*(?:月|日|号)(?:底|末|中旬|上旬|下旬)?\s*(?:之|以)?前(?!期|后)|(?:月|季度?|年)[底末]前?(?=[^,]{4})|每(?:[年季月周日]|半年|个)|(?:[上下]半年)|第[一二三四1-4]季度(?=[^,]{4})|节前"
)
# …, 6月底前完成: when the duty before it is to be done, not another duty.
_ONLY_DONE = re.compile(
    r"(?:(?:确保|力争|务必|务|计划|预计)?(?:于|在)?.{2,16}?前?)(?:全部|全面|基本|按时)?"
    r"(?:完成|办结|完毕|到位|结束|见效|印发|出台|报送|上报|启动|上线|落实|实施)(?:到位|完毕|实施|完成)?"
)
# 每年不少于1次, 参加率不低于90%: how much of the duty before, not another one.
_MEASURE = re.compile(
    r"(?:[^,]{0,6}?(?:每(?:[年季月周]度?|半年|人|个)|全年|人均|各))?[^,]{0,12}?"
    r"(?:不少于|不低于|不得少于|不超过|至少|(?:率|比例|比重|面|次数|数量)(?:均|都|要|应)?(?:达到?|为|在|保持|控制|超过))"
    r"(?:在)?\s*[\d百一二两三四五六七八九十][^,]{0,12}"
)
_WORK = re.compile(
    "组织|开展|举办|召开|办理|培训|抽查|检查|巡查|编[印写发]|报送|完成|听取|发放|制作|学习|走访|整治|查处"
)
# 对发现的问题, 利用…等节点: what the duty behind it is about, or its occasion.
_ABOUT = re.compile(
    r"对[^,]{2,18}(?:的|问题|事项|单位|人员|项目|情况|行为|案件|线索|隐患|意见)|利用.{2,80}(?:契机|时机|节点|机会)"
)
# 编制目录, 3月底前公布: of the duty before it, where that names no time of its own.
_PUBLISHED = re.compile(r"[^,]{2,16}?前?(?:公布|公开|公示|发布|通报|备案|下发|向社会公布)")
_ANY_YEAR, _LONGEST_TIME = 2000, 24
_SUBJECT = re.compile(
    r"(?:各[\u4e00-\u9fff]{1,12}?|(?:我|全|本)[局委办厅会县区市镇校院系统]{1,3}|[\u4e00-\u9fff]{2,14}?(?:局|委|办|科|处|室|单位|部门|中心|政府|领导))"
    r"(?:都|也|均)?(?:要|应当?|须|必须|务必|需|将)(?!求|素|点)"
)


# …,由法规科牵头,办公室配合: who does what was said before.
_CHARGE = re.compile(
    rf"由[^,]{{2,16}}?(?:牵头|负责|主办|承办)|{UNIT}(?:[、和与及]{UNIT}){{0,8}}(?:具体|分别|共同)?(?:牵头|负责|主办|承办)|"
    r"(?:[^,]{0,12}(?:局|委|办|科|处|室|单位|部门|中心|股|站|所|等))(?:协助|协同|积极)?配合"
)


@dataclass(frozen=True)
class WrittenDuty:
    """One duty of a sentence. `text` is all that belongs to it, `title` the short verb phrase, both as written."""

    title: str
    text: str
    slogan: bool
    """Whether it says no more than how good things shall be."""


@dataclass
class _Clause:
    text: str
    condition: bool
    purpose: bool
    opens: bool


def duties_of(sentence: str) -> list[WrittenDuty]:
    """The duties of one sentence, in order; at least one for a sentence with words."""
    found: list[WrittenDuty] = []
    for piece in split_enumerated(_unnumbered(sentence)):
        found += [_duty(clauses) for clauses in _group(_clauses(_unnumbered(piece)))]
    return found


def _unnumbered(text: str) -> str:
    marker = find_marker(text)
    if marker is not None and (marker.style is not Style.DOTTED):
        return text[marker.end :].strip()
    return text.strip()


def _clauses(text: str) -> list[_Clause]:
    folded = fold(text)
    cuts: list[int] = []
    depth = 0
    for position, character in enumerate(folded):
        if character in "“(《【":
            depth += 1
        elif character in "”)》】":
            depth = max(0, depth - 1)
        elif character in ",;" and depth == 0 and not re.match(r"\d{3}(?!\d)", folded[position + 1 : position + 5]):
            cuts.append(position + 1)
    parts = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    clauses: list[_Clause] = []
    for part in (part for part in parts if part.strip(" ,，;；。.")):
        clauses.append(_clause(part, first=all(clause.condition for clause in clauses)))
    return clauses


def _clause(part: str, *, first: bool) -> _Clause:
    words = bare_duty(part)
    folded = fold(words).strip(" ,;。.:")
    condition = _is_time(folded) or (
        (_CONDITION.match(folded) is not None and _inner_verb(folded) is None) or _ABOUT.fullmatch(folded) is not None
    )
    purpose = (_SLOGAN if first else _PURPOSE).match(folded) is not None and not condition
    timed = _OWN_TIME.search(folded) is not None and _ONLY_DONE.fullmatch(folded) is None
    measure = _MEASURE.fullmatch(folded) is not None and _WORK.search(folded) is None
    does = (_DOING.match(folded) is not None or timed) and not measure
    opens = not condition and not purpose and len(folded) >= _SHORTEST and does
    return _Clause(part, condition, purpose, opens)


def _is_time(folded: str) -> bool:
    """Whether a clause says when, and nothing else."""
    if _TIME_ONLY.fullmatch(folded):
        return True
    words = re.sub(r"^(?:于|在|力争|确保|务必)", "", folded)
    due = find_due(words, _ANY_YEAR) if len(words) <= _LONGEST_TIME and re.search(r"[\d每季月年]", words) else None
    return due is not None and due.text == words


def _inner_verb(folded: str) -> re.Match[str] | None:
    """结合…时间节点开展宣传: the verb stands in the same clause as its condition."""
    return _INNER_VERB.search(folded)


def _group(clauses: list[_Clause]) -> list[list[_Clause]]:
    groups: list[list[_Clause]] = []
    waiting: list[_Clause] = []
    for clause in clauses:
        folded = fold(clause.text).strip(" ,;。.")
        if groups and not waiting and (_CHARGE.fullmatch(folded) or _publishes(folded, groups[-1])):
            groups[-1].append(clause)
        elif clause.condition:
            waiting.append(clause)
        elif not groups or clause.opens or _timed(waiting) or (_ends(groups[-1]) and not clause.purpose):
            groups.append([*waiting, clause])
            waiting = []
        else:
            groups[-1] += [*waiting, clause]
            waiting = []
    if waiting:
        if groups:
            groups[-1] += waiting
        else:
            groups.append(waiting)
    if len(groups) > 1 and all(clause.purpose for clause in groups[0]):
        groups[:2] = [groups[0] + groups[1]]
    return groups


def _publishes(folded: str, group: list[_Clause]) -> bool:
    return (
        _PUBLISHED.fullmatch(folded) is not None
        and _OWN_TIME.search(folded) is not None
        and not any(_OWN_TIME.search(fold(clause.text)) for clause in group)
    )


def _ends(group: list[_Clause]) -> bool:
    """Whether a group ends where a semicolon parts it from what follows."""
    return fold(group[-1].text).rstrip().endswith(";")


def _timed(waiting: list[_Clause]) -> bool:
    return any(_is_time(fold(clause.text).strip(" ,;")) for clause in waiting)


def _duty(clauses: list[_Clause]) -> WrittenDuty:
    text = "".join(clause.text for clause in clauses).strip()
    slogan = all(clause.condition or _says_nothing(fold(bare_duty(clause.text))) for clause in clauses)
    said = [clause for clause in clauses if not clause.purpose] or clauses
    acts = [clause for clause in said if not clause.condition] or said
    return WrittenDuty(_title(said, acts), text, slogan)


def _says_nothing(folded: str) -> bool:
    return _SLOGAN.match(folded) is not None or _URGED.fullmatch(folded.strip(",。;")) is not None


def _title(said: list[_Clause], acts: list[_Clause]) -> str:
    for chosen in (said, acts):
        title = bare_duty("".join(clause.text for clause in chosen))
        if len(title) <= LONGEST_TITLE:
            return title
    title = ""
    for clause in acts:
        longer = bare_duty(title + clause.text)
        if title and len(longer) > LONGEST_TITLE:
            break
        title = title + clause.text
    title = bare_duty(title)
    if len(title) <= LONGEST_TITLE:
        return title
    cut = max(title.rfind("、", 0, LONGEST_TITLE - 1), title.rfind("，", 0, LONGEST_TITLE - 1))
    return title[: cut if cut >= 12 else LONGEST_TITLE - 1] + "…"


def bare_duty(text: str) -> str:
    """The words without number, subject (各单位要) and surrounding punctuation."""
    words = _unnumbered(text.strip(" ，,；;：:、")).strip(" 　，,；;。.：:、")
    subject = _SUBJECT.match(fold(words))
    if subject and len(words) - subject.end() >= 4:
        words = words[subject.end() :]
    return re.sub(r"^(?:要|需要|应|应当)(?=[\u4e00-\u9fff]{4})(?!求|素|点)", "", words).strip()
