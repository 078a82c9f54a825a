"""Papers by the standard of official documents: numbered, kept as facts, laid out as Word, PDF and page."""
