"""`duban act`, `duban deficiency`, `duban ledger`: what the report needs and no item brings along."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from duban.commands.errand import Answer, Errand, Shown, acting, answer, looking
from duban.commands.ledgers import ledger_files
from duban.commands.ledgers.act import acts, deficiencies
from duban.commands.ledgers.ledger_shown import KindArgument
from duban.commands.ledgers.ledger_shown import list_rows as show_rows
from duban.edge import (
    YearOption,
    table,
)

if TYPE_CHECKING:
    from models.ledgers.kind import Kind

ledgers = typer.Typer(help="台账：登记、更正、撤下、查看、导入、导出。", no_args_is_help=True)

NumberArgument = Annotated[int, typer.Argument(metavar="编号", help="记录在台账中的编号。", min=1)]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", metavar="项=值", help="一项内容，如 --set 公开日期=2026-03-05。")
]


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(acts, name="act")
    app.add_typer(deficiencies, name="deficiency")
    app.add_typer(ledgers, name="ledger")


@ledgers.command("kinds")
@looking("year organ json")
def list_kinds(errand: Errand) -> Answer:
    """列出有哪些台账：各有多少记录、多少未办和已过的时限。"""
    from models.database import key
    from tasks.ledgers.browse import count_kinds
    from tasks.ledgers.own_terms import amounts

    session = errand.session
    day = errand.day
    owner = errand.sole_organ
    counts = count_kinds(session, owner, errand.year or day.year, on=day, amounts=amounts(session, key(owner.id)))

    def screen() -> Iterator[Shown]:
        shown = table("代码", "台账", "记录", "未办时限", "已过时限", "最近一条", "用处")
        for one in counts:
            terms = (str(one.open), str(one.overdue)) if one.kind.terms else ("", "")
            shown.add_row(
                one.kind.code,
                one.kind.title,
                f"{one.rows} {one.kind.unit}",
                *terms,
                str(one.last_on or ""),
                one.kind.purpose,
            )
        yield shown

    data = [
        {"kind": one.kind.code, "title": one.kind.title, "unit": one.kind.unit, "rows": one.rows,
         "open_terms": one.open, "overdue_terms": one.overdue, "last_on": one.last_on}
        for one in counts
    ]  # fmt: skip
    return answer(data, screen)


@ledgers.command("list")
@looking("organ json")
def list_rows(
    errand: Errand,
    kind: Annotated[str | None, typer.Argument(metavar="台账", help="代码或名称；缺省为全部台账。")] = None,
    year: YearOption = None,
    words: Annotated[str, typer.Option("--words", metavar="文字", help="只要含这些文字的。")] = "",
    item: Annotated[str, typer.Option("--item", metavar="编号", help="只要属于这项任务的。")] = "",
    due: Annotated[
        str | None, typer.Option("--due", metavar="时限", help="open 有未办的时限、overdue 时限已过。")
    ] = None,
    withdrawn: Annotated[bool, typer.Option("--withdrawn", help="只看撤下的。")] = False,
) -> Answer:
    """列出台账中的记录，新的在前。"""
    from models.ledgers.kinds import KINDS, kind_named, member_named
    from tasks.ledgers.browse import TermState, Wanted

    wanted = Wanted(
        year=year, words=words, item=item, withdrawn=withdrawn, due=member_named(TermState, due) if due else None
    )
    if kind is not None:
        return show_rows(errand, kind_named(kind), wanted)
    told = {one.code: show_rows(errand, one, wanted) for one in KINDS.values()}
    return answer(
        {code: one.data for code, one in told.items()}, *(line for one in told.values() for line in one.shown)
    )


@ledgers.command("show")
@looking("organ json")
def show_row(
    errand: Errand,
    kind: KindArgument,
    number: NumberArgument,
) -> Answer:
    """显示一条记录：内容、时限、经过。"""
    from models.database import key
    from models.ledgers.kinds import kind_named
    from tasks.ledgers.find_row import find_row
    from tasks.ledgers.own_terms import amounts
    from tasks.ledgers.row_history import history_lacks, row_history
    from tasks.ledgers.row_terms import row_terms
    from tasks.ledgers.tell_row import Teller

    session = errand.session
    found = kind_named(kind)
    owner = errand.sole_organ
    row = find_row(session, owner, found, number)
    teller = Teller(session, found, [row])
    calendar = errand.calendar
    terms = row_terms(found, row, calendar, amounts(session, key(owner.id)))
    history, lacks = row_history(session, found, row), history_lacks(session, row)
    told = [
        {"code": term.term.code, "title": term.term.title, "due_on": term.due_on, "done_on": term.done_on,
         "minimum": term.term.minimum, "source": term.term.source}
        for term in terms
    ]  # fmt: skip
    changes = [{"at": one.at, "actor": one.actor, "lines": one.lines, "reason": one.reason} for one in history]
    withdrawn = f"（已于 {row.withdrawn_on} 撤下：{row.withdrawn_reason}）" if row.withdrawn_on else ""
    return answer(
        teller.data(row) | {"terms": told, "history": changes, "lacks": lacks},
        f"{found.title} {row.id}{withdrawn}",
        *[f"  {field.label}：{teller.words(row, field) or '未填'}" for field in found.columns],
        *[f"  时限 {term.term.title}：{term.due_on}，{term.words(errand.day, calendar)}" for term in terms],
        *[f"  {change.at:%Y-%m-%d} {change.actor}：{'；'.join(change.lines)}" for change in history],
        *([f"  {lacks}"] if lacks else []),
    )


@ledgers.command("add")
@acting("as on organ json")
def add_row(
    errand: Errand,
    kind: KindArgument,
    sets: SetOption = None,
    procedure: Annotated[str | None, typer.Option("--procedure", metavar="程序", help="执法案件：程序。")] = None,
    fine: Annotated[str | None, typer.Option("--fine", metavar="元", help="执法案件：罚款。")] = None,
    outcome: Annotated[str | None, typer.Option("--outcome", metavar="结果", help="执法案件：复议诉讼结果。")] = None,
    number: Annotated[str | None, typer.Option("--number", metavar="案号", help="执法案件：案号。")] = None,
    title: Annotated[str | None, typer.Option("--title", metavar="名称", help="执法案件：案件名称。")] = None,
    topic: Annotated[str | None, typer.Option("--topic", metavar="主题", help="学习研讨：主题。")] = None,
    people: Annotated[str | None, typer.Option("--people", metavar="人数", help="学习研讨：参加人数。")] = None,
) -> Answer:
    """登记一条记录。--on 为记录的日期；其余各项用 --set 项=值 写明，可重复。"""
    from models.ledgers.kinds import kind_named
    from tasks.ledgers.fields import field_named
    from tasks.ledgers.record import record_row
    from tasks.ledgers.tell_row import Teller

    session = errand.session
    found = kind_named(kind)
    short = {
        "procedure": procedure, "fine": fine, "outcome": outcome, "number": number, "title": title, "topic": topic,
        "people": people,
    }  # fmt: skip
    given = {field_named(found, name).name: value for name, value in short.items() if value is not None}
    given = {found.day: errand.day.isoformat()} | given | _sets(found, sets)
    by = errand.recorder
    row = record_row(session, errand.organ, found, given, by=by)
    data = Teller(session, found, [row]).data(row)
    return answer(data, f"已登记{found.title}，编号 {row.id}。")


@ledgers.command("correct")
@acting("as on organ json")
def correct(
    errand: Errand,
    kind: KindArgument,
    number: NumberArgument,
    sets: SetOption = None,
    revision: Annotated[
        int | None, typer.Option("--revision", metavar="版次", help="所见的版次；其后有人改过的，不保存。")
    ] = None,
) -> Answer:
    """更正一条记录：--set 项=值，可重复；值留空即清除。"""
    from models.errors import BadInputError
    from models.ledgers.kinds import kind_named
    from tasks.ledgers.find_row import find_row
    from tasks.ledgers.record import correct_row
    from tasks.ledgers.tell_row import Teller

    session = errand.session
    found = kind_named(kind)
    given = _sets(found, sets)
    if not given:
        raise BadInputError("请用 --set 项=值 写明要更正的内容。")
    by = errand.recorder
    owner = errand.organ
    row = find_row(session, owner, found, number)
    changed = correct_row(session, owner, found, row, given, by=by, seen=revision)
    data = Teller(session, found, [row]).data(row) | {"changed": changed}
    return answer(
        data, f"已更正{found.title} {number}：{'、'.join(changed)}。" if changed else "与原来相同，没有改动。"
    )


@ledgers.command("withdraw")
@acting("as on organ json")
def withdraw(
    errand: Errand,
    kind: KindArgument,
    number: NumberArgument,
    reason: Annotated[str, typer.Option("--reason", metavar="理由", help="为什么撤下。")],
) -> Answer:
    """撤下一条记录：仍可查看，不计入任何数字。"""
    from models.ledgers.kinds import kind_named
    from tasks.ledgers.find_row import find_row
    from tasks.ledgers.record import withdraw_row

    session = errand.session
    found = kind_named(kind)
    by = errand.recorder
    owner = errand.organ
    row = find_row(session, owner, found, number)
    withdraw_row(session, owner, found, row, reason, by=by)
    data = {"id": row.id, "withdrawn_on": row.withdrawn_on, "withdrawn_reason": row.withdrawn_reason}
    return answer(data, f"已撤下{found.title} {number}。")


@ledgers.command("reinstate")
@acting("as on organ json")
def reinstate(
    errand: Errand,
    kind: KindArgument,
    number: NumberArgument,
) -> Answer:
    """恢复一条撤下的记录。"""
    from models.ledgers.kinds import kind_named
    from tasks.ledgers.find_row import find_row
    from tasks.ledgers.record import reinstate_row

    session = errand.session
    found = kind_named(kind)
    by = errand.recorder
    owner = errand.organ
    row = find_row(session, owner, found, number)
    reinstate_row(session, owner, found, row, by=by)
    data = {"id": row.id, "revision": row.revision}
    return answer(data, f"已恢复{found.title} {number}。")


@ledgers.command("grant")
@acting("as on organ json")
def grant(
    errand: Errand,
    kind: KindArgument,
    to: Annotated[
        list[str] | None, typer.Option("--to", metavar="科室", help="由哪些科室登记本科室的记录；都不写为收回授权。")
    ] = None,
) -> Answer:
    """授权科室登记、查看本科室的记录：以这次写的为准。"""
    from models.ledgers.kinds import kind_named
    from tasks.ledgers.grant_ledger import grant_ledger
    from tasks.people.find import find_department

    found = kind_named(kind)
    departments = [find_department(errand.session, errand.organ, name) for name in to or ()]
    given_to = [one.name for one in grant_ledger(errand.session, errand.organ, found, departments, by=errand.by)]
    names = "、".join(given_to)
    said = f"{found.title}现由{names}登记本科室的记录。" if names else f"{found.title}不再由科室自行登记。"
    return answer({"kind": found.code, "departments": given_to}, said)


def _sets(kind: "Kind", sets: list[str] | None) -> dict[str, str]:
    """What `--set 项=值` gives, by column. Raises BadInputError."""
    from models.errors import BadInputError
    from tasks.ledgers.fields import field_named

    given = {}
    for one in sets or ():
        name, sign, value = one.partition("=")
        if not sign:
            raise BadInputError(f"“{one}”不可用：应写成 --set 项=值，如 --set 程序=简易。")
        given[field_named(kind, name).name] = value
    return given


ledger_files.register(ledgers)
