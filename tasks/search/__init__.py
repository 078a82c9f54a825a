"""Found at once: everything of an organ that holds certain words, as far as somebody may see it."""
