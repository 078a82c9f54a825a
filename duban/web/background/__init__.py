"""Work that takes long and may be left, and the files that wait for it."""
