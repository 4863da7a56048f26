"""Results -> documents: the batch report, one file for the people who act on a selection."""
