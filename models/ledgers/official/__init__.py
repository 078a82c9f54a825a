"""What only the official forms ask for: ledgers and columns they are filled from (docs/official-forms.md)."""
