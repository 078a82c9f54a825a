"""Five years of an office, lived by chance, against its plain double: every notice of the ladder, row by row."""

import datetime as dt
from collections import Counter
from pathlib import Path

from sqlalchemy import Engine

from tests.oracle.plain import World
from tests.oracle.story import Story

FIRST, YEARS = 2023, 5
"""The last of them is known to no official notice: it is counted from Monday to Friday."""


def foretold(world: World) -> list[tuple[object, ...]]:
    return [
        (
            row.raised_on, row.item.number, row.day.name, row.turn.step.place, row.recipient, row.role, row.via,
            row.fire_on, row.send_on, row.late, row.kind, row.state, row.reason, row.due_on,
        )
        for row in world.told
    ]  # fmt: skip


def agree(story: Story) -> None:
    """Row by row. Which of its people the one row of a silent rung names is not laid down, only that it is one."""
    unnamed = [row for row in story.world.told if row.silent]
    silent = {(row.raised_on, row.item.number, row.day.name, row.turn.step.place) for row in unnamed}

    def blind(rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
        return [(*row[:4], None, None, None, *row[7:]) if row[:4] in silent else row for row in rows]

    told, lived = Counter(blind(foretold(story.world))), Counter(blind(story.office.told_rows()))
    lines = [f"{row[0]} - {' '.join(map(str, row))}" for row in (told - lived).elements()]
    lines += [f"{row[0]} + {' '.join(map(str, row))}" for row in (lived - told).elements()]
    assert not lines, "\n".join(sorted(lines)[:30])


def live(engine: Engine, home: Path, seed: int) -> Story:
    """The five years, compared at the end of each."""
    story = Story(engine, home, seed, first=FIRST)
    for year in range(FIRST, FIRST + YEARS):
        story.live(dt.date(year, 12, 31))
        agree(story)
    return story
