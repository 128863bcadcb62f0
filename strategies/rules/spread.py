"""The distance between two legs. Price lines and a hedge ratio in, a spread and its z-score out.

Every value at *t* uses data up to and including *t*; NaN where anything it needs is unknown.
"""

import math

import numpy as np
import numpy.typing as npt

from strategies.rules.hedge_ratio import rolling_ols
from strategies.rules.rolling import Floats, rolling_zscore

Sides = npt.NDArray[np.int8]  # +1 to buy, -1 to sell, 0 for neither
STILL = 1e-9  # of y: a spread that moved no more, far less than a tick, is only rounding


def spread_of(y: Floats, x: Floats, ratio: Floats) -> Floats:
    """Return ``y - h x`` with each session's own ``h``, shape (n,).

    The intercept is left to the z-score, which takes the mean away.
    """
    return y - ratio * x


def rolling_spread_zscore(made: Floats, y: Floats, window: int) -> Floats:
    """Return ``(s_t - mean) / sd`` over the last ``window`` spreads, shape (n,).

    As `rolling_zscore`; NaN also where the spread stood still but for rounding.
    """
    scores = rolling_zscore(made, window, window)
    known = np.flatnonzero(~np.isnan(made))
    if len(known) >= window:
        moved = np.ptp(np.lib.stride_tricks.sliding_window_view(made[known], window), axis=1)
        ends = known[window - 1 :]
        scores[ends[moved <= STILL * np.abs(y[ends])]] = math.nan
    return scores


def formation_zscore(y: Floats, x: Floats, ratio: Floats, sessions: int, every: int) -> Floats:
    """Return ``(s_t - mean) / sd`` with mean and sd of the last formation window, shape (n,).

    Over the window the spread is made with the ratio that holds after it. Population sd (ddof 0),
    as in Chan, *Quantitative Trading*, 2009, example 3.6. NaN where the spread stood still.
    """
    scores = np.full(len(y), math.nan)
    for end in range(sessions, len(y), every):
        held = slice(end, end + every)
        formed = y[end - sessions : end] - ratio[end] * x[end - sessions : end]
        sd = float(formed.std())
        if sd > STILL * abs(y[end - 1]):
            scores[held] = (y[held] - ratio[held] * x[held] - formed.mean()) / sd
    return scores


def filter_zscore(error: Floats, variance: Floats) -> Floats:
    """Return the forecast error over the sd that the filter expected of it, shape (n,)."""
    return error / np.sqrt(variance)


def fixed_zscore(spread: Floats, mean: float, sd: float) -> Floats:
    """Return ``(s_t - mean) / sd`` with numbers that somebody else found, shape (n,)."""
    return (spread - mean) / sd


def half_life(spread: Floats, window: int) -> Floats:
    """Return the sessions in which half of a deviation is expected to be gone, shape (n,).

    ``-ln 2 / b`` of ``s_t - s_{t-1} = a + b s_{t-1}`` by least squares over the last ``window``
    changes (Chan, 2013, eq. 2.5). NaN where ``b`` is not negative: nothing comes back.
    """
    lives = np.full(len(spread), math.nan)
    if len(spread) > window:
        slope, _ = rolling_ols(np.diff(spread), spread[:-1], window, True)
        with np.errstate(invalid="ignore", divide="ignore"):
            lives[1:] = np.where(slope < 0.0, -math.log(2.0) / slope, math.nan)
    return lives


def spread_entries(z: Floats, ratio: Floats, enter_at: float, z_stop: float) -> Sides:
    """Return where the spread is to be bought (+1) and where sold (-1) at each close, shape (n,).

    Bought strictly below ``-enter_at``, sold strictly above it; not where it has run beyond
    ``z_stop`` (NaN: no such limit) and not while the hedge ratio is not positive: with it both legs
    would be bought. A NaN is no entry.
    """
    sides = np.zeros(len(z), dtype=np.int8)
    sides[z < -enter_at] = 1
    sides[z > enter_at] = -1
    away = np.abs(z) >= z_stop
    sides[away | ~(ratio > 0.0)] = 0
    return sides
