"""Statistics that look back. Arrays that end at *t* in, arrays of the same length out.

Every value at *t* uses inputs up to and including *t* and is known at the close of *t*. Values that
are not warm yet, or are undefined, are NaN; nothing is filled.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def log_returns(prices: Floats) -> Floats:
    """Return ``ln(p_t / p_{t-1})``, shape (n,); the first is NaN."""
    return _log_returns(np.ascontiguousarray(prices, dtype=np.float64).tobytes()).copy()


@lru_cache(maxsize=64)  # several lines of a run ask for the same leg's
def _log_returns(prices: bytes) -> Floats:
    levels = np.frombuffer(prices)
    returns = np.full(len(levels), math.nan)
    returns[1:] = logs(levels[1:] / levels[:-1])
    return returns


def logs(values: Floats) -> Floats:
    """Return natural logarithms, shape (n,); NaN where a value is not above 0.

    The C library's, as `math.log` gives them: numpy's own differ in the last bit between processors
    with and without AVX-512.
    """
    known = np.where(values > 0.0, values, math.nan)
    logarithms: Floats = pc.ln(pa.array(known)).to_numpy()
    return logarithms


def rolling_volatility(returns: Floats, window: int) -> Floats:
    """Return the sample standard deviation (ddof 1) of the last ``window`` returns.

    Shape (n,), per session (not annualised). A window that holds a NaN gives NaN.
    """
    volatility = np.full(len(returns), math.nan)
    if len(returns) >= window:
        squares = (_deviations(returns, window) ** 2).sum(axis=1)
        volatility[window - 1 :] = np.sqrt(squares / (window - 1))
    return volatility


def rolling_covariance(x: Floats, y: Floats, window: int) -> Floats:
    """Return the sample covariance (ddof 1) of the last ``window`` pairs of ``x`` and ``y``.

    Shape (n,), per session. A window that holds a NaN gives NaN.
    """
    covariance = np.full(len(x), math.nan)
    if len(x) >= window:
        products = _deviations(x, window) * _deviations(y, window)
        covariance[window - 1 :] = products.sum(axis=1) / (window - 1)
    return covariance


def rolling_correlation(x: Floats, y: Floats, window: int) -> Floats:
    """Return Pearson's correlation of the last ``window`` pairs of ``x`` and ``y``.

    Shape (n,), in [-1, 1]. NaN where the window holds a NaN or one side does not move.
    """
    if len(x) < window:
        return np.full(len(x), math.nan)
    return correlation_of(centred(x, window), centred(y, window))


@dataclass(frozen=True, slots=True)
class Centred:
    """Every run of ``window`` values of a line less its mean, a row each, and their squares' sums.

    What one leg brings to its correlation with any other.
    """

    rows: Floats
    squares: Floats


def centred(values: Floats, window: int) -> Centred:
    """Return a line's runs of ``window`` values, of which there must be at least one."""
    rows = _deviations(values, window)
    return Centred(rows, (rows**2).sum(axis=1))


def correlation_of(x: Centred, y: Centred) -> Floats:
    """Return the correlation of two lines, see `rolling_correlation`; the same both ways round."""
    runs, window = x.rows.shape
    scale = np.sqrt(x.squares * y.squares)
    with np.errstate(invalid="ignore", divide="ignore"):
        values = (x.rows * y.rows).sum(axis=1) / scale
    correlation = np.full(runs + window - 1, math.nan)
    correlation[window - 1 :] = np.where(scale > 0, np.clip(values, -1.0, 1.0), math.nan)
    return correlation


def expanding_zscore(values: Floats, min_periods: int) -> Floats:
    """Return ``(v_t - mean) / sd`` over all values up to and including *t*.

    Sample sd (ddof 1), by Welford's recursion (1962). Leading NaNs are the warm-up and are not
    counted; NaN until ``min_periods`` values exist, where the value itself is NaN, and where sd
    is zero.
    """
    scores = [math.nan] * len(values)
    least, count, mean, squares = max(min_periods, 2), 0, 0.0, 0.0
    for t, value in enumerate(values.tolist()):
        if value != value:  # NaN; this loop is most of a resampled history's time
            continue
        count += 1
        step = value - mean
        mean += step / count
        squares += step * (value - mean)
        if count >= least and squares > 0.0:
            scores[t] = (value - mean) / math.sqrt(squares / (count - 1))
    return np.array(scores, dtype=np.float64)


def expanding_zscores(lines: Floats, min_periods: int) -> Floats:
    """Return `expanding_zscore` of many lines, shape (lines, n): the same steps, side by side."""
    values = np.ascontiguousarray(lines.T)
    known = ~np.isnan(values)
    counts = np.cumsum(known, axis=0)
    means, squares = np.zeros((2, *values.shape))  # after each session
    mean, square = np.zeros((2, len(lines)))
    with np.errstate(invalid="ignore", divide="ignore"):
        for t, value in enumerate(values):
            step = value - mean
            np.add(mean, step / counts[t], out=mean, where=known[t])
            np.add(square, step * (value - mean), out=square, where=known[t])
            means[t], squares[t] = mean, square
        scores = (values - means) / np.sqrt(squares / (counts - 1))
    warm = known & (counts >= max(min_periods, 2)) & (squares > 0.0)
    return np.ascontiguousarray(np.where(warm, scores, math.nan).T)


def rolling_zscore(values: Floats, window: int, min_periods: int) -> Floats:
    """Return ``(v_t - mean) / sd`` over the last ``window`` values up to and including *t*.

    Sample sd (ddof 1), over fewer values while fewer than ``window`` exist but at least
    ``min_periods`` do. NaN policy as in `expanding_zscore`.
    """
    scores = np.full(len(values), math.nan)
    known = np.flatnonzero(~np.isnan(values))
    for count, t in enumerate(known, start=1):
        if count < max(min_periods, 2):
            continue
        recent = values[known[max(0, count - window) : count]]
        deviations = recent - recent[0]  # exactly 0 for equal numbers, as in `_deviations`
        deviations -= deviations.mean()
        sd = math.sqrt((deviations**2).sum() / (len(recent) - 1))
        if sd > 0.0:
            scores[t] = deviations[-1] / sd
    return scores


def _deviations(values: Floats, window: int) -> Floats:
    """Return every run of ``window`` values as a row, less its mean; exactly 0 in a constant run.

    Rows are contiguous so that sums do not depend on n, and start from their first value because
    the mean of equal numbers is not always that number.
    """
    rows = np.lib.stride_tricks.sliding_window_view(values, window)
    deviations: Floats = np.ascontiguousarray(rows - rows[:, :1])
    deviations -= deviations.mean(axis=1, keepdims=True)
    return deviations
