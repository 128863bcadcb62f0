"""What one execution costs. The costs section, dated rates and a fill in, its costs out."""

import enum
import math
from collections.abc import Sequence
from dataclasses import dataclass

from configs.costs import CostsConfig
from configs.schema import RunConfig
from engine.body.rates import LegRates, Rates
from engine.costs import commission, fees, impact, spread
from engine.costs.tariffs import Tariffs, TieredList
from strategies.cost_columns import clear_fill
from strategies.records import Bar, Bill, Book, LegFill, Today

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


def charge(
    costs: CostTerms,
    rates: Rates,
    leg: LegRates,
    bar: Bar,
    quote: float,
    at_open: bool,
    bill: Bill,
    fill: LegFill,
) -> None:
    """Write what one execution costs into the fill, and onto its order's bill.

    Parameters
    ----------
    quote
        The leg's full spread, in the unit of the costs section.
    at_open
        Whether the price is the open's.
    """
    traded = abs(fill.shares) / bar.later_splits
    notional_usd = abs(fill.shares) * fill.price
    bill.shares += traded
    bill.notional_usd += notional_usd
    total = commission_of(costs, rates, bill.shares, bill.notional_usd, bill.month_shares)
    fill.commission = max(total - bill.commission_usd, 0.0)
    bill.commission_usd += fill.commission
    fill.fees = traded * rates.clearing_per_share_usd
    if fill.shares < 0.0:
        fill.fees += fees.sec_section_31(notional_usd, rates.sec_usd_per_million)
        fill.fees += fees.finra_taf(traded, rates.taf_per_share_usd, rates.taf_max_usd)
    stress = leg.spread_scale * (costs.open_multiplier if at_open else 1.0)
    quoted_bps = quoted(costs, quote * stress, fill.price * bar.later_splits)
    fill.spread = spread.half_spread(notional_usd, quoted_bps)
    fill.impact = 0.0
    if costs.impact_y > 0.0:
        fill.impact = impact.square_root(
            notional_usd, costs.impact_y, leg.sigma, abs(fill.shares), bar.volume
        )


def commission_of(
    costs: CostTerms, rates: Rates, shares: float, notional_usd: float, month_shares: float
) -> float:
    """Return the commission of an order so far.

    Parameters
    ----------
    shares, month_shares
        As traded: of the order, and of the account earlier in the month.
    """
    kind, most = costs.commission, rates.list_max_frac * notional_usd
    if kind == Commission.BPS:
        return commission.bps(
            notional_usd, costs.commission_rate, costs.commission_min, costs.commission_max
        )
    if kind == Commission.PER_SHARE:
        return commission.per_share(
            shares, costs.commission_rate, costs.commission_min, costs.commission_max
        )
    if kind == Commission.PER_ORDER:
        return commission.per_order(shares, costs.commission_rate)
    if kind == Commission.IBKR_FIXED:
        return commission.per_share(shares, rates.list_per_share_usd, rates.list_min_usd, most)
    if kind == Commission.IBKR_TIERED:
        first = rates.tier_list * MOST_TIERS
        return commission.tiered(
            shares,
            month_shares,
            costs.tier_ends[first : first + MOST_TIERS],
            costs.tier_usd[first : first + MOST_TIERS],
            rates.list_min_usd,
            most,
        )
    return 0.0


def quoted(costs: CostTerms, quote: float, price: float) -> float:
    """Return the full spread in basis points of the as-traded price."""
    if costs.is_cents:
        return spread.cents_in_bps(quote, price)
    return spread.floored_bps(quote, costs.tick_usd, price)


def fill_leg(
    costs: CostTerms,
    today: Today,
    rates: Rates,
    leg: LegRates,
    bar: Bar,
    quote: float,
    at_open: bool,
    book: Book,
    bill: Bill,
    fill: LegFill,
) -> None:
    """Charge one leg's execution; it counts towards the month's volume."""
    if fill.shares == 0.0:
        clear_fill(fill)
        return
    if today.month != book.month:
        book.month, book.month_shares = today.month, 0.0
    if not bill.is_open:
        bill.is_open, bill.month_shares = 1, book.month_shares
    charge(costs, rates, leg, bar, quote, at_open, bill, fill)
    book.month_shares += abs(fill.shares) / bar.later_splits


def takeable(costs: CostTerms, shares: float, volume: float) -> float:
    """Return the share of an order, in [0, 1], that a session of this volume takes."""
    return impact.fillable(abs(shares), volume, costs.participation_cap)
