"""Recompiling without losing anybody's work: what people did to the previous version, laid over what is compiled now.

Untouched blocks follow their sources, in the compiler's order. What a person changed stays; where the compiler now
writes something else for it, both are kept to be shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from models.report.figure import Figure
from models.report.report import SectionKind
from tasks.report.compiling.blocks import Block
from tasks.report.compiling.draft import DraftBlock, fresh

Compiled = Mapping[SectionKind, Sequence[Block]]
"""The parts as compiled now, in their order, each block with a key of its own."""


def carry_edits(previous: Sequence[DraftBlock], compiled: Compiled) -> list[DraftBlock]:
    """The blocks of the new version, part by part in the order of `compiled`, then parts only people wrote in.

    Carried again over the same material nothing changes.
    """
    now = {block.key: (place, block) for place, block in enumerate(_in_order(compiled))}
    at_home = {block.key: kind for kind, blocks in compiled.items() for block in blocks}
    mentioned = _mentioned(previous)
    followed = [
        (_follow(draft, now, at_home, mentioned), any(key in now for key in draft.origins))
        for draft in previous
        if draft.touched or any(key in now for key in draft.origins)
    ]
    covered = {key for draft in previous for key in draft.origins}
    taken = {draft.key for draft, _ in followed}
    new = [
        replace(fresh(block, at_home[key]), key=_free(key, taken))
        for key, (_, block) in now.items()
        if key not in covered
    ]
    kinds = dict.fromkeys([*compiled, *(draft.section for draft, _ in followed)])
    return [draft for kind in kinds for draft in _ordered(kind, followed, new, now)]


def _in_order(compiled: Compiled) -> list[Block]:
    return [block for blocks in compiled.values() for block in blocks]


def _follow(
    draft: DraftBlock,
    now: Mapping[str, tuple[int, Block]],
    at_home: Mapping[str, SectionKind],
    mentioned: Mapping[str, Sequence[DraftBlock]],
) -> DraftBlock:
    """The block after its sources: text where it is the compiler's own, else what the compiler would write now."""
    if not draft.origins:
        return draft
    written = [now[key][1] for key in draft.origins if key in now]
    if not written:
        base = draft.was_compiled if draft.was_compiled is not None else draft.compiled
        base = draft.text if base is None else base
        return replace(draft, compiled="", was_compiled=base or None)
    text = "".join(block.text for block in written)
    kept = {_identity(figure): figure.internal for figure in draft.figures if figure.internal is not None}
    followed = replace(
        draft,
        section=draft.section if draft.placed else at_home[written[0].key],
        heading=draft.heading if draft.titled else written[0].heading,
        sources=tuple(dict.fromkeys([*(row for block in written for row in block.sources), *draft.words])),
        figures=tuple(
            replace(figure, internal=kept.get(_identity(figure), figure.internal))
            for block in written
            for figure in _share(draft, block, mentioned[block.key])
        ),
        # What either calls internal is internal: a mark is taken off by a person, never by a compilation.
        internal=draft.internal or next((block.internal for block in written if block.internal), None),
    )
    offered = any(block.offered for block in written)
    followed = replace(followed, offered=offered, withdrawn=draft.withdrawn if draft.touched else offered)
    if not draft.by_hand:
        return replace(followed, text=text, proposal=any(block.proposal for block in written))
    base = draft.was_compiled if draft.was_compiled is not None else draft.compiled
    return replace(followed, compiled=text, was_compiled=base if base != text else None)


def _share(draft: DraftBlock, block: Block, sharers: Sequence[DraftBlock]) -> list[Figure]:
    """The figures of a compiled block that belong to this draft: where it was split, those that its words mention.

    A figure that none of them mentions stays with the first.
    """
    if len(sharers) == 1:
        return list(block.figures)
    return [
        figure
        for figure in block.figures
        if draft is next((one for one in sharers if figure.written in one.text), sharers[0])
    ]


def _mentioned(previous: Sequence[DraftBlock]) -> dict[str, list[DraftBlock]]:
    """Which blocks come from each compiled one, those that stand in the text first."""
    found: dict[str, list[DraftBlock]] = {}
    for draft in sorted(previous, key=lambda one: one.withdrawn):
        for key in draft.origins:
            found.setdefault(key, []).append(draft)
    return found


def _identity(figure: Figure) -> str:
    return figure.code or figure.name


def _free(key: str, taken: set[str]) -> str:
    """The key, or one made from it where a person's block bears it already."""
    wanted, turn = key, 2
    while key in taken:
        key, turn = f"{wanted}#{turn}", turn + 1
    taken.add(key)
    return key


def _ordered(
    kind: SectionKind,
    followed: Sequence[tuple[DraftBlock, bool]],
    new: Sequence[DraftBlock],
    now: Mapping[str, tuple[int, Block]],
) -> list[DraftBlock]:
    """One part: what comes from the compiler in its order, and behind its old neighbour what a person put there."""
    mine = [(draft, live and not draft.placed) for draft, live in followed if draft.section is kind]

    def place(draft: DraftBlock) -> int:
        return min(now[key][0] for key in draft.origins if key in now)

    by_compiler = [draft for draft, moves in mine if moves] + [draft for draft in new if draft.section is kind]
    ordered = sorted(by_compiler, key=place)
    before: DraftBlock | None = None
    for draft, moves in mine:
        if not moves:
            at = next((spot for spot, one in enumerate(ordered) if one is before), -1)
            ordered.insert(at + 1, draft)
        before = draft
    return ordered
