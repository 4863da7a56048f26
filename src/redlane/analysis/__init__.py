"""Analyses of a period for people: prices, mirror gaps, digits, networks, red flags, as tables and pages."""
