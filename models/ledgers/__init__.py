"""Ledgers (台账): the dated records that the report's figures are counted from, one declared kind a file."""
