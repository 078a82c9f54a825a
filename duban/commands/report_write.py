"""`duban report write|charts|word-template`: a report and its year in charts as files; the organ's Word template."""

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from duban.edge import AsOption, JsonOption, OnOption, OrganOption, edge, print_json, say, today

if TYPE_CHECKING:
    from sqlmodel import Session

    from models.report.report import Report

templates = typer.Typer(help="报告的 Word 模板:起始模板、检查、启用、停用。", no_args_is_help=True)

RequiredYear = Annotated[int, typer.Option("--year", metavar="年度", min=1990, max=2200, help="工作年度。")]
VersionOption = Annotated[int | None, typer.Option("--version", metavar="版次", min=1, help="缺省为最新一版。")]


class EditionName(Enum):
    """Which edition is written."""

    INTERNAL = "internal"
    PUBLIC = "public"


def register(reports: typer.Typer) -> None:
    """Add these commands to `duban report`."""
    for command in (write, charts):
        reports.command()(command)
    reports.add_typer(templates, name="word-template")


def write(
    context: typer.Context,
    year: RequiredYear,
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            metavar="文件",
            help="按扩展名写出:.docx(Word)、.pdf、.html(网页)、.zip(佐证材料附件)、.xlsx(数字及所据记录)。",
        ),
    ],
    version: VersionOption = None,
    edition: Annotated[
        EditionName, typer.Option("--edition", help="internal 为内部版,public 为公开版(不含标为内部的内容)。")
    ] = EditionName.INTERNAL,
    standard: Annotated[
        bool, typer.Option("--standard", help="Word 文件用公文标准版式,不用本单位的 Word 模板。")
    ] = False,
    as_: AsOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """把报告写成文件,类型按扩展名;记录没有改动的,每次写出的内容相同。"""
    from tasks.files.file_store import FileStore
    from tasks.report.output.write_report import KINDS, kind_of, write_report

    kind = kind_of(out)
    reach = edge(context)
    with reach.reading() as session:
        report = _readable(context, session, year, version, as_, organ)
        made = write_report(
            session, report, out, settings=reach.settings, store=FileStore(reach.settings.evidence_store),
            public=edition is EditionName.PUBLIC, standard=standard,
        )  # fmt: skip
    if as_json:
        print_json(
            {
                "file": str(out), "kind": kind.removeprefix("."), "title": report.title, "version": report.version,
                "edition": edition.value, "left_out": made.left_out,
            }
        )  # fmt: skip
        return
    said = "公开版" if edition is EditionName.PUBLIC else "内部版"
    say(f"已写出 {out}:{report.title}(第 {report.version} 版,{said},{KINDS[kind]})。")
    for one in made.left_out:
        say(f"    未公开:{one.what}({one.why})")


def charts(
    context: typer.Context,
    year: RequiredYear,
    out: Annotated[Path, typer.Option("--out", metavar="文件", help="写出的文件:.docx、.pdf 或 .html。")],
    version: VersionOption = None,
    as_: AsOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """把年度数据图(任务、案件、台账)写成文件,截至报告的成文日期。"""
    from tasks.report.output.edition import edition_of
    from tasks.report.output.write_report import review_of, write_review

    reach = edge(context)
    with reach.reading() as session:
        report = _readable(context, session, year, version, as_, organ)
        document = review_of(session, report, edition_of(session, report, public=False))
        write_review(document, out, settings=reach.settings)
    if as_json:
        print_json({"file": str(out), "title": document.title, "version": report.version})
    else:
        say(f"已写出 {out}:{document.title}。")


@templates.command()
def new(
    out: Annotated[Path, typer.Option("--out", metavar="文件.docx", help="写出的起始模板。")],
    as_json: JsonOption = False,
) -> None:
    """写出起始模板:公文标准版式,占位符都在其中,可改成本单位的版式。"""
    from tasks.report.output.write_report import write_starter

    write_starter(out)
    if as_json:
        print_json({"file": str(out)})
    else:
        say(f"已写出 {out}。改好后用 duban report word-template check 检查,用 word-template set 启用。")


@templates.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="文件.docx", help="Word 模板。")], as_json: JsonOption = False
) -> None:
    """检查一份 Word 模板能否使用:占位符、循环、宏、外部链接、大小。"""
    from models.errors import BadInputError
    from tasks.papers.word_template import check_word_template

    problems = check_word_template(_content(file))
    if as_json:
        print_json({"file": str(file), "problems": problems})
    elif not problems:
        say(f"{file} 可以用作报告的 Word 模板。")
    else:
        raise BadInputError(f"{file} 不能用作模板:{' '.join(problems)}")


@templates.command("set")
def set_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="文件.docx", help="Word 模板。")],
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """启用本单位的 Word 模板,写出 Word 文件时用;以前的模板保留。"""
    import io

    from tasks.files.file_store import FileStore
    from tasks.report.output.keep_word_template import keep_word_template

    content = _content(file)
    reach = edge(context)
    with reach.writing() as session:
        by = reach.actor(session, as_, today(on), organ)
        kept = keep_word_template(
            session, reach.organ_for(session, by, organ), by=by, store=FileStore(reach.settings.evidence_store),
            name=file.name, source=io.BytesIO(content),
        )  # fmt: skip
    if as_json:
        print_json({"revision": kept.revision, "name": kept.name, "sha256": kept.sha256})
    else:
        say(f"Word 模板“{kept.name}”已启用,为第 {kept.revision} 版。")


@templates.command()
def stop(
    context: typer.Context,
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """停用本单位的 Word 模板,改回公文标准版式。"""
    from tasks.report.output.keep_word_template import stop_word_template

    reach = edge(context)
    with reach.writing() as session:
        by = reach.actor(session, as_, today(on), organ)
        stopped = stop_word_template(session, reach.organ_for(session, by, organ), by=by)
    if as_json:
        print_json({"revision": stopped.revision, "name": stopped.name, "stopped_on": stopped.stopped_on})
    else:
        say(f"Word 模板“{stopped.name}”(第 {stopped.revision} 版)已停用。")


def _readable(
    context: typer.Context, session: "Session", year: int, version: int | None, as_: str | None, organ: str | None
) -> "Report":
    """The version, for whoever may see all of the organ."""
    from models.people.permission import Action
    from tasks.acting.authorize import authorize_organ
    from tasks.report.compiling.find_report import find_report

    reach = edge(context)
    by = reach.actor(session, as_, today(None), organ)
    owner = reach.organ_for(session, by, organ)
    authorize_organ(session, by, Action.VIEW, owner.id)
    return find_report(session, owner, year, version)


def _content(file: Path) -> bytes:
    """Raises BadInputError for a file that cannot be read; of one too large only as much as shows it."""
    from models.errors import BadInputError
    from tasks.papers.word_template import LARGEST

    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST + 1)
    except OSError as error:
        raise BadInputError(f"文件“{file}”无法读取:{error.strerror}。") from error
