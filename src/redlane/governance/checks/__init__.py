"""Checks for leaks and plain mistakes in the data, before a model is trusted; each has a code and a page."""
