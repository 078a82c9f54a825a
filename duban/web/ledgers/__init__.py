"""What the pages of ledgers share."""
