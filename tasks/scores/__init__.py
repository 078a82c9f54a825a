"""Scores of departments: events, appeals, publication."""
