"""Random draws of inspections, made and verified."""
