"""Did the run cheat? The checks A1 to A11: the same run in other circumstances, trace by trace."""
