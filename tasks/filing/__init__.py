"""A year-end report on its way: reviewed, signed, filed, made public, put away; each act once, and on record."""
