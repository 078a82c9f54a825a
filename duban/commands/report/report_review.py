"""`duban report review`: what a second pair of eyes would strike, and doing it in one step."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

import typer

from duban.commands.errand import Answer, Errand, Shown, acting, answer
from duban.commands.report.report_desk import looked_at
from duban.commands.report.report_filing import on_its_way
from duban.edge import RequiredYear, table


def register(reports: typer.Typer) -> None:
    """Add this command to `duban report`."""
    reports.command()(review)


@acting("as on organ json")
def review(
    errand: Errand,
    year: RequiredYear,
    take: Annotated[
        str | None, typer.Option("--take", metavar="代号", help="照这一条办，如 repeat:ledger:case；代号见所列。")
    ] = None,
    text: Annotated[
        str | None, typer.Option("--text", metavar="意见", help="写了的为通过法制审核，同 report legal。")
    ] = None,
) -> Answer:
    """以办公室主任的眼光看最新一版：重复的、一句一题的、报告不用的词、各部分的篇幅；每条都可一步改好。"""
    from duban.acts.declaration import Deed
    from duban.acts.filing import BY_VERB as ON_ITS_WAY
    from duban.acts.report_desk import BY_VERB
    from models.errors import NotFoundError
    from tasks.report.desk.second_look import find_remark, second_look

    if text is not None:
        # So it was called before there was a look at the text.
        passed = Deed(errand.session, on_its_way(errand, year), errand.by, {"opinion": text, "seen": None})
        outcome = ON_ITS_WAY["pass_legal"].does(passed)
        return answer(outcome.data, outcome.words or outcome.said)
    report = looked_at(errand, year)
    remarks = second_look(errand.session, report)
    if take is not None:
        remark = find_remark(remarks, take)
        if remark is None:
            known = "、".join(one.code for one in remarks if one.verb) or "无"
            raise NotFoundError(f"没有可一步办理的“{take}”；现有：{known}。")
        done = BY_VERB[remark.verb or ""].does(Deed(errand.session, report, errand.by, dict(remark.given or {})))
        return answer({"code": take, **done.data}, f"{remark.step}：{done.words or done.said}")

    def screen() -> Iterator[Shown]:
        if not remarks:
            yield f"{report.title}（第 {report.version} 版）：没有要删改的。"
            return
        shown = table("代号", "看出的", "一步改法")
        for one in remarks:
            shown.add_row(one.code, f"{one.kind.label}：{one.words}", one.step or "请补写")
        yield shown
        yield "照办用 duban report review --take 代号；不必改的不用管。"

    rows = [{"code": one.code, **asdict(one)} for one in remarks]
    return answer({"year": year, "version": report.version, "remarks": rows}, screen)
