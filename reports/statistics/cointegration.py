"""Whether two prices belong together. Price lines in, tests and their numbers out.

Engle and Granger (1987) and Johansen (1991) from statsmodels, the variance ratio of Lo and
MacKinlay (1988) from arch. Lines are prices or logs, shape (n,), without a NaN; a test that cannot
be made (too few sessions, a leg that does not move, legs that are one) is NaN throughout.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LAGS = 1  # differences in either test, the textbook's choice
FEWEST = 40  # sessions: below, neither test's tables hold
ALIKE = 1.5e-6  # of variance that legs do not share: below, statsmodels calls them collinear
WITHIN_95 = 1.959963984540054  # standard errors


@dataclass(frozen=True, slots=True, kw_only=True)
class EngleGranger:
    """t of the Dickey-Fuller regression on the residuals of ``y`` on ``x``, and its p value.

    Low p: the residual comes back, so the legs are cointegrated.
    """

    t: float
    p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Johansen:
    """Trace statistics for at most 0, 1, ... relations, their 95 % points, the first relation.

    A trace above its point rejects that there are so few.
    """

    traces: tuple[float, ...]
    points_95: tuple[float, ...]
    relation: tuple[float, ...]

    @property
    def rank(self) -> int:
        """How many relations the traces find at 95 %, the first that is not rejected."""
        pairs = zip(self.traces, self.points_95, strict=True)
        return next(
            (place for place, (trace, point) in enumerate(pairs) if not trace > point),
            len(self.traces),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfLife:
    """Sessions in which half of a deviation is gone, and the 95 % interval of it.

    Infinite where nothing comes back. The interval is that of the slope, turned over.
    """

    sessions: float
    low: float
    high: float


def is_testable(prices: Floats) -> bool:
    """Return whether prices of shape (n, k) are enough, all move, and none is made of the others.

    The last by the least eigenvalue of their correlations.
    """
    if len(prices) < FEWEST or (np.ptp(prices, axis=0) == 0.0).any():
        return False
    least = float(np.linalg.eigvalsh(np.corrcoef(prices.T))[0])
    return least > ALIKE


def engle_granger(y: Floats, x: Floats) -> EngleGranger:
    """Return the test of ``y`` on ``x`` with a constant and `LAGS` differences."""
    if not is_testable(np.column_stack([y, x])):
        return EngleGranger(t=math.nan, p=math.nan)
    from statsmodels.tsa.stattools import coint

    test = coint(y, x, trend="c", maxlag=LAGS, autolag=None)
    return EngleGranger(t=float(test[0]), p=float(test[1]))


def johansen(prices: Floats) -> Johansen:
    """Return the trace test of prices of shape (n, k), with a constant and `LAGS` differences."""
    legs = prices.shape[1]
    if not is_testable(prices):
        unknown = (math.nan,) * legs
        return Johansen(traces=unknown, points_95=unknown, relation=unknown)
    from statsmodels.tsa.vector_ar.vecm import coint_johansen

    test = coint_johansen(prices, 0, LAGS)
    return Johansen(
        traces=tuple(map(float, test.lr1)),
        points_95=tuple(map(float, test.cvt[:, 1])),
        relation=tuple(map(float, test.evec[:, 0])),
    )


def half_life(spread: Floats) -> HalfLife:
    """Return ``-ln 2 / b`` of ``s_t - s_{t-1} = a + b s_{t-1}`` over the whole line."""
    if len(spread) < FEWEST or not np.ptp(spread) > 0.0:
        return HalfLife(sessions=math.nan, low=math.nan, high=math.nan)
    level, change = spread[:-1] - spread[:-1].mean(), np.diff(spread)
    squares = float((level * level).sum())
    slope = float((level * change).sum()) / squares
    left = change - change.mean() - slope * level
    error = math.sqrt(float((left * left).sum()) / (len(change) - 2) / squares)
    return HalfLife(
        sessions=_turned_over(slope),
        low=_turned_over(slope - WITHIN_95 * error),
        high=_turned_over(slope + WITHIN_95 * error),
    )


def _turned_over(slope: float) -> float:
    return -math.log(2.0) / slope if slope < 0.0 else math.inf


def variance_ratio(spread: Floats, sessions: int) -> tuple[float, float]:
    """Return the variance of changes over ``sessions`` to that of as many single ones, and its p.

    Below 1 deviations come back, above 1 they go on; 1 is a random walk.
    """
    if len(spread) < max(FEWEST, 4 * sessions) or not np.ptp(spread) > 0.0:
        return math.nan, math.nan
    from arch.unitroot import VarianceRatio

    test = VarianceRatio(spread, lags=sessions)
    return float(test.vr), float(test.pvalue)


def linear_returns(prices: Floats, relation: Floats, window: int, lag_sessions: int = 0) -> Floats:
    """Return a book's returns on a relation held in units of -z every day, shape (n,).

    ``z`` over ``window`` sessions (sample sd), decided and filled at the same close, or so many
    sessions later; a return is on the gross of the day before (Chan, *Algorithmic Trading*, 2013,
    example 2.8).
    """
    worth, count = prices @ relation, len(prices)
    rows = np.lib.stride_tricks.sliding_window_view(worth, window)
    units = np.zeros(count)
    units[window - 1 :] = -(worth[window - 1 :] - rows.mean(axis=1)) / rows.std(axis=1, ddof=1)
    held = np.concatenate([np.zeros(lag_sessions), units[: count - lag_sessions]])
    dollars = prices * relation * held[:, None]
    made = (dollars[:-1] * (prices[1:] / prices[:-1] - 1.0)).sum(axis=1)
    gross = np.abs(dollars[:-1]).sum(axis=1)
    returns = np.zeros(count)
    returns[1:][gross > 0.0] = made[gross > 0.0] / gross[gross > 0.0]
    return returns
