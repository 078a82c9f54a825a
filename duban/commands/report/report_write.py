"""`duban report write|number|charts|word-template`: a report and its year in charts as files, with its number; the
organ's Word template.
"""

from collections.abc import Iterator, Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from duban.commands.errand import Answer, Errand, Shown, acting, answer, apart, looking
from duban.edge import RequiredYear

if TYPE_CHECKING:
    from models.report.report import Report

templates = typer.Typer(help="报告的 Word 模板：起始模板、检查、启用、停用。", no_args_is_help=True)

VersionOption = Annotated[int | None, typer.Option("--version", metavar="版次", min=1, help="缺省为最新一版。")]


class EditionName(Enum):
    """Which edition is written."""

    INTERNAL = "internal"
    PUBLIC = "public"


def register(reports: typer.Typer) -> None:
    """Add these commands to `duban report`."""
    for command in (write, number, charts):
        reports.command()(command)
    reports.add_typer(templates, name="word-template")


@looking("as organ json")
def write(
    errand: Errand,
    year: RequiredYear,
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            metavar="文件",
            help="按扩展名写出：.docx（Word）、.pdf、.html（网页）、.zip（佐证材料附件）、.xlsx（数字及所据记录）。",
        ),
    ],
    version: VersionOption = None,
    edition: Annotated[
        EditionName, typer.Option("--edition", help="internal 为内部版，public 为公开版（不含标为内部的内容）。")
    ] = EditionName.INTERNAL,
    standard: Annotated[
        bool, typer.Option("--standard", help="Word 文件用公文标准版式，不用本单位的 Word 模板。")
    ] = False,
) -> Answer:
    """把报告写成文件，类型按扩展名；记录没有改动的，每次写出的内容相同。"""
    from tasks.files.file_store import FileStore
    from tasks.papers.typeset_fonts import replaced_fonts, typeset_fonts
    from tasks.report.output.write_report import KINDS, kind_of, write_report

    session = errand.session
    kind = kind_of(out)
    report = _readable(errand, year, version)
    made = write_report(
        session, report, out, settings=errand.edge.settings, store=FileStore(errand.edge.settings.evidence_store),
        public=edition is EditionName.PUBLIC, standard=standard,
    )  # fmt: skip

    replaced = replaced_fonts(typeset_fonts(errand.edge.settings)) if kind == ".pdf" else []

    def screen() -> Iterator[Shown]:
        said = "公开版" if edition is EditionName.PUBLIC else "内部版"
        yield f"已写出 {out}：{report.title}（第 {report.version} 版，{said}，{KINDS[kind]}）。"
        for one in made.left_out:
            yield f"    未公开：{one.what}（{one.why}）"
        yield from _told_fonts(replaced)

    data = {
        "file": str(out), "kind": kind.removeprefix("."), "title": report.title, "version": report.version,
        "edition": edition.value, "left_out": made.left_out, "replaced_fonts": replaced,
    }  # fmt: skip
    return answer(data, screen)


@acting("as on organ json")
def number(
    errand: Errand,
    year: RequiredYear,
    number: Annotated[
        int | None,
        typer.Option("--number", metavar="号", help="顺序号，如 12；缺省为该年的下一个。"),
    ] = None,
) -> Answer:
    """编文号：每个年度的报告只编一次，各版都用它；报送之前可以改。"""
    from tasks.report.compiling.find_report import find_report
    from tasks.report.desk.number_report import number_report

    session = errand.session
    report = find_report(session, errand.organ, year)
    given = number_report(session, report, by=errand.by, number=number)
    data = {"year": year, "document_number": given.written, "number": given.number, "given_on": given.given_on}
    return answer(data, f"{report.title}的文号为 {given.written}。")


