"""What benchmarks measured, kept by commit: records as a file, and the table that sets the newest beside those before.

Pure: `keep.py` reads and writes.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields

WORSE = 1.2
"""By more than this a ratio has worsened visibly."""
BEGIN, END = "<!-- ratios: written by make bench -->", "<!-- end of ratios -->"


@dataclass(frozen=True)
class Record:
    """One work on one database.

    `ratio` to its floor in the same run; `ours_ms` the median in milliseconds, 0 where it is no time that is measured;
    `peak_mb` the megabytes needed beyond what the process held; `bar` the highest ratio that is good. `items` is 0
    where the work knows none. `commit` ends in + where the code was changed since.
    """

    commit: str
    day: str
    database: str
    items: int
    work: str
    ratio: float
    ours_ms: float
    peak_mb: float | None
    bar: float | None

    @property
    def place(self) -> tuple[str, str, int]:
        """What makes records of several commits comparable."""
        return self.work, self.database, self.items

    @property
    def missed(self) -> bool:
        return self.bar is not None and self.ratio > self.bar


def as_csv(records: Iterable[Record]) -> str:
    """A line a record, below a line of names."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(field.name for field in fields(Record))
    writer.writerows(["" if value is None else value for value in astuple(record)] for record in records)
    return out.getvalue()


def from_csv(text: str) -> list[Record]:
    """The records of a file, in its order."""
    return [
        Record(
            row["commit"],
            row["day"],
            row["database"],
            int(row["items"]),
            row["work"],
            float(row["ratio"]),
            float(row["ours_ms"]),
            float(row["peak_mb"]) if row["peak_mb"] else None,
            float(row["bar"]) if row["bar"] else None,
        )
        for row in csv.DictReader(io.StringIO(text))
    ]


def appended(before: Iterable[Record], measured: Sequence[Record]) -> list[Record]:
    """Those of before, then the newly measured ones; what the same commit measured before gives way."""
    again = {(record.commit, record.place) for record in measured}
    return [record for record in before if (record.commit, record.place) not in again] + list(measured)


def newest(records: Iterable[Record]) -> list[tuple[Record, Record | None]]:
    """The newest record of each place, beside that of the commit before; by work, database and items."""
    found: dict[tuple[str, str, int], list[Record]] = {}
    for record in records:
        found.setdefault(record.place, []).append(record)
    works = list(dict.fromkeys(work for work, _database, _items in found))
    order = sorted(found, key=lambda place: (works.index(place[0]), place[1] != "sqlite", place[1], place[2]))
    return [(found[place][-1], found[place][-2] if found[place][1:] else None) for place in order]


def worsened(now: Record, before: Record | None) -> bool:
    """Whether the ratio rose by more than a fifth."""
    return before is not None and now.ratio > WORSE * before.ratio


def table(records: Iterable[Record]) -> str:
    """The newest ratio of each work beside the one before it, in Markdown."""
    lines = [
        "| work | database | items | ratio | before | bar | ours | peak | commit |",
        "|---|---|--:|--:|--:|--:|--:|--:|---|",
    ]
    for now, before in newest(records):
        ratio = f"**{now.ratio:.2f}**" if now.missed else f"{now.ratio:.2f}"
        if before is not None and worsened(now, before):
            ratio = f"{ratio} ▲ {now.ratio / before.ratio - 1:+.0%}"
        cells = [
            now.work,
            now.database,
            f"{now.items:,}" if now.items else "–",
            ratio,
            f"{before.ratio:.2f}" if before else "–",
            "–" if now.bar is None else f"{now.bar:g}",
            _time(now.ours_ms),
            "–" if now.peak_mb is None else f"{now.peak_mb:.0f} MB",
            f"{now.commit}, {now.day}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def written_into(page: str, made: str) -> str:
    """The page with `made` between its two marks. Raises ValueError where it has none."""
    head, begin, rest = page.partition(BEGIN)
    _old, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"no place for the ratios: {BEGIN} … {END}")
    return f"{head}{BEGIN}\n\n{made}\n{END}{tail}"


def _time(milliseconds: float) -> str:
    if not milliseconds:
        return "–"
    if milliseconds >= 10_000:
        return f"{milliseconds / 1000:.0f} s"
    return f"{milliseconds / 1000:.1f} s" if milliseconds >= 1000 else f"{milliseconds:.{milliseconds < 100:d}f} ms"
