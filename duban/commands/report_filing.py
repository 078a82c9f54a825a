"""`duban report status|submit|…|archive`: a report on its way, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.edge import AsOption, JsonOption, OnOption, OrganOption, edge, print_json, say, show_table, table, today

if TYPE_CHECKING:
    from sqlmodel import Session

    from models.actor import Actor
    from models.report.filing import Filing

RequiredYear = Annotated[int, typer.Option("--year", metavar="年度", min=1990, max=2200, help="报告的年度。")]
Reason = Annotated[str, typer.Option("--reason", metavar="理由", help="必须写明理由。")]
MayReason = Annotated[str | None, typer.Option("--reason", metavar="理由", help="须说明的情况。")]
To = Annotated[str, typer.Argument(metavar="报送对象", help="主送或抄送机关的名称。")]


def register(reports: typer.Typer) -> None:
    """Add these commands to `duban report`."""
    for command in (
        status, submit, consult, opine, settle, forward, review, secrecy, sign, address, send, receipt, publish,
        archive, days,
    ):  # fmt: skip
        reports.command()(command)
    reports.command("return")(return_)


@contextmanager
def on_its_way(
    context: typer.Context, year: int, as_: str | None, on: str | None, organ: str | None
) -> Iterator[tuple[Session, Filing, Actor]]:
    """The report on its way, and who acts upon it."""
    from tasks.report.filing.step import find_filing

    reach = edge(context)
    with reach.writing() as session:
        by = reach.actor(session, as_, today(on), organ)
        yield session, find_filing(session, reach.organ_for(session, by, organ), year), by


def told(as_json: bool, filing: Filing, words: str, **more: Any) -> None:
    """What was done, for a person or a program."""
    if as_json:
        print_json({"year": filing.year, "state": filing.state, "hash": filing.content_hash, **more})
    else:
        say(words)


def status(
    context: typer.Context, year: RequiredYear, as_: AsOption = None, on: OnOption = None,
    organ: OrganOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """年度报告办到哪一步:环节、版本、时限、意见、报送对象,以及审签前要看的问题。"""
    from models.people.organ import Department
    from models.people.permission import Action
    from tasks.acting.authorize import authorize_organ
    from tasks.report.filing.show import show_filing

    reach, day = edge(context), today(on)
    with reach.reading() as session:
        by = reach.actor(session, as_, day, organ)
        owner = reach.organ_for(session, by, organ)
        authorize_organ(session, by, Action.VIEW, owner.id)
        shown = show_filing(session, owner, year, by=by, calendar=reach.calendar(session))
        units = {one.id: session.get_one(Department, one.department_id).name for one in shown.consultations}
    if as_json:
        print_json(shown.as_dict(units))
        return
    say(f"{owner.name} {year} 年度报告:{shown.state.label}{shown.version_words}")
    for line in shown.days:
        say(f"  {line.words}")
    if shown.consultations:
        rows = table("编号", "科室", "时限", "反馈", "意见", "采纳")
        for one in shown.consultations:
            replied = str(one.replied_on or "") or ("不再等待" if one.waived_on else "逾期" if one.late(day) else "")
            adopted = one.adoption.label if one.adoption else ""
            rows.add_row(str(one.id), units[one.id], str(one.due_on), replied, one.opinion or "", adopted)
        show_table(rows)
    if shown.addressees:
        rows = table("报送对象", "类别", "报送日", "方式", "回执日", "回执号")
        for to in shown.addressees:
            sent, got = str(to.sent_on or ""), str(to.receipt_on or "")
            rows.add_row(to.name, to.kind.label, sent, to.way or "", got, to.receipt_number or "")
        show_table(rows)
    for place in shown.publications:
        say(f"公开:{place.on} {place.place}(不公开 {place.left_out} 处)")
    if shown.findings:
        say(f"审签前要看的 {len(shown.findings)} 处:")
    for finding in shown.findings:
        say(f"  {finding.line}")


def submit(
    context: typer.Context, year: RequiredYear,
    note: Annotated[str | None, typer.Option("--note", metavar="文字", help="送审说明。")] = None,
    as_: AsOption = None, on: OnOption = None, organ: OrganOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """送审:锁定最新一版的内容,进入征求意见。"""
    from tasks.report.compiling.report_hash import short_hash
    from tasks.report.filing.review import submit as send_on

    reach = edge(context)
    with reach.writing() as session:
        by = reach.actor(session, as_, today(on), organ)
        filing = send_on(session, reach.organ_for(session, by, organ), year, by=by, note=note)
    told(
        as_json, filing, f"{year} 年度报告已送审(校验码 {short_hash(filing.content_hash)}),现为“{filing.state.label}”。"
    )


def consult(
    context: typer.Context, year: RequiredYear,
    departments: Annotated[list[str], typer.Option("--department", metavar="科室", help="可写多个。")],
    due: Annotated[str, typer.Option("--due", metavar="日期", help="反馈意见的时限。")],
    as_: AsOption = None, on: OnOption = None, organ: OrganOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """向科室征求意见,各有时限;报送任务已下达的,按子任务提醒。"""
    from models.typed_text import day
    from tasks.people.find import find_department
    from tasks.report.filing.consult import ask_opinions

    with on_its_way(context, year, as_, on, organ) as (session, filing, by):
        owner = edge(context).organ_for(session, by, organ)
        units = [find_department(session, owner, name) for name in departments]
        made = ask_opinions(session, filing, units, due_on=day(due, "反馈时限"), by=by)
        numbers = [one.id for one in made]
        watched = all(one.item_id for one in made)
    more = "" if watched else "年度计划中没有已下达的报送任务,时限不会自动提醒。"
    told(as_json, filing, f"已向 {len(numbers)} 个科室征求意见,{due} 前反馈。{more}", consultations=numbers)


def opine(
    context: typer.Context, year: RequiredYear,
    department: Annotated[str, typer.Option("--department", metavar="科室", help="代表哪个科室反馈。")],
    text: Annotated[str | None, typer.Option("--text", metavar="文字", help="意见;不写为无意见。")] = None,
    as_: AsOption = None, on: OnOption = None, organ: OrganOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """为本科室反馈意见。"""
    from tasks.people.find import find_department
    from tasks.report.filing.consult import opine as reply

    with on_its_way(context, year, as_, on, organ) as (session, filing, by):
        unit = find_department(session, edge(context).organ_for(session, by, organ), department)
        reply(session, filing, unit, by=by, opinion=text)
    told(as_json, filing, f"已为{department}反馈{'意见' if text else '“无意见”'}。")


def settle(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="编号", help="征求意见的编号,见 status。")],
    year: RequiredYear,
    adopted: Annotated[str, typer.Option("--adopted", metavar="yes|partly|no", help="采纳、部分采纳、不采纳。")],
    reason: MayReason = None,
    as_: AsOption = None, on: OnOption = None, organ: OrganOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """处理一条意见:是否采纳;不采纳或部分采纳的写明理由。"""
    from models.errors import BadInputError
    from models.report.filing_rows import Adoption
    from tasks.report.filing.consult import settle_opinion

    if adopted not in [one.value for one in Adoption]:
        raise BadInputError(f"“{adopted}”不可用:请写 yes(采纳)、partly(部分采纳)或 no(不采纳)。")
    with on_its_way(context, year, as_, on, organ) as (session, filing, by):
        one = settle_opinion(session, filing, number, adoption=Adoption(adopted), by=by, reason=reason)
        label = one.adoption.label if one.adoption else ""
    told(as_json, filing, f"意见 {number} 已处理:{label}。")


def forward(
    context: typer.Context, year: RequiredYear, reason: MayReason = None,
    as_: AsOption = None, on: OnOption = None, organ: OrganOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """送法制审核:意见都已处理;没有征求或不再等待的写明理由。"""
    from tasks.report.filing.review import forward as send_on

    with on_its_way(context, year, as_, on, organ) as (session, filing, by):
        send_on(session, filing, by=by, reason=reason)
    told(as_json, filing, f"{year} 年度报告已送法制审核。")


def review(
    context: typer.Context, year: RequiredYear,
    text: Annotated[str, typer.Option("--text", metavar="文字", help="法制审核意见。")],
    as_: AsOption = None, on: OnOption = None, organ: OrganOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """通过法制审核,写明审核意见;不能由送审的人办理。"""
    from tasks.report.filing.review import pass_legal

    with on_its_way(context, year, as_, on, organ) as (session, filing, by):
        pass_legal(session, filing, by=by, opinion=text)
    told(as_json, filing, f"{year} 年度报告已通过法制审核,送保密审查。")


def secrecy(
    context: typer.Context, year: RequiredYear, reason: MayReason = None,
    as_: AsOption = None, on: OnOption = None, organ: OrganOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """通过保密审查;有密级标志的不能通过,有待核的写明理由。"""
    from tasks.report.filing.review import pass_secrecy

    with on_its_way(context, year, as_, on, organ) as (session, filing, by):
        pass_secrecy(session, filing, by=by, reason=reason)
    told(as_json, filing, f"{year} 年度报告已通过保密审查,送领导审签。")


def sign(
    context: typer.Context, year: RequiredYear,
    accept: Annotated[str | None, typer.Option("--accept", metavar="理由", help="仍有问题而签发的理由。")] = None,
    seen: Annotated[str | None, typer.Option("--hash", metavar="校验码", help="所看一版的校验码,见 status。")] = None,
    as_: AsOption = None, on: OnOption = None, organ: OrganOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """第一责任人审签这一版;内容被改动过的不能审签。"""
    from tasks.report.compiling.report_hash import short_hash
    from tasks.report.filing.review import sign_off

    with on_its_way(context, year, as_, on, organ) as (session, filing, by):
        sign_off(session, filing, by=by, accepting=accept, seen=seen)
    told(as_json, filing, f"{year} 年度报告已审签(校验码 {short_hash(filing.content_hash)}),可以报送。")


def address(
    context: typer.Context, name: To, year: RequiredYear,
    copy: Annotated[bool, typer.Option("--copy", help="作为抄送增加;缺省为主送。")] = False,
    drop: Annotated[str | None, typer.Option("--drop", metavar="理由", help="不再报送此对象的理由。")] = None,
    as_: AsOption = None, on: OnOption = None, organ: OrganOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """增加一个报送对象,或以 --drop 去掉尚未报送的。"""
    from models.report.filing_rows import AddresseeKind
    from tasks.report.filing.addressees import add_addressee, drop_addressee

    with on_its_way(context, year, as_, on, organ) as (session, filing, by):
        if drop is not None:
            drop_addressee(session, filing, name, by=by, reason=drop)
        else:
            add_addressee(session, filing, name, AddresseeKind.COPY if copy else AddresseeKind.MAIN, by=by)
    told(as_json, filing, f"已{'去掉' if drop is not None else '增加'}报送对象“{name}”。")


def send(
    context: typer.Context, name: To, year: RequiredYear,
    way: Annotated[str, typer.Option("--way", metavar="方式", help="如 机要交换、公文系统、专人送达。")],
    as_: AsOption = None, on: OnOption = None, organ: OrganOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """登记报送一个对象;--on 为报送日。主送都报送后进入公开。"""
    from tasks.report.filing.send import send as write_down

    with on_its_way(context, year, as_, on, organ) as (session, filing, by):
        one = write_down(session, filing, name, by=by, way=way)
    late = f";已过法定时限,记为逾期({filing.delivered_on})" if filing.filed_late else ""
    told(as_json, filing, f"已登记 {one.sent_on} 报送“{one.name}”,现为“{filing.state.label}”{late}。")


def receipt(
    context: typer.Context, name: To, year: RequiredYear,
    number: Annotated[str | None, typer.Option("--number", metavar="回执号", help="收文号等。")] = None,
    evidence: Annotated[int | None, typer.Option("--evidence", metavar="编号", help="回执材料的编号。")] = None,
    as_: AsOption = None, on: OnOption = None, organ: OrganOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """登记一个对象的回执;--on 为回执日。"""
    from tasks.report.filing.send import note_receipt

    with on_its_way(context, year, as_, on, organ) as (session, filing, by):
        one = note_receipt(session, filing, name, by=by, number=number, evidence_id=evidence)
    told(as_json, filing, f"已登记“{one.name}”{one.receipt_on} 的回执。")


def publish(
    context: typer.Context, year: RequiredYear,
    place: Annotated[str, typer.Option("--place", metavar="网址或报刊", help="公开的网址,或报刊及版面。")],
    as_: AsOption = None, on: OnOption = None, organ: OrganOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """登记公开版在哪里公开;--on 为公开日。过了法定时限的照记,并记为逾期。"""
    from tasks.report.filing.send import publish as write_down

    with on_its_way(context, year, as_, on, organ) as (session, filing, by):
        made = write_down(session, filing, place, by=by)
    late = ";已过法定时限,记为逾期" if filing.published_late else ""
    told(as_json, filing, f"已登记 {made.on} 公开(不公开 {made.left_out} 处){late}。", left_out=made.left_out)


def archive(
    context: typer.Context, year: RequiredYear,
    number: Annotated[str, typer.Option("--number", metavar="档号", help="归档的档号。")],
    place: Annotated[str, typer.Option("--place", metavar="存放处", help="存放在哪里。")],
    as_: AsOption = None, on: OnOption = None, organ: OrganOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """归档:档号、存放处。"""
    from tasks.report.filing.send import archive as put_away

    with on_its_way(context, year, as_, on, organ) as (session, filing, by):
        put_away(session, filing, by=by, number=number, place=place)
    told(as_json, filing, f"{year} 年度报告已归档({number},{place})。")


def return_(
    context: typer.Context, year: RequiredYear, reason: Reason,
    to: Annotated[str | None, typer.Option("--to", metavar="环节", help="退到哪个环节;缺省为起草。")] = None,
    as_: AsOption = None, on: OnOption = None, organ: OrganOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """退回到前面的环节,写明理由;退到起草后再改即为新的一版。"""
    from models.errors import BadInputError
    from models.report.filing import ORDER, FilingState
    from tasks.report.filing.review import return_ as give_back

    step = next((state for state in ORDER if to in (state.value, state.label)), None) if to else FilingState.DRAFTING
    if step is None:
        raise BadInputError(f"没有“{to}”这个环节:可用 {'、'.join(state.label for state in ORDER[:-2])}。")
    with on_its_way(context, year, as_, on, organ) as (session, filing, by):
        give_back(session, filing, by=by, reason=reason, to=step)
    told(as_json, filing, f"{year} 年度报告已退回“{filing.state.label}”。")


def days(
    context: typer.Context, year: RequiredYear,
    own: Annotated[str | None, typer.Option("--own", metavar="月-日", help="本单位自定的报送日,如 02-10。")] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="文字", help="自定日的来由。")] = None,
    as_: AsOption = None, on: OnOption = None, organ: OrganOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """把报送、公开的时限列入次年计划(拟办,由人下达);--own 设本单位自定的日子。"""
    from tasks.people.find import find_plan
    from tasks.report.filing.deadlines import ensure_filing_items, set_report_term

    reach = edge(context)
    with reach.writing() as session:
        by = reach.actor(session, as_, today(on), organ)
        owner = reach.organ_for(session, by, organ)
        if own is not None:
            set_report_term(session, owner, own, by=by, note=note)
        made = ensure_filing_items(session, find_plan(session, owner, year + 1), by=by)
        rows = [{"number": item.number, "title": item.title, "due_on": item.due_on} for item in made]
    if as_json:
        print_json({"year": year, "items": rows})
        return
    for row in rows:
        say(f"{row['number']} {row['title']}(时限 {row['due_on']})")
    say(f"已列入 {year + 1} 年度计划 {len(rows)} 项,待下达。" if rows else "各项时限都已在计划中。")
