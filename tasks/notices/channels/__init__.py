"""One file per channel, each found by itself."""
