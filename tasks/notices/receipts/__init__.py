"""What became of notices: their receipts, who opened them, what stands in the way, and parking what waits."""
