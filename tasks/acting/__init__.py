"""Who may do what, that it is done once, and that it leaves its entry."""
