"""Which column of a plan's list is which: the headings offices use, English ones too, and how the list is filled in.

Headings were collected from published breakdown tables, ledgers and supervision sheets. Fields choose their
columns in the order of the table below, and a field's patterns stand in order of preference: 任务名称 is the
title and 任务内容 its content where both are there, and 任务内容 is the title where it stands alone.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from operator import itemgetter

from models.dates.due_text import ACCEPTED
from models.errors import BadInputError
from models.items.arrival import Arrival
from models.items.item import Importance
from models.ledgers.field import FieldType, LedgerField
from models.ledgers.sheet_kind import SheetKind
from tasks.reading.cells import plain
from tasks.reading.sheet import Sheet
from tasks.reading.sheet_header import Header, find_header, plain_heading

Field = str
"""The name of a column: what it can say about an item."""

_IMPORTANCE = "、".join(member.label for member in Importance)
_AREA = "[省市州盟县区旗镇乡街道局委办厅处室科级主要]{0,3}"
_KINDS = r"(?:责任)?(?:单位|部门|处室|科室|股室|科|处|机构)"


LIST = SheetKind(
    code="plan",
    title="任务清单",
    identity=("number", "title"),
    wants=("title",),
    # What tells how a task goes: an item keeps none of it, but beside a task it makes a header.
    beside=r"(?:具体|工作|任务|完成|目前|当前)*(?:动态|进度|进展)(?:情况)?|(?:完成|落实)情况|(?:资金|经费)使用情况",
    within=15,
    shown_only=("缺少", "来源类别", "文号"),
    days=("start", "due", "done_on"),
    across=False,
    fields=(
        LedgerField(
            "number", "序号", width=9, centred=True,
            hint="本单位自己的编号，一个计划内不重复。再次导入时按序号对应。以“示例”开头的行不导入。",
            patterns="任务编号 事项编号 编号 序号 项目编号 号 no number id item",
        ),
        LedgerField(
            "title", "任务内容", width=40, hint="必填。一行一项任务。",
            patterns=r"""
                (?:任务|事项|工作)名称 督[办查]事项 (?:具体|分解)(?:工作)?任务 (?:年度|重点)?工作任务
                任务(?:事项)? 目标与?任务 任务内容 (?:年度|重点|主要|目标)+任务 重点工作(?:任务|内容)?
                (?:主要)?工作(?:内容|事项|要点) 工作目标及任务要求 任务及要求
                (?:督[办查]|普法|具体|主要|批示)内容 (?:议定)?事项 内容 title task(?:name|title)? content
                工作目标 (?:具体|工作)举措 (?:待办|督办|承办|交办|办理)(?:事项|任务|工作|内容)
                (?!.*(?:进展|情况)).{0,6}(?:任务|事项|工作|举措|措施|要点)(?:内容|安排)?
            """,
        ),
        LedgerField(
            "project", "项目", width=18,
            hint="任务所属的项目或类别。相同的可以合并单元格，也可以只在第一行填写。",
            patterns=r"""
                所属项目 项目名称 项目 任务类别 工作类别 类别 任务分类 分类 一级分类 一级目录 专题 板块 方面
                专项 重点项目 一级指标 (?:重点|主要)(?:工作|任务) category project group
            """,
        ),
        LedgerField(
            "subproject", "子项目",
            patterns="二级分类 二级目录 二级指标 小类 子项目 subcategory",
        ),
        LedgerField(
            "leaders", "牵头领导", FieldType.PERSON, width=12, hint="已登记人员的姓名。多位用顿号隔开，第一位为主。",
            patterns=rf"""
                牵头{_AREA}领导 责任{_AREA}领导 分管{_AREA}领导 主管{_AREA}领导 主管(?:人员|负责人)
                (?:包保|包联|挂帅|挂点|挂钩|联系|督导|督办){_AREA}领导 领导 leader leaders responsibleleader
            """,
        ),
        LedgerField("other_leaders", "配合领导", patterns=rf"(?:配合|协助|协管|分管|责任|主管){_AREA}领导"),
        LedgerField(
            "handler", "承办人", FieldType.PERSON, width=11, hint="已登记人员的姓名，通知首先送此人。",
            patterns=r"""
                承办人员? (?:具体|部门|科室|直接)责任人 责任人员? 经办人员? 具体负责人 负责人 办理人 联络员
                (?:督办)?联系人 handler owner assignee responsible contact
            """,
        ),
        LedgerField(
            "lead", "牵头单位", width=14, hint="本单位的科室名称。不是本单位科室的，按原文保留。",
            patterns=rf"""
                牵头{_KINDS} 主办{_KINDS} 主责{_KINDS} 主要{_KINDS} 承办{_KINDS} 普法责任主体 责任主体 lead
                leadunit leaddepartment
            """,
        ),
        LedgerField(
            "units", "责任单位",
            patterns=r"""
                责任(?:单位|部门|处室|科室|股室) 负责(?:单位|部门|科室) 落实单位 部门 科室 department unit units
            """,
        ),
        LedgerField(
            "cooperating", "配合单位", width=18,
            hint="多个用顿号隔开。“各有关单位”等按原文保留。",
            patterns=rf"""
                (?:配合|协办|协同|协作|协助|参与|参加|会办){_KINDS}(?:和人员)? cooperating cooperatingunits
                supportingunits
            """,
        ),
        LedgerField(
            "start", "开始时间", width=13, centred=True,
            hint="如 3月1日、3月、第二季度。可以留空。",
            patterns=r"(?:计划)?(?:开始|启动|起始)(?:时间|日期|日) start startdate starton",
        ),
        LedgerField(
            "due", "完成时限", width=16, centred=True,
            hint=f"可以写：{ACCEPTED}。\n写明的那一天当天完成不算逾期。",
            patterns=r"""
                (?:计划)?(?:完成|办结|办理|交办|整改|落实|反馈|报送)?(?:时限|期限)(?:要求)?
                (?:计划|预计|要求|限定|规定)?(?:完成|办结)(?:时间|日期|节点|时限|期限)
                (?:截止|截至|到期)(?:时间|日期|日)? 时间(?:节点|要求|安排|进度) (?:完成)?节点 办复要求 时间 due
                duedate dueon deadline
            """,
        ),
        LedgerField(
            "yearly", "每年", FieldType.YES_NO, width=8, centred=True,
            hint="每年都做的常设工作填“是”：写入报告的下一年度安排，开年编制时列入新的一年。留空为否。",
            patterns=r"(?:是否)?(?:每年|常年|常设)(?:都做|开展|工作|任务)? yearly",
        ),
        LedgerField(
            "cycle", "周期",
            patterns=r"(?:反馈|重复|报送|上报|办理|开展)?周期 频次 频率 recurrence frequency",
        ),
        LedgerField(
            "state", "状态", FieldType.CHOICE, choices=Arrival, width=10,
            hint="年中启用时填写：未开始、在办、已办结之一，留空为未开始。在办的下达后不再要求签收，已办结的下达后即为销号。"
            "已下达的任务不按此改动。",
            patterns=r"(?:任务|工作|事项|办理|完成|当前|目前|进展)?状态 status state",
        ),
        LedgerField(
            "done_on", "办结日", width=13, centred=True,
            hint="已办结的写明哪一天，如 2026-03-20。",
            patterns=r"""
                办结日 销号(?:日期?|时间) 实际(?:完成|办结)(?:时间|日期|日) (?:完成|办结)(?:日期|时间|日)
                doneon closedon
            """,
        ),
        LedgerField(
            "target", "目标数量", FieldType.DECIMAL, width=10, centred=True, hint="有数量要求的填数字，如 4。",
            patterns=r"""
                (?:年度)?(?:目标|指标|任务)(?:值|数量?|次数) 数量 量化(?:目标|指标) target targetcount
            """,
        ),
        LedgerField(
            "target_unit", "计量单位", width=10, centred=True,
            hint="目标数量的单位，如 场、件、人次。",
            patterns=r"(?:计量|目标|数量|指标)单位 单位 targetunit",
        ),
        LedgerField(
            "percent", "完成比例", FieldType.DECIMAL,
            patterns=r"""
                (?:完成|工作|办理)?(?:进度|比例|情况)% 完成(?:率|比例|百分比)%?
                (?:完成|工作)?进度(?:率|百分比)%? 百分比%? percent%? progress%
            """,
        ),
        LedgerField(
            "importance", "重要程度", FieldType.CHOICE, choices=Importance, width=10,
            hint=f"{_IMPORTANCE}之一，留空为{Importance.NORMAL.label}。",
            patterns=r"重要(?:程度|性|级别) (?:任务)?级别 importance priority",
        ),
        LedgerField(
            "secrecy", "密级",
            patterns=r"密级 涉密(?:等级|程度|情况)? 是否涉密 secrecy classification",
        ),
        LedgerField(
            "deliverable", "预期成果", width=24, hint="完成后能看到什么：文件、活动、数据。",
            patterns=r"""
                (?:预期|工作|主要|交付)?成果(?:形式|要求)? 预期(?:目标|效果) 交付物
                (?:年度|工作|具体)?目标(?:要求)? 任务内容 具体内容 督[办查]内容 工作要求 deliverable outcome
            """,
        ),
        LedgerField(
            "evidence_rule", "佐证要求", width=22, hint="销号时要交的材料。",
            patterns=r"""
                (?:佐证|印证|证明|支撑)(?:材料)?(?:要求)? (?:办结|销号|验收|完成)标准 evidence evidencerule
            """,
        ),
        LedgerField(
            "source", "来源原文",
            patterns=r"""
                (?:任务|事项|工作)?来源 来源(?:语句|原文|文件) (?:原文|出处|依据|工作依据|文件依据) source
            """,
        ),
        LedgerField(
            "note", "备注", width=18,
            patterns=r"备注 说明 (?:具体|工作|主要)?(?:举措|措施) note notes remark remarks",
        ),
    ),
    template=(
        "number", "project", "title", "deliverable", "leaders", "lead", "cooperating", "handler", "start", "due",
        "yearly", "importance", "target", "target_unit", "evidence_rule", "state", "done_on", "note",
    ),
    departments=("lead", "cooperating"),
    examples=(
        (
            "示例1", "法治宣传教育", "举办领导干部法治专题讲座", "讲座通知、签到表、总结各一份", "王局长", "法规科",
            "办公室、人事科", "李科长", "3月1日", "6月底前", "", "重要", 2, "场", "通知、签到表、现场照片",
            "", "", "本行为示例，导入时跳过",
        ),
        (
            "示例2", "行政执法监督", "开展行政执法案卷评查", "评查通报", "王局长", "执法监督科", "各执法单位", "张科员",
            "", "每季度", "是", "一般", 4, "次", "评查表、通报", "在办", "",
            "本行为示例，导入时跳过",
        ),
    ),
)  # fmt: skip
"""The list of a plan. `units` lists whoever is responsible, the leading unit first."""


_MEASURES = re.compile(r"(?:具体|工作|主要|推进|落实|细化|重点|分解|任务)*(?:举措|措施|任务|内容|事项|要点|目标|要求)")
_AS_OF_THE_DAY = {"亮灯", "当前时限", "距时限", "最近填报"}
_SHOWN = _AS_OF_THE_DAY | {
    "编号", "任务", "项目", "牵头单位", "承办人", "牵头领导", "时限", "进度", "状态", "重要程度", "来源", "销号日",
    "上级任务",
}  # fmt: skip
"""What the page's list of items may show (`tasks.lists.item_columns`), and what of it no plan says."""
_LABELS = {column.label for column in LIST.columns}
_SPARE = {"note", "deliverable"}
"""What a column of measures is taken for where each task has but one."""


