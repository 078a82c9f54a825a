"""A report at the desk: its blocks with what people did to them, apart from any database."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from models.ledgers.measure import OWN_BOOKS
from models.report.figure import Figure
from models.report.report import SectionKind
from tasks.report.compiling.blocks import INSTRUCTED, Block
from tasks.report.compiling.check_numbers import Unfounded, unfounded

WORD = "word:"
"""Before a source that is a person's word (`word:局务会议纪要3号`): it settles what had to be verified."""


@dataclass(frozen=True)
class DraftBlock:
    """One block; the fields are those of `models.report.report.ReportBlock`, which says what each means."""

    key: str
    section: SectionKind
    text: str
    heading: str | None = None
    sources: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    proposal: bool = False
    origins: tuple[str, ...] = ()
    compiled: str | None = None
    was_compiled: str | None = None
    author_id: int | None = None
    withdrawn: bool = False
    offered: bool = False
    placed: bool = False
    titled: bool = False
    internal: str | None = None

    @property
    def by_hand(self) -> bool:
        """Whether the words are a person's, or a person answers for them."""
        return self.compiled is not None or not self.origins

    @property
    def touched(self) -> bool:
        """Whether a person did anything to it: it stays, whatever becomes of its sources."""
        hidden = self.internal not in (None, OWN_BOOKS, INSTRUCTED)
        marked = self.withdrawn is not self.offered or self.placed or self.titled or hidden
        return self.by_hand or marked or len(self.origins) > 1

    @property
    def words(self) -> tuple[str, ...]:
        """Its sources that are a person's word."""
        return tuple(source for source in self.sources if source.startswith(WORD))


@dataclass(frozen=True)
class DraftSection:
    """A part of the report with its blocks in order."""

    kind: SectionKind
    heading: str
    blocks: tuple[DraftBlock, ...]


def fresh(block: Block, section: SectionKind) -> DraftBlock:
    """A block as the compiler wrote it."""
    return DraftBlock(
        key=block.key,
        section=section,
        text=block.text,
        heading=block.heading,
        sources=block.sources,
        figures=block.figures,
        proposal=block.proposal,
        origins=(block.key,),
        withdrawn=block.offered,
        offered=block.offered,
        internal=block.internal,
    )


def as_block(draft: DraftBlock, figures: Sequence[Figure]) -> Block:
    """The block as it is read, with the numbers marked that none of the report's `figures` bears out."""
    return Block(
        text=draft.text,
        heading=draft.heading,
        sources=draft.sources,
        figures=draft.figures,
        proposal=draft.proposal,
        key=draft.key,
        internal=draft.internal,
        unfounded=tuple(dict.fromkeys(one.sentence for one in unfounded_in(draft, figures))),
    )


def unfounded_in(draft: DraftBlock, figures: Sequence[Figure]) -> list[Unfounded]:
    """The numbers of a person's own words that nothing bears out: no figure, nor what the compiler writes here now, nor
    somebody's word.
    """
    if not draft.by_hand or draft.text == draft.compiled or draft.words:
        return []
    written = {one[1:] for one in unfounded(draft.compiled or "", figures)}
    return [one for one in unfounded(draft.text, figures) if one[1:] not in written]


def keyed(blocks: Sequence[Block], taken: set[str]) -> list[Block]:
    """The blocks, each with a key of its own: one without is called by what it rests on. `taken` grows by them."""
    named = []
    for block in blocks:
        wanted = block.key or (block.sources[0] if block.sources else f"text:{block.heading or ''}")
        key, turn = wanted, 2
        while key in taken:
            key, turn = f"{wanted}#{turn}", turn + 1
        taken.add(key)
        named.append(replace(block, key=key))
    return named
