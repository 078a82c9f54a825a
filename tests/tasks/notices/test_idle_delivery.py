"""A delivery that finds nothing to do costs the same however many years of mail lie behind it."""

from pathlib import Path

from sqlalchemy import Engine

from models.clock import opening_of
from models.settings import Settings
from tasks.notices.deliver import deliver
from tests.databases import statements_of
from tests.office import day

GROWING = ("notice", "message", "delivery_attempt", "returned_mail", "audit_entry")


def test_no_statement_of_a_delivery_reads_a_growing_table_whole(engine: Engine, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, mail_from="duban@office.test", smtp_host="127.0.0.1", smtp_port=2525)
    with statements_of(engine) as asked:
        deliver(engine, settings, now=opening_of(day("2026-06-17")))

    with engine.connect() as connection:
        plans = [
            (statement, [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)])
            for statement, values in asked
            if statement.lstrip().startswith(("SELECT", "UPDATE", "WITH", "DELETE"))
        ]
    assert any("ix_notice_pending" in line for _statement, plan in plans for line in plan)
    whole = [
        (statement, line)
        for statement, plan in plans
        for line in plan
        if line.startswith("SCAN") and line.split()[1] in GROWING and "USING" not in line
    ]
    assert whole == []
