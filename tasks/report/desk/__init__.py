"""What people do to a version: edit, arrange, mark, comment, compare."""
