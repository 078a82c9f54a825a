"""One of each paper of the supervision, and how to look at a paper again."""

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import docx
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph
from lxml import etree

from models.ladder.policy import Colour
from tasks.papers.brief import Brief, InstructionRow, NextRow, RedRow, WaitingRow
from tasks.papers.circular import (
    ChangedRow,
    Circular,
    DepartmentRow,
    NextDeadlineRow,
    OverdueRow,
    Totals,
    TrendPoint,
    UnreportedRow,
)
from tasks.papers.official_document import Block, OfficialDocument, render
from tasks.papers.supervision_sheet import SupervisionSheet, UrgedItem, UrgingSlip

HOSTILE = "甲<w:p/>&\"'\x00\x07\ufffe" + "长标题WW" * 100 + "\r\n]]>"
"""Markup, control characters and more than five hundred characters; `shown` says what of it reaches paper."""

SHEET = SupervisionSheet(
    organ="青禾县水务局",
    kind="红色督办单",
    number="青水督〔2026〕3号",
    colour=Colour.RED,
    matter="城区二次供水设施改造工程（任务2026-017）",
    content="年底前完成城区12个老旧小区二次供水设施改造，6月底前完成可研批复和施工招标；目前施工招标尚未挂网。",
    instructing_leaders="王建国（局长）",
    lead_leader="李明（副局长）",
    cooperating_leaders="赵敏（总工程师）",
    lead_unit="供水科",
    cooperating_units=("规划计划科", "财务科"),
    due_on=dt.date(2026, 6, 30),
    original_due_on=dt.date(2026, 5, 31),
    overdue_words="逾期7个工作日",
    feedback="每月25日前",
    contact="陈芳",
    phone="12345678",
    requirement="请查明滞后原因，提出追赶措施和新的完成节点，于7月16日前书面反馈。",
    issued_on=dt.date(2026, 7, 9),
    reply_by=dt.date(2026, 7, 16),
)

SLIP = UrgingSlip(
    organ="青禾县水务局",
    number="催办〔2026〕5号",
    addressee="供水科",
    items=(
        UrgedItem("2026-017", "二次供水改造", "供水科", "张伟", dt.date(2026, 6, 30), "逾期7个工作日", 2),
        UrgedItem("2025-031", "供水成本监审", "供水科", "刘洋", dt.date(2025, 12, 31), "未填报6月进展", 1),
    ),
    demand="请说明未办结原因、目前进展和预计完成时间。",
    reply_by=dt.date(2026, 7, 12),
    contact="陈芳",
    phone="12345678",
    issued_on=dt.date(2026, 7, 9),
)

CIRCULAR = Circular(
    organ="青禾县水务局",
    issue="第6期",
    title="2026年6月督办事项办理情况通报",
    number="督通〔2026〕6号",
    period_words="2026年6月",
    from_on=dt.date(2026, 6, 1),
    until_on=dt.date(2026, 6, 30),
    issued_on=dt.date(2026, 7, 3),
    addressee="局属各单位",
    totals=Totals(
        items=30,
        closed_in_period=4,
        closed=11,
        overdue=3,
        near=5,
        on_track=8,
        not_started=2,
        suspended=1,
        in_review=2,
        on_time_share=Decimal("0.875"),
    ),
    departments=(
        DepartmentRow(
            "供水科", 18, 6, 3, 3, 2, 1, 0, score=Decimal("88.5"), rank=2, on_track=4, not_started=1, suspended=1
        ),
        DepartmentRow("财务科", 12, 5, 0, 2, 0, 0, 1, score=Decimal(100), rank=1, on_track=4, not_started=1),
    ),
    overdue=(
        OverdueRow("2026-017", "二次供水改造", "供水科", "张伟", dt.date(2026, 6, 19), "逾期7个工作日", "第一责任人"),
    ),
    unfiled=(
        UnreportedRow("供水科", "2026-018", "农村饮水", "刘洋", "6月", dt.date(2026, 6, 25)),
        UnreportedRow("供水科", "2026-019", "成本监审", "刘洋", "6月", dt.date(2026, 6, 25)),
        UnreportedRow("财务科", "2026-022", "资金支付", "周强", "6月", dt.date(2026, 6, 25)),
    ),
    changed=(
        ChangedRow("延期", "2026-011", "小流域治理", "供水科", dt.date(2026, 6, 20), dt.date(2026, 8, 31), "汛期停工"),
        ChangedRow("中止", "2026-040", "移民后扶", "财务科", dt.date(2026, 7, 31), None, "计划未下达"),
    ),
    next_deadlines=(NextDeadlineRow("2026-001", "半年报告", "财务科", "周强", dt.date(2026, 7, 10)),),
    praise=("财务科提前完成规范性文件清理。",),
    criticism=("供水科2项事项未按期填报。",),
    demands=("各单位要对照时限倒排工期。",),
    trend=(TrendPoint("5月", 3, 1), TrendPoint("6月", 4, 3)),
)

