"""A version of a report as files: Word, PDF, a page for the site, the annex of evidence, the workbook of figures."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from models.errors import BadInputError
from models.people.organ import Organ
from models.report.report import Report
from models.settings import Settings
from tasks.files.file_store import FileStore
from tasks.papers.official_document import OfficialDocument, render
from tasks.papers.typeset import typeset
from tasks.papers.typeset_fonts import typeset_fonts
from tasks.papers.web_edition import web_edition
from tasks.papers.word_template import fill_word_template, starter_template
from tasks.papers.year_review import year_review
from tasks.report.figures.gather_year_review import gather_year_review
from tasks.report.output.edition import Edition, edition_of
from tasks.report.output.keep_word_template import newest_word_template, template_bytes
from tasks.report.output.lay_out_report import lay_out_report
from tasks.report.output.write_annex import write_annex
from tasks.report.output.write_figures import write_figures


@dataclass(frozen=True)
class OutputChoice:
    """Which version, in which edition, and what the office set."""

    session: Session
    report: Report
    edition: Edition
    settings: Settings
    store: FileStore
    public: bool
    standard: bool
    """Word in the standard layout though the organ has a template of its own."""

    @property
    def organ(self) -> Organ:
        return self.session.get_one(Organ, self.report.organ_id)

    @property
    def document(self) -> OfficialDocument:
        return lay_out_report(self.edition.compiled)


def review_of(session: Session, report: Report, edition: Edition) -> OfficialDocument:
    """The year in charts (年度数据图), as it stood on the day the report bears."""
    organ = session.get_one(Organ, report.organ_id)
    return year_review(gather_year_review(session, organ, report.year, on=edition.compiled.dated_on))


def _word(asked: OutputChoice, path: Path) -> None:
    own = None if asked.standard else newest_word_template(asked.session, asked.report.organ_id)
    if own is None:
        path.write_bytes(render(asked.document))
        return
    compiled = asked.edition.compiled
    template = template_bytes(own, asked.store)
    path.write_bytes(fill_word_template(template, asked.document, organ=compiled.organ, year=compiled.year))


def _pdf(asked: OutputChoice, path: Path) -> None:
    path.write_bytes(typeset(asked.document, fonts=typeset_fonts(asked.settings)))


def _html(asked: OutputChoice, path: Path) -> None:
    # The charts tell of the whole year; what a reader outside is told was chosen block by block, and they were not.
    charts = None if asked.public else review_of(asked.session, asked.report, asked.edition)
    path.write_text(web_edition(asked.document, charts=charts), encoding="utf-8", newline="\n")


def _annex(asked: OutputChoice, path: Path) -> None:
    with path.open("wb") as file:
        write_annex(asked.session, asked.edition.compiled, file, asked.store, public=asked.public)


def _figures(asked: OutputChoice, path: Path) -> None:
    write_figures(asked.session, asked.edition.compiled, path, public=asked.public)


_WRITERS: Mapping[str, Callable[[OutputChoice, Path], None]] = {
    ".docx": _word, ".pdf": _pdf, ".html": _html, ".zip": _annex, ".xlsx": _figures,
}  # fmt: skip

KINDS: Mapping[str, str] = {
    ".docx": "Word 文件", ".pdf": "PDF 文件", ".html": "网页", ".zip": "佐证材料附件", ".xlsx": "数字及所据记录",
}  # fmt: skip
"""What can be written, by the ending of the file's name."""

REVIEW_KINDS = (".docx", ".pdf", ".html")
"""What the year in charts can be written as."""

assert KINDS.keys() == _WRITERS.keys()  # noqa: S101 - a kind that is offered can be written


def kind_of(path: Path) -> str:
    """The ending that tells what to write. Raises BadInputError that names what can be."""
    ending = path.suffix.lower()
    if ending not in KINDS:
        known = "、".join(f"{one}（{what}）" for one, what in KINDS.items())
        raise BadInputError(f"“{path.name}”的文件类型不能识别：文件名应以下列之一结尾：{known}。")
    return ending


def write_report(
    session: Session,
    report: Report,
    path: Path,
    *,
    settings: Settings,
    store: FileStore,
    public: bool,
    standard: bool = False,
) -> Edition:
    """Write the version to `path` as the ending of its name says, whole or not at all; the same rows, the same bytes.

    With `standard` a Word file has the standard layout though the organ has a template of its own. Answers the
    edition with what it leaves out. Raises BadInputError for an ending that is none of ours or a place that cannot be
    written, and as the writers of the kinds do.
    """
    ending = kind_of(path)
    edition = edition_of(session, report, public=public)
    asked = OutputChoice(session, report, edition, settings, store, public, standard)
    _whole(path, lambda made: _WRITERS[ending](asked, made))
    return asked.edition


def write_review(document: OfficialDocument, path: Path, *, settings: Settings) -> None:
    """Write the year in charts, or its tables of enforcement, to `path`, whole or not at all.

    Raises BadInputError as `write_report` does.
    """
    ending = path.suffix.lower()
    if ending not in REVIEW_KINDS:
        raise BadInputError(f"“{path.name}”的文件类型不能识别：文件名应以 {'、'.join(REVIEW_KINDS)} 之一结尾。")
    if ending == ".pdf":
        content = typeset(document, fonts=typeset_fonts(settings))
    else:
        content = render(document) if ending == ".docx" else web_edition(document).encode()
    _whole(path, lambda made: made.write_bytes(content))


def write_starter(path: Path) -> None:
    """Write the Word template to begin with. Raises BadInputError where it is no .docx or cannot be written."""
    if path.suffix.lower() != ".docx":
        raise BadInputError(f"“{path.name}”不是 .docx 文件名：模板只能是 Word 文件，如 报告模板.docx。")
    _whole(path, lambda made: made.write_bytes(starter_template()))


def _whole(path: Path, write: Callable[[Path], object]) -> None:
    """Have a file written beside its place and put there when it is complete. Raises BadInputError saying why not."""
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".duban-") as folder:
            made = Path(folder) / f"made{path.suffix.lower()}"
            write(made)
            made.replace(path)
    except OSError as error:
        raise BadInputError(f"文件“{path}”无法写入：{error.strerror}。") from error
