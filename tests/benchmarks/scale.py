"""What a row of each large table takes on both databases, and what that comes to for a country: the tables of
docs/scale.md.

    .venv/bin/python -m tests.benchmarks.scale              # 100,000 items, SQLite and PostgreSQL
    .venv/bin/python -m tests.benchmarks.scale 10000 --partitions
"""

import argparse
import datetime as dt
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text
from sqlmodel import insert

from models.actor import Channel
from models.audit import GENESIS, AuditEntry, chain_hash
from models.database import sqlite_url, unit_of_work
from tasks.ladder.remind import remind
from tests.benchmarks.populate import CALENDAR, DAY, DAYS, NOW, ON, populate
from tests.databases import disposed, made_database, served_postgres

LARGE = ("work_item", "deadline", "notice", "message", "delivery_attempt", "audit_entry")
COUNTIES, ORGANS, ITEMS = 3_000, 60, 150
PEOPLE, WORKING_DAYS = 10, 250
"""People of an organ who sign in, and the days they do."""
ACTS = 8
"""Entries in the life of an item: receipt, four reports, evidence, request and acceptance of closure."""
SIGN_INS = 2
"""Entries of a person and working day: in and out."""

_MESSAGES = """
INSERT INTO message (recipient_id, "on", kind, ordinal, reference, channels, channel, state, attempts, next_try_at,
  made_at, sent_at)
SELECT recipient_id, send_on, kind, ordinal, '<' || recipient_id || '.' || send_on || '.' || kind || '.' || ordinal
    || '.0f3c9a7be1d24c55@duban>', '["mail"]', 'mail', 'sent', 1, :now, :now, :now
FROM (
  SELECT recipient_id, send_on, 'digest' AS kind, 0 AS ordinal FROM notice
  WHERE kind <> 'escalation' AND recipient_id IS NOT NULL AND state = 'pending' GROUP BY recipient_id, send_on
  UNION ALL
  SELECT recipient_id, send_on, 'urgent', row_number() OVER (PARTITION BY recipient_id, send_on ORDER BY id) FROM notice
  WHERE kind = 'escalation' AND recipient_id IS NOT NULL AND state = 'pending') told
"""
_ATTEMPTS = """
INSERT INTO delivery_attempt (message_id, channel, started_at, ended_at, delivered, answer)
SELECT id, 'mail', :now, :now, true, '250 2.0.0 Ok: queued as 4F1B2C3D4E' FROM message
"""


def fill(engine: Engine, items: int) -> float:
    """A year of sweeps over so many items, their messages, and entries as acts leave them; seconds of a sweep."""
    populate(engine, items)
    with unit_of_work(engine) as session:
        session.execute(text('UPDATE last_run SET "on" = :on'), {"on": DAYS[0] - DAY})
    began = time.perf_counter()
    for on in DAYS:
        with unit_of_work(engine) as session:
            remind(session, on=on, now=NOW, calendar=CALENDAR)
    swept = (time.perf_counter() - began) / len(DAYS)
    with unit_of_work(engine) as session:
        session.execute(text(_MESSAGES), {"now": NOW})
        session.execute(text(_ATTEMPTS), {"now": NOW})
    _write_entries(engine, min(items, 50_000))
    return swept


def _write_entries(engine: Engine, count: int) -> None:
    previous = GENESIS
    for first in range(0, count, 10_000):
        made = []
        for number in range(first, min(first + 10_000, count)):
            item = f"work_item:{number + 1}"
            sign_in = number % 3 == 0
            entry = {
                "at": NOW + dt.timedelta(seconds=number), "on": ON, "actor_id": 28, "actor": "职员28", "for_id": None,
                "channel": Channel.WEB, "action": "sign_in" if sign_in else "report", "organ_id": 1,
                "item_id": None if sign_in else number % 1000 + 1, "reason": None, "previous": previous,
                "before": {} if sign_in else {item: {"percent": 20, "next_report_on": "2026-06-30"}},
                "after": {"address": "10.12.34.56"} if sign_in else {
                    item: {"percent": 40, "next_report_on": "2026-07-31"},
                    f"progress_entry:{number}": {
                        "item_id": number, "on": "2026-06-17", "text": "已联系人民法院，约定七月旁听庭审，正在安排人员",
                        "percent": 40, "person_id": 28, "next_report_on": "2026-07-31", "recorded_at": str(NOW),
                    },
                },
            }  # fmt: skip
            previous = entry["hash"] = chain_hash(entry)
            made.append(entry)
        with unit_of_work(engine) as session:
            session.connection().execute(insert(AuditEntry), made)


def sizes(engine: Engine) -> dict[str, tuple[int, float, float]]:
    """Of each large table its rows, and the bytes a row takes in the table and in its indexes."""
    found = {}
    with engine.connect() as connection:
        for table in LARGE:
            rows = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            if engine.dialect.name == "sqlite":
                asked = (
                    "SELECT sum(CASE WHEN s.name = :t THEN s.pgsize ELSE 0 END), sum(CASE WHEN s.name <> :t THEN"
                    " s.pgsize ELSE 0 END) FROM dbstat s JOIN sqlite_master m ON m.name = s.name"
                    " WHERE m.tbl_name = :t AND s.aggregate = true"
                )
            else:
                asked = "SELECT pg_table_size(CAST(:t AS regclass)), pg_indexes_size(CAST(:t AS regclass))"
            own, indexes = connection.execute(text(asked), {"t": table}).one()
            found[table] = (rows, own / max(rows, 1), indexes / max(rows, 1))
    return found


