"""The machinery of every ledger: record, correct, import, export, terms."""
