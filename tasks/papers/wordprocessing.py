"""Words to WordprocessingML: text, runs, paragraphs. The caller chooses styles; nothing here knows fonts."""

import re
from xml.sax.saxutils import escape, quoteattr

DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
WORD_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONSHIP_NAMESPACE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMESPACES = f'xmlns:w="{WORD_NAMESPACE}" xmlns:r="{RELATIONSHIP_NAMESPACE}"'

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BREAKS = {"\n": "<w:br/>", "\t": "<w:tab/>"}


def clean(text: str) -> str:
    """The text without the characters that XML 1.0 cannot hold (control characters, lone surrogates)."""
    return _NOT_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def escaped(text: str) -> str:
    """Clean text as the content of an element."""
    return escape(clean(text))


def attribute(text: str) -> str:
    """Clean text as a quoted attribute value."""
    return quoteattr(clean(text))


def run(text: str, style: str | None = None) -> str:
    """One run. A line feed becomes a line break, a tab a tab stop.

    The hint makes Word take quotation marks, dashes and ellipses, which western and Chinese text
    share, from the Chinese font, where they are full-width.
    """
    name = f'<w:rStyle w:val="{style}"/>' if style else ""
    pieces = (
        _BREAKS.get(piece) or f'<w:t xml:space="preserve">{escape(piece)}</w:t>'
        for piece in re.split("([\n\t])", clean(text))
        if piece
    )
    return f'<w:r><w:rPr>{name}<w:rFonts w:hint="eastAsia"/></w:rPr>{"".join(pieces)}</w:r>'


def paragraph(style: str, *runs: str, properties: str = "") -> str:
    """One paragraph; `properties` are elements that follow `w:pStyle`, in the order of the schema."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{"".join(runs)}</w:p>'
