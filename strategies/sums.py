"""Sums of a few numbers, first to last. Numbers in, one number out."""

from collections.abc import Iterable


def total(values: Iterable[float]) -> float:
    """Return the sum, each number added to those before it; 0.0 of none.

    Python's own ``sum`` carries what rounding lost since 3.12, and not before: the same run would
    have other last digits under another version.
    """
    added = 0.0
    for value in values:
        added += value
    return added
