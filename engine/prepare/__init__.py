"""From configuration and market to numbers: terms, dated rates, facts, entry line."""
