"""The demonstration: an invented office that lives its year up to the present day."""
