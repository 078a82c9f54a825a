"""An installation moved from one database to another, row by row, and proved to be the same afterwards."""
