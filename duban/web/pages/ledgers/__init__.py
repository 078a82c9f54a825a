"""Pages of ledgers and draws."""
