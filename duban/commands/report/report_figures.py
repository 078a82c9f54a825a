"""`duban report figures|check|enforcement`: the year's figures with what they count, what is to be seen before
submission, and the yearly tables of enforcement."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from duban.commands.errand import Answer, Errand, Shown, answer, looking
from duban.edge import RequiredYear, table

if TYPE_CHECKING:
    from models.report.figure import Figure


def register(reports: typer.Typer) -> None:
    """Add these commands to `duban report`."""
    reports.command()(figures)
    reports.command()(check)
    reports.command()(enforcement)


@looking("as on organ json")
def figures(
    errand: Errand,
    year: RequiredYear,
    name: Annotated[
        str | None, typer.Option("--name", metavar="数字", help="只列名称中有这几个字的，或编号为它的，如 case.cases。")
    ] = None,
) -> Answer:
    """列出一个年度的全部数字：口径、期间、数值、单位、是否约数、所据记录和校验值。"""
    from models.errors import NotFoundError
    from models.people.permission import Action
    from tasks.acting.authorize import authorize_organ
    from tasks.people.find import find_plan
    from tasks.report.figures.gather_figures import gather_figures

    day = errand.day
    session = errand.session
    by = errand.by
    owner = errand.organ
    authorize_organ(session, by, Action.VIEW, owner.id)
    counted = gather_figures(session, owner, find_plan(session, owner, year), on=day)
    found = [figure for figure in counted if name is None or name == figure.code or name in figure.name]
    if not found:
        known = "、".join(figure.name for figure in counted)
        raise NotFoundError(f"{year} 年度没有名为“{name}”的数字；现有：{known}。")

    def screen() -> Iterator[Shown]:
        shown = table("编号", "名称", "数值", "期间", "记录", "口径", "校验值")
        for figure in found:
            shown.add_row(*_line(figure))
        yield shown

    return answer([figure.as_dict() for figure in found], screen)


def _line(figure: "Figure") -> tuple[str, ...]:
    about = "约" if figure.approximate else ""
    period = f"{figure.first_on}至{figure.last_on}" if figure.first_on else ""
    rows = str(len(figure.rows))
    return (
        figure.code or "", figure.name, about + figure.written, period, rows, figure.definition or "",
        figure.row_hash[:12],
    )  # fmt: skip


@looking("as on organ json")
def check(errand: Errand, year: RequiredYear) -> Answer:
    """报送前核对：数字之间应当相符的、与上年相比变化较大的、文中待核的。没有编过报告的，核对台账和任务的数字。"""
    from dataclasses import asdict

    from models.people.permission import Action
    from tasks.acting.authorize import authorize_organ
    from tasks.report.compiling.check_report import check_year
    from tasks.report.compiling.marks import marks_sentence

    day = errand.day
    session = errand.session
    by = errand.by
    owner = errand.organ
    authorize_organ(session, by, Action.VIEW, owner.id)
    checked = check_year(session, owner, year, on=day)
    version = checked.report.version if checked.report else None
    findings = [asdict(finding) for finding in checked.findings]
    data = {"year": year, "version": version, "findings": findings, **checked.marks}

    def screen() -> Iterator[Shown]:
        yield f"核对{owner.name} {year} 年度{f'报告第 {version} 版' if version else '的数字（尚未编制报告）'}："
        for finding in checked.findings:
            yield f"  [{finding.severity.label}] {finding.words}"
        if not checked.findings:
            yield "  数字之间没有不符。" if not checked.compared else "  数字之间没有不符，与上年相比没有较大变化。"
        if not checked.compared:
            yield "  没有上年度的计划，未与上年比较。"
        if any(checked.marks.values()):
            yield f"  文中有{marks_sentence(checked.marks)}。"

    return answer(data, screen)


@looking("as on organ json")
def enforcement(
    errand: Errand,
    year: RequiredYear,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="文件", help="写出的文件：.docx、.pdf、.html 为年报，.xlsx 为每个数字所据的记录。"
        ),
    ] = None,
) -> Answer:
    """行政执法统计年报：处罚、许可、强制、检查各一张表，由台账数出，次年1月31日前公开。"""
    from models.database import key
    from models.people.permission import Action
    from tasks.acting.authorize import authorize_organ
    from tasks.report.figures.enforcement_tables import enforcement_tables
    from tasks.report.output.enforcement_yearbook import write_yearbook_rows, yearbook
    from tasks.report.output.write_report import write_review

    session, owner, day = errand.session, errand.organ, errand.day
    authorize_organ(session, errand.by, Action.VIEW, owner.id)
    tables = enforcement_tables(session, key(owner.id), year, on=day)
    if out is not None and out.suffix.lower() == ".xlsx":
        write_yearbook_rows(session, owner, year, tables, out)
    elif out is not None:
        write_review(yearbook(owner, year, tables, until=day), out, settings=errand.edge.settings)

    def screen() -> Iterator[Shown]:
        for one in tables:
            shown = table(one.title, "数量", "记录")
            for cell in one.cells:
                shown.add_row(cell.heading, cell.said, str(len(cell.figure.rows)))
            yield shown
            if one.unsaid is not None:
                yield f"有{one.unsaid.written}没有填写处罚种类，计入合计，未列入各类。"
        if out is not None:
            yield f"已写出 {out}。"

    data = [
        {"title": one.title, "cells": [{"heading": cell.heading, **cell.figure.as_dict()} for cell in one.cells]}
        for one in tables
    ]
    return answer(data, screen)
