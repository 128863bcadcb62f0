"""One session of the pair, from financing to margin, as plain functions on records."""
