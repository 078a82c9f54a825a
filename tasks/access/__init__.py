"""Ways in: passwords, sessions, tokens, invitations, the key file of the data folder."""
