"""What a reading finds; `as_dict` gives the shape of `duban report read --json`."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from models.exact import number
from models.report.report import SectionKind
from tasks.reading.cells import Target


@dataclass(frozen=True)
class SubHeading:
    """A heading inside a section, in document order. `number` is null for a heading without one.

    `kind` is set where a part of the report stands inside another one: (三)履行第一责任人职责 in section one.
    """

    number: str | None
    text: str
    style: str | None = None
    kind: SectionKind | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "text": self.text,
            "style": self.style,
            "kind": self.kind.value if self.kind else None,
        }


@dataclass(frozen=True)
class Section:
    """A part under a heading of the first level.

    `kinds` names every part that a merged heading announces (不足和原因及下一年度安排), `kind` the first of them.
    `paragraphs` are the body as written, unwrapped; a heading glued to its text stays in the paragraph, too.
    """

    kind: SectionKind
    number: str | None
    heading: str | None
    subheadings: tuple[SubHeading, ...] = ()
    paragraphs: tuple[str, ...] = ()
    truncated: bool = False
    style: str | None = None
    kinds: tuple[SectionKind, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind.value,
            "number": self.number,
            "heading": self.heading,
            "subheadings": [subheading.as_dict() for subheading in self.subheadings],
            "paragraphs": list(self.paragraphs),
            "truncated": self.truncated,
            "style": self.style,
            "kinds": [kind.value for kind in self.kinds],
        }


@dataclass(frozen=True)
class ReadFigure:
    """A number that counts or measures something, with the sentence it stands in."""

    value: Decimal
    unit: str
    approximate: bool
    sentence: str

    def as_dict(self) -> dict[str, Any]:
        return {
            "value": number(self.value),
            "unit": self.unit,
            "approximate": self.approximate,
            "sentence": self.sentence,
        }


@dataclass(frozen=True)
class ReadItem:
    """One duty of the coming year: a draft, in which what the text does not name is null.

    `recurrence` is an RFC 5545 rule, or 定期 where the text says that it recurs and no more. `project` is the
    heading it stands under.
    """

    title: str
    source: str
    recurrence: str | None = None
    due_text: str | None = None
    due_on: dt.date | None = None
    lead: str | None = None
    handler: str | None = None
    project: str | None = None
    cooperating: tuple[str, ...] = ()
    leaders: str | None = None
    target: Target | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "source": self.source,
            "recurrence": self.recurrence,
            "due_text": self.due_text,
            "due_on": self.due_on.isoformat() if self.due_on else None,
            "lead": self.lead,
            "handler": self.handler,
            "project": self.project,
            "cooperating": list(self.cooperating),
            "leaders": self.leaders,
            "target_count": self.target.value if self.target else None,
            "target_unit": self.target.unit if self.target else None,
        }


@dataclass(frozen=True)
class ReportReading:
    """What a person reads in a report or a list of work points. What is not stated is null, never invented.

    A covering letter and whatever stands before the first heading are `paragraphs_before`; signature, date and
    closing formulas are `paragraphs_after`. `notes` say in words what stands in the file and was not read.
    """

    title: str | None
    organ: str | None
    year: int | None
    addressee: str | None
    sections: tuple[Section, ...] = ()
    figures: tuple[ReadFigure, ...] = ()
    items: tuple[ReadItem, ...] = ()
    items_year: int | None = None
    """The year in which the items are to be done."""
    paragraphs_before: tuple[str, ...] = ()
    paragraphs_after: tuple[str, ...] = field(default=())
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "organ": self.organ,
            "year": self.year,
            "addressee": self.addressee,
            "sections": [section.as_dict() for section in self.sections],
            "figures": [figure.as_dict() for figure in self.figures],
            "items": [item.as_dict() for item in self.items],
            "paragraphs_before": list(self.paragraphs_before),
            "paragraphs_after": list(self.paragraphs_after),
            "notes": list(self.notes),
        }
