"""Costs that move with the date, one record a session, each known before that session's fill."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class LegRates:
    """One leg's dated costs."""

    spread_scale: float = 1.0  # of the quoted spread, from the session before
    sigma: float = 0.0  # daily, known at the close before
    borrow_rate: float = 0.0  # a year, of the night before the session
    no_short_opened: int = 0
    bought_in: int = 0


@dataclass(slots=True)
class Rates:
    """One session's dated costs; fractions a year, dollars, shares as traded."""

    long: LegRates = field(default_factory=LegRates)
    short: LegRates = field(default_factory=LegRates)
    benchmark_rate: float = 0.0
    sec_usd_per_million: float = 0.0
    taf_per_share_usd: float = 0.0
    taf_max_usd: float = 0.0
    clearing_per_share_usd: float = 0.0
    list_per_share_usd: float = 0.0
    list_min_usd: float = 0.0
    list_max_frac: float = 0.0
    tier_list: int = 0  # which of the dated tiered lists holds
