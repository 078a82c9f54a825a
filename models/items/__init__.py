"""Items of a plan and all that is recorded of them, with the table of their life."""
