"""What the engine wrote for itself and nobody needs any longer, thrown away by the office's terms."""
