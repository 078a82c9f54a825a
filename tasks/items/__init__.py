"""Acts upon an item, from receipt to closure."""
