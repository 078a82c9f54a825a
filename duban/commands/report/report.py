"""`duban report`: read any annual report, compile our own, and trace its figures."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.commands.errand import Answer, Errand, Shown, acting, answer, apart, looking
from duban.edge import RequiredYear, table

if TYPE_CHECKING:
    from tasks.report.compiling.compile_report import CompiledReport

reports = typer.Typer(help="年度报告：读取、编制、追溯数字。", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    from duban.commands.report import (
        report_compare,
        report_desk,
        report_figures,
        report_filing,
        report_review,
        report_template,
        report_upward,
        report_write,
    )

    report_compare.register(reports)
    report_desk.register(reports)
    report_figures.register(reports)
    report_filing.register(reports)
    report_review.register(reports)
    report_template.register(reports)
    report_upward.register(reports)
    report_write.register(reports)
    app.add_typer(reports, name="report")


@reports.command()
@apart("json")
def read(
    errand: Errand,
    file: Annotated[
        Path, typer.Argument(metavar="文件", help="年度报告或工作要点：Word、WPS、Excel、PDF、网页、文本都可以。")
    ],
) -> Answer:
    """读取一份年度报告：各部分、小标题、数字，以及可导入的下一年度任务。"""
    from tasks.reading.read_report import read_report

    errand.edge.name_helper()
    data = read_report(file).as_dict()

    def screen() -> Iterator[Shown]:
        for name, key in (("标题", "title"), ("机关", "organ"), ("年度", "year"), ("主送", "addressee")):
            yield f"{name}：{data[key] if data[key] is not None else '（文中未写明）'}"
        for section in data["sections"]:
            yield f"\n{section['number'] or ''} {section['heading'] or '（无标题）'} [{_kind_label(section['kind'])}]"
            for heading in section["subheadings"]:
                yield f"    {heading['number'] or ''} {heading['text']}"
            if section["truncated"]:
                yield "    （文件在此处截断）"
        yield from _say_figures(data["figures"])
        if data["items"]:
            yield f"\n可作为下一年度任务导入的 {len(data['items'])} 项："
            for item in data["items"]:
                yield f"    {item['title']}" + (f"（{item['due_text']}）" if item["due_text"] else "")
        yield from data["notes"]

    return answer(data, screen)


def _kind_label(kind: str) -> str:
    from models.report.report import SectionKind

    return SectionKind(kind).label


def _say_figures(figures: list[dict[str, Any]]) -> Iterator[Shown]:
    if not figures:
        return
    yield f"\n数字 {len(figures)} 处："
    for figure in figures:
        about = "（约数）" if figure["approximate"] else ""
        yield f"    {figure['value']}{figure['unit']}{about}  {figure['sentence'][:60]}"


@reports.command("compile")
@acting("as on organ json")
def compile_(
    errand: Errand,
    year: RequiredYear,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="文件.docx", help="写出的 Word 文件；缺省只编制、不写文件。")
    ] = None,
    template: Annotated[
        Path | None,
        typer.Option(
            "--template",
            metavar="文件.toml",
            help="报告体例；缺省为本单位设定的（report template set），没有的为数据目录中的 report.toml。",
        ),
    ] = None,
) -> Answer:
    """编制年度报告。--on 为成文日期，缺省为次年 1 月 15 日或其后第一个工作日。"""
    from models.errors import BadInputError
    from tasks.papers.official_document import write
    from tasks.report.compiling.compile_report import compile_report, report_day
    from tasks.report.compiling.marks import count_marks, marks_of
    from tasks.report.compiling.template import read_template
    from tasks.report.desk.set_report_template import template_for
    from tasks.report.output.lay_out_report import lay_out_report

    session = errand.session
    if out is not None and out.suffix.lower() != ".docx":
        raise BadInputError(f"“{out.name}”不是 .docx 文件名：报告只能写成 Word 文件，如 报告.docx。")
    day = errand.day if errand.said["on"] else report_day(year, errand.calendar)
    by = errand.recorder
    owner = errand.organ
    frame = read_template(template) if template else template_for(session, owner, errand.edge.settings.home)
    report = compile_report(session, owner, year, by=by, on=day, template=frame)
    if out is not None:
        write(lay_out_report(report), out)

    return answer(report.as_dict() | count_marks(marks_of(report)), lambda: _summarise(report, out))


def _summarise(report: "CompiledReport", out: Path | None) -> Iterator[Shown]:
    from tasks.report.compiling.marks import MarkKind, count_marks, marks_of, marks_sentence

    yield f"{report.title}（第 {report.version} 版，成文日期 {report.dated_on}）"
    shown = table("部分", "段落", "数字", "数字所据记录", *(kind.label for kind in MarkKind))
    marks = marks_of(report)
    for section in report.sections:
        figures = [figure for block in section.blocks for figure in block.figures]
        rows = {row for figure in figures for row in figure.rows}
        marked = count_marks([mark for mark in marks if mark.part == section.heading])
        counts = (len(section.blocks), len(figures), len(rows), *marked.values())
        shown.add_row(f"{section.number}{section.heading}", *map(str, counts))
    yield shown
    if marks:
        yield f"有{marks_sentence(count_marks(marks))}，文中已标出，请逐处核实、补充或者删去。"
    yield f"已写出 {out}。" if out else "未写文件；加 --out 报告.docx 可写出 Word 文件。"


@reports.command()
@looking("as organ json")
def trace(
    errand: Errand,
    figure: Annotated[str, typer.Argument(metavar="数字名称", help="如“行政执法案件”。")],
    year: RequiredYear,
) -> Answer:
    """追溯报告中的一个数字：列出它所据的每一条记录。"""

    from models.people.permission import Action
    from tasks.acting.authorize import authorize_organ
    from tasks.report.compiling.trace_figure import trace_figure

    session = errand.session
    by = errand.by
    owner = errand.organ
    authorize_organ(session, by, Action.VIEW, owner.id)
    traced = trace_figure(session, owner, year, figure)

    def screen() -> Iterator[Shown]:
        for found in traced:
            about = "（约数）" if found.approximate else ""
            yield f"{found.name}：{found.value:g}{found.unit}{about}  见“{found.text}”"
            shown = table("记录", "日期", "内容")
            for row in found.rows:
                shown.add_row(row.row, row.on.isoformat() if row.on else "", row.words)
            yield shown

    return answer(traced, screen)
