"""`duban report compare|comment|comments|resolve`: what changed between versions, and what readers say."""

from collections.abc import Iterator
from typing import Annotated

import typer

from duban.acts.report_desk import COMMENT, RESOLVE
from duban.commands.acts import add_command, of_year
from duban.commands.errand import Answer, Errand, Shown, answer, looking
from duban.commands.report.report_desk import looked_at, worked_on
from duban.edge import RequiredYear, table


def register(reports: typer.Typer) -> None:
    """Add these commands to `duban report`."""
    reports.command()(compare)
    add_command(reports, COMMENT, of_year(worked_on))
    reports.command()(comments)
    add_command(reports, RESOLVE, of_year(worked_on))


@looking("as organ json")
def compare(
    errand: Errand,
    year: RequiredYear,
    from_: Annotated[int | None, typer.Option("--from", metavar="版次", help="较早的一版；缺省为前一版。")] = None,
    to: Annotated[int | None, typer.Option("--to", metavar="版次", help="较晚的一版；缺省为最新一版。")] = None,
    now: Annotated[bool, typer.Option("--now", help="与现在的记录比：数字后来的改动，报告中的不变。")] = False,
) -> Answer:
    """比较两个版本的文字和数字；--now 列出编制之后记录的改动。"""
    from models.errors import BadInputError
    from models.people.organ import Organ
    from tasks.report.compiling.find_report import find_report
    from tasks.report.desk.compare_versions import Difference, figures_now
    from tasks.report.desk.compare_versions import compare as difference

    session = errand.session
    newest = looked_at(errand, year)
    owner = session.get_one(Organ, newest.organ_id)
    newer = find_report(session, owner, year, to)
    if now:
        found = Difference((), tuple(figures_now(session, newer)))
        said = f"第 {newer.version} 版与现在的记录"
    else:
        if from_ is None and newer.version == 1:
            raise BadInputError("只有一版，没有可以比较的；看后来的改动用 --now。")
        older = find_report(session, owner, year, from_ or newer.version - 1)
        found = difference(session, older, newer)
        said = f"第 {older.version} 版与第 {newer.version} 版"

    def screen() -> Iterator[Shown]:
        if not found:
            yield f"{said}没有不同。"
            return
        for block in found.blocks:
            marks = {"same": "{}", "gone": "[-{}-]", "new": "{{+{}+}}"}
            yield f"{block.part} {block.key}：{'、'.join(block.what)}"
            yield "    " + "".join(marks[span.what].format(span.text) for span in block.spans)
        if found.figures:
            shown = table("数字", "原为", "现为", "增加的记录", "减少的记录", "内容有变")
            for figure in found.figures:
                values = [
                    "无" if value is None else f"{value.normalize():f}{figure.unit}"
                    for value in (figure.before, figure.after)
                ]
                shown.add_row(
                    figure.name,
                    *values,
                    "、".join(figure.added),
                    "、".join(figure.removed),
                    "是" if figure.changed else "",
                )
            yield shown

    return answer(found, screen)


@looking("as organ json")
def comments(errand: Errand, year: RequiredYear) -> Answer:
    """列出批注和答复。"""
    from tasks.report.desk.comment_report import comments_of

    session = errand.session
    report = looked_at(errand, year)
    rows = [
        {
            "id": one.id, "key": one.block_key, "quoted": one.quoted, "text": one.text, "by": one.actor,
            "answer": one.answer, "resolved": one.resolved_at is not None,
        }
        for one in comments_of(session, report)
    ]  # fmt: skip

    def screen() -> Iterator[Shown]:
        shown = table("编号", "段落", "所注文字", "批注", "批注人", "状态", "答复")
        for row in rows:
            told = [str(row[name] or "") for name in ("id", "key", "quoted", "text", "by")]
            shown.add_row(*told, "已处理" if row["resolved"] else "待处理", str(row["answer"] or ""))
        yield shown

    return answer(rows, screen)
