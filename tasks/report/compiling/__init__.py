"""The report compiled from records: blocks, sections, versions."""
