"""`duban evidence`: the store of files, held against the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from duban.commands.errand import Answer, Errand, answer, apart

SHOWN = 20
"""Hashes told on the screen; programs get all."""

evidence = typer.Typer(help="佐证材料的存放处：清理没有记录的文件，列出丢失的文件。", no_args_is_help=True)


@evidence.callback()
def group() -> None:
    """Keeps `evidence` a group: with a single command Typer would make it that."""


def register(app: typer.Typer) -> None:
    """Add `duban evidence` to `app`."""
    app.add_typer(evidence, name="evidence")


@evidence.command()
@apart("json")
def sweep(
    errand: Errand,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只列出，不删除。")] = False,
) -> Answer:
    """清理上传中断留下、超过一天而没有记录的文件，列出有记录而文件丢失的；可在大家上传时运行。"""
    from models.clock import now
    from models.errors import DubanError
    from tasks.files.discard_orphans import discard_orphans
    from tasks.files.file_store import FileStore
    from tasks.files.sweep_store import check_store, discard_left

    settings, at = errand.edge.settings, now()
    store = FileStore(settings.evidence_store)
    with errand.edge.reading() as session:
        found = check_store(session, store, now=at)
    left, unfinished = list(found.left), found.unfinished
    if not dry_run:
        left = list(discard_left(errand.edge.engine, store, left))
        unfinished = discard_orphans(settings.home, store, now=at)
    done = "可清理" if dry_run else "已清理"
    data = {"swept": not dry_run, "left": left, "unfinished": unfinished, "missing": found.missing}
    lines = [f"{done}没有记录的文件 {len(left)} 份，没有写完的 {unfinished} 份。", *_shown(left)]
    lost = None
    if found.missing:
        lines += [f"有记录而文件丢失的 {len(found.missing)} 份（SHA-256）：", *_shown(found.missing)]
        lost = DubanError(f"有 {len(found.missing)} 份佐证材料的文件丢失：请从备份找回，或请当事人重新上传同一文件。")
    return answer(data, *lines, then=lost)


def _shown(hashes: Sequence[str]) -> list[str]:
    more = [f"    另有 {len(hashes) - SHOWN} 份，见 --json"] if len(hashes) > SHOWN else []
    return [*(f"    {sha256}" for sha256 in hashes[:SHOWN]), *more]
