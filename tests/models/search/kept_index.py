"""The index of the search as it stands, and as it would be made anew."""

from typing import Any

from sqlalchemy import Connection, Engine

from models.search.index import TABLE, make_anew


def entries(connection: Connection) -> list[tuple[Any, ...]]:
    """Every token of every row with its place, as the database has them."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("DROP TABLE IF EXISTS temp.told")
        connection.exec_driver_sql(f"CREATE VIRTUAL TABLE temp.told USING fts5vocab(main, {TABLE}, instance)")
        told = connection.exec_driver_sql('SELECT doc, term, "offset" FROM temp.told')
    else:
        told = connection.exec_driver_sql(f"SELECT rowid, words::text FROM {TABLE} WHERE words <> ''")
    return sorted(tuple(row) for row in told)


def kept_and_made(engine: Engine) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """What the database kept, and what it makes of its tables now; nothing of it stays."""
    with engine.connect() as connection:
        kept = entries(connection)
        make_anew(connection)
        made = entries(connection)
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TABLE temp.told")
        connection.rollback()
    return kept, made
