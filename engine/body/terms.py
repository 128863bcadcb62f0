"""What a configuration asks of the account and its costs. The costs section in, numbers out.

`Terms` does not change during a run; `Rates` are what moves with the date, one a session, each
known before that session's fill.
"""

import enum
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from configs.costs import CostsConfig
from configs.schema import RunConfig
from engine.costs.tariffs import Tariffs, TieredList
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


def cost_terms(config: RunConfig, tariffs: Tariffs) -> CostTerms:
    """Return the costs section as numbers."""
    costs, pair = config.costs, config.pair
    asked = CostTerms(open_multiplier=costs.spread.open_multiplier)
    _ask_commission(asked, costs, tariffs)
    if costs.spread.kind == "cents":
        asked.is_cents = 1
        asked.quote_long = costs.spread.cents(pair.long)
        asked.quote_short = costs.spread.cents(pair.short)
    else:
        asked.tick_usd = costs.spread.tick_usd
        asked.quote_long, asked.quote_short = (
            costs.spread.bps(pair.long),
            costs.spread.bps(pair.short),
        )
    if costs.impact.kind == "square_root":
        asked.impact_y = costs.impact.y
        asked.participation_cap = _most(costs.impact.participation_cap)
    if costs.interest.kind != "none":
        asked.has_interest = 1
        asked.credit_below = costs.interest.credit_below
        asked.debit_above = costs.interest.debit_above
        asked.rebate_below = costs.interest.rebate_below
        asked.rebate_free_usd = costs.interest.rebate_free_usd
    return asked


def _ask_commission(asked: CostTerms, costs: CostsConfig, tariffs: Tariffs) -> None:
    chosen = costs.commission
    asked.commission = Commission[chosen.kind.upper()]
    if chosen.kind == "bps":
        asked.commission_rate = chosen.bps
    elif chosen.kind == "per_share":
        asked.commission_rate = chosen.per_share_usd
    elif chosen.kind == "per_order":
        asked.commission_rate = chosen.usd
    if chosen.kind in ("bps", "per_share"):
        asked.commission_min = chosen.min_usd
        asked.commission_max = _most(chosen.max_usd)
    if chosen.kind == "ibkr_tiered":
        asked.tier_ends = _tiers([each.tier_ends for each in in_order(tariffs)], math.inf)
        asked.tier_usd = _tiers([each.tier_usd for each in in_order(tariffs)], 0.0)


def _most(limit: float | None) -> float:
    """Return infinity for a limit that is not asked."""
    return math.inf if limit is None else limit


def in_order(tariffs: Tariffs) -> list[TieredList]:
    """Return the tiered lists by date: a session names its own by place."""
    return sorted(tariffs.ibkr_tiered, key=lambda each: each.since)


def _tiers(lists: Sequence[Sequence[float]], beyond: float) -> tuple[float, ...]:
    """Return every list's tiers, each padded to `MOST_TIERS`, behind each other."""
    padded = [[*own, *[beyond] * (MOST_TIERS - len(own))] for own in lists]
    padded += [[beyond] * MOST_TIERS] * (MOST_LISTS - len(lists))
    return tuple(value for own in padded for value in own)
