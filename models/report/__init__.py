"""The year-end report: versions, blocks, figures, and its way to the archive."""