def find_list_header(sheet: Sheet, columns: Mapping[str, Field] | None = None) -> Header | None:
    """The header of a list, which names at least the task and one thing more; None where there is none.

    `columns` says by heading which field a column is. Where several measures stand beside one task, they are the items
    and the task is their project.
    """
    header = find_header(_renamed(sheet, columns), LIST) if columns else find_header(sheet, LIST)
    if header is None:
        return None
    if columns:
        written = sheet.rows[header.below - 1]
        row = [
            plain(cell) if heading in _LABELS else heading for cell, heading in zip(written, header.row, strict=True)
        ]
        header = replace(header, row=row)
    if "target" not in header.columns and "units" not in header.columns and "target_unit" in header.columns:
        # 单位 counts something only beside a number; alone it is who is responsible.
        renamed = {"units" if name == "target_unit" else name: at for name, at in header.columns.items()}
        header = replace(header, columns=renamed)
    return _by_measures(sheet, header)


def is_shown_list(header: Header) -> bool:
    """Whether it is the list of items that a page shows and exports, which says how each stands on that day."""
    headings = {heading for heading in header.row if heading}
    return headings <= _SHOWN and not _AS_OF_THE_DAY.isdisjoint(headings)


def _renamed(sheet: Sheet, columns: Mapping[str, Field]) -> Sheet:
    """The sheet with the headings that a person named as the fields are called."""
    named = {plain_heading(heading): LIST.field(name).label for heading, name in columns.items()}
    head = [
        [named.get(plain_heading(plain(cell)), cell) if cell != "" else cell for cell in row]
        for row in sheet.rows[: LIST.within]
    ]
    return replace(sheet, rows=[*head, *sheet.rows[LIST.within :]])


