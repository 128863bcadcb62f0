"""The shelf: the runs, comparisons and audits made so far."""
