"""What a configuration asks of the account and its costs, as numbers. One row a run.

`Terms` does not change during a run; `Rates` are what moves with the date, one a session, each
known before that session's fill.
"""

import enum
import math
from dataclasses import dataclass, field

from strategies.decide import Rules

MOST_TIERS = 8
MOST_LISTS = 4  # dated tiered price lists
Tiers = tuple[float, ...]  # every list's tiers behind each other, each padded to MOST_TIERS


class Commission(enum.IntEnum):
    """How an order is charged."""

    ZERO = 0
    BPS = 1
    PER_SHARE = 2
    PER_ORDER = 3
    IBKR_FIXED = 4
    IBKR_TIERED = 5


@dataclass(slots=True)
class CostTerms:
    """The costs section, less what moves with the date."""

    commission: int = 0
    commission_rate: float = 0.0  # bps, dollars a share or dollars an order, by the kind
    commission_min: float = 0.0
    commission_max: float = math.inf
    tier_ends: Tiers = (math.inf,) * (MOST_TIERS * MOST_LISTS)
    tier_usd: Tiers = (0.0,) * (MOST_TIERS * MOST_LISTS)
    is_cents: int = 0
    tick_usd: float = 0.0
    quote_long: float = 0.0  # full spread, in bps or in cents an as-traded share
    quote_short: float = 0.0
    open_multiplier: float = 1.0
    impact_y: float = 0.0
    participation_cap: float = math.inf
    has_interest: int = 0
    credit_below: float = 0.0
    debit_above: float = 0.0
    rebate_below: float = 0.0
    rebate_free_usd: float = 0.0


@dataclass(slots=True)
class Terms:
    """One run: its rules, its costs, its account."""

    rules: Rules = field(default_factory=Rules)
    costs: CostTerms = field(default_factory=CostTerms)
    cash: float = 1_000_000.0
    fills_at_open: int = 1
    fills_at_once: int = 0  # at the close that decided: replications only


def room(terms: Terms) -> int:
    """Return how many tranches there may be at once: those open and one that follows them."""
    return terms.rules.entry.max_open + 1


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
