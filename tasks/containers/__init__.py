"""What a file from anywhere holds, read within bounds: archives, markup, PDF."""