def partitions(engine: Engine) -> Iterator[str]:
    """Notices in one table against notices in a partition a month, on PostgreSQL: lines of a table."""
    plain, parted = "notice_plain", "notice_parted"
    keys = "fire_on, deadline_id, rung_id, recipient_id, due_on, for_unit"
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        run = connection.exec_driver_sql
        run(f"CREATE TABLE {plain} (LIKE notice)")
        run(f"CREATE TABLE {parted} (LIKE notice) PARTITION BY RANGE (fire_on)")
        for year in (2025, 2026, 2027):
            for month in range(1, 13):
                last = f"{year + month // 12}-{month % 12 + 1:02}-01"
                name = f"{parted}_{year}_{month:02}"
                run(f"CREATE TABLE {name} PARTITION OF {parted} FOR VALUES FROM ('{year}-{month:02}-01') TO ('{last}')")
        for table in (plain, parted):
            run(f"CREATE UNIQUE INDEX ON {table} ({keys})")
            run(f"CREATE INDEX ON {table} (item_id)")
        yield "| | one table | a partition a month (36 of them) |"
        yield "|---|---|---|"

        def timed(what: str, plain_sql: str, parted_sql: str, times: int = 1) -> str:
            took = []
            for sql in (plain_sql, parted_sql):
                began = time.perf_counter()
                for number in range(times):
                    run(sql.replace("#", str(number % 1000 + 1)))
                took.append((time.perf_counter() - began) / times * 1000)
            return f"| {what} | {took[0]:,.2f} ms | {took[1]:,.2f} ms |"

        into = "INSERT INTO {} SELECT * FROM notice"
        yield timed("all notices of a year written", into.format(plain), into.format(parted))
        run(f"ANALYZE {plain}")
        run(f"ANALYZE {parted}")
        by_item = "SELECT * FROM {} WHERE item_id = #"
        yield timed("the notices of an item (its page)", by_item.format(plain), by_item.format(parted), 300)
        by_day = "SELECT count(*) FROM {} WHERE fire_on = '2026-06-17'"
        yield timed("the notices of a day", by_day.format(plain), by_day.format(parted), 20)
        yield timed(
            "a month taken away (of the one table: DELETE and VACUUM)",
            f"DELETE FROM {plain} WHERE fire_on >= '2026-01-01' AND fire_on < '2026-02-01'",
            f"ALTER TABLE {parted} DETACH PARTITION {parted}_2026_01",
        )
        began = time.perf_counter()
        run(f"VACUUM {plain}")
        yield f"| VACUUM afterwards | {(time.perf_counter() - began) * 1000:,.2f} ms | none |"


@contextmanager
def filled(items: int) -> Iterator[Iterator[tuple[str, Engine, float]]]:
    """Both databases, one after the other, each with the seconds of a sweep."""

    def made() -> Iterator[tuple[str, Engine, float]]:
        with tempfile.TemporaryDirectory() as folder, disposed(sqlite_url(Path(folder) / "duban.db")) as engine:
            yield "SQLite", engine, fill(engine, items)
        with served_postgres() as server, made_database(server) as url, disposed(url) as engine:
            swept = fill(engine, items)
            with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
                connection.exec_driver_sql("VACUUM ANALYZE")
            yield "PostgreSQL", engine, swept

    yield made()


def country(each: dict[str, tuple[int, float, float]], items: int) -> Iterator[str]:
    """A year of a country in rows and bytes: lines of a table."""
    total_items = COUNTIES * ORGANS * ITEMS
    people = COUNTIES * ORGANS * PEOPLE
    entries = total_items * ACTS + people * WORKING_DAYS * SIGN_INS
    yield "| table | rows a year | bytes a row, table + indexes | a year |"
    yield "|---|---|---|---|"
    whole = 0.0
    for table, (rows, own, indexes) in each.items():
        year = entries if table == "audit_entry" else total_items * rows / items
        taken = year * (own + indexes)
        whole += taken
        yield f"| {table} | {year / 1e6:,.0f} M | {own:,.0f} + {indexes:,.0f} | {taken / 1e9:,.0f} GB |"
    yield f"| together | | | {whole / 1e12:,.1f} TB |"


def main() -> None:
    """Print it all."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("items", type=int, nargs="?", default=100_000)
    asked.add_argument("--partitions", action="store_true", help="compare partitions by month as well (PostgreSQL)")
    given = asked.parse_args()
    with filled(given.items) as databases:
        for name, engine, swept in databases:
            print(f"\n## {name}, {given.items:,} items, a sweep {swept * 1000:,.0f} ms\n")
            each = sizes(engine)
            for table, (rows, own, indexes) in each.items():
                print(f"{table:18} {rows:>9,} rows  {own:7.1f} + {indexes:7.1f} bytes a row")
            print()
            print("\n".join(country(each, given.items)), flush=True)
            if given.partitions and name == "PostgreSQL":
                print()
                for line in partitions(engine):
                    print(line, flush=True)


if __name__ == "__main__":
    main()
