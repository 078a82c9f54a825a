"""Reports between organs: keys, seals, packages received, sums over organs."""
