"""The people of an office: imported, shown, handed over."""
