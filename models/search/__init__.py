"""What the search looks through: which texts of which tables, and the index the database keeps of them."""
