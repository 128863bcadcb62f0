"""Test 3: does the hedge keep? Volatilities of both legs in, the drift of their ratio out."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LOOKBACKS = (5, 10, 21)  # sessions: a week, two, and the article's month
SET_AT = 0.5  # inverse-volatility sizing gives each leg half of the risk


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """What became of a hedge after some sessions without a trade. Fractions; None without any.

    lookback_sessions
        k: the hedge was set at the close of *t-k* and is judged at the close of *t*.
    hedges
        Sessions with a ratio both at *t* and at *t-k*: how many the figures are over.
    left_out
        Sessions since the first hedge that lack one of the two.
    median, percentile_75, percentile_95
        Of the ratio's drift, ``|ratio_t / ratio_{t-k} - 1|``, linear between order statistics.
    risk_error_median, risk_error_percentile_95
        How far the long leg's share of risk is from the half it was set at. With the dollars of
        *t-k* held, ``share_t = ratio_t / (ratio_t + ratio_{t-k})``; prices that moved in between
        add to it and are not counted here.
    """

    lookback_sessions: int
    hedges: int
    left_out: int
    median: float | None
    percentile_75: float | None
    percentile_95: float | None
    risk_error_median: float | None
    risk_error_percentile_95: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stability:
    """The ratio of the legs' volatilities and how fast it moves.

    today
        Ratio of the last session; None where it has none.
    readings
        Sessions with a ratio.
    drifts
        By lookback, sessions.
    """

    today: float | None
    readings: int
    drifts: dict[int, Drift]


def stability(
    vol_long: Floats, vol_short: Floats, *, lookbacks: Sequence[int] = LOOKBACKS
) -> Stability:
    """Return today's ratio of volatilities and its drift over each lookback (sessions).

    Parameters
    ----------
    vol_long, vol_short
        Shape (n,), known at the close of each session; NaN before warm.
    """
    ratio = volatility_ratio(vol_long, vol_short)
    known = ~np.isnan(ratio)
    return Stability(
        today=float(ratio[-1]) if known[-1:].any() else None,
        readings=int(known.sum()),
        drifts={each: drift(ratio, each) for each in lookbacks},
    )


def volatility_ratio(vol_long: Floats, vol_short: Floats) -> Floats:
    """Return ``s_L / s_S``, shape (n,): dollars of the short leg for each dollar of the long one.

    NaN where a volatility is unknown or zero. A leg that did not move has no risk to hedge with,
    and one dollar of the other would need infinitely many of it, or none.
    """
    ratio = np.full(len(vol_long), math.nan)
    moved = (vol_long > 0.0) & (vol_short > 0.0)
    ratio[moved] = vol_long[moved] / vol_short[moved]
    return ratio


def drift(ratio: Floats, lookback_sessions: int) -> Drift:
    """Return how far a ratio, shape (n,) and NaN where unknown, moves in so many sessions."""
    if lookback_sessions < 1:
        raise ValueError(
            f"drift: lookback_sessions was {lookback_sessions}; expected at least 1; a hedge "
            "cannot drift before it is set"
        )
    now, then = ratio[lookback_sessions:], ratio[:-lookback_sessions]
    known = ~np.isnan(now) & ~np.isnan(then)
    warm = np.flatnonzero(~np.isnan(then))
    now, then = now[known], then[known]
    moved = np.abs(now / then - 1.0)
    error = np.abs(now / (now + then) - SET_AT)
    return Drift(
        lookback_sessions=lookback_sessions,
        hedges=len(now),
        left_out=int((~known[warm[0] :]).sum()) if len(warm) else 0,
        median=_percentile(moved, 50),
        percentile_75=_percentile(moved, 75),
        percentile_95=_percentile(moved, 95),
        risk_error_median=_percentile(error, 50),
        risk_error_percentile_95=_percentile(error, 95),
    )


def _percentile(values: Floats, percent: float) -> float | None:
    return float(np.percentile(values, percent)) if len(values) else None
