"""Commands around the report."""
