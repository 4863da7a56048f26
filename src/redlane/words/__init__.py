"""What redlane says, in the reader's language: one file per language, and how kept English sentences are told in it."""
