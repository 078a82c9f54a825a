"""What is done once: one verb per file, a plain function that takes its session first and its time by name."""
