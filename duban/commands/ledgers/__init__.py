"""Commands around ledgers, draws, indicators and duties."""
