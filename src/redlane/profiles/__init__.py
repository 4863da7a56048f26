"""What was known, and when: ledgers, snapshots, and the one as-of look-up that reads them."""
