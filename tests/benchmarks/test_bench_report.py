"""The figures of one organ's year, each with the rows it was counted from, against one statement a table by hand."""

from typing import Any

import pytest

from models.database import reading
from models.items.plan import AnnualPlan
from models.ledgers.kinds import KINDS
from models.people.organ import Organ
from tasks.report.figures.gather_figures import gather_figures
from tests.benchmarks.conftest import Filled
from tests.benchmarks.populate import ON

pytestmark = pytest.mark.benchmark

ORGAN = 7
YEAR = f"BETWEEN '{ON.year}-01-01' AND '{ON}'"
ITEMS = f"""
    SELECT id, coalesce(closed_on, CASE WHEN days > 0 AND days = done THEN last_on END) <= '{ON}',
           CASE WHEN days = 0 THEN due_on < '{ON}' AND (closed_on IS NULL OR closed_on > due_on) ELSE late = 1 END
    FROM (
        SELECT i.id, i.due_on, i.closed_on, count(d.id) AS days, count(d.done_on) AS done, max(d.done_on) AS last_on,
               max(CASE WHEN d.due_on < '{ON}' AND (coalesce(d.done_on, i.closed_on) IS NULL
                        OR coalesce(d.done_on, i.closed_on) > d.due_on) THEN 1 ELSE 0 END) AS late
        FROM work_item i LEFT JOIN deadline d ON d.item_id = i.id AND d.kind NOT IN ('instruction', 'ledger')
             AND NOT EXISTS (SELECT 1 FROM deadline_move m WHERE m.deadline_id = d.id AND m.from_on = m.to_on)
        WHERE i.plan_id = {ORGAN} AND coalesce(i.parent_id, 0) = 0 AND i.ledger IS NULL
        GROUP BY i.plan_id, i.number, i.id
    ) AS item"""
CASES = f"""
    SELECT id, procedure, fine, outcome FROM enforcement_case
    WHERE organ_id = {ORGAN} AND withdrawn_on IS NULL AND decided_on {YEAR} ORDER BY id"""
STUDIES = f"""
    SELECT id, people FROM study_session
    WHERE organ_id = {ORGAN} AND withdrawn_on IS NULL AND held_on {YEAR} ORDER BY id"""
OTHERS = [
    f"SELECT id FROM {kind.table.__tablename__}"
    f' WHERE organ_id = {ORGAN} AND withdrawn_on IS NULL AND "{kind.day}" {YEAR} ORDER BY id'
    for kind in KINDS.values()
    if kind.code not in ("case", "study")
]
"""The ledgers that the benchmark's office does not keep: what it costs to see that."""


def _by_hand(filled: Filled) -> dict[str, Any]:
    items, cases, studies = filled.rows(ITEMS), filled.rows(CASES), filled.rows(STUDIES)
    assert not any(filled.rows(statement) for statement in OTHERS)
    finished = [(row, late) for row, done, late in items if done]
    return {
        "列入计划任务": [row for row, _done, _late in items],
        "完成任务": [row for row, _late in finished],
        "按时完成任务": [row for row, late in finished if not late],
        "行政执法案件": [case[0] for case in cases],
        "简易程序案件": [case[0] for case in cases if case[1] == "simple"],
        "普通程序案件": [case[0] for case in cases if case[1] == "ordinary"],
        "罚款金额": [case[0] for case in cases if case[2]],
        "被变更或撤销案件": [case[0] for case in cases if case[3] != "stands"],
        "集中学习研讨": [study[0] for study in studies],
        "学习研讨参加人次": [study[0] for study in studies],
    }


def test_the_figures_of_one_organ(filled: Filled) -> None:
    with reading(filled.engine) as session:
        organ, plan = session.get_one(Organ, ORGAN), session.get_one(AnnualPlan, ORGAN)

    def ours() -> dict[str, Any]:
        with reading(filled.engine) as session:
            figures = gather_figures(session, organ, plan, on=ON)
        return {figure.name: figure.rows for figure in figures}

    def by_hand() -> dict[str, Any]:
        return _by_hand(filled)

    found = ours()
    assert {name: len(found[name]) for name in by_hand()} == {name: len(rows) for name, rows in by_hand().items()}
    filled.compare("figures of an organ", by_hand, ours, bar=1.5 if filled.system == "sqlite" else 2.0, turns=25)
