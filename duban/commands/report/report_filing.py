"""`duban report status|submit|…|archive`: a report on its way, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from duban.acts.filing import ACTS
from duban.commands.acts import add_command, of_year
from duban.commands.errand import Answer, Errand, Shown, acting, answer, looking
from duban.edge import table

if TYPE_CHECKING:
    from models.report.filing import Filing

RequiredYear = Annotated[int, typer.Option("--year", metavar="年度", min=1990, max=2200, help="报告的年度。")]


def register(reports: typer.Typer) -> None:
    """Add these commands to `duban report`."""
    reports.command()(status)
    reports.command()(submit)
    for act in ACTS[:-1]:
        add_command(reports, act, of_year(on_its_way))
    reports.command()(days)
    reports.command()(assign)
    add_command(reports, ACTS[-1], of_year(on_its_way))


def on_its_way(errand: Errand, year: int) -> Filing:
    """The report on its way."""
    from tasks.report.filing.step import find_filing

    return find_filing(errand.session, errand.organ, year)


@looking("as on organ json")
def status(errand: Errand, year: RequiredYear) -> Answer:
    """年度报告办到哪一步：环节、版本、时限、意见、报送对象，以及审签前要看的问题。"""
    from models.people.organ import Department
    from models.people.permission import Action
    from tasks.acting.authorize import authorize_organ
    from tasks.report.compiling.marks import marks_sentence
    from tasks.report.filing.show import show_filing

    day = errand.day
    session = errand.session
    by = errand.by
    owner = errand.organ
    authorize_organ(session, by, Action.VIEW, owner.id)
    shown = show_filing(session, owner, year, by=by, calendar=errand.calendar)
    units = {one.id: session.get_one(Department, one.department_id).name for one in shown.consultations}

    def screen() -> Iterator[Shown]:
        yield f"{owner.name} {year} 年度报告：{shown.state.label}{shown.version_words}"
        for line in shown.days:
            yield f"  {line.words}"
        if shown.consultations:
            rows = table("编号", "科室", "时限", "反馈", "意见", "采纳")
            for one in shown.consultations:
                replied = str(one.replied_on or "") or (
                    "不再等待" if one.waived_on else "逾期" if one.late(day) else ""
                )
                adopted = one.adoption.label if one.adoption else ""
                rows.add_row(str(one.id), units[one.id], str(one.due_on), replied, one.opinion or "", adopted)
            yield rows
        if shown.addressees:
            rows = table("报送对象", "类别", "报送日", "方式", "回执日", "回执号")
            for to in shown.addressees:
                sent, got = str(to.sent_on or ""), str(to.receipt_on or "")
                rows.add_row(to.name, to.kind.label, sent, to.way or "", got, to.receipt_number or "")
            yield rows
        for place in shown.publications:
            yield f"公开：{place.on} {place.place}（不公开 {place.left_out} 处）"
        if shown.findings:
            marked = marks_sentence(shown.marks)
            yield f"审签前要看的 {len(shown.findings)} 处{f'，其中{marked}' if marked else ''}："
        for finding in shown.findings:
            yield f"  {finding.line}"

    return answer(shown.as_dict(units), screen)


@acting("as on organ json")
def submit(
    errand: Errand,
    year: RequiredYear,
    note: Annotated[str | None, typer.Option("--note", metavar="文字", help="送审说明。")] = None,
) -> Answer:
    """送审：锁定最新一版的内容，进入征求意见。"""
    from tasks.report.compiling.report_hash import short_hash
    from tasks.report.filing.review import submit as send_on

    session = errand.session
    by = errand.by
    filing = send_on(session, errand.organ, year, by=by, note=note)
    return answer(
        {"year": filing.year, "state": filing.state, "hash": filing.content_hash},
        f"{year} 年度报告已送审（校验码 {short_hash(filing.content_hash)}），现为“{filing.state.label}”。",
    )


@acting("as on organ json")
def days(
    errand: Errand,
    year: RequiredYear,
    own: Annotated[str | None, typer.Option("--own", metavar="月-日", help="本单位自定的报送日，如 02-10。")] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="文字", help="自定日的来由。")] = None,
) -> Answer:
    """把报送、公开的时限列入次年计划（拟办，由人下达）；--own 设本单位自定的日子。"""
    from tasks.people.find import find_plan
    from tasks.report.filing.deadlines import ensure_filing_items, set_report_term

    session = errand.session
    by = errand.by
    owner = errand.organ
    if own is not None:
        set_report_term(session, owner, own, by=by, note=note)
    made = ensure_filing_items(session, find_plan(session, owner, year + 1), by=by)
    rows = [{"number": item.number, "title": item.title, "due_on": item.due_on} for item in made]

    def screen() -> Iterator[Shown]:
        for row in rows:
            yield f"{row['number']} {row['title']}（时限 {row['due_on']}）"
        yield f"已列入 {year + 1} 年度计划 {len(rows)} 项，待下达。" if rows else "各项时限都已在计划中。"

    return answer({"year": year, "items": rows}, screen)


@acting("as on organ json")
def assign(
    errand: Errand,
    step: Annotated[str, typer.Argument(metavar="环节", help="法制审核 或 保密审查。")],
    to: Annotated[
        str | None, typer.Option("--to", metavar="岗位或科室", help="岗位名称，或由其负责人办理的科室；不写为收回。")
    ] = None,
) -> Answer:
    """指定法制审核、保密审查由哪个岗位办理；收回的，仍由督办员、分管领导、第一责任人办理。"""
    from models.errors import BadInputError
    from tasks.report.filing.assign_step import assign_step
    from tasks.report.filing.step_posts import STEPS, find_post

    found = next((one for one in STEPS if step in (one.value, one.label)), None)
    if found is None:
        raise BadInputError(f"没有“{step}”这个环节：可指定 {'、'.join(one.label for one in STEPS)}。")
    post = find_post(errand.session, errand.organ, to) if to else None
    assign_step(errand.session, errand.organ, found, post, by=errand.by)
    said = f"{found.label}现由“{to}”办理。" if post else f"{found.label}不再指定岗位。"
    return answer({"step": found.value, "post": post.id if post else None}, said)
