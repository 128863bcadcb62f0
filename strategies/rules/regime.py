"""When volatility is compressed. Closes of an index that end at *t* in, a percentile rank out."""

import math

import numpy as np

from strategies.rules.rolling import Flags, Floats


def percentile_rank(closes: Floats, window: int) -> Floats:
    """Return the percent of the last ``window`` known closes that are at or below today's.

    Today's is one of them. Shape (n,), in (0, 100]. NaN where today's close is unknown or fewer
    than ``window`` are known; an unknown close in between is passed over, not filled.
    """
    ranks = np.full(len(closes), math.nan)
    known = np.flatnonzero(~np.isnan(closes))
    if len(known) >= window:
        rows = np.lib.stride_tricks.sliding_window_view(closes[known], window)
        ranks[known[window - 1 :]] = 100.0 * (rows <= rows[:, -1:]).sum(axis=1) / window
    return ranks


def is_compressed(rank: Floats, percentile_below: float) -> Flags:
    """Return whether a rank is strictly below the level; an unknown one is not."""
    return rank < percentile_below
