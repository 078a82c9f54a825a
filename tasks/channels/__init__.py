"""Ways out of the house, one file each: a channel sends one message and returns the provider's answer."""
