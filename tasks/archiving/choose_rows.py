"""Which rows go into the archive of a month: notices whose matter is over, their messages, the first of the trail."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from models.audit import AuditEntry
from models.clock import day_of, midnight_of
from models.dates.days import add_months, last_of
from models.errors import BadInputError
from models.items.plan import AnnualPlan
from models.ladder.notice import Notice
from models.people.organ import Organ
from models.report.filing import Filing

TABLES = ("message", "delivery_attempt", "returned_mail", "notice", "audit_entry")
"""In the order in which they are put back: a row after those it points to."""

_READY = """
  SELECT n.id, n.message_id
  FROM notice n
  JOIN deadline d ON d.id = n.deadline_id
  JOIN work_item i ON i.id = n.item_id
  JOIN annual_plan p ON p.id = i.plan_id
  JOIN filing f ON f.organ_id = i.organ_id AND f.year = p.year AND f.delivered_on IS NOT NULL
  LEFT JOIN message m ON m.id = n.message_id
  WHERE n.raised_on < '{end}' AND n.state <> 'pending'
    AND (d.done_on IS NOT NULL OR i.state IN ('closed', 'cancelled'))
    AND n.id < (SELECT max(id) FROM notice)
    AND NOT EXISTS (SELECT 1 FROM instruction x WHERE x.notice_id = n.id)
    AND (m.id IS NULL OR (
      m."on" < '{end}' AND m.state NOT IN ('waiting', 'sending') AND m.id < (SELECT max(id) FROM message)
      AND NOT EXISTS (SELECT 1 FROM delivery_attempt a WHERE a.message_id = m.id
        AND a.id = (SELECT max(id) FROM delivery_attempt))
      AND NOT EXISTS (SELECT 1 FROM returned_mail r WHERE r.message_id = m.id
        AND r.id = (SELECT max(id) FROM returned_mail))))
"""
"""The newest row of each table stays, or SQLite would give its number again."""

_GOING = """
  WITH ready AS MATERIALIZED ({ready})
  SELECT id, message_id FROM ready WHERE message_id IS NULL OR message_id NOT IN (
    SELECT o.message_id FROM notice o
    WHERE o.message_id IN (SELECT message_id FROM ready WHERE message_id IS NOT NULL)
      AND o.id NOT IN (SELECT id FROM ready))
"""
"""A message goes with all of its notices, and they with it, or none of them does."""


def notices_going(end: dt.date) -> str:
    """The statement for the ids and message ids of the notices that may go before the day `end`: raised before it, said
    or given up, their item or deadline done, and the report of their plan's year filed.
    """
    return _GOING.format(ready=_READY.format(end=end.isoformat()))


def conditions(going: str, entries: "Entries | None") -> Mapping[str, str]:
    """The SQL condition of each table, with `going` a query or table of ids and message ids."""
    messages = f"(SELECT message_id FROM {going} WHERE message_id IS NOT NULL)"  # noqa: S608 - a query of ours
    return {
        "message": f"id IN {messages}",
        "delivery_attempt": f"message_id IN {messages}",
        "returned_mail": f"message_id IN {messages}",
        "notice": f"id IN (SELECT id FROM {going})",  # noqa: S608 - a query of ours
        "audit_entry": f"id BETWEEN {entries.first} AND {entries.last}" if entries else "id < 0",
    }


@dataclass(frozen=True)
class Entries:
    """The entries of the trail from one number to another."""

    first: int
    last: int


def month_named(text: str) -> dt.date:
    """The first day of a month as 2024-01. Raises BadInputError."""
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text, re.ASCII) or text[:4] == "0000":
        raise BadInputError(f"“{text}”不是月份：请写成 2024-01 的样子。")
    return dt.date.fromisoformat(f"{text}-01")


def end_of(month: dt.date) -> dt.date:
    """The day after its last."""
    return add_months(month, 1)


def refuse_recent(month: dt.date, days: int, on: dt.date) -> None:
    """Raise BadInputError for a month that ended less than `days` ago."""
    oldest_kept = last_of("month", month) + dt.timedelta(days=days)
    if oldest_kept >= on:
        raise BadInputError(
            f"{month:%Y-%m} 还不能归档：月末以后须满 {days} 天（duban.toml 的 [keep_days] archive），"
            f"即 {oldest_kept + dt.timedelta(days=1)} 起。"
        )


def entries_going(session: Session, end: dt.date) -> Entries | None:
    """The entries before the first that was recorded on the day `end` or later; the newest of all stays."""
    first, newest = session.exec(select(func.min(AuditEntry.id), func.max(AuditEntry.id))).one()
    later = session.exec(select(func.min(AuditEntry.id)).where(AuditEntry.at >= midnight_of(end))).one()
    last = (later or newest or 0) - 1
    return Entries(first, last) if first is not None and first <= last else None


def unfiled(session: Session, year: int) -> list[str]:
    """Organs and years up to `year` whose plan is there and whose report is not filed: their trail stays whole."""
    filed = select(Filing.id).where(
        Filing.organ_id == AnnualPlan.organ_id, Filing.year == AnnualPlan.year, col(Filing.delivered_on).is_not(None)
    )
    query = select(Organ.name, AnnualPlan.year).join(AnnualPlan, col(AnnualPlan.organ_id) == Organ.id)
    open_ones = query.where(AnnualPlan.year <= year, ~filed.exists()).order_by(col(AnnualPlan.year), col(Organ.id))
    return [f"{name} {of} 年" for name, of in session.exec(open_ones)]


def first_month(session: Session) -> dt.date | None:
    """The month of the oldest row there is; None where there are none."""
    raised = session.exec(select(func.min(Notice.raised_on))).one()
    oldest = session.exec(select(AuditEntry.at).order_by(col(AuditEntry.id)).limit(1)).first()
    days = [day for day in (raised, day_of(oldest) if oldest else None) if day is not None]
    return min(days).replace(day=1) if days else None
