"""Deadlines on their ladder: armed, watched, lit, moved with the calendar."""
