"""Programs of others told of what happens."""
