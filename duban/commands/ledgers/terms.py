"""`duban terms`: how long the terms of the ledgers run, with their sources; set or confirmed by the office."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.commands.errand import Answer, Errand, Shown, acting, answer, looking
from duban.edge import (
    table,
)

if TYPE_CHECKING:
    from tasks.ledgers.terms import TermLine

terms = typer.Typer(help="台账时限：各项时限及其依据，由本单位确认或从严设定。", no_args_is_help=True)

KindArgument = Annotated[str, typer.Argument(metavar="台账", help="台账的代码或名称，如 case、执法案件。")]
TermArgument = Annotated[str, typer.Argument(metavar="事项", help="时限的代码或名称，如 publish。")]
NoteOption = Annotated[str | None, typer.Option("--note", metavar="依据", help="本单位的依据。")]


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(terms, name="terms")


@terms.command("list")
@looking("as on organ json")
def list_(
    errand: Errand, to_confirm: Annotated[bool, typer.Option("--to-confirm", help="只列待确认的。")] = False
) -> Answer:
    """列出每一项时限：期限、依据、是否已由本单位确认。"""
    from models.database import key
    from tasks.ledgers.find_row import authorize_ledgers
    from tasks.ledgers.terms import list_terms

    session = errand.session
    by = errand.by
    found = errand.organ
    authorize_ledgers(session, by, key(found.id))
    lines = [line for line in list_terms(session, key(found.id)) if line.to_confirm or not to_confirm]

    def screen() -> Iterator[Shown]:
        shown = table("台账", "代码", "事项", "时限", "状态", "依据", title=f"{found.name}的台账时限")
        for line in lines:
            state = "〔待确认〕" if line.to_confirm else f"{line.own.confirmed_on} 已确认" if line.own else "法定"
            shown.add_row(line.kind.title, line.term.code, line.term.title, line.words, state, line.term.source)
        for column in shown.columns:
            column.overflow = "fold"
        yield shown
        waiting = sum(line.to_confirm for line in lines)
        if waiting:
            yield (
                f"待确认 {waiting} 项：核对本单位的依据后，用 duban terms confirm 台账 事项 确认，"
                "或用 duban terms set 修改。"
            )

    return answer([_data(line) for line in lines], screen)


@terms.command("set")
@acting("as on organ json")
def set_(
    errand: Errand,
    kind: KindArgument,
    term: TermArgument,
    amount: Annotated[int, typer.Argument(metavar="期限", help="整数；起算日之前的写负数，前面加 --。")],
    unit: Annotated[
        str | None, typer.Option("--unit", metavar="单位", help="工作日、天、月；缺省不变。按年要求的不填。")
    ] = None,
    note: NoteOption = None,
) -> Answer:
    """设定一项时限；有明文规定的只能从严。未办的时限随即重新计算。"""
    from models.ledgers.kinds import kind_named
    from tasks.ledgers.terms import set_term, unit_named

    session = errand.session
    by = errand.by
    found = errand.organ
    wanted = unit_named(unit) if unit else None
    line = set_term(session, found, kind_named(kind), term, amount=amount, unit=wanted, by=by, note=note)
    return _told(line)


@terms.command()
@acting("as on organ json")
def confirm(
    errand: Errand,
    kind: KindArgument,
    term: TermArgument,
    note: NoteOption = None,
) -> Answer:
    """按现在的期限确认一项时限；按年要求的，确认后列入督办。"""
    from models.ledgers.kinds import kind_named
    from tasks.ledgers.terms import confirm_term

    session = errand.session
    by = errand.by
    line = confirm_term(session, errand.organ, kind_named(kind), term, by=by, note=note)
    return _told(line)


@terms.command()
@looking("year as on organ json")
def short(errand: Errand) -> Answer:
    """列出一年中短于最短期限的事项（如公开征求意见不足30日）。"""
    from dataclasses import asdict

    from models.database import key
    from models.dates.day_override import office_calendar
    from models.ledgers.kinds import KINDS
    from tasks.ledgers.find_row import authorize_ledgers
    from tasks.ledgers.owed import rows_of_year, short_periods
    from tasks.ledgers.own_terms import own_terms

    day = errand.day
    session = errand.session
    by = errand.by
    organ_id = key(errand.organ.id)
    authorize_ledgers(session, by, organ_id)
    own, calendar = own_terms(session, organ_id), office_calendar(session, organ_id=organ_id)
    found = [
        (kind, period)
        for kind in KINDS.values()
        for period in short_periods(kind, rows_of_year(session, organ_id, kind, errand.year or day.year), own, calendar)
    ]

    def screen() -> Iterator[Shown]:
        for kind, period in found:
            yield f"{kind.title} {period.row_id}“{period.name}”:{period.words}"
        yield f"{errand.year or day.year} 年期限不足 {len(found)} 件。"

    return answer([{"kind": kind.code, **asdict(period), "term": period.term.code} for kind, period in found], screen)


def _told(line: TermLine) -> Answer:
    return answer(_data(line), f"{line.kind.title}“{line.term.title}”为{line.words}，已由本单位确认。")


def _data(line: TermLine) -> dict[str, Any]:
    return {
        "kind": line.kind.code,
        "term": line.term.code,
        "title": line.term.title,
        "amount": line.amount,
        "unit": str(line.unit),
        "words": line.words,
        "default": line.default,
        "yearly": line.yearly,
        "minimum": line.minimum,
        "source": line.term.source,
        "to_confirm": line.to_confirm,
        "confirmed_on": line.own.confirmed_on if line.own else None,
        "note": line.own.note if line.own else None,
    }
