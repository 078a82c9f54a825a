"""A document row on paper: its facts laid out with its number put in; the same row gives the same bytes at any time."""

from dataclasses import replace

from models.papers.document import Document
from tasks.papers.circular import Circular
from tasks.papers.facts import KINDS, Content, from_facts, lay_out
from tasks.papers.official_document import OfficialDocument, render
from tasks.papers.supervision_sheet import SupervisionSheet, UrgingSlip


def content_of(document: Document) -> Content:
    """What the document says, number included. Nothing but the row is asked: an organ renamed since changes nothing.

    A brief goes to one reader and carries no number. Raises ValueError for facts that are not of its kind.
    """
    content = from_facts(KINDS[document.kind], document.facts)
    match content:
        case SupervisionSheet() | UrgingSlip():
            return replace(content, number=full_number(document, content))
        case Circular():
            return replace(content, issue=f"第{document.number}期", number=full_number(document, content))
        case _:
            return content


def full_number(document: Document, content: Content) -> str:
    """The number with the organ before it: 某局督办〔2026〕3号; of a void one with that behind it."""
    return f"{content.organ}{document.written_number}" + ("（作废）" if document.void_on else "")


def lay_out_document(document: Document) -> OfficialDocument:
    """The document as an office sends it."""
    return lay_out(content_of(document))


def document_bytes(document: Document) -> bytes:
    """The .docx file."""
    return render(lay_out_document(document))
