"""What things are: tables, enumerations and pure rules. Knows no framework and does no input or output."""
