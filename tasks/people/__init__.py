"""Who is meant, who answers for an item on a day, and where a message to them goes."""
