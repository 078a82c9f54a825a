"""The annual plan: imported, filled, issued, exported, opened for the next year."""
