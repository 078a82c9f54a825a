"""What every table is made from."""

from pydantic import ConfigDict
from sqlmodel import SQLModel

# Set before any table is defined: migrations on SQLite and PostgreSQL need every constraint to have a name.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Row(SQLModel):
    """The base of every table, so that none is defined before the names of its constraints are settled."""

    # Rows are not validated but written by us: pydantic makes a table's validator when somebody asks for it.
    model_config = ConfigDict(defer_build=True)  # type: ignore[assignment]
