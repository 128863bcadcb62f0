"""When a trade may begin. One reading in, yes or no out."""

from strategies.rules.rolling import Flags, Floats


def is_correlation_entry(z: Floats, enter_below: float) -> Flags:
    """Return whether the correlation z-score is strictly below the entry level, shape (n,).

    Known at the close of *t*, acted on at *t+1*. A NaN (not warm) is no entry.
    """
    return z < enter_below
