"""Blocks: pieces of text with the rows they rest on, and the pen that writes them from templates.

A number gets into a text only by being cited, and what is cited becomes a figure of the block: text and
figures cannot disagree.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from models.exact import decimal_text
from models.report.figure import Figure

INSTRUCTED = "批示原文不公开"
"""Why the words of an instruction stay out of the public edition."""
TEMPLATES = Path(__file__).with_name("templates")


@dataclass(frozen=True)
class Block:
    """A sentence or a few that share their sources.

    Neighbouring blocks under one `heading` make one paragraph. `sources` are rows (`item:12`), a template of ours
    (`template:…`) or a law (`law:…`); a block without any is unsupported. A `proposal` has sources, but it is
    for a person to say whether it is so.
    """

    text: str
    heading: str | None = None
    sources: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    proposal: bool = False
    key: str = ""
    """What it is about, the same over versions (`ledger:case`, `progress:12`); unique in a report."""
    internal: str | None = None
    """Why it stays out of the public edition; None: it is public."""
    offered: bool = False
    """It stays out of the text until a person takes it in."""
    unfounded: tuple[str, ...] = ()
    """The sentences of a person's own in which a number stands that no figure of the report bears out."""

    @property
    def unsupported(self) -> bool:
        return not self.sources

    @property
    def unverified(self) -> bool:
        """Whether the block is marked 待核 on paper."""
        return self.unsupported or self.proposal


def write_block(
    template: str,
    part: str,
    facts: Mapping[str, Any],
    *,
    heading: str | None = None,
    sources: Iterable[str] = (),
    figures: Iterable[Figure] = (),
    proposal: bool = False,
    key: str = "",
) -> Block:
    """The block that macro `part` of `template` makes of `facts`.

    In a template `cite(figure)` writes a figure's number, `note(figure)` records one that the words express
    (未发生). `figures` are further ones, found in sentences that people wrote.
    """
    pen = _Pen(list(figures))
    macros = _environment().get_template(f"{template}.j2").make_module({"cite": pen.cite, "note": pen.note})
    text = str(getattr(macros, part)(**facts))
    return _block(text, pen, heading=heading, sources=sources, proposal=proposal, key=key)


def write_sentence(
    template: str, facts: Mapping[str, Any], *, key: str, heading: str | None = None, sources: Iterable[str] = ()
) -> Block:
    """The block that a sentence declared as a template makes of `facts`; `cite` and `note` as in `write_block`.

    `estimate(figure, texts)` writes an approximate one as those who estimated did (1900余人次, 约300人次).
    """
    pen = _Pen([])
    text = _sentence(template).render(**facts, cite=pen.cite, note=pen.note, estimate=pen.estimate)
    return _block(text, pen, heading=heading, sources=sources, proposal=False, key=key)


class _Pen:
    """Writes figures into a text and remembers them."""

    def __init__(self, cited: list[Figure]) -> None:
        self.cited = cited

    def note(self, figure: Figure) -> str:
        self.cited.append(figure)
        return ""

    def cite(self, figure: Figure) -> str:
        return self.note(figure) + figure.written

    def estimate(self, figure: Figure, texts: Iterable[str]) -> str:
        vague = any(re.search("约|近|左右", text) for text in texts)
        return self.note(figure) + (f"约{figure.written}" if vague else f"{decimal_text(figure.value)}余{figure.unit}")


def _block(text: str, pen: _Pen, *, heading: str | None, sources: Iterable[str], proposal: bool, key: str) -> Block:
    return Block(
        text=re.sub(r"\s*\n\s*", "", text).strip(),
        heading=heading,
        sources=tuple(dict.fromkeys(sources)),
        figures=tuple(dict.fromkeys(pen.cited)),
        proposal=proposal,
        key=key,
    )


def template_texts() -> list[str]:
    """Every template as it is, for the snapshot: a changed wording is a changed report."""
    return [path.read_text(encoding="utf-8") for path in sorted(TEMPLATES.glob("*.j2"))]


@cache
def _sentence(template: str) -> Template:
    return _environment().from_string(template)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701  # plain text for paper, never HTML
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(day=_day, closed=close_sentence, bare=bare, quoted=quoted, titled=titled)
    return environment


def _day(on: dt.date) -> str:
    return f"{on.month}月{on.day}日"


def close_sentence(text: str) -> str:
    """The text as a whole sentence: on one line, with a closing stop."""
    text = " ".join(text.split())
    return text if re.search(r"[。！？!?…][”’）》]*$", text) else f"{bare(text)}。"


def bare(text: str) -> str:
    """The text on one line without the punctuation at its end, to stand inside a sentence."""
    return " ".join(text.split()).rstrip("。．.；;，,、：: ")


def quoted(text: str) -> str:
    """The text in quotation marks, those inside it single."""
    return f"“{bare(text).translate({ord('“'): '‘', ord('”'): '’'})}”"


def titled(text: str) -> str:
    """The title of a document in its marks."""
    return bare(text) if text.startswith("《") else f"《{bare(text)}》"
