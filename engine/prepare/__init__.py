"""From configuration and market to numbers: terms, dated rates, a session's facts, the entry line."""
