"""What the index hides. Adjusted closes of the legs and the benchmark in, this year's gap out."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.records.result import Result
from reports.headline import percent
from reports.measures.capex_table import CapexRow, capex_rows

Floats = npt.NDArray[np.float64]

CALM_BENCHMARK = 0.015  # beyond it the index no longer hides that something happened
SESSIONS_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ApartSession:
    """One session on which the legs moved apart; simple total returns, fractions.

    ``gap`` is the long leg's return less the short leg's, signed.
    """

    date: str
    long_return: float
    short_return: float
    benchmark_return: float
    gap: float


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexContext:
    """Growth since the start of the calendar year of the window's end, and its calm sessions.

    long, short, benchmark
        Symbols.
    dates
        From the base session (growth 0) to the end. The base is the last session of the previous
        year; ``starts_with_year`` is False when the window does not reach back to it, and the base
        is then the window's first session.
    growth
        By symbol, shape (len(dates),): total return since the base, a fraction.
    spread
        Growth of the long leg less that of the short leg at the end, a fraction (0.864: 86.4
        points).
    apart
        The sessions after the base with the largest absolute gap between the legs while the
        benchmark moved at most ``CALM_BENCHMARK`` either way; largest first, then by date.
    calm_sessions
        How many sessions the benchmark was that calm, of ``len(dates) - 1``.
    capex
        What the spenders spent in their latest common quarter, their total last; empty without
        company reports.
    """

    long: str
    short: str
    benchmark: str
    dates: tuple[str, ...]
    starts_with_year: bool
    growth: dict[str, Floats]
    spread: float
    apart: tuple[ApartSession, ...]
    calm_sessions: int
    sentence: str
    capex: tuple[CapexRow, ...] = ()


def run_index_context(result: Result) -> IndexContext | None:
    """Return the context of a run's own window, or None without a benchmark."""
    pair, benchmark = result.config.pair, result.config.data.benchmark
    if benchmark is None:
        return None
    context = index_context(result.closes, long=pair.long, short=pair.short, benchmark=benchmark)
    return None if context is None else replace(context, capex=capex_rows(result))


def index_context(
    closes: pd.DataFrame, *, long: str, short: str, benchmark: str
) -> IndexContext | None:
    """Return this year's growth of both legs beside the benchmark's.

    Parameters
    ----------
    closes
        ``date,long,short,benchmark``: adjusted closes by session, oldest first, no NaN.
    long, short, benchmark
        Their symbols. A benchmark that is one of the legs is allowed.

    Returns
    -------
    IndexContext | None
        None when the year holds no session after its base.
    """
    dates = pd.DatetimeIndex(closes["date"])
    before = int((dates.year < dates[-1].year).sum())
    year = closes.iloc[max(before - 1, 0) :]
    if len(year) < 2:
        return None
    prices = year[["long", "short", "benchmark"]].to_numpy(dtype=np.float64)
    growth = prices / prices[0] - 1.0
    spread = float(growth[-1, 0] - growth[-1, 1])
    labels = tuple(f"{day:%Y-%m-%d}" for day in dates[-len(year) :])
    returns = prices[1:] / prices[:-1] - 1.0
    symbols = (long, short, benchmark)
    return IndexContext(
        long=long,
        short=short,
        benchmark=benchmark,
        dates=labels,
        starts_with_year=before > 0,
        growth=dict(zip(symbols, growth.T, strict=True)),
        spread=spread,
        apart=_apart(labels[1:], returns),
        calm_sessions=int(_is_calm(returns).sum()),
        sentence=_sentence(symbols, growth[-1], spread, labels),
    )


def _is_calm(returns: Floats) -> "npt.NDArray[np.bool_]":
    return np.abs(returns[:, 2]) <= CALM_BENCHMARK


def _apart(labels: tuple[str, ...], returns: Floats) -> tuple[ApartSession, ...]:
    """Return the calm sessions by the size of the legs' gap."""
    sessions = [
        ApartSession(
            date=label,
            long_return=float(row[0]),
            short_return=float(row[1]),
            benchmark_return=float(row[2]),
            gap=float(row[0] - row[1]),
        )
        for label, row, calm in zip(labels, returns, _is_calm(returns), strict=True)
        if calm
    ]
    sessions.sort(key=lambda session: (-abs(session.gap), session.date))
    return tuple(sessions[:SESSIONS_SHOWN])


def _sentence(
    symbols: tuple[str, str, str], growth: Floats, spread: float, labels: tuple[str, ...]
) -> str:
    """Return who moved how far, and how much of it the benchmark shows."""
    long, short, benchmark = (
        f"{symbol} {'fell' if moved < 0.0 else 'rose'} {percent(abs(moved), 1)}"
        for symbol, moved in zip(symbols, growth, strict=True)
    )
    return (
        f"From {labels[0]} to {labels[-1]}, {long} and {short}, {abs(spread) * 100:.1f} points "
        f"apart, while {benchmark}."
    )
