"""Arrays and numbers in, statistics out. What they are of, nobody here knows."""
