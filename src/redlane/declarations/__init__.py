"""What was declared, and what was found: columns, reading, validation, outcomes, periods, synthetic."""
