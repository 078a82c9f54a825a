"""Every act said once: what form, interface and command have in common."""
