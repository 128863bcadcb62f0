"""How far the hedge strays from its target. A run in, one error a session held out.

Known at the close of *t*: dollars from the ledger, volatilities from the signals of that close.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from configs.schema import RunConfig
from engine.records.result import Result, weights_aimed_at

Floats = npt.NDArray[np.float64]
Share = Literal["risk", "dollar"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgeError:
    """The hedge of one run, session by session and in two numbers.

    share
        What is measured: each leg's share of *risk* (dollars times volatility) for inverse-vol
        sizing, of *dollars* for every other one. The two are not comparable.
    error
        Shape (n,), ``|long share - target|``, a fraction. The target is one half, or what a
        beta or a capex multiple asks at that close. NaN on sessions that end flat and where a
        volatility or the target is unknown or no leg has any.
    leg_drift
        Shape (n,), ``|(long/short) / target ratio - 1|`` with that close's target: what a band
        trigger looks at. NaN as above; infinite with one leg only.
    median, percentile_95, leg_drift_median, leg_drift_percentile_95
        Over the sessions that are not NaN (infinite drifts count as the largest); None without any.
    sessions
        How many sessions are not NaN.
    """

    share: Share
    error: Floats
    leg_drift: Floats
    median: float | None
    percentile_95: float | None
    leg_drift_median: float | None
    leg_drift_percentile_95: float | None
    sessions: int


def hedge_error(result: Result) -> HedgeError:
    """Return how far each close of a held session was from the hedge that sizing aims at.

    Inverse-vol sizing: long share = ``L s_L / (L s_L + S s_S)`` with L, S the unsigned dollars and
    s the volatilities of that close; 0.5 is what the sizing solves for. Whole shares, moves since
    the last fill and volatilities that changed all take it away. The other sizings:
    ``L / (L + S)``, against ``1 / (1 + h)`` where short over long dollars should be ``h``.
    """
    share, target = measured_share(result.config), _target(result)
    long = result.ledger["long_value"].abs().to_numpy(dtype=np.float64)
    short = result.ledger["short_value"].abs().to_numpy(dtype=np.float64)
    if share == "risk":
        long = long * result.signals["vol_long"].to_numpy(dtype=np.float64)
        short = short * result.signals["vol_short"].to_numpy(dtype=np.float64)
    known = (long + short > 0.0) & ~np.isnan(target)  # False when flat, and for a NaN volatility
    error = np.full(len(known), np.nan)
    drift = np.full(len(known), np.nan)
    error[known] = np.abs(long[known] / (long[known] + short[known]) - target[known])
    aim = target[known] / (1.0 - target[known])
    with np.errstate(divide="ignore"):  # one leg only: infinitely far off
        drift[known] = np.abs(long[known] / short[known] / aim - 1.0)
    return HedgeError(
        share=share,
        error=error,
        leg_drift=drift,
        median=_percentile(error[known], 50),
        percentile_95=_percentile(error[known], 95),
        leg_drift_median=_percentile(drift[known], 50),
        leg_drift_percentile_95=_percentile(drift[known], 95),
        sessions=int(known.sum()),
    )


HALVES = ("inverse_vol", "dollar_neutral", "capex_intensity")
"""Sizings that balance the legs' risk, or their dollars."""


def measured_share(config: RunConfig) -> Share:
    """Return what a run's sizing balances."""
    return "risk" if config.sizing.kind == "inverse_vol" else "dollar"


def _target(result: Result) -> Floats:
    """Return the long leg's share that the sizing aims at, by session; NaN where it is unknown."""
    sizing, signals = result.config.sizing, result.signals
    if sizing.kind == "beta_neutral":
        short_per_long = signals["beta"].to_numpy(dtype=np.float64)
        short_per_long = np.where(short_per_long > 0.0, short_per_long, np.nan)
    elif sizing.kind == "capex_intensity" and sizing.scales == "hedge":
        short_per_long = signals["size_multiple"].to_numpy(dtype=np.float64)
    elif sizing.kind in HALVES:
        return np.full(len(signals), 0.5)
    else:
        return weights_aimed_at(result)
    target: Floats = 1.0 / (1.0 + short_per_long)
    return target


def _percentile(values: Floats, percentile: float) -> float | None:
    """Return a percentile (linear between order statistics), or None of nothing.

    Infinite values stay in order, but between two of them there is nothing to interpolate.
    """
    if len(values) == 0:
        return None
    if np.isfinite(values).all():
        return float(np.percentile(values, percentile))
    return float(np.percentile(values, percentile, method="higher"))
