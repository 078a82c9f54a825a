"""`duban report compare|comment|comments|resolve`: what changed between versions, and what readers say."""

from typing import Annotated

import typer

from duban.commands.report_desk import Key, RequiredYear, looking, working
from duban.edge import AsOption, JsonOption, OnOption, OrganOption, print_json, say, show_table, table


def register(reports: typer.Typer) -> None:
    """Add these commands to `duban report`."""
    for command in (compare, comment, comments, resolve):
        reports.command()(command)


def compare(
    context: typer.Context,
    year: RequiredYear,
    from_: Annotated[int | None, typer.Option("--from", metavar="版次", help="较早的一版;缺省为前一版。")] = None,
    to: Annotated[int | None, typer.Option("--to", metavar="版次", help="较晚的一版;缺省为最新一版。")] = None,
    now: Annotated[bool, typer.Option("--now", help="与现在的记录比:数字后来的改动,报告中的不变。")] = False,
    as_: AsOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """比较两个版本的文字和数字;--now 列出编制之后记录的改动。"""
    from models.errors import BadInputError
    from models.people.organ import Organ
    from tasks.report.compiling.find_report import find_report
    from tasks.report.desk.compare_versions import Difference, figures_now
    from tasks.report.desk.compare_versions import compare as difference

    with looking(context, year, as_, organ) as (session, newest):
        owner = session.get_one(Organ, newest.organ_id)
        newer = find_report(session, owner, year, to)
        if now:
            found = Difference((), tuple(figures_now(session, newer)))
            said = f"第 {newer.version} 版与现在的记录"
        else:
            if from_ is None and newer.version == 1:
                raise BadInputError("只有一版,没有可以比较的;看后来的改动用 --now。")
            older = find_report(session, owner, year, from_ or newer.version - 1)
            found = difference(session, older, newer)
            said = f"第 {older.version} 版与第 {newer.version} 版"
    if as_json:
        print_json(found)
        return
    if not found:
        say(f"{said}没有不同。")
        return
    for block in found.blocks:
        marks = {"same": "{}", "gone": "[-{}-]", "new": "{{+{}+}}"}
        say(f"{block.part} {block.key}:{'、'.join(block.what)}")
        say("    " + "".join(marks[span.what].format(span.text) for span in block.spans))
    if found.figures:
        shown = table("数字", "原为", "现为", "增加的记录", "减少的记录", "内容有变")
        for figure in found.figures:
            values = [
                "无" if value is None else f"{value.normalize():f}{figure.unit}"
                for value in (figure.before, figure.after)
            ]
            shown.add_row(
                figure.name, *values, "、".join(figure.added), "、".join(figure.removed), "是" if figure.changed else ""
            )
        show_table(shown)


def comment(
    context: typer.Context,
    key: Key,
    year: RequiredYear,
    text: Annotated[str, typer.Option("--text", metavar="文字", help="意见。")],
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """对一段提出批注;重新编制后仍在。"""
    from tasks.report.desk.comment_report import comment

    with working(context, year, as_, on, organ) as (session, report, by):
        made = comment(session, report, key, by=by, text=text)
    if as_json:
        print_json({"id": made.id, "key": made.block_key, "text": made.text})
    else:
        say(f"已批注,编号 {made.id}(段落 {made.block_key})。")


def comments(
    context: typer.Context,
    year: RequiredYear,
    as_: AsOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出批注和答复。"""
    from tasks.report.desk.comment_report import comments_of

    with looking(context, year, as_, organ) as (session, report):
        rows = [
            {
                "id": one.id, "key": one.block_key, "quoted": one.quoted, "text": one.text, "by": one.actor,
                "answer": one.answer, "resolved": one.resolved_at is not None,
            }
            for one in comments_of(session, report)
        ]  # fmt: skip
    if as_json:
        print_json(rows)
        return
    shown = table("编号", "段落", "所注文字", "批注", "批注人", "状态", "答复")
    for row in rows:
        told = [str(row[name] or "") for name in ("id", "key", "quoted", "text", "by")]
        shown.add_row(*told, "已处理" if row["resolved"] else "待处理", str(row["answer"] or ""))
    show_table(shown)


def resolve(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="编号", help="批注的编号,见 duban report comments。")],
    year: RequiredYear,
    answer: Annotated[str | None, typer.Option("--answer", metavar="文字", help="答复。")] = None,
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """处理一条批注。"""
    from tasks.report.desk.comment_report import resolve_comment

    with working(context, year, as_, on, organ) as (session, report, by):
        settled = resolve_comment(session, report, number, by=by, answer=answer)
    if as_json:
        print_json({"id": settled.id, "answer": settled.answer})
    else:
        say(f"批注 {settled.id} 已处理。")
