"""Interest on cash. Balances over a night and a benchmark rate in, signed dollars out.

The account's cash holds the proceeds of its shorts. Those are collateral and earn the rebate; what
is left is idle cash (earns) or a debit (pays). All over 360 days, for calendar days.
"""

DAYS_IN_YEAR = 360  # US money-market convention, which IBKR follows


def rebate(
    proceeds_usd: float, benchmark: float, below: float, free_usd: float, calendar_days: int
) -> float:
    """Return ``max(proceeds - free, 0) * max(benchmark - below, 0) / 360 * days``, >= 0.

    Parameters
    ----------
    proceeds_usd
        Short market value at the previous close, unsigned.
    free_usd
        Dollars of it that earn nothing (IBKR: the first $100k).
    """
    rate = max(benchmark - below, 0.0)
    return max(proceeds_usd - free_usd, 0.0) * rate / DAYS_IN_YEAR * calendar_days


def on_balance(
    balance_usd: float, benchmark: float, below: float, above: float, calendar_days: int
) -> float:
    """Return interest on cash less short proceeds: earned when positive, paid (< 0) on a debit.

    ``balance * max(benchmark - below, 0)`` or ``balance * (benchmark + above)``, ``/ 360 * days``.
    """
    if balance_usd < 0.0:
        return balance_usd * (benchmark + above) / DAYS_IN_YEAR * calendar_days
    return balance_usd * max(benchmark - below, 0.0) / DAYS_IN_YEAR * calendar_days
