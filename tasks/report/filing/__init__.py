"""The way of a report from draft to archive."""
