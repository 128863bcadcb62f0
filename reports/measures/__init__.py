"""Numbers about runs. No sentence, no page."""
