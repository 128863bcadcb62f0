"""Prices: where they come from, what their files are taken for, and what is odd about them."""
