"""`duban backup` and `duban restore`: the office in one file, and an office from it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from duban.commands.errand import Answer, Errand, answer, apart

PASSPHRASE = "DUBAN_BACKUP_PASSPHRASE"  # noqa: S105 - the name of a variable


def register(app: typer.Typer) -> None:
    """Add `backup` and `restore`."""
    app.command()(backup)
    app.command()(restore)


@apart("json")
def backup(
    errand: Errand,
    out: Annotated[Path, typer.Argument(metavar="文件", help="备份文件；写文件夹的，按日期取名。")],
    with_secrets: Annotated[
        bool, typer.Option("--with-secrets", help=f"连同密钥和密码，用备份口令加密（{PASSPHRASE}，没有设就当场输入）。")
    ] = False,
) -> Answer:
    """把整个单位的数据备份成一个文件：数据库、佐证材料、设置和模板；可在大家办理时运行。"""
    from models.clock import local, now
    from models.errors import DubanError
    from tasks.keeping.back_up import back_up

    at, settings = now(), errand.edge.settings
    file = out / f"duban-{local(at):%Y-%m-%d-%H%M%S}.zip" if out.is_dir() else out
    said = settings.backup_passphrase.get_secret_value()
    passphrase = (said or _ask(confirm=True)) if with_secrets else None
    made = back_up(errand.edge.engine, settings, file, now=at, passphrase=passphrase)
    told = made.manifest
    data = {
        "file": str(made.file), "bytes": made.bytes, "made_at": told.made_at, "version": told.version,
        "schema": told.schema_revision, "database": told.database, "rows": sum(told.rows.values()),
        "evidence": sum(1 for name in told.members if name.startswith("evidence/")), "trail": told.trail.model_dump(),
        "with_secrets": told.has_keys, "left_out": told.left_out, "missing": told.missing,
    }  # fmt: skip
    lines = [
        f"已备份到 {made.file}（{_size(made.bytes)}）：{data['rows']} 行，佐证材料 {data['evidence']} 份。",
        f"操作记录 {told.trail.entries} 条，链尾 {told.trail.hash}",
    ]
    if told.left_out:
        lines.append(f"没有备份：{'、'.join(told.left_out)}。请另行保管，或加 --with-secrets。")
    lost = None
    if told.missing:
        shown = "、".join(sha256[:12] for sha256 in told.missing[:5])
        lost = DubanError(
            f"备份已写成，但有 {len(told.missing)} 份佐证材料早已缺失或损坏：{shown}。请从以前的备份找回。"
        )
    return answer(data, *lines, then=lost)


@apart("json")
def restore(
    errand: Errand,
    file: Annotated[Path, typer.Argument(metavar="文件", help="duban backup 建立的备份文件。")],
    database: Annotated[
        str, typer.Option("--database", metavar="地址", help="恢复到这个空的数据库；缺省为数据目录中的内置数据库。")
    ] = "",
    without_secrets: Annotated[
        bool, typer.Option("--without-secrets", help="备份中有密钥和密码也不恢复，不问备份口令。")
    ] = False,
) -> Answer:
    """从备份恢复到空的数据目录（--home），逐项核对后才算数；有一项不符，什么都不留下。"""
    from models.actor import Actor, Channel
    from models.clock import day_of, now
    from models.settings import data_folder
    from tasks.keeping.restore import restore

    at, home = now(), data_folder(errand.edge.home)
    told = restore(
        file, home, by=Actor("恢复备份", Channel.COMMAND, day_of(at), at), database_url=database,
        passphrase=(lambda: None) if without_secrets else _ask,
    )  # fmt: skip
    with_keys = told.has_keys and not without_secrets
    data = {
        "home": str(home), "made_at": told.made_at, "version": told.version, "rows": sum(told.rows.values()),
        "trail": told.trail.model_dump(), "with_secrets": with_keys, "left_out": told.left_out, "missing": told.missing,
    }  # fmt: skip
    lines = [
        f"已恢复到 {home}：{data['rows']} 行，操作记录 {told.trail.entries} 条，逐条核对完好，末尾与备份时一致。",
        "启动前请确认原来的 duban serve 已停：两处同时运行，待发的通知会各发一次。",
    ]
    if not with_keys:
        lines.append("没有恢复密钥：动态码、接口推送的签名、加密存放的地址须重设，见 docs/howto/backup.md。")
    if told.missing:
        lines.append(f"备份时已缺失的佐证材料 {len(told.missing)} 份，仍然缺失。")
    return answer(data, *lines)


def _ask(*, confirm: bool = False) -> str:
    """The passphrase: from the environment, else typed."""
    from models.errors import BadInputError

    said = os.environ.get(PASSPHRASE, "")
    if said:
        return said
    if not sys.stdin.isatty():
        raise BadInputError(f"需要备份口令：请设环境变量 {PASSPHRASE}；恢复时不要密钥的，加 --without-secrets。")
    typed: str = typer.prompt(
        "备份口令", hide_input=True, confirmation_prompt="再输一次" if confirm else False, err=True
    )
    return typed


def _size(count: int) -> str:
    return f"{count / 1024**3:.1f} GB" if count >= 1024**3 else f"{count / 1024**2:.1f} MB"
