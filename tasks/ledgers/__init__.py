"""Ledgers at work: rows recorded, corrected, withdrawn, found, brought in and given out, whatever their kind."""
