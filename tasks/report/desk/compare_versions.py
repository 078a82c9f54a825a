"""What differs between two versions of a report, in text and in figures; and what the rows say by now (后来的改动)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from typing import NamedTuple

from sqlmodel import Session

from models.errors import BadInputError, NotFoundError
from models.people.organ import Organ
from models.report.figure import Figure
from models.report.report import Report
from tasks.people.find import find_plan
from tasks.report.compiling.draft import DraftBlock, DraftSection
from tasks.report.compiling.keep_draft import read_draft
from tasks.report.compiling.read_back import as_read
from tasks.report.figures.gather_figures import figures_of_year

_PIECE = re.compile(r"\d+(?:\.\d+)?|[A-Za-z]+|.", re.DOTALL)
"""A number or a foreign word is one piece, every other character is one."""


class Stretch(NamedTuple):
    """A stretch of text: "same", "gone" from the older version, or "new" in the newer one."""

    what: str
    text: str


@dataclass(frozen=True)
class BlockChange:
    """A block of one version, or of both: what became of it, in words, and its text with what went and what came."""

    key: str
    part: str
    what: tuple[str, ...]
    spans: tuple[Stretch, ...]


@dataclass(frozen=True)
class FigureChange:
    """A figure that is not what it was; None where one side does not have it."""

    name: str
    code: str | None
    unit: str
    before: Decimal | None
    after: Decimal | None
    added: tuple[str, ...]
    removed: tuple[str, ...]
    """Rows that came to be counted, and rows that no longer are."""
    changed: bool
    """Whether a row that counts in both contributes something else."""


@dataclass(frozen=True)
class Difference:
    """Everything that differs; nothing where the versions are the same."""

    blocks: tuple[BlockChange, ...]
    figures: tuple[FigureChange, ...]

    def __bool__(self) -> bool:
        return bool(self.blocks or self.figures)


def compare(session: Session, older: Report, newer: Report) -> Difference:
    """What changed from `older` to `newer`. Raises BadInputError for versions of different reports."""
    if (older.organ_id, older.year) != (newer.organ_id, newer.year):
        raise BadInputError("只能比较同一单位同一年度报告的两个版本。")
    before, after = read_draft(session, older), read_draft(session, newer)
    return Difference(
        tuple(_block_changes(before, after)),
        tuple(figure_changes(_figures(before), _figures(after))),
    )


def figures_now(session: Session, report: Report) -> list[FigureChange]:
    """What the figures of this version would be if they were counted today: its own stay as they were counted.

    Figures quoted from sentences are not counted, so nothing can be said of them. A year whose plan is gone has none.
    """
    draft = read_draft(session, report)
    organ = session.get_one(Organ, report.organ_id)
    try:
        plan = find_plan(session, organ, report.year)
    except NotFoundError:
        return []
    day = as_read(session, report, draft).dated_on
    now = figures_of_year(session, organ, plan, on=day)
    then = {code: figure for code, figure in _figures(draft).items() if figure.code is not None}
    return figure_changes(then, {code: now[code] for code in then if code in now})


def spans(before: str, after: str) -> tuple[Stretch, ...]:
    """The two texts as one: what stayed, what went and what came."""
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    stretches: list[Stretch] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            stretches.append(Stretch("same", "".join(old[a:b])))
            continue
        if b > a:
            stretches.append(Stretch("gone", "".join(old[a:b])))
        if d > c:
            stretches.append(Stretch("new", "".join(new[c:d])))
    return tuple(stretches)


def figure_changes(before: Mapping[str, Figure], after: Mapping[str, Figure]) -> list[FigureChange]:
    """The figures that differ, by what they are called."""
    changes = []
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name), after.get(name)
        if old is not None and new is not None and (old.value, old.row_hash) == (new.value, new.row_hash):
            continue
        one = new or old
        if one is None:
            continue
        old_rows, new_rows = (old.rows if old else ()), (new.rows if new else ())
        changes.append(
            FigureChange(
                name=one.name,
                code=one.code,
                unit=one.unit,
                before=old.value if old else None,
                after=new.value if new else None,
                added=tuple(row for row in new_rows if row not in set(old_rows)),
                removed=tuple(row for row in old_rows if row not in set(new_rows)),
                changed=old is not None and new is not None and bool(_other_parts(old, new)),
            )
        )
    return changes


def _other_parts(old: Figure, new: Figure) -> set[str]:
    """Rows that count in both, for something else."""
    then, now = _parts(old), _parts(new)
    return {row for row in then.keys() & now.keys() if then[row] != now[row]}


def _parts(figure: Figure) -> dict[str, str]:
    return dict(zip(figure.rows, figure.parts, strict=True)) if figure.parts else {}


def _figures(sections: Sequence[DraftSection]) -> dict[str, Figure]:
    """The figures of a version, each once: by code, or by the block that quotes it."""
    found: dict[str, Figure] = {}
    for section in sections:
        for block in section.blocks:
            for figure in block.figures:
                found.setdefault(figure.code or f"{block.key}/{figure.name}", figure)
    return found


def _block_changes(before: Sequence[DraftSection], after: Sequence[DraftSection]) -> Iterable[BlockChange]:
    """Blocks in the order of the newer version; those that are gone come behind, in the order of the older."""
    old, new = _placed(before), _placed(after)
    for key, (part, block) in new.items():
        was = old.get(key)
        if was is None:
            yield BlockChange(key, part, ("已撤下的新段",) if block.withdrawn else ("新增",), _alone("new", block))
            continue
        what = tuple(_what(was, (part, block)))
        if what:
            yield BlockChange(key, part, what, spans(was[1].text, block.text))
    for key, (part, block) in old.items():
        if key not in new:
            yield BlockChange(key, part, ("不再有",), _alone("gone", block))


def _alone(what: str, block: DraftBlock) -> tuple[Stretch, ...]:
    return (Stretch(what, block.text),)


def _placed(sections: Sequence[DraftSection]) -> dict[str, tuple[str, DraftBlock]]:
    return {block.key: (section.heading, block) for section in sections for block in section.blocks}


def _what(was: tuple[str, DraftBlock], now: tuple[str, DraftBlock]) -> Iterable[str]:
    """What became of a block that both versions have."""
    old, new = was[1], now[1]
    if old.text != new.text:
        yield "改文字"
    if old.heading != new.heading:
        yield f"小标题“{old.heading or '无'}”改为“{new.heading or '无'}”"
    if old.section is not new.section:
        yield f"移到“{now[0]}”"
    if old.withdrawn != new.withdrawn:
        yield "撤下" if new.withdrawn else "恢复"
    if (old.internal is None) != (new.internal is None):
        yield "标为内部" if new.internal else "改为公开"
