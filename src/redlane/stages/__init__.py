"""Read, call one function, write: one file per stage."""
