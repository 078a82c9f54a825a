"""Old months of notices and of the trail, put into files that prove themselves, and put back."""