BRIEF = Brief(
    organ="青禾县水务局",
    person="王建国局长",
    on=dt.date(2026, 7, 9),
    red=12,
    waiting=1,
    unanswered=2,
    red_rows=(
        RedRow("2026-017", "二次供水改造", "供水科、李明", "逾期7个工作日"),
        RedRow("2026-023", "综合规划评估", "规划科、赵敏", "逾期4个工作日"),
    ),
    waiting_rows=(WaitingRow("延期审批", "小流域治理延至8月31日", "周强", dt.date(2026, 7, 3)),),
    instruction_rows=(
        InstructionRow(
            dt.date(2026, 6, 20), "一周内拿出招标方案。", "二次供水改造", dt.date(2026, 7, 10), "办理中", "方案已报"
        ),
        InstructionRow(dt.date(2025, 12, 30), "请说明原因。", "综合规划", None, "待签收", ""),
    ),
    next_rows=(NextRow(dt.date(2026, 7, 10), "2026-001", "半年报告", "财务科、赵敏"),),
)


def opened(document: OfficialDocument) -> WordDocument:
    return docx.Document(io.BytesIO(render(document)))


def paper_of(*body: Block) -> OfficialDocument:
    return OfficialDocument(title="样张", addressee=None, body=body, signature=None, dated_on=None)


def shown(text: str) -> str:
    """What of a text a Word file holds: no control characters, one kind of line end."""
    return "".join(one for one in text.replace("\r\n", "\n") if one == "\n" or (one >= " " and one != "\ufffe"))


def cells(table: WordTable) -> list[list[str]]:
    """The texts of the cells, one that spans several columns once."""
    return [[cell.text for cell in _once(row.cells)] for row in table.rows]


def _once(found: tuple[Any, ...]) -> list[Any]:
    return [cell for place, cell in enumerate(found) if place == 0 or cell._tc is not found[place - 1]._tc]


def styled(word: WordDocument, style: str) -> list[WordParagraph]:
    return [paragraph for paragraph in word.paragraphs if paragraph.style and paragraph.style.name == style]


def outline(word: WordDocument) -> list[str]:
    return [line.text for line in word.paragraphs if line.style and (line.style.name or "").startswith("Heading")]


def charts(word: WordDocument) -> list[Any]:
    """The charts in the order of the text, each as the root of its part."""
    drawn = [element.get(qn("r:id")) for element in word.element.body.iter(qn("c:chart"))]
    return [etree.fromstring(word.part.related_parts[key].blob) for key in drawn]


def numbers(chart: Any) -> dict[str, list[float]]:
    """Each series of a chart by its name."""
    return {
        one.findtext(qn("c:tx") + "/" + qn("c:v")) or "": [
            float(value.text) for value in one.find(qn("c:val")).iter(qn("c:v"))
        ]
        for one in chart.iter(qn("c:ser"))
    }


def names(chart: Any) -> list[str]:
    """The categories of a chart."""
    return [value.text or "" for value in next(chart.iter(qn("c:cat"))).iter(qn("c:v"))]


def said(word: WordDocument) -> list[str]:
    """What the charts say in words."""
    return [element.get("descr") or "" for element in word.element.body.iter(qn("wp:docPr"))]
