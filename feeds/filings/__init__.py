"""Company reports: where they come from, what each told, and what was known on a day."""
