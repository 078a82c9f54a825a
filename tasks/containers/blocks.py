"""What a document is made of, whatever file it came in: paragraphs, which are plain text, and tables."""

from dataclasses import dataclass, field


@dataclass
class TableBlock:
    """Rows of equally many cells; `merged` are blocks of them, both corners included: top, left, bottom, right. What a
    block says stands in its upper left cell."""

    rows: list[list[str]]
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)

    def as_lines(self) -> list[str]:
        """Each row as a line, its cells parted by bars."""
        return [" | ".join(cells) + " |" for cells in self.rows if any(cells)]


Block = str | TableBlock
_AROUND = 4
"""Times as much as around its tables stands in those of a list."""


def is_only_tables(blocks: list[Block]) -> bool:
    """Whether little stands around the tables but a title and a note: a list, and no text with a table in it."""
    inside = sum(len(cell) for block in blocks if isinstance(block, TableBlock) for row in block.rows for cell in row)
    return inside > _AROUND * sum(len(block) for block in blocks if isinstance(block, str))
