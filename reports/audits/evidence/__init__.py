"""May it be believed? The blocks E0 to P of one run, each with its measure and its rating."""