@looking("as organ json")
def charts(
    errand: Errand,
    year: RequiredYear,
    out: Annotated[Path, typer.Option("--out", metavar="文件", help="写出的文件：.docx、.pdf 或 .html。")],
    version: VersionOption = None,
) -> Answer:
    """把年度数据图（任务、案件、台账）写成文件，截至报告的成文日期。"""
    from tasks.papers.typeset_fonts import replaced_fonts, typeset_fonts
    from tasks.report.output.edition import edition_of
    from tasks.report.output.write_report import review_of, write_review

    session = errand.session
    report = _readable(errand, year, version)
    document = review_of(session, report, edition_of(session, report, public=False))
    write_review(document, out, settings=errand.edge.settings)
    replaced = replaced_fonts(typeset_fonts(errand.edge.settings)) if out.suffix.lower() == ".pdf" else []
    data = {"file": str(out), "title": document.title, "version": report.version, "replaced_fonts": replaced}
    return answer(data, f"已写出 {out}：{document.title}。", *_told_fonts(replaced))


def _told_fonts(replaced: Sequence[str]) -> list[str]:
    if not replaced:
        return []
    mend = "装好后重新写出即可，或用设置项 pdf_font_folder 指明字体文件夹"
    return [f"本机没有公文标准字体：{'，'.join(replaced)}。{mend}。"]


@templates.command()
@apart("json")
def new(
    errand: Errand,
    out: Annotated[Path, typer.Option("--out", metavar="文件.docx", help="写出的起始模板。")],
) -> Answer:
    """写出起始模板：公文标准版式，占位符都在其中，可改成本单位的版式。"""
    from tasks.report.output.write_report import write_starter

    write_starter(out)
    words = f"已写出 {out}。改好后用 duban report word-template check 检查，用 word-template set 启用。"
    return answer({"file": str(out)}, words)


@templates.command()
@apart("json")
def check(errand: Errand, file: Annotated[Path, typer.Argument(metavar="文件.docx", help="Word 模板。")]) -> Answer:
    """检查一份 Word 模板能否使用：占位符、循环、宏、外部链接、大小。"""
    from models.errors import BadInputError
    from tasks.papers.word_template import check_word_template

    problems = check_word_template(_content(file))
    if problems and not errand.json:
        raise BadInputError(f"{file} 不能用作模板：{' '.join(problems)}")
    return answer({"file": str(file), "problems": problems}, f"{file} 可以用作报告的 Word 模板。")


@templates.command("set")
@acting("as on organ json")
def set_(errand: Errand, file: Annotated[Path, typer.Argument(metavar="文件.docx", help="Word 模板。")]) -> Answer:
    """启用本单位的 Word 模板，写出 Word 文件时用；以前的模板保留。"""
    import io

    from tasks.files.check_upload import examine
    from tasks.files.file_store import FileStore
    from tasks.report.output.keep_word_template import check_template_file, keep_word_template

    session = errand.session
    template = check_template_file(examine(file.name, io.BytesIO(_content(file))))
    by = errand.by
    kept = keep_word_template(
        session, errand.organ, by=by, store=FileStore(errand.edge.settings.evidence_store), file=template
    )
    return answer(
        {"revision": kept.revision, "name": kept.name, "sha256": kept.sha256},
        f"Word 模板“{kept.name}”已启用，为第 {kept.revision} 版。",
    )


@templates.command()
@acting("as on organ json")
def stop(errand: Errand) -> Answer:
    """停用本单位的 Word 模板，改回公文标准版式。"""
    from tasks.report.output.keep_word_template import stop_word_template

    session = errand.session
    by = errand.by
    stopped = stop_word_template(session, errand.organ, by=by)
    return answer(
        {"revision": stopped.revision, "name": stopped.name, "stopped_on": stopped.stopped_on},
        f"Word 模板“{stopped.name}”（第 {stopped.revision} 版）已停用。",
    )


def _readable(errand: Errand, year: int, version: int | None) -> "Report":
    """The version, for whoever may see all of the organ."""
    from models.people.permission import Action
    from tasks.acting.authorize import authorize_organ
    from tasks.report.compiling.find_report import find_report

    authorize_organ(errand.session, errand.by, Action.VIEW, errand.organ.id)
    return find_report(errand.session, errand.organ, year, version)


def _content(file: Path) -> bytes:
    """Raises BadInputError for a file that cannot be read; of one too large only as much as shows it."""
    from models.errors import BadInputError
    from tasks.papers.word_template import LARGEST

    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST + 1)
    except OSError as error:
        raise BadInputError(f"文件“{file}”无法读取：{error.strerror}。") from error
