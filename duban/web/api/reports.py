"""年度报告: the compiled versions, each with its sections, blocks, figures and what they rest on."""

import datetime as dt

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlmodel import Session

from duban.web.api_fields import AnyYear, Named, RowId, named
from duban.web.call import Call, Reader
from models.database import key
from models.errors import DubanError, NotFoundError
from models.people.permission import Action
from models.report.report import Report
from tasks.acting.authorize import authorize_organ
from tasks.report.compiling.draft import DraftBlock
from tasks.report.compiling.find_report import reports_of
from tasks.report.compiling.keep_draft import read_draft

router = APIRouter(tags=["年度报告"])


class ReportLine(BaseModel):
    """一个版本。"""

    id: int = Field(title="id")
    year: int = Field(title="年度")
    version: int = Field(title="版本")
    title: str = Field(title="标题")
    compiled_at: dt.datetime = Field(title="编制时间")


class ReportList(BaseModel):
    """各年度报告的各个版本，新的在前。"""

    reports: list[ReportLine] = Field(title="年度报告")


class FigureShown(BaseModel):
    """一个数字和它所据的记录。"""

    name: str = Field(title="名称")
    value: float = Field(title="数值")
    unit: str = Field(title="单位")
    approximate: bool = Field(title="约数")
    rows: list[str] = Field(title="所据记录", examples=[["case:12", "item:3"]])


class BlockShown(BaseModel):
    """一段文字。"""

    heading: str | None = Field(title="小标题")
    text: str = Field(title="文字")
    sources: list[str] = Field(title="依据")
    unsupported: bool = Field(title="待核")
    figures: list[FigureShown] = Field(title="数字")


class SectionShown(BaseModel):
    """一个部分。"""

    kind: Named = Field(title="类别")
    heading: str = Field(title="标题")
    blocks: list[BlockShown] = Field(title="段落")


class ReportShown(ReportLine):
    """一个版本的全部。"""

    snapshot: str = Field(title="所据数据的指纹", description="指纹相同，报告逐字节相同。")
    sections: list[SectionShown] = Field(title="各部分")


@router.get("/reports", summary="年度报告", operation_id="list_reports")
def reports(call: Reader, year: AnyYear = None) -> ReportList:
    """本单位编制过的年度报告。"""
    with call.reading() as session:
        authorize_organ(session, call.by, Action.VIEW, call.organ.id)
        call.seen(session)
        rows = reports_of(session, key(call.organ.id), year=year)
    return ReportList(reports=[ReportLine.model_validate(row.model_dump()) for row in rows])


@router.get("/reports/{report_id}", summary="一份年度报告", operation_id="show_report")
def report(call: Reader, report_id: RowId) -> ReportShown:
    """一个版本的各部分、段落、数字和依据。"""
    with call.reading() as session:
        version = _seen(session, call, report_id)
        call.seen(session)
        sections = read_draft(session, version)
    return ReportShown(
        **ReportLine.model_validate(version.model_dump()).model_dump(),
        snapshot=version.snapshot,
        sections=[
            SectionShown(
                kind=named(section.kind),
                heading=section.heading,
                blocks=[_block(block) for block in section.blocks if not block.withdrawn],
            )
            for section in sections
        ],
    )


def _block(block: DraftBlock) -> BlockShown:
    return BlockShown(
        heading=block.heading,
        text=block.text,
        sources=list(block.sources),
        unsupported=not block.sources,
        figures=[
            FigureShown(
                name=figure.name,
                value=float(figure.value),
                unit=figure.unit,
                approximate=figure.approximate,
                rows=list(figure.rows),
            )
            for figure in block.figures
        ],
    )


def _seen(session: Session, call: Call, report_id: int) -> Report:
    unknown = NotFoundError("没有这份年度报告，或者它不在您的查看范围内。")
    found = session.get(Report, report_id)
    if found is None:
        raise unknown
    try:
        authorize_organ(session, call.by, Action.VIEW, found.organ_id)
    except DubanError as error:
        raise unknown from error
    return found
