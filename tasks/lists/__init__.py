"""Lists of items: chosen, ordered, counted, shown to whoever may see them."""
