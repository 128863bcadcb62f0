"""What a comparison holds, before it is drawn or written. Frozen records, and their JSON.

Rates are fractions, money dollars, arrays one value per session of ``ComparisonView.dates``.
"""

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.to_json import plain
from reports.measures.frontier import Frontier
from reports.measures.hedge_error import HedgeError
from reports.measures.index_context import IndexContext

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigChange:
    """One dotted key on which a variant differs from the first; None where it has no such key."""

    key: str
    first: Any
    here: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantNumbers:
    """One variant, from its own ledger.

    total_return .. entries
        As in ``result.json``.
    pair, start, end, sessions
        What was traded, long first, and over which window.
    benchmark, benchmark_return
        Its symbol and what it made in the same window; None without one.
    fills, rebalances
        Legs filled; rebalances that traded.
    costs_usd, costs_bps_year
        By kind: dollars over the run, and basis points of mean equity a year of 252 sessions.
    cost_usd, cost_usd_year, cost_bps_year
        All kinds together.
    gross_held, net_held
        Mean exposure over equity at the closes at which the pair was held. None if it never was.
    beta, beta_held
        Slope of the equity's daily returns on the benchmark's: over all sessions, and over those
        in which the pair was held. None without a benchmark, or one that never moves.
    equity, drawdown
        Dollars at the close; a fraction <= 0 of the running peak.
    hedge
        Distance from the hedge's target, by session and in percentiles.
    rebalance_dates
        Sessions that decided a rebalance that traded.
    changes
        Where the configuration differs from the first variant's; the name does not count.
    rule, world
        Which rules and which costs, each counted from 0 as they come: variants of one world pay
        the same prices, variants of one rule differ in prices alone.
    ended
        ``ruin`` when the account was gone before the data were: after that its equity stays, its
        returns are 0 and it holds nothing. Else None.
    """

    name: str
    config_sha256: str
    changes: tuple[ConfigChange, ...]
    rule: int
    world: int
    pair: str
    start: str
    end: str
    sessions: int
    benchmark: str | None
    benchmark_return: float | None
    total_return: float
    cagr: float
    volatility: float
    sharpe: float | None
    max_drawdown: float
    turnover: float
    time_in_market: float
    trades_closed: int
    entries: int
    fills: int
    rebalances: int
    costs_usd: dict[str, float]
    costs_bps_year: dict[str, float]
    cost_usd: float
    cost_usd_year: float
    cost_bps_year: float
    gross_held: float | None
    net_held: float | None
    beta: float | None
    beta_held: float | None
    hedge: HedgeError
    rebalance_dates: tuple[str, ...]
    equity: Floats
    drawdown: Floats
    ended: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One later variant less the first of its costs. Every number is variant - against.

    mean_daily, annualised
        Mean difference of the daily equity returns, and 252 times it.
    low, high, p_value, block_sessions, band_low, band_high
        See ``reports.measures.paired_bootstrap``; intervals are annualised, and all are None
        without a test.
    p_holm
        The p value after Holm's correction for all pairs of the comparison that were tested.
    is_distinguishable
        Whether interval, p and corrected p agree that the difference is not zero.
    sessions, sessions_differing
        Sessions with a return, and those on which the two differ.
    cumulative
        Running sum of the daily differences (points of return), 0 on the first session.
    band_low, band_high
        90 % of the cumulative differences that arise, session by session, if neither is better.
    cost_usd, cost_bps_year, hedge_error
        What the variant pays more over the run and a year, and how much more its median hedge
        error is (None where either never held, or they measure different shares).
    """

    variant: str
    against: str
    mean_daily: float
    annualised: float
    low: float | None
    high: float | None
    p_value: float | None
    p_holm: float | None
    is_distinguishable: bool
    sessions: int
    sessions_differing: int
    block_sessions: int | None
    resamples: int
    cumulative: Floats
    band_low: Floats | None
    band_high: Floats | None
    cost_usd: float
    cost_bps_year: float
    hedge_error: float | None
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PairReading:
    """Where a pair's signal stands on its last session, and what came after its entries.

    reason
        Why there is none; None where there is one. Everything else is None without it.
    today, percentile_5, lowest
        Correlation z of the last session, and of all: its 5th percentile and its lowest.
    share_at_or_below, share_at_or_below_level
        Share of all readings at or below today's, and at or below the entry level.
    entries, complete
        Signals that count (`reports.audits.article.forward.independent_entries`), and those whose
        horizon of ``horizon_sessions`` has passed: forward mean and win rate are of these.
    vol_ratio
        Volatility of the long leg over that of the short one, today.
    """

    name: str
    reason: str | None = None
    today: float | None = None
    share_at_or_below: float | None = None
    percentile_5: float | None = None
    lowest: float | None = None
    share_at_or_below_level: float | None = None
    entries: int | None = None
    horizon_sessions: int | None = None
    complete: int | None = None
    forward_mean: float | None = None
    win_rate: float | None = None
    vol_ratio: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonView:
    """Variants of one base on one window and one data set, or a gallery, each on its own.

    ``answer`` is the line of thirty seconds, ``sentence`` the evidence in words, ``verdict`` a few
    words for a list. ``pairs`` holds each later variant against the first that pays the same
    prices; ``frontiers`` one for each set of prices that three variants or more pay (none where
    hedge errors are of different shares); ``index_context`` is None without a benchmark. A gallery
    has none of the three, ``readings`` of each variant's signal, and arrays on the sessions of all,
    NaN outside a variant's own.
    """

    names: tuple[str, ...]
    long: str
    short: str
    benchmark: str | None
    start: str
    end: str
    dates: tuple[str, ...]
    data_sha256: str | None
    synthetic: bool
    seed: int
    sentence: str
    answer: str
    verdict: str
    variants: tuple[VariantNumbers, ...]
    pairs: tuple[Difference, ...]
    frontiers: tuple[Frontier, ...]
    index_context: IndexContext | None
    readings: tuple[PairReading, ...] | None = None

    @property
    def is_gallery(self) -> bool:
        """Whether variants stand side by side without a test of one against another."""
        return self.readings is not None

    def to_json(self) -> dict[str, Any]:
        """Return the view as what JSON can hold; a number that is not finite becomes None."""
        return {field.name: plain(getattr(self, field.name)) for field in dataclasses.fields(self)}
