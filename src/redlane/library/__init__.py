"""redlane in a notebook: a handful of functions, pandas in and out. ``import redlane`` offers every one of them.

They call what the stages of the command line call, so that what is found in a notebook is what is found at night.
"""
