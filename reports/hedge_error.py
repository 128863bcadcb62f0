"""How far the hedge strays from its target. A run in, one error a session held out.

Known at the close of *t*: dollars from the ledger, volatilities from the signals of that close.
"""

from dataclasses import dataclass
from typing import Literal, assert_never

import numpy as np
import numpy.typing as npt

from configs.schema import RunConfig
from engine.result import RunResult

Floats = npt.NDArray[np.float64]
Share = Literal["risk", "dollar"]

TARGET = 0.5  # both kinds of sizing give each leg half of what they count


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgeError:
    """The hedge of one run, session by session and in two numbers.

    share
        What is measured: each leg's share of *risk* (dollars times volatility) for inverse-vol
        sizing, of *dollars* for dollar-neutral sizing. The two are not comparable.
    error
        Shape (n,), ``|long share - 0.5|``, a fraction from 0 to 0.5. NaN on sessions that end flat
        and where a volatility is unknown or no leg has any.
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


def hedge_error(result: RunResult) -> HedgeError:
    """Return how far each close of a held session was from the hedge that sizing aims at.

    Inverse-vol sizing: long share = ``L s_L / (L s_L + S s_S)`` with L, S the unsigned dollars and
    s the volatilities of that close; 0.5 is what the sizing solves for. Whole shares, moves since
    the last fill and volatilities that changed all take it away. Dollar-neutral sizing:
    ``L / (L + S)``.
    """
    share = measured_share(result.config)
    long = result.ledger["long_value"].abs().to_numpy(dtype=np.float64)
    short = result.ledger["short_value"].abs().to_numpy(dtype=np.float64)
    if share == "risk":
        long = long * result.signals["vol_long"].to_numpy(dtype=np.float64)
        short = short * result.signals["vol_short"].to_numpy(dtype=np.float64)
    known = long + short > 0.0  # False when flat, and for a NaN volatility
    error = np.full(len(known), np.nan)
    drift = np.full(len(known), np.nan)
    error[known] = np.abs(long[known] / (long[known] + short[known]) - TARGET)
    with np.errstate(divide="ignore"):  # one leg only: infinitely far off
        drift[known] = np.abs(long[known] / short[known] - 1.0)
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


def measured_share(config: RunConfig) -> Share:
    """Return what a run's sizing balances."""
    kind = config.sizing.kind
    match kind:
        case "inverse_vol":
            return "risk"
        case "dollar_neutral":
            return "dollar"
        case _:
            assert_never(kind)


def _percentile(values: Floats, percentile: float) -> float | None:
    """Return a percentile (linear between order statistics), or None of nothing.

    Infinite values stay in order, but between two of them there is nothing to interpolate.
    """
    if len(values) == 0:
        return None
    if np.isfinite(values).all():
        return float(np.percentile(values, percentile))
    return float(np.percentile(values, percentile, method="higher"))
