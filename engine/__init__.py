"""What would have happened, and what it would have cost."""
