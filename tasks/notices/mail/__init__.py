"""Mail as text, and as the conversation with the server that takes it."""
