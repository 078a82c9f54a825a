"""`duban search`: everything that holds certain words; `duban reindex`: the index of the search made anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from duban.commands.errand import Answer, Errand, Shown, answer, apart, looking
from duban.edge import table


def register(app: typer.Typer) -> None:
    """Add `search` and `reindex`."""
    app.command()(search)
    app.command()(reindex)


@looking("as on organ json")
def search(
    errand: Errand,
    words: Annotated[list[str], typer.Argument(metavar="词", help="要找的词，可以几个，先后不论。")],
    group: Annotated[
        str | None, typer.Option("--group", metavar="种类", help="只看一种，写代码或名称，如 items、任务。")
    ] = None,
    page: Annotated[int, typer.Option("--page", metavar="页", min=1, max=10_000, help="与 --group 同用：第几页。")] = 1,
) -> Answer:
    """查找任务、批示、办理记录、材料、台账、文书和人员，列出每种有多少项。"""
    from tasks.search import find
    from tasks.search.sources import group_named

    chosen = group_named(group) if group else None
    found = find.search(errand.session, errand.organ, " ".join(words), by=errand.by, group=chosen, page=page)

    def screen() -> Iterator[Shown]:
        if not found.groups:
            yield "没有找到同时含有这些词的内容。"
        for one in found.groups:
            if chosen not in (None, one.group):
                continue
            made = table("编号", "种类", "内容", "日期", "任务", title=f"{one.group.label} {one.total} 项")
            for each in one.finds:
                text = " ".join("".join(piece for piece, _ in pieces) for pieces in (each.title, each.text) if pieces)
                made.add_row(str(each.id), each.what, text, str(each.on or ""), each.item or "")
            yield made

    told = [one for one in found.groups if chosen in (None, one.group)]
    data = {
        "total": found.total,
        "groups": [
            {
                "group": one.group, "name": one.group.label, "total": one.total, "page": one.page, "pages": one.pages,
                "finds": [each.data() for each in one.finds],
            }
            for one in told
        ],
    }  # fmt: skip
    return answer(data, screen)


@apart("json")
def reindex(errand: Errand) -> Answer:
    """重建查找用的索引；平时随数据一同更新，无须运行。"""
    from models.search.index import make_anew

    with errand.edge.engine.begin() as connection:
        count = make_anew(connection)
    return answer({"entries": count}, f"已重建索引，共 {count} 条。")