def name_columns(said: Sequence[str]) -> dict[str, Field]:
    """The fields by heading that 任务内容=待办 and the like name.

    Raises BadInputError that says which names there are.
    """
    labels = {plain_heading(column.label): column.name for column in LIST.columns}
    found: dict[str, Field] = {}
    for one in (part for text in said for part in re.split(r"[,，;；]", text) if part.strip()):
        label, _, heading = (part.strip() for part in one.replace("＝", "=").partition("="))
        if plain_heading(label) not in labels or not heading:
            named = "、".join(column.label for column in LIST.columns)
            raise BadInputError(f"“{one}”看不明白：应写成“任务内容=文件中的列名”，等号左边可以是{named}。")
        found[heading] = labels[plain_heading(label)]
    return found


def _by_measures(sheet: Sheet, header: Header) -> Header:
    title = header.columns["title"]
    # 重点任务 | 主要任务: either may be called a project; it is the one to the left that has several beside it.
    spare = _SPARE | {name for name in ("project",) if header.columns.get(name, -1) > title}
    taken = {column for name, column in header.columns.items() if name not in spare}
    rows = sheet.rows[header.below :]
    for measures, heading in enumerate(header.row):
        if measures in taken or not _MEASURES.fullmatch(plain_heading(heading)):
            continue
        said = [row for row in rows if row[measures] != ""]
        going_on = [row for row in said if row[title] == ""]
        if not going_on or len(going_on) == len(said):
            continue
        columns = {name: column for name, column in header.columns.items() if column != measures}
        columns["subproject" if "project" in columns else "project"] = title
        columns["title"] = measures
        if "number" in columns and all(row[columns["number"]] == "" for row in going_on):
            del columns["number"]  # it counts the tasks, not the measures
        return replace(header, columns=dict(sorted(columns.items(), key=itemgetter(1))))
    return header
