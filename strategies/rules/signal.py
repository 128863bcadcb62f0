"""When a trade may begin. One reading in, yes or no out."""


def is_correlation_entry(z: float, enter_below: float) -> bool:
    """Return whether the correlation z-score is strictly below the entry level.

    Known at the close of *t*, acted on at *t+1*. A NaN (not warm) is no entry.
    """
    return z < enter_below
