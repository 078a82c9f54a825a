"""What last year's report arranged for the new year: its section four, read sentence by sentence as any list is."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any

from sqlmodel import Session

from models.database import key
from models.errors import UnreadableFileError
from models.items.plan import NO_PROJECT
from models.people.organ import Department, Organ
from models.report.report import Report, SectionKind
from tasks.people.find import departments_of
from tasks.people.find_posts import HANDLING, Roster
from tasks.plan.opening.draft import Draft, Origin
from tasks.reading.read_report import ReadItem, read_report_text
from tasks.report.compiling.draft import DraftBlock
from tasks.report.compiling.keep_draft import read_draft

_LAW = "law:"


@dataclass
class Arranged:
    """The drafts of the section; `left_out` are those sources that a person took out of it, `said` those it names."""

    drafts: list[Draft] = field(default_factory=list)
    left_out: set[str] = field(default_factory=set)
    said: set[str] = field(default_factory=set)


def from_report(
    session: Session, organ: Organ, report: Report, known: Mapping[str, Draft], roster: Roster, *, own: Set[str]
) -> Arranged:
    """What the section's blocks arrange.

    A block that rests on one item or deficiency is that draft (`known`, by key), in the words a person gave it where
    one did; what people wrote themselves is read as a list is read. What the law asks is not taken from here, nor what
    tells of items that the new plan has already (`own`, as sources).
    """
    arranged = Arranged()
    departments = {"".join(one.name.split()): one for one in departments_of(session, key(organ.id))}
    blocks = [
        block
        for section in read_draft(session, report)
        if section.kind is SectionKind.NEXT_YEAR
        for block in section.blocks
    ]
    # What a person left standing anywhere is not left out, even where another block that named it was withdrawn.
    kept = {source for block in blocks if not block.withdrawn for source in block.sources}
    for block in blocks:
        if block.withdrawn:
            arranged.left_out.update(set() if block.offered else set(block.sources) - kept)
        elif not any(source.startswith(_LAW) or source in own for source in block.sources):
            arranged.drafts += _drafts(block, report, organ, known, departments, roster)
            arranged.said.update(block.sources)
    return arranged


def _drafts(
    block: DraftBlock, report: Report, organ: Organ, known: Mapping[str, Draft],
    departments: Mapping[str, Department], roster: Roster,
) -> Iterator[Draft]:  # fmt: skip
    base = known.get(block.sources[0]) if len(block.sources) == 1 else None
    where = f"{report.year}年度报告第{report.version}版“下一年度主要安排”"
    items = _read(block, report, organ)
    if base is not None and len(items) <= 1:
        said = items[0] if items else None
        title = said.title if said is not None and block.by_hand else base.title
        times = {} if base.recurrence else _times(said, report.year + 1)
        project = (block.heading if block.by_hand or block.titled or block.placed else None) or base.project
        yield replace(base, title=title, project=project, source=f"{where}：{block.text}（{base.source}）", **times)
        return
    for place, item in enumerate(items, start=1):
        yield Draft(
            key=f"report:{block.key}:{place}",
            origin=Origin.REPORT,
            title=item.title,
            project=item.project or block.heading or NO_PROJECT,
            source=f"{where}：{item.source}",
            units=tuple((_department(unit, departments), unit) for unit in item.cooperating),
            covers=block.sources,
            **_times(item, report.year + 1),
            **_people(item, departments, roster),
        )


def _read(block: DraftBlock, report: Report, organ: Organ) -> Sequence[ReadItem]:
    heading = block.heading or NO_PROJECT
    text = f"{organ.name}{report.year}年法治政府建设年度报告\n四、下一年度主要安排\n1.{heading}。{block.text}"
    try:
        return read_report_text(text).items
    except UnreadableFileError:
        return ()


def _times(item: ReadItem | None, year: int) -> dict[str, Any]:
    """What the sentence says about time. A rule read from a sentence has to be confirmed by a person."""
    if item is None or item.due_text is None:
        return {}
    return {
        "due_text": item.due_text,
        "due_on": item.due_on if item.due_on is not None and item.due_on.year == year else None,
        "recurrence": item.recurrence if item.recurrence and "FREQ=" in item.recurrence else None,
        "unconfirmed": item.recurrence is not None,
    }


def _people(item: ReadItem, departments: Mapping[str, Department], roster: Roster) -> dict[str, Any]:
    """Whom the sentence names, as far as the office knows them."""
    department_id = _department(item.lead, departments) if item.lead else None
    posts = roster.find(item.handler, HANDLING, department_id).posts if item.handler else ()
    return {
        "lead_text": item.lead,
        "department_id": department_id,
        "handler_post_id": posts[0] if posts else None,
    }


def _department(name: str, departments: Mapping[str, Department]) -> int | None:
    found = departments.get("".join(name.split()))
    return found.id if found else None
