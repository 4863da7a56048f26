"""One number per declaration: as-of look-ups followed by pure functions."""
