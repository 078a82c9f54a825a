"""What a document or a sheet says: its text, parts, figures, cells. Knows nothing of the office."""
