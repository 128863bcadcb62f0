"""Commission of one order. As-traded shares and notional in, dollars out.

Shares are those that traded that day: split-adjusted shares divided back by later splits.
Every function takes unsigned sizes and charges nothing for an empty order.
"""

IBKR_FIXED_PER_SHARE_USD = 0.005  # IBKR Pro Fixed, US stocks and ETFs (IBKR commissions page)
IBKR_FIXED_MIN_USD = 1.00
IBKR_FIXED_MAX_FRAC = 0.01


def zero(shares: float, notional_usd: float) -> float:
    """Return nothing: trading is free."""
    return 0.0


def bps(notional_usd: float, rate_bps: float) -> float:
    """Return ``notional * bps / 10_000``."""
    return notional_usd * rate_bps / 10_000


def per_share(shares: float, per_share_usd: float, min_usd: float) -> float:
    """Return ``max(shares * per_share, minimum)``; an empty order costs nothing."""
    if shares == 0.0:
        return 0.0
    return max(shares * per_share_usd, min_usd)


def ibkr_fixed(shares: float, notional_usd: float) -> float:
    """Return IBKR Pro Fixed: $0.005 a share, at least $1, at most 1 % of the trade value.

    The maximum wins over the minimum, as IBKR states for orders worth less than $100.
    """
    charge = per_share(shares, IBKR_FIXED_PER_SHARE_USD, IBKR_FIXED_MIN_USD)
    return min(charge, IBKR_FIXED_MAX_FRAC * notional_usd)
