"""Pages of the report desk."""
