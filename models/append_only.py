"""Tables whose rows are only ever added: the database itself refuses to change or delete one (triggers)."""

from collections.abc import Mapping

from sqlalchemy import DDL, MetaData, event

FUNCTION = "refuse_change"
"""What PostgreSQL's triggers call: one function for all of these tables."""


def guards(table: str) -> Mapping[str, tuple[str, ...]]:
    """The statements that make the database refuse, by dialect; the schema's first revision holds the same."""
    refusal = f"{table} is append-only"
    return {
        "sqlite": tuple(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            for verb in ("UPDATE", "DELETE")
        ),
        "postgresql": (
            f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$",
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {FUNCTION}()",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}()",
        ),
    }


def guard(metadata: MetaData, table: str) -> None:
    """Let the table be made with its guards."""
    for dialect, statements in guards(table).items():
        for statement in statements:
            made = DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
            event.listen(metadata.tables[table], "after_create", made)
