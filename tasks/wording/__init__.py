"""How the product's words reach paper: official documents in the layout of GB/T 9704-2012."""
