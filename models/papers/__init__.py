"""Papers an office numbers, and templates it brings along."""
