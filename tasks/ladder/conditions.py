"""The conditions of a sweep, as SQL: which deadlines a window of a rung meets, and who of several rungs speaks.

`d` is the deadline, `i` its item, `w` the window. `:on` stands for the day that is swept, `:same` for what tells that a
notice is of the window's rung, in whichever version of the copy.
"""

from models.items.item import Deadline
from models.ladder.lookback import Lookback
from models.ladder.notice import NoticeState
from tasks.people.address import NEAREST

DUE = """d.due_on FROM deadline d JOIN work_item i ON i.id = d.item_id
    WHERE d.policy_id = {:d} AND d.done_on IS NULL AND d.look_on IS NULL"""
ISSUED = """day FROM (SELECT id, issued_on AS day FROM work_item WHERE state = 'issued'
    UNION SELECT item_id, issued_on FROM receipt WHERE signed_at IS NULL) x
    JOIN work_item i ON i.id = x.id WHERE true"""
"""The days that windows after a gap may be made of."""

ARMED = f"(d.lookback IS NULL OR d.lookback = '{Lookback.WHOLE}' OR d.due_on <> d.original_due_on)"
"""A day that was past when its item was issued is quiet until it is moved, unless the whole ladder was chosen."""

WATCHED = f"""d.policy_id = w.policy_id AND d.due_on BETWEEN w.first AND w.last
    AND d.done_on IS NULL AND d.look_on IS NULL AND {ARMED}"""
"""Deadlines that the ladder watches."""

UNSEEN = """NOT (w.fire_on < :on AND EXISTS (SELECT 1 FROM notice n
    WHERE n.item_id = d.item_id AND n.deadline_id = d.id AND n.rung_id IS NOT NULL AND n.taken_back_on IS NULL
      AND (n.raised_on >= w.fire_on OR :same AND n.fire_on = w.fire_on)))"""
"""Whether no sweep since the day of the window has looked at the deadline: what one has looked at was not missed."""

UNSAID = """NOT EXISTS (SELECT 1 FROM notice n WHERE n.fire_on = w.fire_on AND n.deadline_id = d.id
    AND :same AND n.due_on = d.due_on AND n.taken_back_on IS NULL)"""
"""Whether an earlier sweep of the day has not dealt with the window: who answers since then is for the second look."""

UNPROMISED = """NOT (w.fire_on < :on AND NOT EXISTS (SELECT 1 FROM instruction n WHERE n.deadline_id = d.id)
    AND EXISTS (SELECT 1 FROM progress_entry p
    WHERE p.item_id = d.item_id AND p.department_id IS NULL AND p."on" < w.fire_on AND p.next_report_on >= w.fire_on
      AND NOT EXISTS (SELECT 1 FROM progress_entry q WHERE q.item_id = p.item_id AND q.department_id IS NULL
          AND q.id > p.id AND q."on" < w.fire_on)
      AND NOT EXISTS (SELECT 1 FROM deadline_move m
          WHERE m.deadline_id = d.id AND m.moved_on >= p."on" AND m.moved_on < w.fire_on)
      AND NOT EXISTS (SELECT 1 FROM suspension s
          WHERE s.item_id = p.item_id AND s.from_on >= p."on" AND s.from_on < w.fire_on)))"""
"""Whether no promise held on the missed day of the window: neither reported on, nor moved or suspended away before."""

UNSIGNED = f"""i.issued_on BETWEEN w.first AND w.last AND i.state = 'issued'
    AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.item_id = i.id AND :same AND n.text IS NULL
        AND n.raised_on >= i.issued_on AND n.raised_on < :on AND n.taken_back_on IS NULL)
    AND d.id = (SELECT min(m.id) FROM {Deadline.__tablename__} m
                WHERE m.item_id = i.id AND m.done_on IS NULL AND m.policy_id = w.policy_id)"""

TOLD = f"""EXISTS (SELECT 1 FROM notice n WHERE n.deadline_id = d.id AND :same AND n.due_on = d.due_on
    AND n.fire_on >= w.fire_on AND n.state <> '{NoticeState.DROPPED}'
    AND NOT EXISTS (SELECT 1 FROM deadline_move m
        WHERE m.deadline_id = d.id AND m.from_on <> m.to_on AND m.moved_on >= n.raised_on))"""
"""Whether the rung spoke for deadline `d` since the day that window `w` sets, and the deadline was not moved since."""

SETTLED = f""",
            spoken AS (
                SELECT due.*, first_value(rung_id) OVER highest AS by_rung, first_value(kind) OVER highest AS by_kind,
                       first_value(height) OVER highest AS by_height, first_value(noted_on) OVER highest AS by_noted_on,
                       first_value(late) OVER highest AS by_late,
                       row_number() OVER (PARTITION BY deadline_id, text, rung_id
                                          ORDER BY height DESC, found IS NULL, found, role) AS place
                FROM due
                WINDOW highest AS (PARTITION BY deadline_id, text, CASE WHEN fire_on < :on THEN -1 ELSE height END
                                   ORDER BY height DESC)
            ), heard AS (
                SELECT spoken.*, first_value(by_rung) OVER person AS heard_rung, row_number() OVER person AS turn
                FROM spoken
                WINDOW person AS (PARTITION BY deadline_id, text, found >> 2
                                  ORDER BY by_height DESC, height DESC, {NEAREST})
            ), settled AS (
                SELECT deadline_id, item_id, text, due_on, role, found, by_rung AS rung_id, by_kind AS kind,
                       by_noted_on AS noted_on, by_late AS late, 'pending' AS state
                FROM heard WHERE turn = 1
                UNION ALL
                SELECT deadline_id, item_id, text, due_on, role, found, rung_id, kind, noted_on, late, 'collapsed'
                FROM heard WHERE CASE WHEN rung_id = by_rung THEN heard_rung <> rung_id ELSE place = 1 END
            )"""
"""Between the rungs that a deadline has reached. Each row of `due` is spoken by its own rung on its own day, and by the
highest missed one where its day was missed. Whoever hears several hears the highest: the others are on record as
collapsed, a rung below the highest missed one but once."""

WHY_COLLAPSED = (
    " WHEN state = 'collapsed' THEN CASE WHEN noted_on < :on THEN '错过当日，' ELSE '' END || '并入更高一级'"
)
