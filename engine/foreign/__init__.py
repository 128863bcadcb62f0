"""Somebody's own strategy in a process of its own. Only what it decides comes back, as numbers."""
