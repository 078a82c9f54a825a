"""`duban document`: the documents the office has issued, listed and written as Word files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from duban.commands.errand import Answer, Errand, Shown, answer, looking
from duban.edge import (
    table,
)

documents = typer.Typer(help="文书：督办单、催办单、通报、简报。", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(documents, name="document")


def word_file(out: Path) -> Path:
    """The file to write. Raises BadInputError for a name that is none of Word's."""
    from models.errors import BadInputError

    if out.suffix.lower() != ".docx":
        raise BadInputError(f"“{out.name}”不是 .docx 文件名：文书只能写成 Word 文件，如 通报.docx。")
    return out


@documents.command("list")
@looking()
def list_(
    errand: Errand,
    kind: Annotated[
        str | None, typer.Option("--kind", metavar="种类", help="督办单、催办单、督办通报或督办简报；缺省为全部。")
    ] = None,
) -> Answer:
    """列出有权查看的文书，最近的在前：文号、标题、所属任务、印发日期。"""
    from models.ledgers.kinds import member_named
    from models.papers.document import DocumentKind
    from tasks.papers.list_documents import list_documents

    session = errand.session
    wanted = member_named(DocumentKind, kind) if kind else None
    by = errand.by
    rows = list_documents(session, errand.organ, by=by, year=errand.year, kind=wanted)

    def screen() -> Iterator[Shown]:
        made = table("编号", "种类", "文号", "标题", "任务", "印发日期", title=f"{len(rows)} 件文书")
        for row in rows:
            made.add_row(str(row.id), row.kind.label, row.number, row.title, row.item or "", str(row.issued_on))
        yield made

    return answer(rows, screen)


@documents.command()
@looking("as on organ json")
def export(
    errand: Errand,
    named: Annotated[str, typer.Argument(metavar="文号或编号", help="如 督办〔2026〕3号，或 document list 中的编号。")],
    out: Annotated[Path, typer.Option("--out", metavar="文件.docx", help="写出的 Word 文件。")],
) -> Answer:
    """把一件文书写成 Word 文件：同一件文书任何时候写出的都一模一样。"""
    from tasks.acting.authorize import authorize_document
    from tasks.papers.list_documents import find_document
    from tasks.papers.official_document import write
    from tasks.papers.write_document import lay_out_document

    session = errand.session
    file = word_file(out)
    by = errand.by
    document = find_document(session, errand.organ, named)
    authorize_document(session, by, document)
    write(lay_out_document(document), file)
    return answer(
        {"id": document.id, "number": document.written_number, "title": document.title, "file": str(file)},
        f"{document.written_number}《{document.title}》已写出 {file}。",
    )
