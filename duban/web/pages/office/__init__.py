"""Pages about the system itself: what an administrator sets, the first steps, help."""
