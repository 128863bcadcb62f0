"""How long must a block be? Series in, the mean block length of a stationary bootstrap out."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reports.statistics.sample import finite, varies

LEAST_SESSIONS = 30  # the rule looks at a dozen lags; below this they leave nothing to correlate


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockLength:
    """Politis and White's optimum, in sessions, not rounded."""

    stationary: float
    circular: float


def politis_white(series: npt.ArrayLike) -> BlockLength:
    """Return the block lengths that make the variance of a bootstrapped mean most accurate.

    Politis and White (2004), with the correction of Patton, Politis and White (2009), as `arch`
    computes it. The optimum grows with the dependence of the series, not with its variance.

    Parameters
    ----------
    series
        Shape (n,), in time; NaN is refused, as are fewer than ``LEAST_SESSIONS`` values and a
        series that never varies.
    """
    values = finite("series", series)
    if len(values) < LEAST_SESSIONS or not varies(values):
        raise ValueError(
            f"series: was {len(values)} values, varying: {varies(values)}; expected at least "
            f"{LEAST_SESSIONS} that vary. Without them no block length can be estimated"
        )
    from arch.bootstrap import optimal_block_length  # brings statsmodels: over a second

    lengths = optimal_block_length(values)
    return BlockLength(
        stationary=float(lengths["stationary"].iloc[0]), circular=float(lengths["circular"].iloc[0])
    )


def block_sessions(series: npt.ArrayLike, *, least: int) -> int:
    """Return the longest optimum of the columns for the stationary bootstrap, rounded up.

    Parameters
    ----------
    series
        Shape (n,) or (n, k): columns that are resampled together share the block of the one that
        remembers longest.
    least
        Block below which it does not go, in sessions.
    """
    columns = np.atleast_2d(np.asarray(series, dtype=np.float64).T)
    return max(least, *(math.ceil(politis_white(column).stationary) for column in columns))
