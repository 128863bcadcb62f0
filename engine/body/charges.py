"""What one execution costs. Terms, dated rates and a fill in, its four costs out."""

from engine.body.terms import MOST_TIERS, Commission, LegRates, Rates, Terms
from engine.costs import commission, fees, impact, spread
from strategies.paid import clear_fill
from strategies.records import Bar, Bill, Book, LegFill, Today


def charge(
    terms: Terms,
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
    costs = terms.costs
    traded = abs(fill.shares) / bar.later_splits
    notional_usd = abs(fill.shares) * fill.price
    bill.shares += traded
    bill.notional_usd += notional_usd
    total = commission_of(terms, rates, bill.shares, bill.notional_usd, bill.month_shares)
    fill.commission = max(total - bill.commission_usd, 0.0)
    bill.commission_usd += fill.commission
    fill.fees = traded * rates.clearing_per_share_usd
    if fill.shares < 0.0:
        fill.fees += fees.sec_section_31(notional_usd, rates.sec_usd_per_million)
        fill.fees += fees.finra_taf(traded, rates.taf_per_share_usd, rates.taf_max_usd)
    stress = leg.spread_scale * (costs.open_multiplier if at_open else 1.0)
    quoted_bps = quoted(terms, quote * stress, fill.price * bar.later_splits)
    fill.spread = spread.half_spread(notional_usd, quoted_bps)
    fill.impact = 0.0
    if costs.impact_y > 0.0:
        fill.impact = impact.square_root(
            notional_usd, costs.impact_y, leg.sigma, abs(fill.shares), bar.volume
        )


def commission_of(
    terms: Terms, rates: Rates, shares: float, notional_usd: float, month_shares: float
) -> float:
    """Return the commission of an order so far.

    Parameters
    ----------
    shares, month_shares
        As traded: of the order, and of the account earlier in the month.
    """
    costs = terms.costs
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


def quoted(terms: Terms, quote: float, price: float) -> float:
    """Return the full spread in basis points of the as-traded price."""
    if terms.costs.is_cents:
        return spread.cents_in_bps(quote, price)
    return spread.floored_bps(quote, terms.costs.tick_usd, price)


def fill_leg(
    terms: Terms,
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
    charge(terms, rates, leg, bar, quote, at_open, bill, fill)
    book.month_shares += abs(fill.shares) / bar.later_splits


def takeable(terms: Terms, shares: float, volume: float) -> float:
    """Return the share of an order, in [0, 1], that a session of this volume takes."""
    return impact.fillable(abs(shares), volume, terms.costs.participation_cap)
