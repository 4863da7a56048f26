"""Where the loop over a file runs: on this machine."""
