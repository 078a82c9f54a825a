"""Takes the duties a report or a list of work points announces as draft items, each with its sentence."""

from collections.abc import Mapping
from pathlib import Path

from models.items.item import WorkItem
from models.items.plan import Project
from models.secrecy import ACCEPTED as NO_SECRETS
from models.secrecy import marking
from tasks.reading.cells import CellRefusedError, Due, due, due_written
from tasks.reading.item_list import ItemList, ListRow, Place
from tasks.reading.read_report import ReadItem, read_report

_COLUMNS = WorkItem.__table__.columns  # type: ignore[attr-defined]
_TITLE, _SOURCE, _LEAD = (_COLUMNS[name].type.length for name in ("title", "source", "lead_text"))
_PROJECT = Project.__table__.columns["name"].type.length  # type: ignore[attr-defined]


def read_drafts(path: Path, *, year: int, dues: Mapping[str, str] | None = None) -> ItemList:
    """The items of a document. A day outside the plan's `year` is left open, never moved into it.

    `dues` says how a person reads due texts: an expression in a sentence that reads so is taken for what stands there.

    Raises UnreadableFileError as `read_report` does.
    """
    reading = read_report(path)
    place = Place(None, {})
    drafts = ItemList(organ=reading.organ, notes=list(reading.notes))
    if reading.items and reading.items_year not in (None, year):
        drafts.notes.insert(
            0, f"这份文件安排的是 {reading.items_year} 年的工作，导入的是 {year} 年度计划：请核对是不是这份文件。"
        )
    for item in reading.items:
        mark = marking(item.title) or marking(item.source)
        if mark is not None:
            drafts.errors.append(place.error(None, None, mark, NO_SECRETS))
        else:
            drafts.rows.append(_draft(item, place, year, dues or {}))
    if not drafts.rows and not drafts.errors:
        drafts.errors.append(
            place.error(
                None,
                None,
                reading.title or path.name,
                "没有找到可以列为任务的内容：文件里要有“下一年度安排”部分或逐条的工作要点。",
            )
        )
    return drafts


def _draft(item: ReadItem, place: Place, year: int, dues: Mapping[str, str]) -> ListRow:
    return ListRow(
        place,
        None,
        title=item.title[:_TITLE],
        project=item.project[:_PROJECT] if item.project else None,
        lead=item.lead[:_LEAD] if item.lead else None,
        leaders=item.leaders,
        handler=item.handler,
        cooperating=item.cooperating or None,
        due=_due(item, year, dues),
        source=item.source[:_SOURCE],
        target=item.target if item.recurrence is None else None,
    )


def _due(item: ReadItem, year: int, dues: Mapping[str, str]) -> Due | None:
    """What the sentence says about time. A rule read from a sentence has to be confirmed by a person."""
    if item.due_text is None:
        return None
    if (said := dues.get(due_written(item.due_text))) is not None:
        try:
            return due(said, year)
        except CellRefusedError:
            pass  # what cannot be read is as if it had not been said: the sentence stands, to be confirmed
    in_year = item.due_on is not None and item.due_on.year == year
    rule = item.recurrence if item.recurrence and "FREQ=" in item.recurrence else None
    notes = [f"原文写“{item.due_text}”"]
    if item.recurrence:
        notes.append("周期待确认")
    if item.due_on and not in_year:
        notes.append(f"{item.due_on} 不在 {year} 年度内，时限待补")
    due_on = item.due_on if in_year else None
    return Due(item.due_text, due_on, None, rule, item.recurrence is not None, "；".join(notes))
