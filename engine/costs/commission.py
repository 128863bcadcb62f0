"""Commission of one order. As-traded shares and notional in, dollars out.

Shares are those that traded that day: split-adjusted shares divided back by later splits. Sizes are
unsigned. The minimum and the maximum are per order: an order filled in parts is charged the
commission of all parts together less what was charged before (see ``engine.costs.model``). Rates
are dated facts in ``tariffs.yaml``.
"""


def bounded(charge_usd: float, min_usd: float, max_usd: float) -> float:
    """Return the charge between its minimum and maximum; the maximum wins.

    So IBKR states it for orders whose 1 % is less than the minimum.
    """
    return min(max(charge_usd, min_usd), max_usd)


def bps(notional_usd: float, rate_bps: float, min_usd: float, max_usd: float) -> float:
    """Return ``notional * bps / 10_000`` within its bounds; an empty order costs nothing."""
    if notional_usd == 0.0:
        return 0.0
    return bounded(notional_usd * rate_bps / 10_000, min_usd, max_usd)


def per_share(shares: float, per_share_usd: float, min_usd: float, max_usd: float) -> float:
    """Return ``shares * per_share`` within its bounds; an empty order costs nothing."""
    if shares == 0.0:
        return 0.0
    return bounded(shares * per_share_usd, min_usd, max_usd)


def per_order(shares: float, usd: float) -> float:
    """Return the flat ticket charge; an empty order costs nothing."""
    return usd if shares != 0.0 else 0.0


def tiered(
    shares: float,
    month_shares: float,
    tier_ends: tuple[float, ...],
    tier_usd: tuple[float, ...],
    min_usd: float,
    max_usd: float,
) -> float:
    """Return a commission whose rate falls with the month's volume, on the margin, bounded.

    ``total(month + shares) - total(month)``, where ``total`` prices the first shares of a month.

    Parameters
    ----------
    month_shares
        As-traded shares the account filled earlier in the calendar month, this order excluded.
    tier_ends, tier_usd
        Shares a month up to which each rate (dollars a share) holds, ascending; the last end is
        infinite.
    """
    if shares == 0.0:
        return 0.0
    charge = tier_total(month_shares + shares, tier_ends, tier_usd) - tier_total(
        month_shares, tier_ends, tier_usd
    )
    return bounded(charge, min_usd, max_usd)


def tier_total(shares: float, tier_ends: tuple[float, ...], tier_usd: tuple[float, ...]) -> float:
    """Return what the tiers charge for the first ``shares`` of a month, in dollars."""
    total, begin = 0.0, 0.0
    for tier in range(len(tier_ends)):
        total += max(min(shares, tier_ends[tier]) - begin, 0.0) * tier_usd[tier]
        begin = tier_ends[tier]
    return total
