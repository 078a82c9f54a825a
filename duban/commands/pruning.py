"""`duban prune`: what the engine wrote for itself and nobody needs any longer, shown or thrown away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from duban.commands.errand import Answer, Errand, Shown, answer, apart
from duban.edge import table


def register(app: typer.Typer) -> None:
    """Add `prune`."""
    app.command()(prune)


@apart("json")
def prune(
    errand: Errand,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只列出各有多少，不删除。")] = False,
) -> Answer:
    """清理过了保存期的登录、发送尝试、后台工作等；操作记录、办理的内容和通知从不清理。平时每天夜里自动清理。"""
    from flows.rhythms import pruning
    from models.clock import now
    from models.errors import ForbiddenError
    from tasks.pruning.weigh import weigh

    settings = errand.edge.settings
    with errand.edge.reading() as session:
        found = list(weigh(session, settings, now=now()))
    if not dry_run and (doubt := pruning(settings).get("stopped")):
        raise ForbiddenError(f"没有清理：{doubt}")

    def screen() -> Iterator[Shown]:
        made = table("种类", "保存天数", "过期条数", "约占字节", title="可以清理" if dry_run else "已清理")
        for one in found:
            made.add_row(one.label, str(one.days), str(one.count), str(one.bytes))
        yield made

    return answer({"pruned": not dry_run, "kinds": found}, screen)
