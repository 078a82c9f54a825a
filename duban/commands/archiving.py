"""`duban archive`: old months of notices and of the trail, put into files and put back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.commands.errand import Answer, Errand, Shown, answer, apart
from duban.edge import table

if TYPE_CHECKING:
    from models.actor import Actor
    from models.archive_seal import ArchiveSeal

archive = typer.Typer(help="归档：把已结束月份的通知和操作记录移到文件，需要时原样接回。", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add `duban archive` to `app`."""
    app.add_typer(archive, name="archive")


@archive.command()
@apart("json")
def detach(
    errand: Errand,
    words: Annotated[
        list[str], typer.Argument(metavar="[月份] 文件或文件夹", help="月份如 2024-01；写文件夹的，按月份取名。")
    ],
    before: Annotated[
        str | None, typer.Option("--before", metavar="月份", help="归档这个月以前的各月，每月一个文件，写到文件夹。")
    ] = None,
) -> Answer:
    """把一个月（及以前剩下的）可归档的通知、消息和操作记录写成一个文件，读回核对无误后才从数据库移出。

    只移已经过了保存期、任务已了结、当年报告已报送的；操作记录要到该年为止的报告都已报送。"""
    from models.errors import BadInputError
    from tasks.archiving.detach import detach_month
    from tasks.archiving.which_months import months_before

    if len(words) != (1 if before else 2):
        raise BadInputError("请写月份和文件（或文件夹），如 2024-01 /存放处；或者 --before 2024-07 文件夹。")
    place, settings, by = Path(words[-1]), errand.edge.settings, _by(errand)
    days = settings.keep_days.archive
    if before and not place.is_dir():
        raise BadInputError(f"没有文件夹 {place}：--before 每月一个文件，请先建立文件夹。")
    with errand.edge.reading() as session:
        months = list(months_before(session, before, days=days, on=by.on)) if before else [words[0]]
    found = [detach_month(errand.edge.engine, settings.home, place, month, by=by, days=days) for month in months]
    made = [one for one in found if one is not None]
    held = next((one.held for one in reversed(made) if one.held), [])
    lines = [f"已归档 {_counted(one.seal)}，在 {one.file}（SHA-256 {one.seal.file_sha256}）。" for one in made] or [
        "没有可归档的。"
    ]
    if held:
        more = f"等 {len(held)} 份" if len(held) > 3 else ""
        lines.append(f"操作记录没有移出：{'、'.join(held[:3])}{more}的报告尚未报送。")
    if made:
        lines.append("请另存一份到别处并核对哈希值；接回用 duban archive attach。")
    return answer({"archives": [_data(one.seal) | {"path": str(one.file)} for one in made], "held": held}, *lines)


@archive.command()
@apart("json")
def attach(
    errand: Errand, file: Annotated[Path, typer.Argument(metavar="文件", help="duban archive detach 写成的文件。")]
) -> Answer:
    """把归档文件中的行原样接回数据库，逐行核对；文件被改动过的、已接回的不接。文件不删。"""
    from tasks.archiving.attach import attach_month

    seal = attach_month(errand.edge.engine, file, by=_by(errand))
    return answer(_data(seal), f"已接回 {_counted(seal)}。")


@archive.command("list")
@apart("json")
def show(errand: Errand) -> Answer:
    """列出各次归档：月份、日期范围、数目、文件名和哈希值，是否已接回。"""
    from tasks.archiving.which_months import every_archive

    with errand.edge.reading() as session:
        rows = every_archive(session)

    def screen() -> Iterator[Shown]:
        if not rows:
            yield "还没有归档过。"
            return
        made = table("月份", "起", "止", "通知", "操作记录", "文件", "SHA-256", "现在", title=f"归档 {len(rows)} 次")
        for row in rows:
            where = "已接回" if row.attached_at else "在文件中"
            stretch = f"{row.entries} 条（第 {row.first_entry_id} 至 {row.last_entry_id} 号）" if row.entries else "无"
            days = str(row.from_on), str(row.until_on)
            made.add_row(row.month, *days, str(row.notices), stretch, row.file, row.file_sha256, where)
        for column in made.columns:
            column.overflow = "fold"
        yield made

    return answer([_data(row) for row in rows], screen)


def _by(errand: Errand) -> Actor:
    with errand.reading():
        return errand.by


def _counted(seal: ArchiveSeal) -> str:
    return f"{seal.month}：通知 {seal.notices} 条，消息 {seal.messages} 封，操作记录 {seal.entries} 条"


def _data(seal: ArchiveSeal) -> dict[str, Any]:
    return seal.model_dump(exclude={"id", "line"})
