"""Figures of a year, counted with their rows and checked against each other."""
