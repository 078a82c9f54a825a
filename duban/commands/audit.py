"""`duban audit`: the record of every act, shown and verified."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from duban.commands.errand import Answer, Errand, Shown, answer, apart, looking
from duban.edge import (
    table,
    today,
)

trail = typer.Typer(help="操作记录：谁在什么时候办了什么，改了什么；核验记录未被改动。", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add `duban audit` to `app`."""
    app.add_typer(trail, name="audit")


@trail.command()
@apart("as organ json")
def verify(
    errand: Errand,
    head: Annotated[
        str | None,
        typer.Option("--head", metavar="链尾", help="以前记下的链尾（哈希值，或邮件中签名的一整行）：仍须在链中。"),
    ] = None,
    whole: Annotated[bool, typer.Option("--whole", help="不用检查点，从第一条起全部重算。")] = False,
    archive: Annotated[
        list[Path] | None,
        typer.Option("--archive", metavar="文件", help="已归档的月份，用归档文件一并重算；可重复。"),
    ] = None,
) -> Answer:
    """核验操作记录：逐条核对内容和前后衔接；有一条对不上，退出码为 1。

    从上次完好时的检查点往后重算，并说明哪些以检查点为准；每 31 天至少全部重算一次。"""
    from models.errors import DubanError
    from tasks.archiving.attach import proved_stretch
    from tasks.trail.noted_head import read_head
    from tasks.trail.prove_trail import keep_proved, prove_trail

    home = errand.edge.settings.home
    noted = read_head(home, head) if head else None
    with errand.reading() as session:
        by = errand.by
        owner = errand.organ if errand.said["as"] or errand.said["organ"] else None
        proved = [proved_stretch(session, file) for file in archive or ()]
        opened = [one for one in proved if one is not None]
        chain = prove_trail(
            session, home, by=by, organ_id=owner.id if owner else None, head=noted, whole=whole, opened=opened
        )
    keep_proved(errand.edge.engine, home, chain, by=by)
    broken, since = chain.broken, chain.since
    fault = {"id": broken.id, "fault": broken.fault, "words": broken.words} if broken else None
    data = {
        "entries": chain.entries, "head": chain.head, "whole": broken is None, "broken": fault,
        "recomputed": chain.recomputed, "checkpoint": since, "sealed": chain.sealed, "opened": chain.opened,
    }  # fmt: skip
    if broken and not errand.json:
        raise DubanError(f"{broken.verdict}。{broken.fault.label}：{broken.words}（此前 {chain.entries} 条完好）。")
    return answer(
        data,
        f"操作记录完好，共 {chain.entries} 条。{chain.noted_words}",
        chain.words,
        f"链尾 {chain.head}",
        "请把链尾另行记下；下次用 duban audit verify --head 链尾 核对，可发现末尾被删或整链被改。",
        then=typer.Exit(DubanError.exit_code) if broken else None,
    )


@trail.command()
@looking("as year organ json")
def show(
    errand: Errand,
    item: Annotated[str | None, typer.Option("--item", metavar="编号", help="只看这项任务的。")] = None,
    person: Annotated[str | None, typer.Option("--person", metavar="姓名", help="只看此人办的，或代此人办的。")] = None,
    action: Annotated[
        str | None, typer.Option("--action", metavar="操作", help="只看这种操作，写代码或名称，如 sign、签收。")
    ] = None,
    from_on: Annotated[str | None, typer.Option("--from", metavar="日期", help="从这一天起。")] = None,
    until_on: Annotated[str | None, typer.Option("--until", metavar="日期", help="到这一天止（含）。")] = None,
    before: Annotated[
        int | None, typer.Option("--before", metavar="编号", help="只看此编号以前的，用来往前翻。")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="条数", min=1, max=1000, help="最多显示多少条。")] = 50,
) -> Answer:
    """查看操作记录：何人何时办了什么、代何人、理由、改动前后；最新的在最下面。

    连续的登录和退出，每人合为一行，写明次数；--json 逐条给出。"""
    import datetime as dt

    from models.clock import local
    from models.people.permission import Action
    from tasks.acting.authorize import authorize_organ
    from tasks.people.find import find_item, find_person
    from tasks.trail.fold_sign_ins import fold_sign_ins, what_of
    from tasks.trail.months_away import away_words
    from tasks.trail.show_audit import action_named, show_audit

    session = errand.session
    by = errand.by
    found = None
    first = today(from_on) if from_on else None
    last = today(until_on) if until_on else None
    if item is not None:
        plan = errand.plan
        authorize_organ(session, by, Action.AUDIT, plan.organ_id)
        found = find_item(session, plan, item)
    elif errand.year is not None:
        first, last = first or dt.date(errand.year, 1, 1), last or dt.date(errand.year, 12, 31)
    rows = show_audit(
        session,
        by=by,
        organ=errand.within,
        item=found,
        person=find_person(session, person) if person else None,
        action=action_named(action) if action else None,
        from_on=first,
        until_on=last,
        before=before,
        limit=limit,
    )

    away = away_words(session, "操作记录")

    def screen() -> Iterator[Shown]:
        made = table(
            "编号", "记录时间", "日期", "何人", "操作", "任务", "理由", "改动", title=f"操作记录 {len(rows)} 条"
        )
        for line in fold_sign_ins(rows):
            row, last = line[0], line[-1]
            who = row.actor + (f"（代{row.stands_for}）" if row.stands_for else "")
            at = "\n".join(f"{local(one.at):%Y-%m-%d %H:%M}" for one in ([row] if row is last else [row, last]))
            changed = "\n".join(row.changes) if row is last else ""
            words = (what_of(line), row.item or "", row.reason or "", changed)
            made.add_row(str(row.id) if row is last else f"{row.id}-{last.id}", at, str(row.on), who, *words)
        for column in made.columns:
            column.overflow = "fold"
        yield made
        if rows and len(rows) == limit:
            yield f"再早的记录：加 --before {rows[0].id}"
        elif away:
            yield away

    return answer(rows, screen)
