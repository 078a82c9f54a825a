"""What Alembic runs for each command: on the connection it is handed, inside the caller's transaction."""

from alembic import context

from models.migrations.rendering import is_described, render_item
from models.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,  # SQLite changes a table by writing it anew
    render_item=render_item,
    include_name=is_described,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
