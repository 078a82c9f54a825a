"""Sheets of any kind that people fill in and bring in: templates, batches on record, undoing."""
