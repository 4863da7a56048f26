"""Red flags: rules a customs officer can read, with three answers: raised, not raised, cannot be computed."""
