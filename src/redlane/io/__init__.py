"""The only room that touches disk: whole-or-nothing writes, checked reads, hashes."""
