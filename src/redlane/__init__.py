"""redlane: learn from inspected import declarations which ones to inspect next, and say why."""

__version__ = "0.1.0"
