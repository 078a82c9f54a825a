"""What Word files want and python-docx has no word for: clean text, full-width punctuation, indents by characters."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from models.later import later
from models.typed_text import writable

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml import ns, parser
    from docx.oxml.text.run import CT_Text
    from docx.text.paragraph import Paragraph
    from docx.text.parfmt import ParagraphFormat
else:
    ns = later("docx.oxml.ns")
    parser = later("docx.oxml.parser")


def clean(text: str) -> str:
    """The text without the characters that XML 1.0 cannot hold (control characters, lone surrogates)."""
    return writable(text.replace("\r\n", "\n").replace("\r", "\n"))


def escaped(text: str) -> str:
    """Clean text as the content of an element."""
    return escape(clean(text))


def attribute(text: str) -> str:
    """Clean text as a quoted attribute value."""
    return quoteattr(clean(text))


def element(name: str, **attributes: object) -> Any:
    """An element of WordprocessingML, its attributes named without their prefix."""
    return parser.OxmlElement(f"w:{name}", {ns.qn(f"w:{key}"): str(value) for key, value in attributes.items()})


def elements(content: str) -> list[Any]:
    """The elements of a piece of WordprocessingML."""
    return list(parser.parse_xml(f"<w:p {ns.nsdecls('w')}>{content}</w:p>"))


@cache
def _run() -> Any:
    [run] = elements('<w:r><w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr><w:t xml:space="preserve"/></w:r>')
    return run


def add_paragraph(word: Document, style: str) -> Paragraph:
    """One more paragraph, in the style of that id."""
    return styled(word.add_paragraph(), style)


def styled(paragraph: Paragraph, style: str) -> Paragraph:
    """The paragraph in the style of that id; the library looks every name up among all styles, which takes longer."""
    paragraph._p.style = style
    return paragraph


def add_text(paragraph: Paragraph, text: str, style: str | None = None) -> Paragraph:
    """One more run, in the character style of that id.

    The hint makes Word take quotation marks, dashes and ellipses, which western and Chinese text
    share, from the Chinese font, where they are full-width.
    """
    run = deepcopy(_run())
    paragraph._p.append(run)
    if style:
        run.style = style
    fill(run[-1], text)
    return paragraph


def fill(words: CT_Text, text: str) -> None:
    """Put the text where words stand in a run. A line feed becomes a line break, a tab a tab stop."""
    told = clean(text)
    if "\n" in told or "\t" in told:
        words.getparent().text = told
    else:
        # The library would go through it letter by letter.
        words.text = told


def indent(layout: ParagraphFormat, character: float, **counts: float) -> None:
    """Indent by counts of characters (left, right, firstLine, hanging), as Word's paragraph dialogue shows them.

    `character` is the width of one in twips, for programs that know no characters.
    """
    indents = layout._element.get_or_add_pPr().get_or_add_ind()
    for side, count in counts.items():
        indents.set(ns.qn(f"w:{side}Chars"), f"{count * 100:.0f}")
        indents.set(ns.qn(f"w:{side}"), f"{count * character:.0f}")
