"""Which column of a ledger is which: the headings offices use, English ones too, and where the header stands.

Headings were collected from published breakdown tables, ledgers and supervision sheets. Fields choose their
columns in the order of the table below, and a field's patterns stand in order of preference: 任务名称 is the
title and 任务内容 its content where both are there, and 任务内容 is the title where it stands alone.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from tasks.reading.sheet import Cell, Sheet

Field = Literal[
    "number",
    "title",
    "project",
    "subproject",
    "leaders",
    "other_leaders",
    "handler",
    "lead",
    "units",
    "cooperating",
    "start",
    "due",
    "cycle",
    "target",
    "target_unit",
    "percent",
    "importance",
    "secrecy",
    "deliverable",
    "evidence_rule",
    "source",
    "note",
]
"""What a column can say about an item. `units` lists whoever is responsible, the leading unit first."""

HEADER_WITHIN = 15
"""The header stands in one of this many first rows: a title, a unit and a date may stand above it."""

_AREA = "[省市州盟县区旗镇乡街道局委办厅处室科级主要]{0,3}"
_KINDS = "(?:责任)?(?:单位|部门|处室|科室|股室|科|处|机构)"

_PATTERNS: dict[Field, str] = {
    "number": "任务编号 事项编号 编号 序号 项目编号 号 no number id item",
    "title": """
        (?:任务|事项|工作)名称 督[办查]事项 (?:具体|分解)(?:工作)?任务 (?:年度|重点)?工作任务
        任务(?:事项)? 目标与?任务 任务内容 (?:年度|重点|主要|目标)+任务 重点工作(?:任务|内容)?
        (?:主要)?工作(?:内容|事项|要点) 工作目标及任务要求 任务及要求
        (?:督[办查]|普法|具体|主要|批示)内容 (?:议定)?事项 内容 title task(?:name|title)? content
        工作目标 (?:具体|工作)举措
    """,
    "project": """
        所属项目 项目名称 项目 任务类别 工作类别 类别 任务分类 分类 一级分类 一级目录 专题 板块 方面
        专项 重点项目 一级指标 (?:重点|主要)(?:工作|任务) category project group
    """,
    "subproject": "二级分类 二级目录 二级指标 小类 子项目 subcategory",
    "leaders": rf"""
        牵头{_AREA}领导 责任{_AREA}领导 分管{_AREA}领导 主管{_AREA}领导
        (?:包保|包联|挂帅|挂点|挂钩|联系|督导|督办){_AREA}领导 领导 leader leaders responsibleleader
    """,
    "other_leaders": rf"(?:配合|协助|协管|分管|责任|主管){_AREA}领导",
    "handler": """
        承办人员? 具体责任人 责任人员? 经办人员? 具体负责人 负责人 办理人 联络员 (?:督办)?联系人 handler
        owner assignee responsible contact
    """,
    "lead": rf"""
        牵头{_KINDS} 主办{_KINDS} 主责{_KINDS} 主要{_KINDS} 承办{_KINDS} 普法责任主体 责任主体 lead
        leadunit leaddepartment
    """,
    "units": """
        责任(?:单位|部门|处室|科室|股室) 负责(?:单位|部门|科室) 落实单位 部门 科室 department unit units
    """,
    "cooperating": rf"""
        (?:配合|协办|协同|协作|协助|参与|参加|会办){_KINDS}(?:和人员)? cooperating cooperatingunits
        supportingunits
    """,
    "start": "(?:计划)?(?:开始|启动|起始)(?:时间|日期|日) start startdate starton",
    "due": """
        (?:计划)?(?:完成|办结|办理|交办|整改|落实|反馈|报送)?(?:时限|期限)(?:要求)?
        (?:计划|预计|要求)?(?:完成|办结)(?:时间|日期|节点) (?:截止|截至|到期)(?:时间|日期|日)?
        时间(?:节点|要求|安排|进度) (?:完成)?节点 办复要求 时间 due duedate dueon deadline
    """,
    "cycle": "(?:反馈|重复|报送|上报|办理|开展)?周期 频次 频率 recurrence frequency",
    "target": """
        (?:年度)?(?:目标|指标|任务)(?:值|数量?|次数) 数量 量化(?:目标|指标) target targetcount
    """,
    "target_unit": "(?:计量|目标|数量|指标)单位 单位 targetunit",
    "percent": """
        (?:完成|工作|办理)?(?:进度|比例|情况)% 完成(?:率|比例|百分比)%?
        (?:完成|工作)?进度(?:率|百分比)%? 百分比%? percent%? progress%
    """,
    "importance": "重要(?:程度|性|级别) (?:任务)?级别 importance priority",
    "secrecy": "密级 涉密(?:等级|程度|情况)? 是否涉密 secrecy classification",
    "deliverable": """
        (?:预期|工作|主要|交付)?成果(?:形式|要求)? 预期(?:目标|效果) 交付物
        (?:年度|工作|具体)?目标(?:要求)? 任务内容 具体内容 督[办查]内容 工作要求 deliverable outcome
    """,
    "evidence_rule": """
        (?:佐证|印证|证明|支撑)(?:材料)?(?:要求)? (?:办结|销号|验收|完成)标准 evidence evidencerule
    """,
    "source": """
        (?:任务|事项|工作)?来源 来源(?:语句|原文|文件) (?:原文|出处|依据|工作依据|文件依据) source
    """,
    "note": "备注 说明 (?:具体|工作|主要)?(?:举措|措施) note notes remark remarks",
}
_COMPILED = {field: [re.compile(pattern) for pattern in line.split()] for field, line in _PATTERNS.items()}

_READ_ONLY = {"状态", "缺少"}
"""Columns that an exported plan shows and an import does not read."""


_TOLD_LATER = re.compile(
    r"(?:具体|工作|任务|完成|目前|当前)*(?:动态|进度|进展)(?:情况)?|(?:完成|落实)情况|(?:资金|经费)使用情况"
)
"""Columns that tell how a task goes: an item keeps none of them, but beside a task they make a header."""


@dataclass(frozen=True)
class Header:
    """The header of a sheet: `below` is the index of the first row under it."""

    below: int
    columns: dict[Field, int]
    headings: dict[Field, str]
    """The heading of each field as a person reads it."""
    ignored: list[str]
    """Headings that say nothing an item can keep."""


def find_header(sheet: Sheet) -> Header | None:
    """The header within the first rows, of one row or of two with merged groups; None where no row is one.

    A header names at least the task and one thing more. Where several rows could be it, the one that names
    most wins, the upper one among equals.
    """
    best: tuple[int, Header] | None = None
    for index, row in enumerate(sheet.rows[:HEADER_WITHIN]):
        for below, headings in header_readings(sheet, index, row):
            header = _match(below, headings)
            if header is not None and (best is None or len(header.columns) > best[0]):
                best = len(header.columns), header
    return best[1] if best else None


def header_readings(sheet: Sheet, index: int, row: list[Cell]) -> list[tuple[int, list[str]]]:
    """The row as a header by itself, and with the row below where it has groups merged across."""
    top = [_heading(cell) for cell in row]
    found = [(index + 1, top)]
    grouped = any(block.top == index and block.right > block.left for block in sheet.merged)
    if grouped and index + 1 < len(sheet.rows):
        under = [_heading(cell) for cell in sheet.rows[index + 1]]
        found.append((index + 2, [lower or upper for upper, lower in zip(top, under, strict=True)]))
    return found


def _heading(cell: Cell) -> str:
    """A heading as a person reads it, without the line breaks that narrow columns force."""
    return re.sub(r"\s*\n\s*", "", cell).strip() if isinstance(cell, str) else ""


def plain_heading(heading: str) -> str:
    """A heading for comparison: half width, no blanks, no remarks in brackets, small letters."""
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", heading)).lower()
    percent = "%" if "%" in text else ""
    text = re.sub(r"[(\[【〔].*?[)\]】〕]", "", text)
    return re.sub(r"[%*#:.。_\-]", "", text) + percent


def _match(below: int, headings: list[str]) -> Header | None:
    plain = [plain_heading(heading) for heading in headings]
    columns: dict[Field, int] = {}
    for field in _COMPILED:
        found = _first(field, plain, taken=set(columns.values()))
        if found is not None:
            columns[field] = found
    if "target" not in columns and "units" not in columns and "target_unit" in columns:
        # 单位 counts something only beside a number; alone it is who is responsible.
        columns["units"] = columns.pop("target_unit")
    if "title" not in columns or (len(columns) < 2 and not any(map(_TOLD_LATER.fullmatch, plain))):
        return None
    taken = set(columns.values())
    ignored = [
        heading
        for index, heading in enumerate(headings)
        if heading and index not in taken and plain[index] not in _READ_ONLY
    ]
    return Header(below, columns, {field: headings[index] for field, index in columns.items()}, ignored)


def _first(field: Field, plain: list[str], *, taken: set[int]) -> int | None:
    for pattern in _COMPILED[field]:
        for index, heading in enumerate(plain):
            if heading and index not in taken and pattern.fullmatch(heading):
                return index
    return None
