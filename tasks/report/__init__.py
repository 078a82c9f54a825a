"""The year-end report, from its figures to the archive."""
