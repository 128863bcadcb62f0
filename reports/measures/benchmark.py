"""A run beside its benchmark. Session returns of both in, growth, beta and correlation out."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.records.result import Result
from reports.headline import is_short

Floats = npt.NDArray[np.float64]
Chosen = npt.NDArray[np.bool_]

FEWEST = 3  # sessions of a slope
ROLLING_SESSIONS = 63  # one quarter


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """What the benchmark made in the run's own window; fractions.

    growth
        Shape (n,), one dollar at the first close, dividends reinvested.
    cagr
        ``(1 + total_return) ** (252 / n) - 1``, as the run's own; None of less than a year.
    beta
        Slope of the run's session returns on the benchmark's, all sessions, idle ones too.
    """

    symbol: str
    growth: Floats
    total_return: float
    cagr: float | None
    beta: float | None


def run_benchmark(result: Result) -> Benchmark | None:
    """Return the benchmark of a run's window, or None without one."""
    symbol, returns = result.config.data.benchmark, result.benchmark_returns
    if symbol is None or returns is None:
        return None
    made = returns.to_numpy(dtype=np.float64)
    growth = np.cumprod(1.0 + made).astype(np.float64)
    total, sessions = float(growth[-1]) - 1.0, len(made)
    own = result.ledger["equity_return"].to_numpy(dtype=np.float64)
    return Benchmark(
        symbol=symbol,
        growth=growth,
        total_return=total,
        cagr=None if is_short("cagr", sessions) else (1.0 + total) ** (252.0 / sessions) - 1.0,
        beta=beta(own, made, np.ones(sessions, dtype=bool)),
    )


def beta(returns: Floats, benchmark: Floats, chosen: Chosen) -> float | None:
    """Return the least-squares slope on the benchmark's returns over the chosen sessions.

    The first session's returns are 0 by construction and never count. None with fewer than three
    sessions, or when the benchmark never moves.
    """
    counted = chosen.copy()
    counted[:1] = False
    there, here = benchmark[counted], returns[counted]
    if len(there) < FEWEST or float(np.ptp(there)) == 0.0:
        return None
    # Not by a fit: linear algebra has other last digits on other processors.
    moved = there - there.mean()
    return float((moved * (here - here.mean())).sum() / (moved * moved).sum())


def rolling(returns: Floats, benchmark: Floats, window: int) -> tuple[Floats, Floats]:
    """Return correlation and beta over the last ``window`` sessions, shape (n,) each.

    Known at the close of *t*. NaN before ``window`` returns are known (the first session has none)
    and where the benchmark stood still; a run that stood still has beta 0 and no correlation.
    """
    correlation = np.full(len(returns), np.nan)
    slope = correlation.copy()
    if len(returns) <= window:
        return correlation, slope
    here = np.lib.stride_tricks.sliding_window_view(returns[1:], window)
    there = np.lib.stride_tricks.sliding_window_view(benchmark[1:], window)
    own, other = here - here.mean(axis=1)[:, None], there - there.mean(axis=1)[:, None]
    together = (own * other).sum(axis=1)
    spread, own_spread = (other * other).sum(axis=1), (own * own).sum(axis=1)
    moves, own_moves = np.ptp(there, axis=1) > 0.0, np.ptp(here, axis=1) > 0.0
    slope[window:][moves] = together[moves] / spread[moves]
    both = moves & own_moves
    correlation[window:][both] = together[both] / np.sqrt(spread[both] * own_spread[both])
    return correlation, slope
