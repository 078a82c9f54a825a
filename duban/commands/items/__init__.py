"""Commands around items and instructions."""
