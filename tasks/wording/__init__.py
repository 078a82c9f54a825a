"""Words, numerals and days as an office writes them."""
