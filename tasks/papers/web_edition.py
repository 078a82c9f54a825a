"""A document as one page for the office's own site: complete in itself, no script, nothing fetched from elsewhere."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from tasks.papers.charts import Chart
from tasks.papers.drawn_chart import drawn
from tasks.papers.forms import Form
from tasks.papers.official_document import Block, Heading, OfficialDocument, Table
from tasks.papers.wordprocessing import clean

_TEMPLATES = Path(__file__).with_name("templates")


def web_edition(document: OfficialDocument, *, charts: OfficialDocument | None = None) -> str:
    """The page; every word of the document is text, whatever is in it. Equal documents give equal pages.

    `charts` is a further document whose body is shown below the signature, under its title.
    """
    page = _template().render(
        document=document,
        title=_one_line(document.title),
        body=[(_kind(block), block) for block in document.body],
        charts_title=_one_line(charts.title) if charts else "",
        charts=[(_kind(block), block) for block in charts.body] if charts else [],
        drawn=lambda chart: Markup(drawn(chart)),  # noqa: S704 - drawn by us, its texts escaped
    )
    return clean(page)


def _one_line(title: str) -> str:
    return title.replace("\n", "")


def _kind(block: Block) -> str:
    if isinstance(block, Heading):
        return "heading"
    if isinstance(block, Table):
        return "table"
    if isinstance(block, Form):
        return "form"
    return "chart" if isinstance(block, Chart) else "paragraph"


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("web_edition.html")
