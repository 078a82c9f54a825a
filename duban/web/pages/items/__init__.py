"""Pages of items: list, item, board, calendar, Gantt."""
