"""What people are told: raised by acts, gathered in digests, delivered."""
