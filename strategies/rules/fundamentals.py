"""What company reports say. Quarters as known at *t* in, ratios and growth out.

Arrays are consecutive quarters, oldest first, that end with the latest one anybody has reported at
*t*; a quarter nobody has reported is NaN and makes unknown whatever needs it. Nothing is filled.
"""

import math

import numpy as np
import numpy.typing as npt

from strategies.rules.rolling import Flags, Floats

QUARTERS_A_YEAR = 4


def trailing_ratio(numerator: Floats, denominator: Floats) -> Floats:
    """Return the sum of the last four numerators over that of the last four denominators.

    Shape (n,), one value a quarter. NaN where any of the eight is unknown or the denominators do
    not add up to more than zero.
    """
    ratio = np.full(len(numerator), math.nan)
    if len(numerator) >= QUARTERS_A_YEAR:
        above, below = _last_four(numerator), _last_four(denominator)
        known = below > 0.0  # a NaN is not
        ratio[QUARTERS_A_YEAR - 1 :][known] = above[known] / below[known]
    return ratio


def yearly_growth(values: Floats) -> Floats:
    """Return each quarter over the same quarter a year before, less one.

    Shape (n,). NaN where either is unknown or the earlier one is not more than zero.
    """
    growth = np.full(len(values), math.nan)
    if len(values) > QUARTERS_A_YEAR:
        now, before = values[QUARTERS_A_YEAR:], values[:-QUARTERS_A_YEAR]
        known = before > 0.0
        growth[QUARTERS_A_YEAR:][known] = now[known] / before[known] - 1.0
    return growth


def latest(values: Floats) -> int:
    """Return the place of the last value that is known, -1 where none is."""
    known: npt.NDArray[np.intp] = np.flatnonzero(~np.isnan(values))
    return int(known[-1]) if len(known) else -1


def latest_common(capex: Floats) -> int:
    """Return the last quarter that every company has reported, and its year-ago quarter too.

    Parameters
    ----------
    capex
        Shape (companies, n), on the same quarters.

    Returns
    -------
    int
        Its column; -1 where there is none.
    """
    known = np.isfinite(capex.sum(axis=0))  # a NaN in any row makes the sum one
    both: npt.NDArray[np.intp] = np.flatnonzero(known[QUARTERS_A_YEAR:] & known[:-QUARTERS_A_YEAR])
    return int(both[-1]) + QUARTERS_A_YEAR if len(both) else -1


def summed_growth(capex: Floats, place: int) -> float:
    """Return the companies' sum in one quarter over that of a year before, less one.

    NaN for a ``place`` of -1, and where the earlier sum is not more than zero.

    Parameters
    ----------
    capex
        Shape (companies, n).
    place
        Column of the quarter, from `latest_common`.
    """
    if place < 0:
        return math.nan
    now, before = capex[:, place].sum(), capex[:, place - QUARTERS_A_YEAR].sum()
    return float(now / before - 1.0) if before > 0.0 else math.nan


def reference_ratio(ratios: Floats, place: int, quarters: int) -> float:
    """Return the mean of the ``quarters`` ratios before the one at ``place``.

    NaN where there are fewer, or one of them is unknown.
    """
    if place < quarters:
        return math.nan
    return float(ratios[place - quarters : place].mean())


def size_multiple(
    intensity: float, reference: float, min_multiple: float, max_multiple: float
) -> float:
    """Return ``clip(intensity / reference, min, max)``; NaN where it is unknown.

    Capex intensity is capital expenditure over revenue, both of the last four quarters. Above its
    own past the company spends more of each dollar it earns than it used to.
    """
    if math.isnan(intensity) or not reference > 0.0:
        return math.nan
    return min(max(intensity / reference, min_multiple), max_multiple)


def is_capex_entry(growth: Floats, enter_above: float) -> Flags:
    """Return whether capex growth is at or above the entry level; unknown growth is no entry."""
    return growth >= enter_above


def _last_four(values: Floats) -> Floats:
    """Return the sum of each quarter and the three before it, shape (n - 3,)."""
    return values[:-3] + values[1:-2] + values[2:-1] + values[3:]
