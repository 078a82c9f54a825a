"""`duban ledger import|undo|export|template|credit`: the files of a ledger."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from duban.commands.errand import Answer, Errand, Shown, acting, answer, apart, looking
from duban.commands.ledgers.ledger_shown import KindArgument
from duban.edge import today, warn

OutOption = Annotated[Path, typer.Option("--out", metavar="文件", help="写入的 .xlsx 文件。")]
MOST_ERRORS = 20
"""Errors shown on the terminal; all of them are in --json and in the file of --errors."""


def register(ledgers: typer.Typer) -> None:
    """Add the commands to the group of ledgers."""
    ledgers.command("import")(bring_in)
    ledgers.command("undo")(undo)
    ledgers.command("export")(export)
    ledgers.command("template")(template)
    ledgers.command("credit")(credit)


@apart("as on organ json")
def bring_in(
    errand: Errand,
    kind: KindArgument,
    file: Annotated[
        Path, typer.Argument(metavar="文件", help="Excel、WPS 表格、.csv，或带表格的 Word、WPS、PDF、网页。")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只核对，不写入。")] = False,
    errors: Annotated[Path | None, typer.Option("--errors", metavar="文件", help="把错误清单写入此 .xlsx。")] = None,
) -> Answer:
    """导入一个文件：全部写入，或者有一处错误就一行也不写。"""
    from models.ledgers.kinds import kind_named
    from tasks.files.write_errors import write_errors
    from tasks.ledgers.import_ledger import import_ledger, refuse_errors
    from tasks.ledgers.read_table import read_table
    from tasks.reading.sheet import open_workbook

    found = kind_named(kind)
    errand.edge.name_helper()
    table = read_table(open_workbook(file), found)
    with errand.writing() as session:
        by = errand.recorder
        done = import_ledger(session, file, errand.organ, found, by=by, dry_run=dry_run, table=table)
    if errors is not None and done.errors:
        write_errors(done.errors, errors)

    def screen() -> Iterator[Shown]:
        for error in done.errors[:MOST_ERRORS]:
            where = f"{error.sheet} " if error.sheet else ""
            row = f"第 {error.row} 行 " if error.row else ""
            warn(f"{where}{row}{error.column or ''} {f'“{error.value}” ' if error.value else ''}{error.accepted}")
        if len(done.errors) > MOST_ERRORS:
            warn(f"……共 {len(done.errors)} 处错误。")
        refuse_errors(done)
        yield done.told
        yield from done.notes
        if done.ignored_columns:
            yield f"没有导入的列：{'、'.join(done.ignored_columns)}。"
        for one in done.skipped:
            yield f"没有导入第 {one.row} 行“{one.text}”：{one.why}。"

    return answer(done.as_dict(), screen, then=typer.Exit(2) if done.errors else None)


@acting("as on organ json")
def undo(
    errand: Errand, batch: Annotated[int, typer.Argument(metavar="批次", help="导入时得到的批次编号。", min=1)]
) -> Answer:
    """撤销一次导入：撤下它新增的，恢复它更正的。"""
    from tasks.ledgers.undo_import import undo_ledger_import

    session = errand.session
    done = undo_ledger_import(session, batch, by=errand.recorder)
    return answer(
        {
            "batch": batch,
            "kind": done.kind.code,
            "file": done.file_name,
            "withdrawn": done.withdrawn,
            "restored": done.restored,
        },
        f"已撤销批次 {batch}（{done.file_name}）：撤下 {done.withdrawn} 条，恢复原样 {done.restored} 条。",
    )


@looking("year organ json")
def export(
    errand: Errand,
    kind: KindArgument,
    out: OutOption,
) -> Answer:
    """把台账写成表格，可以接着填写，再导入。"""
    from models.database import key
    from models.ledgers.kinds import kind_named
    from tasks.ledgers.browse import Wanted, every_row
    from tasks.ledgers.export import export_ledger
    from tasks.ledgers.own_terms import amounts

    session = errand.session
    found = kind_named(kind)
    owner = errand.sole_organ
    own = amounts(session, key(owner.id))
    rows = every_row(session, owner, found, Wanted(year=errand.year), on=today(None), amounts=own)
    when = f"{errand.year}年" if errand.year else ""
    count = export_ledger(session, found, rows, out, title=f"{owner.name}{when}{found.title}台账")
    return answer({"kind": found.code, "file": str(out), "rows": count}, f"已写入 {out}：{count} {found.unit}。")


@apart("organ json")
def template(
    errand: Errand,
    kind: KindArgument,
    out: OutOption,
) -> Answer:
    """写一张空白的台账表，列名带说明，可选的内容有下拉列表。"""
    from models.ledgers.kinds import kind_named
    from tasks.people.find_posts import names_to_offer
    from tasks.sheets.template import write_template

    found = kind_named(kind)
    with errand.reading() as session:
        people = names_to_offer(session, errand.sole_organ)[1]
    write_template(out, found, title=f"{found.title}台账", people=people)
    return answer({"kind": found.code, "file": str(out)}, f"已写入 {out}。")


@looking("year organ json")
def credit(
    errand: Errand,
    out: OutOption,
    credit_code: Annotated[
        str | None,
        typer.Option("--credit-code", metavar="代码", help="本单位的统一社会信用代码；单位代码就是的，不填。"),
    ] = None,
    unsent: Annotated[bool, typer.Option("--unsent", help="只写还没有报送日期的。")] = False,
) -> Answer:
    """把双公示按国家数据标准的列写成报送表：许可、处罚各一张，内容不全的另列。"""
    from models.database import key
    from models.ledgers.credit_publicity import KIND
    from tasks.ledgers.browse import Wanted, every_row
    from tasks.ledgers.credit_sheet import write_credit_sheet
    from tasks.ledgers.own_terms import amounts

    session, owner = errand.session, errand.sole_organ
    own = amounts(session, key(owner.id))
    rows = every_row(session, owner, KIND, Wanted(year=errand.year), on=today(None), amounts=own)
    done = write_credit_sheet(rows, out, organ=owner, credit_code=credit_code, unsent=unsent)

    def screen() -> Iterator[Shown]:
        yield f"已写入 {out}：{done.told}"
        for one in done.missing[:MOST_ERRORS]:
            warn(f"第 {one.row} 号 {one.called}：应补填{'、'.join(one.columns)}。")

    missing = [{"row": one.row, "called": one.called, "columns": list(one.columns)} for one in done.missing]
    told = {"file": str(out), "permits": done.permits, "penalties": done.penalties, "missing": missing}
    return answer(told, screen)
