"""Days: the working calendar, what a due text means, when something recurs."""
