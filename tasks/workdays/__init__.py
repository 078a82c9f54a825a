"""The calendar: an office's own days and what they move."""
