"""What the pages of items share."""
