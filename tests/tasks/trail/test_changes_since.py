"""What others did since somebody looked: told once, oldest first, and never one's own."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.database import on_record, reading
from models.errors import ConflictError
from models.items.item import WorkItem
from tasks.trail.changes_since import changes_since, newest_entries, newest_entry, refuse_blind
from tests.office import HANDLER, HEAD, LEADER, SUPERVISOR, Office
from tests.web import statements

ON = "2026-06-03"


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path)
    made.assign("制度清理", due="2026-06-30", on="2026-06-01")
    return made


def newest(office: Office, number: str = "1") -> int:
    with reading(office.engine) as session:
        return newest_entry(session, session.get_one(WorkItem, office.item(number).id))


def told(office: Office, seen: int, *, to: str) -> list[tuple[str, str, str | None]]:
    """(who, what, why) of each change told to somebody."""
    with reading(office.engine) as session:
        item = session.get_one(WorkItem, office.item("1").id)
        found = changes_since(session, item, seen, by=office.by(session, to, ON))
    return [(entry.actor, entry.action_label, entry.reason) for entry in found]


def test_what_others_did_is_told_in_the_order_in_which_they_did_it(office: Office) -> None:
    seen = newest(office)
    office.report("1", on=ON)
    office.suspend("1", on=ON, reason="等待批复")

    assert told(office, seen, to=LEADER) == [
        (HANDLER, "填报进展", None),
        (SUPERVISOR, "中止", "等待批复"),
    ]
    assert told(office, newest(office), to=LEADER) == []


def test_what_one_did_oneself_is_no_news(office: Office) -> None:
    seen = newest(office)
    office.report("1", on=ON)

    assert told(office, seen, to=HANDLER) == []
    assert told(office, seen, to=HEAD) == [(HANDLER, "填报进展", None)]


def test_another_item_changes_nothing_here(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-30", on="2026-06-01")
    seen = newest(office)
    office.report("2", on=ON)

    assert told(office, seen, to=SUPERVISOR) == []
    assert newest(office, "2") > newest(office)


def test_a_list_asks_once_for_all_its_lines(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-30", on="2026-06-01")
    with reading(office.engine) as session:
        newest_entries(session, [1])
        found: dict[int, int] = {}
        asked = statements(office.engine, lambda: found.update(newest_entries(session, [1, 2, 99])))

    assert found == {1: newest(office, "1"), 2: newest(office, "2"), 99: 0}
    assert asked == 1


def test_an_act_that_did_not_see_the_last_change_is_refused_with_who_did_what(office: Office) -> None:
    seen = newest(office)
    office.report("1", on=ON)
    with on_record(office.engine) as session:
        item = session.get_one(WorkItem, 1)
        with pytest.raises(ConflictError) as refused:
            refuse_blind(session, item, seen, by=office.by(session, SUPERVISOR, ON))
        refuse_blind(session, item, seen, by=office.by(session, HANDLER, ON))

    assert refused.value.message == (
        f"您打开页面之后，任务 1 已有变化（{HANDLER}填报进展），尚未提交。请看过变化再定：仍要办理的，再提交一次即可。"
    )
