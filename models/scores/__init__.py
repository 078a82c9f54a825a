"""Points: rules, events, results."""
