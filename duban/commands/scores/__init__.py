"""Commands around scores."""
