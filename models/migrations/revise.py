"""Writes the next revision from what the models became: `python -m models.migrations.revise "What changed"`.

Alembic sees tables, columns, types, keys and indexes; a changed CHECK or condition of a partial index is
written by hand.
"""

import sys
from pathlib import Path

from alembic import command
from sqlalchemy import create_engine

from models.migrate import MIGRATIONS, alembic_config, revisions


def revise(message: str, *, folder: Path = MIGRATIONS) -> Path:
    """Compare a database of the newest revision in `folder` with the models; returns the new file."""
    number = f"{len(revisions(folder)) + 1:04}"
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        config = alembic_config(connection, folder=folder)
        command.upgrade(config, "head")
        command.revision(config, message, autogenerate=True, rev_id=number)
    engine.dispose()
    written = next((folder / "versions").glob(f"{number}_*.py"))
    lines = written.read_text(encoding="utf-8").splitlines(keepends=True)
    written.write_text("".join(line for line in lines if "# ###" not in line), encoding="utf-8")
    return written


if __name__ == "__main__":
    revise(sys.argv[1])
