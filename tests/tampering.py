"""What somebody who owns the database can do to the trail."""

import re
from typing import Any

from sqlalchemy import Engine, text

from models.audit import GUARDS


def tamper(engine: Engine, *statements: str, **values: Any) -> None:
    """What somebody who owns the database can do: lift the guards, rewrite, put the guards back."""
    postgres = engine.dialect.name == "postgresql"
    guards = [name for text_ in GUARDS[engine.dialect.name] for name in re.findall(r"CREATE TRIGGER (\w+)", text_)]
    with engine.begin() as connection:
        for guard in guards:
            connection.execute(text(f"DROP TRIGGER {guard}" + (" ON audit_entry" if postgres else "")))
        for statement in statements:
            connection.execute(text(statement), values)
        for statement in GUARDS[engine.dialect.name]:
            connection.exec_driver_sql(statement)
