"""The pages: rendered by the server, working without script, fetching nothing from elsewhere."""
