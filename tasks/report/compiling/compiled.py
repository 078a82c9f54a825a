"""A report as it is read: the same for whoever lays it out, writes it down or sends it on."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from models.report.report import SectionKind
from tasks.report.compiling.blocks import Block
from tasks.report.compiling.template import ReportTemplate


@dataclass(frozen=True)
class CompiledSection:
    """A part in its place."""

    kind: SectionKind
    number: str
    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class CompiledReport:
    """A version of a report: the same rows, template, day and hand edits make the same report at any time."""

    organ: str
    year: int
    version: int
    snapshot: str
    dated_on: dt.date
    title: str
    addressee: str | None
    signature: str
    opening: Block
    sections: tuple[CompiledSection, ...]
    template: ReportTemplate
    copies: tuple[str, ...] = ()
    """Who gets a copy (抄送)."""
    signer: str = ""
    """Who signed it, empty before."""
    number: str = ""
    """文号 as it was given (青水〔2026〕12号), empty before."""
    public: bool = False
    """The edition for everybody, which bears neither number nor 签发人."""
    accepted: bool = False
    """Somebody signed this very version: what was still marked then was accepted, and is marked no more."""

    @property
    def blocks(self) -> Iterator[Block]:
        """Every block of every part, in order."""
        for section in self.sections:
            yield from section.blocks

    def as_dict(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "organ": self.organ,
            "year": self.year,
            "version": self.version,
            "snapshot": self.snapshot,
            "dated_on": self.dated_on.isoformat(),
            "addressee": self.addressee,
            "copies": list(self.copies),
            "number": self.number or None,
            "opening": _block_as_dict(self.opening),
            "sections": [
                {
                    "kind": section.kind.value,
                    "number": section.number,
                    "heading": section.heading,
                    "blocks": [_block_as_dict(block) for block in section.blocks],
                }
                for section in self.sections
            ],
        }


def _block_as_dict(block: Block) -> dict[str, Any]:
    return {
        "key": block.key,
        "heading": block.heading,
        "text": block.text,
        "sources": list(block.sources),
        "figures": [figure.as_dict() for figure in block.figures],
        "unsupported": block.unsupported,
        "proposal": block.proposal,
        "unfounded": list(block.unfounded),
        "internal": block.internal,
    }
