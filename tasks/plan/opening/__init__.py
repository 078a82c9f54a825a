"""Where the items of a year that opens come from."""
