"""The year from above: sweep, board, workbench, circulars, briefs."""
