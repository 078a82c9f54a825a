"""Random draws and how one is made."""
